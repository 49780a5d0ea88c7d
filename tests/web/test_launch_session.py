"""Sessions and the door to `/s/<handle>/...`."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, g

from lti_mentor.clock import now
from lti_mentor.errors import Conflict
from lti_mentor.people.models import Draft, OneUseLink, WebSession
from lti_mentor.platforms import queries
from lti_mentor.web import db, pages
from tests.platform import INSTRUCTOR, LEARNER, Platform
from tests.tool import Signed, Tool, close, code_of, make_app

ADMINISTRATOR = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the app with a page that shows who is asking, and some that write."""
    app = make_app(tmp_path_factory.mktemp("tool"))
    bp = pages.blueprint("probe", __name__)

    @bp.get("/who")
    def who():
        return f"{g.scope.person.name} {g.scope.role} {g.scope.context.title}"

    @bp.post("/rename")
    def rename():
        g.scope.person.name = "Renamed"
        db.session.flush()
        return "", 204

    @bp.post("/rename-and-refuse")
    def rename_and_refuse():
        g.scope.person.name = "Renamed"
        db.session.flush()
        raise Conflict("probe.refused")

    @bp.post("/break")
    def break_down():
        g.scope.person.name = "Renamed"
        raise RuntimeError("secret words of Lena Learner")

    app.register_blueprint(bp)
    yield app
    close(app)


def url(signed: Signed, page: str) -> str:
    return f"/s/{signed.handle}/{page}"


def name(tool: Tool) -> str:
    with tool.session() as session:
        return session.query(WebSession).all()[0].person.name


def test_a_page_knows_who_asks_from_where_as_what(tool: Tool):
    signed = tool.sign_in(roles=[INSTRUCTOR])

    response = tool.browser.get(url(signed, "who"), headers=signed.headers)

    assert response.text == "Lena Learner instructor Negotiation"


def test_without_a_bearer_there_is_only_the_empty_shell(tool: Tool, platform: Platform):
    signed = tool.sign_in()

    response = tool.browser.get(url(signed, "who"))

    assert response.status_code == 200
    assert "Lena" not in response.text
    assert "app.js" in response.text
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {platform.url};" in policy


def test_an_unknown_handle_may_be_framed_by_nobody(tool: Tool):
    response = tool.browser.get("/s/nobody/who")

    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_the_shell_of_a_content_selection_may_post_to_the_platform(
    tool: Tool, platform: Platform
):
    signed = tool.sign_in(**platform.deep_linking())

    policy = tool.browser.get(signed.next).headers["Content-Security-Policy"]

    assert f"form-action 'self' {platform.url}" in policy


def test_a_content_selection_without_any_storage_may_post_to_the_platform_too(
    tool: Tool, platform: Platform
):
    """Such a browser stays in the document of the launch, with its policy."""
    _, launched = tool.launch(**platform.deep_linking())

    policy = launched.headers["Content-Security-Policy"]

    assert f"form-action 'self' {platform.url}" in policy


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Basic abc", "Bearer", "wrong"]
)
def test_a_bearer_that_is_none_is_refused(tool: Tool, header: str):
    signed = tool.sign_in()

    response = tool.browser.post(
        url(signed, "rename"), headers={"Authorization": header}
    )

    assert (response.status_code, code_of(response)) == (401, "session.ended")


def test_a_bearer_opens_its_own_session_only(tool: Tool):
    mine, other = tool.sign_in(), tool.sign_in(sub="other")

    response = tool.browser.get(url(other, "who"), headers=mine.headers)

    assert response.status_code == 401


def test_a_cookie_alone_is_no_credential(tool: Tool):
    signed = tool.sign_in()
    browser = tool.another_browser()
    browser.set_cookie("token", signed.token)

    assert browser.post(url(signed, "rename")).status_code == 401


def test_what_went_well_is_kept(tool: Tool):
    signed = tool.sign_in()

    tool.browser.post(url(signed, "rename"), headers=signed.headers)

    assert name(tool) == "Renamed"


@pytest.mark.parametrize(
    ("page", "status"), [("rename-and-refuse", 409), ("break", 500)]
)
def test_what_was_refused_or_broke_leaves_nothing(tool: Tool, page: str, status: int):
    signed = tool.sign_in()

    response = tool.browser.post(url(signed, page), headers=signed.headers)

    assert response.status_code == status
    assert name(tool) == "Lena Learner"


def test_a_broken_page_tells_its_reference_and_nothing_else(tool: Tool, caplog):
    signed = tool.sign_in()

    response = tool.browser.post(url(signed, "break"), headers=signed.headers)

    assert "secret words" not in response.text + caplog.text
    assert response.headers["X-Correlation-Id"] in response.text
    assert response.headers["X-Correlation-Id"] in caplog.text
    assert "RuntimeError" in caplog.text


def test_half_an_hour_of_rest_ends_a_session(tool: Tool):
    signed = tool.sign_in()

    with time_machine.travel(now() + timedelta(minutes=31)):
        response = tool.browser.get(url(signed, "who"), headers=signed.headers)

    assert response.status_code == 401


def test_work_keeps_a_session_alive_for_eight_hours_at_most(tool: Tool):
    signed = tool.sign_in()
    start = now()
    statuses = []

    for minutes in (*range(20, 480, 20), 481):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            response = tool.browser.get(url(signed, "who"), headers=signed.headers)
            statuses.append(response.status_code)

    assert statuses == [200] * 23 + [401]


def test_a_key_press_extends_a_session(tool: Tool):
    signed = tool.sign_in()
    start = now()

    with time_machine.travel(start + timedelta(minutes=29)):
        extended = tool.browser.post("/lti/session/extend", headers=signed.headers)
    with time_machine.travel(start + timedelta(minutes=50)):
        response = tool.browser.get(url(signed, "who"), headers=signed.headers)

    assert extended.get_json() == {"expires_in": 1740}
    assert response.status_code == 200


