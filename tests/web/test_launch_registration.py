"""Installing: dynamic registration as Moodle and Canvas do it, and Canvas's JSON."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from lti_mentor.lti.configuration import SCOPES, TOOL
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import LMSKind, Registration
from tests.platform import Answer, Platform
from tests.tool import PUBLIC_URL, Tool, code_of

CANVAS = "https://canvas.instructure.com/lti/"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def configuration(platform: Platform, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": platform.url,
        "authorization_endpoint": f"{platform.url}/auth",
        "token_endpoint": f"{platform.url}/token",
        "jwks_uri": f"{platform.url}/jwks",
        "registration_endpoint": f"{platform.url}/registration",
        PLATFORM: {"product_family_code": "moodle"},
    } | changes


def offer(platform: Platform, answer: Answer | None = None, **changes: Any) -> None:
    platform.routes["/configuration"] = lambda _: Answer(
        body=configuration(platform, **changes)
    )
    said = {"client_id": "new-client", TOOL: {"deployment_id": "7"}}
    platform.routes["/registration"] = lambda _: answer or Answer(body=said)


def invite(tool: Tool) -> str:
    with tool.session() as session:
        return links.issue(session, LinkKind.REGISTRATION_INVITE, {})


def connect(tool: Tool, platform: Platform, **form: str) -> Any:
    given = {
        "openid_configuration": f"{platform.url}/configuration",
        "registration_token": "reg-token",
    } | form
    return tool.browser.post("/lti/register", data=given)


def made(tool: Tool) -> Registration | None:
    with tool.session() as session:
        found = [r for r in queries.everyone(session) if r.client_id == "new-client"]
        session.expunge_all()
        return found[0] if found else None


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
    assert made(tool) is None


def test_what_is_registered_is_never_overwritten(tool: Tool, platform: Platform):
    said = {"client_id": platform.client_id}
    offer(platform, Answer(body=said), jwks_uri=f"{platform.url}/other")

    connect(tool, platform, invite=invite(tool))

    with tool.session() as session:
        (registration,) = queries.everyone(session)
        assert registration.jwks_url == f"{platform.url}/jwks"


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


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/x", "https://192.168.0.1/x", "https://2130706433/"]
)
def test_our_own_network_is_not_asked(tool: Tool, platform: Platform, url: str):
    response = connect(tool, platform, openid_configuration=url)

    assert response.status_code == 502
    assert code_of(response) == "outside.refused_address"


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
    assert found["scopes"] == SCOPES
    (extension,) = found["extensions"]
    assert extension["domain"] == "localhost:8000"
    assert extension["privacy_level"] == "public"
    placements = {row["placement"] for row in extension["settings"]["placements"]}
    assert {"course_navigation", "assignment_selection"} <= placements
