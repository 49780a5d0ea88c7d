"""The LTI steps both dialects share: sign, verify, hand out access tokens."""

import html
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_mentor.demo.rows import Tool

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
"""What LTI claims begin with."""
DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/"
"""What deep-linking claims begin with."""
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
"""The claim that says where grades go."""
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
"""The claim that says where the roster is."""
LINEITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
"""Make and change grade columns."""
LINEITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
"""Read grade columns."""
RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
"""Read grades."""
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
"""Write scores."""
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
"""Read the roster."""
ALL_SCOPES = [LINEITEM, LINEITEM_READ, RESULT, SCORE, NRPS]
"""The scopes both dialects know."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The only kind of client assertion LTI uses."""


class ToolKeysError(Exception):
    """The tool's key set could not be fetched."""


class UnknownKidError(Exception):
    """The tool's key set has no key of this id."""


@dataclass
class Grant:
    """What an access token allows."""

    tool: int
    scopes: list[str]
    expires: float


class AccessTokens:
    """The access tokens in use; forgotten at the end of the process."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def issue(self, tool: Tool, scopes: list[str], seconds: int = 3600) -> str:
        """Return a new token of 32 hex digits."""
        return self.keep(secrets.token_hex(16), tool, scopes, seconds)

    def keep(self, token: str, tool: Tool, scopes: list[str], seconds: int) -> str:
        """Remember a token the dialect made itself and return it."""
        self._grants[token] = Grant(tool.id, scopes, time.time() + seconds)
        return token

    def look(self, header: str) -> Grant | None:
        """Return what an Authorization header allows; None when out of date."""
        grant = self._grants.get(header.removeprefix("Bearer ").strip())
        return grant if grant and grant.expires > time.time() else None

    def expire(self) -> None:
        """Let every token run out now."""
        self._grants.clear()


class ToolKeys:
    """Key sets of tools, fetched over HTTP and kept until one does not fit."""

    def __init__(self) -> None:
        self._sets: dict[str, dict[str, jwt.PyJWK]] = {}
        self.fetches = 0
        """How often a key set was fetched."""

    def verify(
        self, token: str, tool: Tool, *, audience: list[str] | None = None
    ) -> dict[str, Any]:
        """Return the claims of a JWT the tool signed.

        Raises:
            ToolKeysError: The key set cannot be had.
            UnknownKidError: It holds no such key.
            jwt.PyJWTError: The token itself is bad.
        """
        kid = jwt.get_unverified_header(token).get("kid", "")
        key = self._key(tool.jwks_url, kid)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            options={"verify_aud": audience is not None},
            leeway=60,
        )
        return claims

    def forget(self) -> None:
        """Fetch every key set anew."""
        self._sets.clear()

    def _key(self, url: str, kid: str) -> RSAPublicKey:
        if kid not in self._sets.get(url, {}):
            self._sets[url] = self._fetch(url)
        found = self._sets[url].get(kid)
        if found is None or not isinstance(found.key, RSAPublicKey):
            raise UnknownKidError(kid)
        return found.key

    def _fetch(self, url: str) -> dict[str, jwt.PyJWK]:
        self.fetches += 1
        try:
            with requests.Session() as session:
                answer = session.get(url, timeout=5)
                keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (requests.RequestException, ValueError, jwt.PyJWTError) as error:
            raise ToolKeysError(url) from error
        return {key.key_id or "": key for key in keys}


def verify_deep_link(
    keys: ToolKeys, token: str, tool: Tool, issuer: str
) -> dict[str, Any]:
    """Return the claims of a deep-linking answer.

    Raises:
        ToolKeysError: The tool's key set cannot be had.
        UnknownKidError: It holds no such key.
        jwt.PyJWTError: Signature, issuer, audience or deployment is wrong.
    """
    claims = keys.verify(token, tool, audience=[issuer])
    if claims.get("iss") != tool.client_id:
        raise jwt.InvalidIssuerError("iss is not the client id")
    if claims.get(CLAIM + "deployment_id") != tool.deployment_id:
        raise jwt.InvalidTokenError("deployment_id is not the tool's")
    if claims.get(CLAIM + "message_type") != "LtiDeepLinkingResponse":
        raise jwt.InvalidTokenError("not a deep-linking answer")
    return claims


def bare_token_claims(nonce: str, issuer: str, client_id: str) -> dict[str, Any]:
    """Return the claims every id_token begins with, without the times."""
    return {"nonce": nonce, "iss": issuer, "aud": client_id}


def post_form(action: str, fields: dict[str, str], *, title: str = "Opening") -> str:
    """Return a page that posts these fields at once, with a button without script."""
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head><body>"
        f'<form id="ltiform" action="{html.escape(action)}" method="post">{inputs}'
        f"<noscript><button>Continue</button></noscript></form>"
        f"<script>document.getElementById('ltiform').submit();</script></body></html>"
    )
