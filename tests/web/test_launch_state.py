"""State, nonce and browser: a launch belongs to one login of one browser, once."""

from datetime import timedelta

import pytest
import time_machine

from lti_mentor.clock import now
from lti_mentor.people.models import Person, WebSession
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Deployment, DeploymentPolicy, Feature
from tests.platform import Platform
from tests.tool import PUBLIC_URL, Tool, code_of, page_data


@pytest.mark.parametrize("state", ["", "unknown", "x" * 5000, "é"])
def test_a_state_nobody_gave_out_is_refused(tool: Tool, platform: Platform, state: str):
    login = tool.login()
    token = platform.sign(platform.claims(login.query))

    response = tool.browser.post(
        "/lti/launch", data={"state": state, "id_token": token}
    )

    assert (response.status_code, code_of(response)) == (400, "launch.state")


def test_two_clients_of_one_issuer_are_two_tenants(tool: Tool, platform: Platform):
    with tool.session() as session:
        service.add(session, **platform.registration(client_id="client-2"))
    tool.sign_in()
    login = tool.login(client_id="client-2")

    response = tool.post(
        login, platform.sign(platform.claims(login.query, aud="client-2"))
    )

    assert response.status_code == 200
    with tool.session() as session:
        tenants = {person.registration_id for person in session.query(Person)}
        assert len(tenants) == 2


def test_a_launch_after_ten_minutes_is_too_late(tool: Tool, platform: Platform):
    login = tool.login()

    with time_machine.travel(now() + timedelta(minutes=11)):
        response = tool.post(login, platform.sign(platform.claims(login.query)))

    assert (response.status_code, code_of(response)) == (400, "launch.expired")


@pytest.mark.parametrize(
    "target", ["https://evil.test/lti/launch", "http://localhost:8000.evil.test/"]
)
def test_a_foreign_target_is_refused_though_login_and_launch_agree(
    tool: Tool, platform: Platform, target: str
):
    login = tool.login(target_link_uri=target)

    response = tool.post(login, platform.sign(platform.claims(login.query)))

    assert (response.status_code, code_of(response)) == (400, "launch.target")


def test_an_unlisted_deployment_waits_and_stores_nobody(tool: Tool):
    with tool.session() as session:
        registration = queries.everyone(session)[0]
        registration.deployment_policy = DeploymentPolicy.LISTED

    _, response = tool.launch()

    assert (response.status_code, code_of(response)) == (400, "launch.deployment")
    with tool.session() as session:
        assert session.query(Deployment).one().is_accepted is False
        assert session.query(Person).count() == 0


def test_an_accepted_deployment_may_come_in(tool: Tool):
    with tool.session() as session:
        registration = queries.everyone(session)[0]
        registration.deployment_policy = DeploymentPolicy.LISTED
        service.accept_deployment(session, registration, "deployment-1")

    _, response = tool.launch()

    assert response.status_code == 200


def test_another_platform_behind_the_same_client_is_held(tool: Tool):
    tool.sign_in(tool_platform={"guid": "one"})

    _, response = tool.launch(tool_platform={"guid": "two"}, sub="stranger")

    assert code_of(response) == "launch.other_platform"
    with tool.session() as session:
        assert session.query(Person).count() == 1
        health = queries.health(session, queries.everyone(session)[0])
        assert health[Feature.LAUNCH].code == "launch.other_platform"


def test_another_browser_cannot_open_the_session(tool: Tool):
    """Login CSRF: the victim's browser posts the attacker's launch."""
    login = tool.login()
    token = tool.platform.sign(tool.platform.claims(login.query))
    victim = tool.another_browser()
    data = {"state": login.data["state"], "id_token": token}
    page = page_data(victim.post("/lti/launch", data=data))
    ticket = page["ticket"]
    assert "opened" not in page

    answers = [
        victim.post("/lti/session", json={"ticket": ticket}),
        victim.post("/lti/session", json={"ticket": ticket, "secret": "x" * 43}),
        victim.post("/lti/session", json={"ticket": ticket, "secret": ""}),
    ]

    assert {code_of(answer) for answer in answers} == {"session.other_browser"}
    with tool.session() as session:
        assert session.query(WebSession).count() == 0


def test_a_ticket_opens_one_session(tool: Tool):
    tool.browser = tool.app.test_client(use_cookies=False)
    login, launched = tool.launch()

    first = tool.exchange(login, launched)
    second = tool.exchange(login, launched)

    assert first.status_code == 200
    assert (second.status_code, code_of(second)) == (400, "session.ticket")


def test_a_ticket_is_good_for_two_minutes(tool: Tool):
    tool.browser = tool.app.test_client(use_cookies=False)
    login, launched = tool.launch()

    with time_machine.travel(now() + timedelta(minutes=3)):
        response = tool.exchange(login, launched)

    assert code_of(response) == "session.ticket"


@pytest.mark.parametrize(
    "body", [None, [], {"ticket": 5}, {"ticket": "x", "secret": 5}]
)
def test_a_malformed_exchange_is_refused(tool: Tool, body: object):
    response = tool.browser.post("/lti/session", json=body)

    assert response.status_code == 400


def test_a_switched_off_registration_lets_nobody_in(tool: Tool, platform: Platform):
    login = tool.login()
    with tool.session() as session:
        queries.everyone(session)[0].is_active = False

    response = tool.post(login, platform.sign(platform.claims(login.query)))

    assert code_of(response) == "login.pending"


@pytest.mark.parametrize(
    "error", ["login_required", "launch_no_longer_valid", "unauthorized_client", "<b>x"]
)
def test_a_platforms_error_is_shown_for_what_it_is(tool: Tool, error: str):
    login = tool.login()
    data = {"state": login.data["state"], "error": error, "error_description": "Why"}

    response = tool.browser.post("/lti/launch", data=data)

    assert (response.status_code, code_of(response)) == (400, "launch.platform_error")
    assert "Why" in response.text
    assert "<b>x" not in response.text


def test_of_a_long_explanation_the_beginning_is_shown(tool: Tool):
    login = tool.login()
    data = {"error": "access_denied", "error_description": "x" * 300 + "END"}

    response = tool.browser.post(
        "/lti/launch", data=data | {"state": login.data["state"]}
    )

    assert "x" * 300 in response.text
    assert "END" not in response.text


def test_a_refused_launch_can_be_read_inside_the_course(tool: Tool, platform: Platform):
    response = tool.browser.post("/lti/launch", data={"state": "unknown"})

    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {platform.url}" in policy
    assert PUBLIC_URL not in response.text
