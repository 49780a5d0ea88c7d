"""Tokens that nobody should believe: algorithms, keys, sizes, shapes."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from lti_mentor.platforms import queries
from tests.platform import WEAK, Answer, Platform, jwk, private_key
from tests.tool import Tool, code_of


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_pem(name: str) -> bytes:
    return (
        private_key(name)
        .public_key()
        .public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def hs256(payload: Any, secret: bytes) -> str:
    head = b64({"alg": "HS256", "typ": "JWT", "kid": "k1"})
    text = f"{head}.{b64(payload)}"
    return f"{text}.{b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def unsigned(payload: Any, alg: str) -> str:
    return f"{b64({'alg': alg, 'kid': 'k1'})}.{b64(payload)}."


FORGED = {
    "A1 none": lambda p, _: unsigned(p, "none"),
    "A2 None": lambda p, _: unsigned(p, "None"),
    "A2 NONE": lambda p, _: unsigned(p, "NONE"),
    "A3 HS256 with the public key": lambda p, _: hs256(p, public_pem("k1")),
    "A6 attacker's key, our kid": lambda p, _: jwt.encode(
        p, private_key("attacker"), "RS256", {"kid": "k1"}
    ),
    "A7 key in the header": lambda p, _: jwt.encode(
        p,
        private_key("attacker"),
        "RS256",
        {"kid": "k1", "jwk": jwk("attacker"), "jku": "https://evil.test/jwks"},
    ),
    "A8 critical extension": lambda p, lms: lms.sign(p, crit=["exp"], exp=1),
    "A9 PS256": lambda p, _: jwt.encode(p, private_key("k1"), "PS256", {"kid": "k1"}),
    "RS512": lambda p, _: jwt.encode(p, private_key("k1"), "RS512", {"kid": "k1"}),
    "B1 no kid": lambda p, lms: lms.sign(p, kid=None),
    "kid is a number": lambda p, _: f"{b64({'alg': 'RS256', 'kid': 5})}.{b64(p)}.x",
    "A22 garbage": lambda *_: "a.b.c",
    "A23 two parts": lambda p, lms: lms.sign(p).rpartition(".")[0],
    "A24 deep nesting": lambda *_: (
        f"{b64({'alg': 'RS256', 'kid': 'k1'})}.{b64(b'[' * 20000)}.x"
    ),
    "A25 a list": lambda *_: jwt.api_jws.encode(
        b"[1]", private_key("k1"), "RS256", {"kid": "k1"}
    ),
    "header is a list": lambda p, _: f"{b64([1])}.{b64(p)}.x",
    "S3 missing": lambda *_: "",
    "A20 80 KiB": lambda p, lms: lms.sign(p | {"x": "y" * 80_000}),
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
        pytest.param([jwk("k2")], id="B2 no such kid"),
        pytest.param([jwk("k1", alg="HS256")], id="A5 alg HS256 on an RSA key"),
        pytest.param([{"kty": "oct", "kid": "k1", "k": b64(b"x" * 32)}], id="A5b oct"),
        pytest.param([jwk("k1", alg="none")], id="A5c alg none"),
        pytest.param([jwk("k1", use="enc")], id="A11 for encryption"),
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


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_key_of_1024_bits_proves_nothing(tool: Tool, platform: Platform):
    platform.keys = [jwk(WEAK)]
    login = tool.login()

    response = tool.post(login, platform.sign(platform.claims(login.query), key=WEAK))

    assert (response.status_code, code_of(response)) == (400, "launch.key_unknown")


def test_a_key_without_use_and_alg_is_taken_for_rs256(tool: Tool, platform: Platform):
    platform.keys = [jwk("k1", use=None, alg=None)]

    _, response = tool.launch()

    assert response.status_code == 200


def test_a_huge_form_is_refused_before_it_is_read(tool: Tool):
    login = tool.login()

    response = tool.post(login, "x" * 3_000_000)

    assert response.status_code == 413


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(500, b"<html>", content_type="text/html"), id="A15 500"),
        pytest.param(Answer(body={"no": "keys"}), id="A16 no keys member"),
        pytest.param(Answer(body=[]), id="a list"),
        pytest.param(Answer(body=b"{"), id="broken JSON"),
        pytest.param(Answer(body={"keys": {"k": 1}}), id="keys is an object"),
        pytest.param(Answer(302, headers={"Location": "/jwks2"}), id="a redirect"),
        pytest.param(
            Answer(body={"keys": [jwk("k1")], "pad": "x" * 300_000}), id="A19 too large"
        ),
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


def test_a_dead_key_set_is_a_clean_refusal(tool: Tool, platform: Platform):
    with tool.session() as session:
        queries.everyone(session)[0].jwks_url = "http://127.0.0.1:9/jwks"

    _, response = tool.launch()

    expected = (502, "launch.keys_unreachable")
    assert (response.status_code, code_of(response)) == expected


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
