"""What is logged of a launch: decisions, and nothing about people."""

import logging

import pytest

from lti_mentor.platforms import queries
from tests.platform import LEARNER, Platform, unguessable
from tests.tool import Tool

SECRET_CLAIMS = ("sub", "name", "given_name", "family_name", "email", "nickname")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_launch_logs_its_decision_and_no_person(
    tool: Tool, everything_logged: pytest.LogCaptureFixture
):
    claims = {name: unguessable() for name in SECRET_CLAIMS}
    login, launched = tool.launch(
        **claims,
        custom={"username": unguessable()},
        launch_presentation={"return_url": f"https://x.test/?sesskey={unguessable()}"},
    )
    answer = tool.exchange(login, launched).get_json()

    text = everything_logged.text
    assert "canary" not in text
    kept = (login.data["state"], login.data["secret"], answer["token"])
    assert not [secret for secret in (*kept, login.query["nonce"]) if secret in text]
    with tool.session() as session:
        public_id = queries.everyone(session)[0].public_id
    assert f"code=launch.accepted registration={public_id}" in text


def test_a_refused_launch_logs_why_and_no_person(
    tool: Tool,
    platform: Platform,
    everything_logged: pytest.LogCaptureFixture,
):
    claims = {name: unguessable() for name in SECRET_CLAIMS}

    _, response = tool.launch(**claims, aud="someone-else", roles=[LEARNER])

    text = everything_logged.text
    assert "code=launch.token" in text
    assert "reason=InvalidAudienceError" in text
    assert response.headers["X-Correlation-Id"] in text
    assert "canary" not in text
    assert "canary" not in response.text


def test_a_platforms_explanation_is_shown_and_not_logged(
    tool: Tool, everything_logged: pytest.LogCaptureFixture
):
    login = tool.login()
    canary = unguessable()

    tool.browser.post(
        "/lti/launch",
        data={
            "state": login.data["state"],
            "error": "login_required",
            "error_description": canary,
        },
    )

    assert "code=launch.platform_error" in everything_logged.text
    assert canary not in everything_logged.text
