"""Access tokens for LTI services: mod/lti/token.php."""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from flask import Blueprint, Response, request

from lti_mentor.demo.lti import ASSERTION, ToolKeysError, UnknownKidError
from lti_mentor.demo.moodle import urls
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import first

routes = Blueprint("token", __name__)


@routes.post("/mod/lti/token.php")
def token() -> Response:
    """Give a token for the asked scopes the tool may have.

    aud, iss and jti of the assertion are not looked at; its sub is the client
    (Moodle 4.5.6, measured).
    """
    given = request.form
    tool, word = _client(given)
    if tool is None:
        return _refuse(word)
    try:
        here().tool_keys.verify(given["client_assertion"], tool)
    except ToolKeysError:
        return error_page("The tool's public keyset could not be read.")
    except (UnknownKidError, jwt.PyJWTError) as error:
        return _refuse(_words(error))
    return _give(tool, given["scope"].split())


def _client(given: Mapping[str, str]) -> tuple[Tool | None, str]:
    """Return the tool that asks, or the word of the refusal."""
    names = ("client_assertion", "client_assertion_type", "grant_type", "scope")
    if not all(given.get(name) for name in names):
        return None, "invalid_request"
    if given["grant_type"] != "client_credentials":
        return None, "unsupported_grant_type"
    try:
        claims = jwt.decode(
            given["client_assertion"], options={"verify_signature": False}
        )
    except jwt.PyJWTError:
        return None, "invalid_request"
    tool = first(here().world.tools, client_id=str(claims.get("sub")))
    known = tool if given["client_assertion_type"] == ASSERTION else None
    return known, "invalid_client"


def _give(tool: Tool, asked: list[str]) -> Response:
    """Answer JSON that calls itself HTML, with the scopes that are permitted."""
    scopes = [scope for scope in asked if scope in urls.permitted(tool)]
    if not scopes:
        return _refuse("invalid_scope")
    life = -1 if here().faults.expired else 3600
    answer = {
        "access_token": here().tokens.issue(tool, scopes, life),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": " ".join(scopes),
    }
    return _html(json.dumps(answer, indent=2), 200)


def _words(error: Exception) -> str:
    """Return the words of the library Moodle verifies with."""
    if isinstance(error, UnknownKidError):
        return '"kid" invalid, unable to lookup correct key'
    if isinstance(error, jwt.ExpiredSignatureError):
        return "Expired token"
    if isinstance(error, jwt.InvalidAlgorithmError):
        return "Incorrect key for this algorithm"
    return "Signature verification failed"


def _refuse(word: str) -> Response:
    """Answer 400; the word is not escaped, so an unknown kid breaks the JSON."""
    return _html(f'{{\n  "error" : "{word}"\n}}', 400)


def _html(body: str, status: int) -> Response:
    answer: Any = Response(body, status)
    answer.headers["Content-Type"] = "text/html; charset=utf-8"
    return answer  # type: ignore[no-any-return]
