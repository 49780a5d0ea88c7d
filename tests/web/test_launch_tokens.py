"""What the launch matrix (tests/certification/cases.py) does not name of tokens."""

import base64
import json
from typing import Any

import jwt
import pytest

from lti_mentor.platforms import queries
from tests.platform import Answer, Platform, jwk, private_key
from tests.tool import Tool, code_of


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(payload: Any, alg: str) -> str:
    return f"{b64({'alg': alg, 'kid': 'k1'})}.{b64(payload)}."


FORGED = {
    "alg None": lambda p, _: unsigned(p, "None"),
    "RS512": lambda p, _: jwt.encode(p, private_key("k1"), "RS512", {"kid": "k1"}),
    "kid is a number": lambda p, _: f"{b64({'alg': 'RS256', 'kid': 5})}.{b64(p)}.x",
    "kid is empty": lambda p, lms: lms.sign(p, kid=""),
    "header is a list": lambda p, _: f"{b64([1])}.{b64(p)}.x",
    "80 KiB": lambda p, lms: lms.sign(p | {"x": "y" * 80_000}),
    "not ASCII": lambda *_: "é.é.é",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(tool: Tool, platform: Platform, name: str):
    login = tool.login()
    payload = platform.claims(login.query)

    response = tool.post(login, FORGED[name](payload, platform))

    assert (response.status_code, code_of(response)) == (400, "launch.token")


def test_a_forged_token_does_not_use_the_login_up(tool: Tool, platform: Platform):
    login = tool.login()
    payload = platform.claims(login.query)
    tool.post(login, unsigned(payload, "none"))

    response = tool.post(login, platform.sign(payload))

    assert response.status_code == 200


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([jwk("k1", n="AQAB")], id="modulus is nonsense"),
        pytest.param([jwk("k1", n=5)], id="modulus is a number"),
        pytest.param(["k1", None, {}], id="no keys at all"),
        pytest.param([], id="empty"),
    ],
)
def test_a_key_that_is_not_sound_proves_nothing(
    tool: Tool, platform: Platform, keys: list[Any]
):
    platform.keys = keys

    _, response = tool.launch()

    assert (response.status_code, code_of(response)) == (400, "launch.key_unknown")


def test_a_key_without_use_and_alg_is_taken_for_rs256(tool: Tool, platform: Platform):
    platform.keys = [jwk("k1", use=None, alg=None)]

    _, response = tool.launch()

    assert response.status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(body=[]), id="a list"),
        pytest.param(Answer(body=b"{"), id="broken JSON"),
        pytest.param(Answer(body={"keys": {"k": 1}}), id="keys is an object"),
        pytest.param(Answer(302, headers={"Location": "/jwks2"}), id="a redirect"),
    ],
)
def test_a_key_set_that_cannot_be_read_is_a_clean_refusal(
    tool: Tool, platform: Platform, answer: Answer
):
    platform.routes["/jwks"] = lambda _: answer

    _, response = tool.launch()

    expected = (502, "launch.keys_unreachable")
    assert (response.status_code, code_of(response)) == expected
    assert "<html>" not in response.text[20:]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/jwks",
        "https://2130706433/jwks",
        "https://user@lms.example.edu/jwks",
        "file:///etc/passwd",
    ],
)
def test_a_key_set_inside_our_network_is_never_fetched(
    tool: Tool, platform: Platform, url: str
):
    with tool.session() as session:
        queries.everyone(session)[0].jwks_url = url

    _, response = tool.launch()

    expected = (502, "launch.keys_unreachable")
    assert (response.status_code, code_of(response)) == expected
