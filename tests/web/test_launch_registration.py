"""Installing: dynamic registration as Moodle and Canvas do it, and Canvas's JSON."""

import base64
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup

from lti_mentor.lti.configuration import CANVAS_SCOPES, SCOPES, TOOL
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import LMSKind
from tests.platform import Answer, Platform
from tests.tool import PUBLIC_URL, Tool, code_of
from tests.web.registering import (
    CANVAS,
    PLATFORM,
    connect,
    invite,
    is_unused,
    made,
    offer,
)


def test_the_page_stands_in_the_platforms_frame_and_asks_first(
    tool: Tool, platform: Platform
):
    response = tool.browser.get(
        "/lti/register",
        query_string={
            "openid_configuration": f"{platform.url}/configuration",
            "registration_token": "reg-token",
            "invite": invite(tool),
        },
    )

    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {platform.url}" in policy
    form = BeautifulSoup(response.text, "html.parser").form
    assert form is not None
    names = {field["name"] for field in form.find_all("input")}
    assert names == {"openid_configuration", "registration_token", "invite"}
    assert not platform.asked


def test_an_invited_platform_is_connected(tool: Tool, platform: Platform):
    offer(platform)

    response = connect(tool, platform, invite=invite(tool))

    registration = made(tool)
    assert response.status_code == 200
    assert "registered.js" in response.text
    assert registration is not None
    assert registration.is_active
    assert registration.lms_kind is LMSKind.MOODLE
    asked = platform.requests("/registration")[0]
    assert asked.headers["Authorization"] == "Bearer reg-token"
    body = asked.json
    assert body["redirect_uris"] == [f"{PUBLIC_URL}/lti/launch"]
    assert body["jwks_uri"] == f"{PUBLIC_URL}/lti/jwks"
    assert body["token_endpoint_auth_method"] == "private_key_jwt"
    assert body["scope"].split() == SCOPES
    assert body[TOOL]["domain"] == "localhost:8000"
    assert {"name", "email"} <= set(body[TOOL]["claims"])
    types = [message["type"] for message in body[TOOL]["messages"]]
    assert types == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


def test_its_deployment_is_accepted_and_people_can_come(tool: Tool, platform: Platform):
    offer(platform)
    connect(tool, platform, invite=invite(tool))
    login = tool.login(client_id="new-client")
    payload = platform.claims(login.query, aud="new-client", deployment_id="7")

    assert tool.post(login, platform.sign(payload)).status_code == 200


def test_without_an_invite_it_waits(tool: Tool, platform: Platform):
    offer(platform)

    response = connect(tool, platform)

    registration = made(tool)
    assert response.status_code == 200
    assert registration is not None
    assert not registration.is_active
    assert not registration.lms_admins
    refused = tool.login(client_id="new-client").response
    assert code_of(refused) == "login.pending"


def test_an_invite_works_once(tool: Tool, platform: Platform):
    offer(platform)
    secret = invite(tool)
    connect(tool, platform, invite=secret)
    said = {"client_id": "second"}
    platform.routes["/registration"] = lambda _: Answer(body=said)

    connect(tool, platform, invite=secret)

    with tool.session() as session:
        states = {r.client_id: r.is_active for r in queries.everyone(session)}
    assert states["new-client"] is True
    assert states["second"] is False


def test_a_refused_registration_does_not_use_the_invite_up(
    tool: Tool, platform: Platform
):
    secret = invite(tool)
    offer(platform, Answer(400, b"missing_domain", content_type="text/plain"))
    refused = connect(tool, platform, invite=secret)
    offer(platform)

    connect(tool, platform, invite=secret)

    assert (refused.status_code, code_of(refused)) == (400, "registration.refused")
    assert "missing_domain" in refused.text
    page = BeautifulSoup(refused.text, "html.parser")
    assert page.form is not None
    sent = {field["name"]: field["value"] for field in page.form.find_all("input")}
    assert sent["invite"] == secret
    assert sent["registration_token"] == "reg-token"
    assert page.find(id="close") is not None
    assert "registered.js" in refused.text
    policy = refused.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {platform.url}" in policy
    registration = made(tool)
    assert registration is not None
    assert registration.is_active


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, b"token_already_used", content_type="text/html"),
        Answer(404, b"<html>secret page</html>", content_type="text/html"),
        Answer(401, {"errorMessage": "JWT did not include expected contents"}),
    ],
)
def test_a_platforms_no_is_shown_as_far_as_it_is_short(
    tool: Tool, platform: Platform, answer: Answer
):
    offer(platform, answer)

    response = connect(tool, platform)

    assert (response.status_code, code_of(response)) == (400, "registration.refused")
    assert "secret page" not in response.text
    assert "Try again" not in response.text
    assert made(tool) is None


