"""The login half: who may begin, and where the browser is sent."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from lti_mentor.lti.models import LoginState
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind
from tests.platform import Platform
from tests.tool import PUBLIC_URL, Tool, build, code_of, page_data

NINE = {
    *("client_id", "login_hint", "lti_message_hint", "nonce", "prompt"),
    *("redirect_uri", "response_mode", "response_type", "scope"),
}


def test_a_login_asks_the_platform_with_exactly_what_it_needs(tool: Tool):
    login = tool.login()

    query = login.query
    assert set(query) - {"target_link_uri"} == NINE | {"state"}
    assert query["scope"] == "openid"
    assert query["response_mode"] == "form_post"
    assert query["prompt"] == "none"
    assert query["lti_message_hint"] == '{"cmid":13,"launchid":"x"}'
    assert query["redirect_uri"] == f"{PUBLIC_URL}/lti/launch"


def test_secrets_are_long_and_only_their_digests_are_kept(tool: Tool):
    login = tool.login()

    secrets = {login.query["state"], login.query["nonce"], login.data["secret"]}
    assert all(len(secret) >= 43 for secret in secrets)
    assert len(secrets) == 3
    with tool.session() as session:
        row = session.query(LoginState).one()
        kept = {str(value) for value in vars(row).values()}
        assert not secrets & kept


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": ""}, "login.incomplete"),
        ({"login_hint": ""}, "login.incomplete"),
        ({"iss": "https://unknown.test"}, "login.unknown"),
        ({"client_id": "unknown"}, "login.unknown"),
        ({"lti_message_hint": "x" * 9000}, "login.too_long"),
    ],
)
def test_a_login_that_fits_nothing_is_refused(
    tool: Tool, change: dict[str, str], code: str
):
    response = tool.login(None, None, **change).response

    assert (response.status_code, code_of(response)) == (400, code)
    assert not response.headers.getlist("Set-Cookie")


def test_without_a_client_the_issuer_must_have_one(tool: Tool, platform: Platform):
    alone = tool.login(client_id="")
    with tool.session() as session:
        service.add(session, **platform.registration(client_id="client-2"))

    ambiguous = tool.login(client_id="").response

    assert alone.response.status_code == 200
    assert code_of(ambiguous) == "login.unknown"


def test_the_page_may_stand_in_the_platforms_frame_only(tool: Tool, platform: Platform):
    policy = tool.login().response.headers["Content-Security-Policy"]

    assert f"frame-ancestors 'self' {platform.url};" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_login_can_be_begun_again_in_a_window(tool: Tool, platform: Platform):
    page = tool.login(lti_storage_target="_parent").response.text

    assert 'name="iss"' in page
    assert platform.url in page
    assert 'name="lti_storage_target"' in page


def test_storage_messages_go_to_the_platforms_origin(tool: Tool, platform: Platform):
    login = tool.login(lti_storage_target="_parent")

    assert login.data["storage_origin"] == platform.url
    assert login.data["storage_target"] == "_parent"


def test_canvas_names_no_origin_for_its_storage(tool: Tool):
    with tool.session() as session:
        platforms.everyone(session)[0].lms_kind = LMSKind.CANVAS

    login = tool.login(lti_storage_target="post_message_forwarding")

    assert login.data["storage_origin"] == "*"


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ('{"cmid":13,"launchid":"x"}', {"cmid": 13}),
        ('{"launchid":"x"}', {}),
        ('{"cmid":"13"}', {}),
        ('{"cmid":true}', {}),
        ('{"cmid":0}', {}),
        ('{"cmid":-5}', {}),
        ('["cmid"]', {}),
        ("13", {}),
        ("eyJhbGciOiJIUzI1NiJ9.e30.x", {}),
        ("[" * 5000, {}),
    ],
)
def test_of_a_hint_only_moodles_activity_is_kept(
    tool: Tool, hint: str, kept: dict[str, int]
):
    login = tool.login(lti_message_hint=hint)

    assert login.query["lti_message_hint"] == hint
    with tool.session() as session:
        assert session.query(LoginState).one().hint == kept


def test_nothing_is_set_as_a_cookie_without_https(tmp_path, platform: Platform):
    tool = build(tmp_path, platform, public_url="http://tool.example.edu")

    assert not tool.login().response.headers.getlist("Set-Cookie")


def test_a_browser_that_keeps_cookies_is_sent_on_at_once(tmp_path, platform: Platform):
    tool = build(
        tmp_path, platform, public_url="https://tool.example.edu", private_platforms=()
    )
    browser = tool.app.test_client()
    browser.set_cookie("__Host-lti_probe", "1", domain="localhost")
    target = "https://tool.example.edu/lti/launch"

    response = browser.post(
        "/lti/login",
        data={"iss": platform.url, "login_hint": "1", "target_link_uri": target},
        base_url="https://localhost",
    )

    assert response.status_code == 302
    assert response.location.startswith(f"{platform.url}/auth?")
    query = dict(parse_qsl(urlsplit(response.location).query))
    data = {"state": query["state"], "target_link_uri": target, **query}
    launched = browser.post(
        "/lti/launch",
        data={
            "state": query["state"],
            "id_token": platform.sign(platform.claims(data)),
        },
        base_url="https://localhost",
    )
    assert page_data(launched)["opened"]["next"].endswith("/home")


def test_no_answer_of_ours_carries_a_secret_in_an_address(tool: Tool):
    signed = tool.sign_in()

    assert signed.token not in signed.next
    assert "?" not in signed.next
