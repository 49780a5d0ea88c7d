"""`/login/oauth2/token`: one address, three grants.

Sources: Canvas app/controllers/oauth2_provider_controller.rb,
lib/canvas/oauth/client_credentials_provider.rb, doc/api/oauth_endpoints.md.
"""

import hmac
import secrets
import time
from typing import Any

import jwt
from flask import Blueprint, g, jsonify, request
from werkzeug.wrappers import Response

from lti_mentor.demo.canvas import assertions
from lti_mentor.demo.canvas.errors import listed, oauth
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.store import DeveloperKey, Token
from lti_mentor.demo.canvas.throttle import COST, TOKEN_COST

routes = Blueprint("canvas_tokens", __name__)

LIFE = 3600
"""Seconds an access token lasts."""
CODE_LIFE = 600
"""Seconds an authorization code waits; it works once."""


@routes.post("/login/oauth2/token")
def token() -> Response:
    """Exchange an assertion, a code or a refresh token for an access token."""
    grants = {
        "client_credentials": _client_credentials,
        "authorization_code": _authorization_code,
        "refresh_token": _refresh,
    }
    grant = grants.get(request.form.get("grant_type", ""))
    if grant is None:
        kind = "unsupported_grant_type"
        raise oauth(400, kind, "The grant_type you requested is not supported")
    g.cost = COST + TOKEN_COST
    return jsonify(grant(canvas()))


@routes.delete("/login/oauth2/token")
def revoke() -> Response:
    """Forget the token the request is made with."""
    institution = canvas()
    value = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if value not in institution.store.tokens:
        raise listed(401, "Invalid access token.")
    with institution.store.change():
        del institution.store.tokens[value]
    return jsonify({})


def _client_credentials(institution: Institution) -> dict[str, Any]:
    """Give an LTI tool its token: an HS256 JWT that only Canvas can read."""
    key = assertions.verify(institution)
    granted = " ".join(_granted(institution, key))
    at = int(time.time())
    claims = {
        "iss": "Canvas",
        "sub": key.client_id,
        "aud": [f"{institution.url}/login/oauth2/token", institution.domain],
        "iat": at,
        "exp": at + (-LIFE if institution.faults.expired else LIFE),
        "jti": secrets.token_hex(16),
        "scopes": granted,
        "canvas.instructure.com": {"account_uuid": institution.guid},
    }
    value = jwt.encode(claims, institution.secret, algorithm="HS256")
    tool = assertions.as_tool(key)
    institution.lms.tokens.keep(value, tool, granted.split(), LIFE)
    kind = {"token_type": "Bearer", "expires_in": LIFE}
    return {"access_token": value, **kind, "scope": granted}


def _granted(institution: Institution, key: DeveloperKey) -> list[str]:
    """Return the scopes the key has of those asked; too many may refuse all."""
    asked = request.form.get("scope", "").split()
    has = set(key.scopes) - set(institution.faults.no_scopes)
    granted = [one for one in asked if one in has]
    all_or_nothing = institution.says("canvas_rejects_any_ungranted_scope")
    if not granted or (all_or_nothing and granted != asked):
        raise oauth(400, "invalid_scope", "A requested scope is invalid")
    return granted


def _client(institution: Institution) -> DeveloperKey:
    """Return the API key whose id and secret are in the body."""
    key = institution.store.keys.get(request.form.get("client_id", ""))
    secret = request.form.get("client_secret", "")
    if key is None or key.kind != "api" or not key.on:
        raise oauth(401, "invalid_client", "unknown client")
    if not hmac.compare_digest(key.secret.encode(), secret.encode()):
        raise oauth(401, "invalid_client", "invalid client")
    return key


def _authorization_code(institution: Institution) -> dict[str, Any]:
    """Exchange a code, once and within ten minutes, for two tokens."""
    key = _client(institution)
    found = institution.codes.pop(request.form.get("code", ""), None)
    if found is None or found["until"] < time.time():
        raise oauth(400, "invalid_grant", "authorization_code not found")
    if found["client_id"] != key.client_id:
        raise oauth(400, "invalid_grant", "incorrect client")
    refresh = secrets.token_urlsafe(48)
    row = Token(
        value="1~" + secrets.token_urlsafe(48),
        person=found["person"],
        client_id=key.client_id,
        scopes=found["scopes"],
        refresh=refresh,
        expires=time.time() + LIFE,
    )
    with institution.store.change():
        institution.store.add(row)
    return _told(institution, row) | {"refresh_token": refresh}


def _refresh(institution: Institution) -> dict[str, Any]:
    """Regenerate the token: the old one ends now, the refresh token stays.

    Two refreshes at once therefore end each other's access token.
    """
    key = _client(institution)
    wanted = request.form.get("refresh_token", "")
    with institution.store.change():
        row = _by_refresh(institution, key, wanted)
        del institution.store.tokens[row.value]
        row.value = "1~" + secrets.token_urlsafe(48)
        row.expires = time.time() + LIFE
        institution.store.add(row)
    return _told(institution, row)


def _by_refresh(institution: Institution, key: DeveloperKey, wanted: str) -> Token:
    for row in institution.store.tokens.values():
        if row.refresh and hmac.compare_digest(row.refresh, wanted):
            if row.client_id != key.client_id:
                raise oauth(400, "invalid_grant", "incorrect client")
            return row
    raise oauth(400, "invalid_request", "refresh_token not found")


def _told(institution: Institution, row: Token) -> dict[str, Any]:
    person = institution.world.people[row.person]
    return {
        "access_token": row.value,
        "token_type": "Bearer",
        "user": {"id": person.id, "name": person.name, "global_id": str(person.id)},
        "expires_in": LIFE,
    }
