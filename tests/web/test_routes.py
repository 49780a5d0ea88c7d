"""Every address there is: what needs a session, and the few that do not."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lti_mentor.web.security import FROM_PLATFORMS
from tests.web.pages import House, check_headers, policy_of
from tests.web.stage import stage

PUBLIC = {
    "calendar.read",
    "static",
    "hearing.hear",
    "lti.content_selection",
    "lti.healthz",
    "lti.jwks",
    "lti.login",
    "lti.readyz",
    "lti.receive",
    "registration.ask",
    "registration.by_hand",
    "registration.canvas",
    "registration.connect",
    "registration.icon",
    "session.end",
    "session.exchange",
    "session.extend",
    "session.file",
    "ways.give",
    "ways.go",
    "ways.look",
}
"""What answers without a handle in its address; the last seven and the calendar ask for
a bearer, a ticket or the secret of a mail or calendar themselves."""
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
UUID = "00000000-0000-4000-8000-000000000000"


def rules(app: Flask, prefix: str = "/s/<handle>/") -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.rule.startswith(prefix)]


def calls(app: Flask, handle: str) -> Iterator[tuple[str, str, str]]:
    """Yield (endpoint, method, address) of everything inside a session."""
    for rule in rules(app):
        path = rule.rule.replace("<handle>", handle)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule.endpoint, method, re.sub(r"<[^>]+>", UUID, path)


def test_only_a_short_list_answers_outside_a_session(app: Flask) -> None:
    inside = {rule.endpoint for rule in rules(app)}

    outside = {r.endpoint for r in app.url_map.iter_rules()} - inside

    assert outside == PUBLIC


def test_without_a_bearer_there_is_the_shell_or_nothing(house: House) -> None:
    acting = stage(house)
    lea = acting.as_("lea")
    browser = house.app.test_client()
    before = house.dump()

    for endpoint, method, path in calls(house.app, lea.handle):
        answer = browser.open(path, method=method)
        if method == "GET":
            assert answer.status_code == 200, endpoint
            assert 'name="htmx-config"' in answer.text, endpoint
            assert "Лея" not in answer.text
        else:
            assert answer.status_code == 401, endpoint
        check_headers(answer)

    assert house.dump() == before


@pytest.mark.parametrize("kind", ["wrong", "of another", "ended", "basic", "empty"])
def test_a_bearer_that_is_not_this_sessions_opens_nothing(
    house: House, kind: str
) -> None:
    acting = stage(house)
    lea, iris = acting.as_("lea"), acting.as_("iris")
    gone = acting.as_("lea")
    gone.app.test_client().post(
        "/lti/session/end", headers={"Authorization": f"Bearer {gone.token}"}
    )
    said = {
        "wrong": "Bearer x" * 20,
        "of another": f"Bearer {iris.token}",
        "ended": f"Bearer {gone.token}",
        "basic": f"Basic {lea.token}",
        "empty": "Bearer ",
    }[kind]
    handle = gone.handle if kind == "ended" else lea.handle
    before = house.dump()

    for endpoint, method, path in calls(house.app, handle):
        answer = house.app.test_client().open(
            path, method=method, headers={"Authorization": said}
        )
        shell = method == "GET" and kind in {"basic", "empty"}
        assert answer.status_code == (200 if shell else 401), endpoint

    assert house.dump() == before


def test_a_session_does_not_outlive_its_registration(house: House) -> None:
    acting = stage(house)
    lea = acting.as_("lea")
    acting.tenant.is_active = False
    acting.session.commit()

    assert lea.ask("GET", "/mentorship").status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_changes_anything(house: House, site: str) -> None:
    acting = stage(house)
    lea = acting.as_("lea")
    before = house.dump()

    for rule in house.app.url_map.iter_rules():
        methods = UNSAFE & (rule.methods or set())
        if rule.rule in FROM_PLATFORMS:
            continue
        path = re.sub(r"<[^>]+>", UUID, rule.rule.replace("<handle>", lea.handle))
        for method in methods:
            answer = lea.app.test_client().open(
                path,
                method=method,
                headers={
                    "Authorization": f"Bearer {lea.token}",
                    "Sec-Fetch-Site": site,
                },
            )
            assert answer.status_code == 403, rule.rule

    assert house.dump() == before


def test_nobody_is_invited_to_read_across_origins(house: House) -> None:
    lea = stage(house).as_("lea")
    asking = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Authorization": f"Bearer {lea.token}",
    }

    for _, _, path in calls(house.app, lea.handle):
        for method in ("OPTIONS", "GET"):
            answer = lea.app.test_client().open(path, method=method, headers=asking)
            names = {name.lower() for name, _ in answer.headers}
            assert not [n for n in names if n.startswith("access-control")]


def test_only_the_session_that_adds_content_may_post_to_the_platform(
    house: House,
) -> None:
    acting = stage(house)
    asked = {"deep_linking": {"return_url": "https://class.example.edu/back?x=1"}}
    plain, adding = acting.as_("iris"), acting.as_("iris", launch=asked)

    shells = [
        policy_of(house.app.test_client().get(f"/s/{one.handle}/deep-link"))
        for one in (plain, adding)
    ]

    assert shells[0]["form-action"] == "'self'"
    assert shells[1]["form-action"] == "'self' https://class.example.edu"


def test_a_handle_of_nobody_gives_a_shell_that_nobody_frames(house: House) -> None:
    answer = house.app.test_client().get(f"/s/{UUID}/mentorship")

    assert policy_of(answer)["frame-ancestors"] == "'none'"