def test_what_is_registered_is_never_overwritten(tool: Tool, platform: Platform):
    said = {"client_id": platform.client_id}
    offer(platform, Answer(body=said), jwks_uri=f"{platform.url}/other")

    secret = invite(tool)

    response = connect(tool, platform, invite=secret)

    assert (response.status_code, code_of(response)) == (409, "registration.taken")
    assert is_unused(tool, secret)
    with tool.session() as session:
        (registration,) = queries.everyone(session)
        assert registration.jwks_url == f"{platform.url}/jwks"


def update_token() -> str:
    """Return a token as Moodle gives it for an update; only Moodle checks it."""
    claims = {"sub": "3", "scope": "reg-update"}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{middle}.signature"


def test_an_update_is_named_as_one_before_and_asks_for_no_invite(
    tool: Tool, platform: Platform
):
    response = tool.browser.get(
        "/lti/register",
        query_string={
            "openid_configuration": f"{platform.url}/configuration",
            "registration_token": update_token(),
        },
    )

    assert "will be renewed" in response.text
    assert "without an invitation" not in response.text


@pytest.mark.parametrize(
    "token", ["a.b.c", "..", "a.bnVsbA.c", "no dots", "a.\u00fc.c"]
)
def test_a_token_that_says_nothing_is_no_update(
    tool: Tool, platform: Platform, token: str
):
    response = tool.browser.get(
        "/lti/register",
        query_string={
            "openid_configuration": f"{platform.url}/configuration",
            "registration_token": token,
        },
    )

    assert response.status_code == 200
    assert "will introduce itself" in response.text


def test_an_update_changes_nothing_here_however_often(tool: Tool, platform: Platform):
    said = {"client_id": platform.client_id, TOOL: {"deployment_id": "another"}}
    offer(platform, Answer(body=said), **{PLATFORM: {"product_family_code": "canvas"}})
    secret, before = invite(tool), made(tool, platform.client_id)

    pages = [
        connect(tool, platform, invite=secret, registration_token=update_token()).text
        for _ in range(2)
    ]

    after = made(tool, platform.client_id)
    assert all("Renewed" in page and 'id="close"' in page for page in pages)
    assert before is not None and after is not None
    assert (after.public_id, after.lms_kind) == (before.public_id, before.lms_kind)
    assert after.deployments == []
    assert is_unused(tool, secret)


def test_who_waits_for_approval_is_let_in_by_an_invitation(
    tool: Tool, platform: Platform
):
    offer(platform)
    waiting = connect(tool, platform)

    connected = connect(tool, platform, invite=invite(tool))

    assert "Waiting for approval" in waiting.text
    assert "Connected" in connected.text
    registration = made(tool)
    assert registration is not None
    assert (registration.is_active, registration.lms_admins) == (True, True)


def test_moodles_own_words_say_what_comes_next(tool: Tool, platform: Platform):
    offer(platform)

    response = connect(tool, platform, invite=invite(tool))

    for words in ("Manage tools", "Pending", "Activate", "Show in activity chooser"):
        assert words in response.text


def test_canvass_own_words_say_what_comes_next(tool: Tool, platform: Platform):
    offer(platform, None, **{PLATFORM: {"product_family_code": "canvas"}})

    response = connect(tool, platform, invite=invite(tool))

    for words in ("permissions and placements", "Enable &amp; Close", "Navigation"):
        assert words in response.text


def test_canvas_may_name_no_deployment_and_cut_its_scopes(
    tool: Tool, platform: Platform
):
    offer(platform, Answer(body={"client_id": "new-client", "scope": ""}))

    connect(tool, platform, invite=invite(tool))
    login = tool.login(client_id="new-client")
    payload = platform.claims(login.query, aud="new-client", deployment_id="1:abc")
    response = tool.post(login, platform.sign(payload))

    assert response.status_code == 200
    registration = made(tool)
    assert registration is not None
    assert [d.deployment_id for d in registration.deployments] == ["1:abc"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://evil.test"}, "registration.foreign_host"),
        ({"jwks_uri": "https://evil.test/jwks"}, "registration.foreign_host"),
        (
            {"registration_endpoint": "https://evil.test/r"},
            "registration.foreign_host",
        ),
        ({"issuer": "https://canvas.instructure.com"}, "registration.foreign_host"),
        ({"token_endpoint": None}, "registration.incomplete"),
        ({"authorization_endpoint": "javascript:x"}, "registration.incomplete"),
    ],
)
def test_a_platform_speaks_for_its_own_host_only(
    tool: Tool, platform: Platform, changes: dict[str, Any], code: str
):
    offer(platform, **changes)
    if "issuer" in changes and "canvas" in changes["issuer"]:
        offer(platform, **changes, jwks_uri="https://evil.test/jwks")

    response = connect(tool, platform)

    assert (response.status_code, code_of(response)) == (400, code)
    assert not platform.requests("/registration")


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "file:///etc/passwd", "https://" + "x" * 5000, "//evil.test"],
)
def test_a_configuration_address_that_is_none_is_refused(tool: Tool, url: str):
    response = tool.browser.get(
        "/lti/register", query_string={"openid_configuration": url}
    )

    expected = (400, "registration.no_configuration")
    assert (response.status_code, code_of(response)) == expected