def test_signing_out_ends_a_session(tool: Tool):
    signed = tool.sign_in()

    ended = tool.browser.post("/lti/session/end", headers=signed.headers)

    assert ended.status_code == 204
    response = tool.browser.get(url(signed, "who"), headers=signed.headers)
    assert response.status_code == 401
    again = tool.browser.post("/lti/session/extend", headers=signed.headers)
    assert again.status_code == 401


def test_a_new_role_ends_the_sessions_of_the_old_one(tool: Tool):
    teacher = tool.sign_in(roles=[INSTRUCTOR])
    tool.sign_in(roles=[LEARNER])

    response = tool.browser.get(url(teacher, "who"), headers=teacher.headers)

    assert response.status_code == 401


@pytest.mark.parametrize("roles", [[LEARNER], [INSTRUCTOR, ADMINISTRATOR]])
def test_two_launches_as_the_same_live_side_by_side(tool: Tool, roles: list[str]):
    first, second = tool.sign_in(roles=roles), tool.sign_in(roles=roles)

    answers = [
        tool.browser.get(url(signed, "who"), headers=signed.headers)
        for signed in (first, second)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(("seconds", "is_noted"), [(58, False), (61, True)])
def test_that_somebody_is_there_is_noted_once_a_minute(
    tool: Tool, seconds: int, is_noted: bool
):
    signed = tool.sign_in()
    start = now()

    with time_machine.travel(start + timedelta(seconds=seconds)):
        tool.browser.get(url(signed, "who"), headers=signed.headers)

    with tool.session() as session:
        noted = session.query(WebSession).one().last_seen
    assert (noted - start > timedelta(seconds=30)) is is_noted


def test_switching_a_registration_off_ends_its_sessions(tool: Tool):
    signed = tool.sign_in()
    with tool.session() as session:
        queries.everyone(session)[0].is_active = False

    response = tool.browser.get(url(signed, "who"), headers=signed.headers)

    assert response.status_code == 401


def test_acting_as_somebody_else_looks_and_changes_nothing(tool: Tool):
    signed = tool.sign_in(custom={"canvas_masquerading_user_id": "99"})

    read = tool.browser.get(url(signed, "who"), headers=signed.headers)
    written = tool.browser.post(url(signed, "rename"), headers=signed.headers)

    assert read.status_code == 200
    assert (written.status_code, code_of(written)) == (403, "session.read_only")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_change_nothing(tool: Tool, site: str):
    signed = tool.sign_in()
    headers = signed.headers | {"Sec-Fetch-Site": site}

    response = tool.browser.post(url(signed, "rename"), headers=headers)

    assert (response.status_code, code_of(response)) == (403, "request.cross_site")
    assert name(tool) == "Lena Learner"


def test_typed_text_survives_the_session(tool: Tool):
    signed = tool.sign_in()
    place = url(signed, "drafts/plan-1")
    text = {"fields": {"goal": ["Ask for a raise"]}}
    saved = tool.browser.post(place, json=text, headers=signed.headers)
    later = tool.sign_in()

    found = tool.browser.get(url(later, "drafts/plan-1"), headers=later.headers)

    assert saved.status_code == 204
    assert found.get_json() == text


def test_a_draft_is_nobody_elses(tool: Tool):
    signed = tool.sign_in()
    text = {"fields": {"goal": ["Mine"]}}
    tool.browser.post(url(signed, "drafts/p"), json=text, headers=signed.headers)
    other = tool.sign_in(sub="other")

    found = tool.browser.get(url(other, "drafts/p"), headers=other.headers)

    assert found.status_code == 204


def test_a_sent_form_forgets_its_draft(tool: Tool):
    signed = tool.sign_in()
    place = url(signed, "drafts/p")
    tool.browser.post(place, json={"fields": {"a": ["b"]}}, headers=signed.headers)

    tool.browser.delete(place, headers=signed.headers)

    with tool.session() as session:
        assert session.query(Draft).count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fields": {"a": ["x" * 70_000]}}, 422),
        ({"fields": ["a"]}, 400),
        ({}, 400),
        ([], 400),
    ],
)
def test_a_draft_that_cannot_be_is_refused(tool: Tool, body: object, status: int):
    signed = tool.sign_in()

    response = tool.browser.post(
        url(signed, "drafts/p"), json=body, headers=signed.headers
    )

    assert response.status_code == status


def test_a_download_ticket_is_for_pages_of_this_session(tool: Tool):
    signed = tool.sign_in()
    place = url(signed, "ticket")

    good = tool.browser.post(
        place, json={"path": url(signed, "report.csv")}, headers=signed.headers
    )
    bad = tool.browser.post(
        place, json={"path": "/s/else/report.csv"}, headers=signed.headers
    )

    assert good.status_code == 200
    assert bad.status_code == 400
    with tool.session() as session:
        ticket = good.get_json()["ticket"]
        assert ticket not in {row.digest for row in session.query(OneUseLink)}


def test_every_answer_wears_the_same_armour(tool: Tool):
    signed = tool.sign_in()

    response = tool.browser.get(url(signed, "who"), headers=signed.headers)

    headers = response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


def test_our_keys_are_published_without_their_private_halves(tool: Tool):
    response = tool.browser.get("/lti/jwks")

    assert "max-age=3600" in response.headers["Cache-Control"]
    for key in response.get_json()["keys"]:
        assert set(key) == {"kty", "kid", "use", "alg", "n", "e"}


def test_health_and_readiness_need_nobody(tool: Tool):
    assert tool.browser.get("/healthz").get_json() == {"ok": True}
    assert tool.browser.get("/readyz").get_json() == {"ok": True}
