"""A platform's signature: what it signed is believed, nothing before that."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any, Protocol

import jwt

from lti_mentor.clock import now
from lti_mentor.errors import Refused
from lti_mentor.lti.keysets import KeySets

LONGEST_TOKEN = 64 * 1024
LEEWAY = timedelta(seconds=30)
"""Moodle tokens live 60 seconds; clocks differ."""
OLDEST = timedelta(hours=1)
LONGEST_LIFE = timedelta(hours=24)
REQUIRED = ["exp", "iat", "iss", "aud", "nonce"]


class Party(Protocol):
    """Whose signature is expected, for whom."""

    @property
    def registration_id(self) -> int:
        """The registration whose key set counts."""

    @property
    def issuer(self) -> str:
        """Who must have signed."""

    @property
    def client_id(self) -> str:
        """For whom it must be meant: us, as this platform knows us."""

    @property
    def jwks_url(self) -> str:
        """Where the platform publishes its keys."""


def payload(token: str, party: Party, keysets: KeySets) -> dict[str, Any]:
    """Return what a token says that this party signed for us, lately.

    Asks the platform for its keys where needed, so no transaction may be open. That
    it comes once only (`nonce`) is for the caller to see to.

    Raises:
        Refused: `launch.token` (with `reason`), `launch.key_unknown`.
        Outside: `launch.keys_unreachable`.
    """
    key = keysets.key(party.registration_id, party.jwks_url, _key_id(token))
    try:
        found: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=party.client_id,
            issuer=party.issuer,
            leeway=LEEWAY,
            options={"require": REQUIRED, "verify_sub": False, "verify_jti": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as no:
        raise untrusted(type(no).__name__) from None
    _check_party(found, party)
    _check_age(found)
    return found


def unproved(token: str) -> dict[str, Any]:
    """Return what a token says of itself, only to find out whose key it needs."""
    if len(token) > LONGEST_TOKEN:
        raise untrusted("too_large")
    return _part(token, 1)


def untrusted(reason: str) -> Refused:
    """Return the refusal of a token that proves nothing."""
    return Refused("launch.token", reason=reason)


def _key_id(token: str) -> str:
    if len(token) > LONGEST_TOKEN:
        raise untrusted("too_large")
    header = _part(token, 0)
    if header.get("alg") != "RS256":
        raise untrusted("algorithm")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise untrusted("kid")
    return kid


def _part(token: str, number: int) -> dict[str, Any]:
    """Read one part of a token alone; decoding checks it all."""
    parts = token.split(".")
    part = parts[number] if number < len(parts) else ""
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise untrusted("unreadable") from None
    if not isinstance(found, dict):
        raise untrusted("unreadable")
    return found


def _check_party(found: dict[str, Any], party: Party) -> None:
    """Apply the `azp` rules of the 1EdTech Security Framework 5.1.3."""
    audience, named = found["aud"], found.get("azp")
    if named is None and isinstance(audience, list) and len(audience) > 1:
        raise untrusted("azp")
    if named is not None and named != party.client_id:
        raise untrusted("azp")


def _check_age(found: dict[str, Any]) -> None:
    issued, expires = int(found["iat"]), int(found["exp"])
    if int(now().timestamp()) - issued > (OLDEST + LEEWAY).total_seconds():
        raise untrusted("iat")
    if expires - issued > LONGEST_LIFE.total_seconds():
        raise untrusted("exp")