def test_canvas_is_asked_with_its_own_placements(tool: Tool, platform: Platform):
    about = {
        "product_family_code": "canvas",
        f"{CANVAS}account_name": "Test University",
        f"{CANVAS}account_lti_guid": "guid:canvas-lms",
        "messages_supported": [
            {
                "type": "LtiResourceLinkRequest",
                "placements": [f"{CANVAS}course_navigation", "account_navigation"],
            },
            {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection"]},
        ],
    }
    said = {"client_id": "new-client", "deployment_id": "9:8865"}
    offer(platform, Answer(body=said), **{PLATFORM: about})

    connect(tool, platform, invite=invite(tool))

    registration = made(tool)
    assert registration is not None
    assert registration.name == "Test University"
    assert registration.platform_guid == "guid:canvas-lms"
    token = platform.requests("/configuration")[0].headers["Authorization"]
    assert token == "Bearer reg-token"
    tool_configuration = platform.requests("/registration")[0].json[TOOL]
    placed = [message["placements"] for message in tool_configuration["messages"]]
    assert placed == [
        [f"{CANVAS}course_navigation"],
        ["account_navigation"],
        ["assignment_selection"],
    ]
    assert tool_configuration["custom_parameters"]["canvas_user_id"]


def test_moodle_is_told_of_content_selection_whatever_it_calls_its_place(
    tool: Tool, platform: Platform
):
    selection = {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]}
    about = {
        "product_family_code": "moodle",
        "messages_supported": [{"type": "LtiResourceLinkRequest"}, selection],
    }
    offer(platform, Answer(body={"client_id": "new-client"}), **{PLATFORM: about})

    connect(tool, platform, invite=invite(tool))

    sent = platform.requests("/registration")[0].json[TOOL]
    addresses = {m["type"]: m["target_link_uri"] for m in sent["messages"]}
    assert addresses["LtiDeepLinkingRequest"] == f"{PUBLIC_URL}/lti/deep-link"
    assert "canvas_user_id" not in sent["custom_parameters"]


def test_canvas_can_be_configured_by_json(tool: Tool):
    found = tool.browser.get("/lti/canvas.json").get_json()

    assert found["oidc_initiation_url"] == f"{PUBLIC_URL}/lti/login"
    assert found["public_jwk_url"] == f"{PUBLIC_URL}/lti/jwks"
    assert found["scopes"] == CANVAS_SCOPES
    (extension,) = found["extensions"]
    assert extension["domain"] == "localhost:8000"
    assert extension["privacy_level"] == "public"
    settings = extension["settings"]
    placements = {row["placement"]: row for row in settings["placements"]}
    assert set(placements) == {
        "course_navigation",
        "user_navigation",
        "account_navigation",
        "assignment_selection",
        "link_selection",
    }
    assert all(row["enabled"] and row["text"] for row in placements.values())
    shown = {
        name: row["display_type"]
        for name, row in placements.items()
        if name.endswith("navigation")
    }
    assert set(shown.values()) == {"full_width_in_context"}
    assert placements["course_navigation"]["default"] == "disabled"
    assert placements["link_selection"]["selection_height"] == 800
    assert settings["icon_url"] == f"{PUBLIC_URL}/lti/icon.svg"
    assert {
        "$Canvas.masqueradingUser.id",
        "$com.instructure.User.observees",
        "$Canvas.course.sectionIds",
        "$Person.address.timezone",
        "$Context.id.history",
        "$com.instructure.Course.groupIds",
    } <= set(found["custom_fields"].values())


def test_pages_of_an_lms_may_show_our_picture_and_nothing_else(tool: Tool):
    rule = "Cross-Origin-Resource-Policy"

    picture = tool.browser.get("/lti/icon.svg", buffered=True)
    sheet = tool.browser.get("/static/app.css", buffered=True)

    assert picture.mimetype == "image/svg+xml"
    assert (picture.headers[rule], sheet.headers[rule]) == (
        "cross-origin",
        "same-origin",
    )
