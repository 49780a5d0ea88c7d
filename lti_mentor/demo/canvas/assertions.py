"""Client assertions: how a tool proves who it is.

Source: Canvas lib/canvas/oauth/client_credentials_provider.rb and
lib/canvas/security/jwt_validator.rb.
"""

import time
from typing import Any

import jwt
from flask import request
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from lti_mentor.demo.canvas.errors import Refused, oauth
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.lti import ASSERTION, ToolKeysError, UnknownKidError
from lti_mentor.demo.rows import Tool

CLAIMS = ("iss", "sub", "aud", "iat", "exp", "jti")
"""All required."""
MAX_AGE = 300
"""Seconds an assertion may be old."""
AHEAD = 30
"""Seconds a tool's clock may be ahead."""


def verify(institution: Institution) -> DeveloperKey:
    """Return the key whose tool made the request's assertion."""
    if request.form.get("client_assertion_type") != ASSERTION:
        raise oauth(400, "invalid_request", "assertion method not supported")
    token = request.form.get("client_assertion", "")
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise oauth(400, "invalid_request", "JWS format invalid") from None
    key = institution.store.keys.get(str(claims.get("sub", "")))
    if key is None or key.kind != "lti":
        raise oauth(401, "invalid_client", "unknown client")
    if not key.on:
        raise oauth(401, "invalid_client", "Client is inactive")
    problem = _problem(claims, f"{institution.url}/login/oauth2/token")
    if problem:
        raise oauth(400, "invalid_request", problem)
    if tool_claims(institution, key, token) is None:
        raise oauth(400, "invalid_request", "JWS signature invalid.")
    return key


def tool_claims(
    institution: Institution, key: DeveloperKey, token: str
) -> dict[str, Any] | None:
    """Return the claims of a JWT the tool signed; None when it did not."""
    public = key.configuration.get("public_jwk")
    try:
        if public and not key.configuration.get("public_jwk_url"):
            rsa: Any = RSAAlgorithm.from_jwk(public)
            lax: Options = {"verify_aud": False, "verify_iat": False}
            return dict(jwt.decode(token, rsa, algorithms=["RS256"], options=lax))
        return institution.lms.tool_keys.verify(token, as_tool(key))
    except (jwt.PyJWTError, ToolKeysError, UnknownKidError):
        return None


def refused_algorithm(token: str) -> Refused | None:
    """Return the refusal of a token that is no RS256 JWT."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except jwt.PyJWTError:
        return Refused(400, {"errors": [{"message": "JWT format is invalid"}]})
    if algorithm != "RS256":
        return Refused(400, {"errors": [{"message": "JWT has unexpected alg"}]})
    return None


def _problem(claims: dict[str, Any], audience: str) -> str | None:
    missing = [name for name in CLAIMS if name not in claims]
    if missing:
        return "the following assertions are missing: " + ",".join(missing)
    now = time.time()
    checks = [
        (audience not in _listed(claims["aud"]), "the 'aud' is invalid"),
        (claims["exp"] < now, "the JWT has expired"),
        (claims["iat"] > now + AHEAD, "the 'iat' must not be in the future"),
        (
            claims["iat"] < now - MAX_AGE,
            "the 'iat' must be less than 300 seconds old",
        ),
    ]
    return next((text for bad, text in checks if bad), None)


def _listed(audience: Any) -> list[str]:
    return audience if isinstance(audience, list) else [str(audience)]


def as_tool(key: DeveloperKey) -> Tool:
    """Return a key in the form the campus's shared checks take; installed nowhere."""
    configuration = key.configuration
    return Tool(
        id=0,
        name=key.name,
        client_id=key.client_id,
        deployment_id="",
        login_url=configuration["oidc_initiation_url"],
        launch_url=configuration["target_link_uri"],
        jwks_url=configuration.get("public_jwk_url", ""),
    )
