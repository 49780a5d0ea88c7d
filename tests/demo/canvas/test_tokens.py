"""`client_credentials` (Canvas lib/canvas/oauth/client_credentials_provider.rb)."""

import time
from typing import Any

import jwt
import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.lti import NRPS, SCORE
from tests.demo.canvas.tool import Tool

NOW = int(time.time())


def test_a_good_assertion_gets_an_opaque_hs256_token(tool: Tool):
    answer = tool.ask_token(NRPS, SCORE)

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert body["scope"] == f"{NRPS} {SCORE}"
    assert body["expires_in"] == 3600
    assert jwt.get_unverified_header(body["access_token"])["alg"] == "HS256"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"iat": int(time.time()) - 400},
            "the 'iat' must be less than 300 seconds old",
        ),
        ({"iat": int(time.time()) + 86400}, "the 'iat' must not be in the future"),
        ({"exp": int(time.time()) - 400}, "the JWT has expired"),
        ({"aud": "https://elsewhere.example"}, "the 'aud' is invalid"),
    ],
)
def test_a_bad_assertion_says_why(tool: Tool, changes: dict[str, Any], words: str):
    answer = tool.ask_token(NRPS, client_assertion=tool.assertion(**changes))

    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request", "error_description": words}


@pytest.mark.parametrize("claim", ["iss", "aud", "iat", "exp", "jti"])
def test_each_claim_is_required(tool: Tool, claim: str):
    claims = jwt.decode(tool.assertion(), options={"verify_signature": False})
    del claims[claim]
    token = jwt.encode(claims, tool.key.pem, "RS256", {"kid": tool.key.id})

    answer = tool.ask_token(NRPS, client_assertion=token)

    assert answer.json()["error_description"] == (
        f"the following assertions are missing: {claim}"
    )


def test_a_key_the_tool_does_not_publish_is_refused(tool: Tool):
    claims = {"iss": "x", "sub": tool.platform["client_id"]}
    claims["aud"] = tool.platform["token_url"]

    answer = tool.ask_token(NRPS, client_assertion=tool.sign(claims, kid="other"))

    assert answer.json()["error_description"] == "JWS signature invalid."


def test_an_unknown_client_is_401_with_a_challenge(tool: Tool):
    answer = tool.ask_token(NRPS, client_assertion=tool.assertion(sub="1"))

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"] == "Canvas OAuth 2.0"


@pytest.mark.parametrize("rejects", [True, False])
def test_a_scope_too_many_refuses_all_or_is_left_out(
    campus: Campus, tool: Tool, rejects: bool
):
    campus.canvas.faults.set(canvas_rejects_any_ungranted_scope=rejects)

    answer = tool.ask_token(NRPS, "https://example.org/other")

    if rejects:
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_scope"
    else:
        assert answer.json()["scope"] == NRPS


def test_other_grants_are_unsupported(tool: Tool):
    answer = tool.ask_token(NRPS, grant_type="password")

    assert answer.json()["error"] == "unsupported_grant_type"


def test_four_token_requests_in_a_burst_throttle(tool: Tool, canvas: Institution):
    canvas.throttle.clock = lambda: 0.0

    answers = [tool.ask_token(NRPS) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 403]
    assert answers[-1].text == "403 Forbidden (Rate Limit Exceeded)"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({}, "Missing access token"),
        ({"Authorization": "Bearer nonsense"}, "Invalid access token format"),
    ],
)
def test_services_want_a_token(campus: Campus, header: dict[str, str], message: str):
    url = f"{campus.canvas.url}/api/lti/courses/11/names_and_roles"

    with requests.Session() as web:
        answer = web.get(url, headers=header)

    assert answer.status_code == 401
    assert answer.json()["errors"] == {"type": "unauthorized", "message": message}


def test_an_expired_token_is_401(campus: Campus, tool: Tool):
    campus.canvas.faults.set(expired=True)
    web = tool.services()

    answer = web.get(f"{campus.canvas.url}/api/lti/courses/11/names_and_roles")

    assert answer.status_code == 401
    assert answer.json()["errors"]["message"] == "Access token expired"


def test_forgotten_tokens_are_401_until_a_new_one(campus: Campus, tool: Tool):
    web, url = tool.services(), f"{campus.canvas.url}/api/lti/courses/11/line_items"

    web.post(f"{campus.portal_url}/switches/canvas", json={"forgotten": True})

    assert web.get(url).json()["errors"]["message"] == "Access token expired"
    assert tool.services().get(url).status_code == 200


def test_a_missing_scope_is_401_not_403(campus: Campus, tool: Tool):
    web = tool.services(SCORE)

    answer = web.get(f"{campus.canvas.url}/api/lti/courses/11/names_and_roles")

    assert answer.status_code == 401
    assert answer.json()["errors"]["message"] == "Insufficient permissions"


def test_a_key_switched_off_is_401(campus: Campus, tool: Tool, canvas: Institution):
    web = tool.services()
    canvas.store.keys["10000000000001"].on = False

    answer = web.get(f"{campus.canvas.url}/api/lti/courses/11/names_and_roles")

    assert answer.json()["errors"]["message"] == "Unknown or inactive Developer Key"


def test_an_uninstalled_tool_is_401(campus: Campus, tool: Tool, canvas: Institution):
    web = tool.services()
    canvas.world.tools.clear()

    answer = web.get(f"{campus.canvas.url}/api/lti/courses/11/names_and_roles")

    assert answer.status_code == 401
    assert "not linked to a Tool" in answer.json()["errors"]["message"]


def test_a_concluded_course_is_404(campus: Campus, tool: Tool, canvas: Institution):
    web = tool.services()
    canvas.world.courses[11].concluded = True

    answer = web.get(f"{campus.canvas.url}/api/lti/courses/11/names_and_roles")

    assert answer.status_code == 404
    assert answer.json() == {
        "errors": [{"message": "The specified resource does not exist."}]
    }
