"""The invitation in a browser: our values in their words, theirs in a form."""

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from lti_mentor.lti.registration import Platform as Typed
from lti_mentor.platforms.models import LMSKind
from lti_mentor.web.registration.forms import canvas, moodle
from lti_mentor.web.registration.values import values_for
from tests.platform import Answer, Platform, jwk
from tests.tool import PUBLIC_URL, Tool, code_of
from tests.web.registering import invite, is_unused, made

RECORDED = Path(__file__).parents[1] / "recordings/lti_manual_registration_fields.json"


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def form_of(response: Any) -> Tag:
    found = soup(response).form
    assert found is not None, response.text
    return found


def send(tool: Tool, secret: str, lms: str = "other", **typed: str) -> Any:
    given = {"invite": secret, "lms": lms, "client_id": "new-client"} | typed
    return tool.browser.post("/lti/register/by-hand", data=given)


def other(platform: Platform, **typed: str) -> dict[str, str]:
    return {
        "issuer": "https://lms.example.edu",
        "auth_url": f"{platform.url}/auth",
        "token_url": f"{platform.url}/token",
        "jwks_url": f"{platform.url}/jwks",
    } | typed


def moodle_at(platform: Platform) -> str:
    """Let the platform have Moodle's addresses, below a path."""
    site = f"{platform.url}/learn"
    keys = platform.keys
    platform.routes["/learn/mod/lti/certs.php"] = lambda _: Answer(body={"keys": keys})
    return site


def test_the_invitation_opened_in_a_browser_asks_which_lms(tool: Tool):
    secret = invite(tool)

    response = tool.browser.get("/lti/register", query_string={"invite": secret})

    page = soup(response)
    assert response.status_code == 200
    assert f"{PUBLIC_URL}/lti/register?invite={secret}" in page.get_text()
    ways = [link["href"] for link in page.select("nav a")]
    assert ways == [f"?invite={secret}&lms={lms}" for lms in LMSKind]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert is_unused(tool, secret)


@pytest.mark.parametrize("secret", ["", "never issued"])
def test_without_an_invitation_there_is_no_form(tool: Tool, secret: str):
    shown = tool.browser.get(
        "/lti/register", query_string={"invite": "never", "lms": "moodle"}
    )
    sent = send(tool, secret, "moodle", issuer="https://lms.example.edu")

    assert (shown.status_code, code_of(shown)) == (400, "registration.invite")
    assert (sent.status_code, code_of(sent)) == (400, "registration.invite")
    assert made(tool) is None


@pytest.mark.parametrize("lms", [*LMSKind, "nonsense"])
def test_each_lms_has_its_page_with_buttons_that_copy(tool: Tool, lms: str):
    asked = {"invite": invite(tool), "lms": lms}

    response = tool.browser.get("/lti/register", query_string=asked)

    copied = {button["data-copy"] for button in soup(response).select("[data-copy]")}
    assert response.status_code == 200
    assert copied & {f"{PUBLIC_URL}/lti/login", f"{PUBLIC_URL}/lti/canvas.json"}
    assert form_of(response)["action"] == "/lti/register/by-hand"


def test_moodles_values_stand_in_its_own_words_and_order(tool: Tool):
    recorded = json.loads(RECORDED.read_text())
    options = {
        field["label"]: [text.strip() for _, text in field["options"] or []]
        for field in recorded
    }

    with tool.app.test_request_context():
        values = [
            (str(value.label), str(value.text), value.is_choice)
            for value in values_for(LMSKind.MOODLE, PUBLIC_URL)
        ]

    labels = [label for label, _, _ in values]
    assert labels == [label for label in options if label in labels]
    chosen = {label: text for label, text, is_choice in values if is_choice}
    assert chosen.pop("Supports Deep Linking (Content-Item Message)") == "Tick"
    assert all(text in options[label] for label, text in chosen.items())


def test_a_moodle_is_connected_by_three_values(tool: Tool, platform: Platform):
    secret, site = invite(tool), moodle_at(platform)

    response = send(tool, secret, "moodle", issuer=f" {site}/ ", deployment_id="3 ")

    found = made(tool)
    assert response.status_code == 200
    assert "Setup and health" in response.text
    assert found is not None
    assert (found.issuer, found.lms_kind) == (site, LMSKind.MOODLE)
    assert found.auth_url == f"{site}/mod/lti/auth.php"
    assert found.token_url == f"{site}/mod/lti/token.php"
    assert (found.is_active, found.lms_admins) == (True, True)
    assert [d.deployment_id for d in found.deployments] == ["3"]
    assert not is_unused(tool, secret)


def test_who_was_connected_by_hand_can_launch(tool: Tool, platform: Platform):
    send(tool, invite(tool), **other(platform, issuer=platform.url))
    login = tool.login(client_id="new-client")
    payload = platform.claims(login.query, aud="new-client")

    assert tool.post(login, platform.sign(payload)).status_code == 200


def test_an_own_canvas_is_known_by_its_address(tool: Tool, platform: Platform):
    keys = {"keys": platform.keys}
    platform.routes["/api/lti/security/jwks"] = lambda _: Answer(body=keys)
    typed = {"hosting": "own", "address": f"{platform.url}/accounts/1"}

    response = send(tool, invite(tool), "canvas", **typed)

    found = made(tool)
    assert response.status_code == 200
    assert found is not None
    assert found.issuer == "https://canvas.instructure.com"
    assert found.auth_url == f"{platform.url}/api/lti/authorize_redirect"
    assert platform.url in found.origins


def test_hosted_canvas_needs_no_address_but_its_number() -> None:
    given = {"hosting": "hosted", "address": "", "issuer": "https://other.example"}

    found = canvas(given)

    assert found == Typed(
        "https://canvas.instructure.com",
        "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "https://sso.canvaslms.com/login/oauth2/token",
        "https://sso.canvaslms.com/api/lti/security/jwks",
        "",
        family=LMSKind.CANVAS,
    )
    vanity = canvas(given | {"address": "https://learn.example.edu/"})
    assert vanity.origins == ("https://learn.example.edu",)
    assert vanity.jwks_url == found.jwks_url


def test_moodles_address_may_end_in_a_slash() -> None:
    assert moodle({"issuer": "https://m.example/"}) == moodle(
        {"issuer": "https://m.example"}
    )


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"issuer": "moodle"}, "issuer"),
        ({"issuer": "ftp://lms.example.edu"}, "issuer"),
        ({"issuer": "https://lms.example.edu/" + "x" * 300}, "issuer"),
        ({"client_id": " "}, "client_id"),
        ({"client_id": "x" * 256}, "client_id"),
        ({"deployment_id": "x" * 256}, "deployment_id"),
        ({"auth_url": "javascript:alert(1)"}, "auth_url"),
        ({"auth_url": "https://10.0.0.1/auth"}, "auth_url"),
        ({"auth_url": "http://93.184.216.34/auth"}, "auth_url"),
        ({"token_url": "https://93.184.216.34:8443/token"}, "token_url"),
        ({"token_url": "https://2130706433/token"}, "token_url"),
        ({"token_url": "https://user@93.184.216.34/token"}, "token_url"),
        ({"jwks_url": "https://[::ffff:10.0.0.1]/jwks"}, "jwks_url"),
        ({"jwks_url": "http://169.254.169.254/latest/meta-data"}, "jwks_url"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    tool: Tool, platform: Platform, typed: dict[str, str], field: str
):
    secret = invite(tool)

    response = send(tool, secret, **other(platform) | typed)

    assert response.status_code == 422
    form = form_of(response)
    assert form.find(id=f"{field}-error") is not None
    known = {one["name"]: one.get("value", "") for one in form.find_all("input")}
    assert known["token_url"] == typed.get("token_url", f"{platform.url}/token")
    assert is_unused(tool, secret)
    assert made(tool) is None


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(body={"keys": []}),
        Answer(body={"keys": [jwk("k1", kty="EC")]}),
        Answer(body=[1]),
        Answer(body=b"<html>", content_type="text/html"),
        Answer(302, headers={"Location": "http://169.254.169.254/"}),
    ],
)
def test_a_platform_that_shows_no_keys_is_not_connected(
    tool: Tool, platform: Platform, answer: Answer
):
    secret = invite(tool)
    platform.routes["/jwks"] = lambda _: answer

    response = send(tool, secret, **other(platform))

    assert response.status_code == 422
    assert "No keys can be read there" in response.text
    assert form_of(response).find(id="jwks_url-error") is not None
    assert is_unused(tool, secret)


def test_moodles_wrong_address_is_blamed_on_the_field_it_was_typed_in(
    tool: Tool, platform: Platform
):
    response = send(tool, invite(tool), "moodle", issuer=platform.url, deployment_id="")

    assert form_of(response).find(id="issuer-error") is not None


def test_an_own_canvas_needs_its_address(tool: Tool):
    response = send(tool, invite(tool), "canvas", hosting="own")

    assert response.status_code == 422
    assert form_of(response).find(id="address-error") is not None


@pytest.mark.parametrize("path", ["/jwks", "/others"])
def test_what_is_connected_already_is_refused_and_stays(
    tool: Tool, platform: Platform, path: str
):
    secret = invite(tool)
    platform.routes["/others"] = lambda _: Answer(body={"keys": platform.keys})
    typed = other(platform, issuer=platform.url, jwks_url=f"{platform.url}{path}")

    response = send(tool, secret, **typed | {"client_id": platform.client_id})

    assert response.status_code == 422
    assert form_of(response).find(id="client_id-error") is not None
    known = made(tool, platform.client_id)
    assert known is not None
    assert known.jwks_url == f"{platform.url}/jwks"
    assert is_unused(tool, secret)


def test_an_invitation_connects_one_platform(tool: Tool, platform: Platform):
    secret = invite(tool)
    send(tool, secret, **other(platform))

    again = send(tool, secret, **other(platform), client_id="second")

    assert (again.status_code, code_of(again)) == (400, "registration.invite")
    assert made(tool, "second") is None
