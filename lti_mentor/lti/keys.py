"""Our signing keys: made, published, rotated, retired."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pylti1p3.registration import Registration as Toolbox
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.lti.models import KeyState, ToolKey

BITS = 3072
PUBLISHED_AHEAD = timedelta(hours=1)
"""How long a new key is published before it signs: platforms cache key sets."""
PUBLISHED_AFTER = timedelta(days=7)
"""How long a key that no longer signs stays published."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The active key, detached from the database."""

    kid: str
    public_pem: str
    private_pem: str = field(repr=False)


def signer(session: Session) -> Signer:
    """Return the key that signs now; the first call makes one (a unit that writes)."""
    key = session.scalars(
        select(ToolKey).where(ToolKey.state == KeyState.ACTIVE).order_by(ToolKey.id)
    ).first()
    if key is None:
        key = _make(session, KeyState.ACTIVE)
    return Signer(key.kid, key.public_pem, key.private_pem)


def published(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return the key set platforms may fetch: public members only."""
    keys = session.scalars(
        select(ToolKey).where(ToolKey.state != KeyState.RETIRED).order_by(ToolKey.id)
    )
    return {"keys": [dict(Toolbox.get_jwk(key.public_pem)) for key in keys]}


def rotate(session: Session, *, at_once: bool = False) -> str:
    """Publish a new key and return its kid; `tend` lets it sign an hour later.

    `at_once` lets it sign now, for a key that leaked; the old one is withdrawn.
    """
    if not at_once:
        return _make(session, KeyState.PENDING).kid
    for key in everyone(session):
        _move(key, KeyState.RETIRED)
    return _make(session, KeyState.ACTIVE).kid


def everyone(session: Session) -> list[ToolKey]:
    """Return all keys we ever had, oldest first."""
    return list(session.scalars(select(ToolKey).order_by(ToolKey.id)))


def tend(session: Session) -> None:
    """Move keys on: a published one begins to sign, an old one is withdrawn."""
    keys = everyone(session)
    ripe = [key for key in keys if _is_due(key, KeyState.PENDING, PUBLISHED_AHEAD)]
    if ripe:
        for key in keys:
            if key.state is KeyState.ACTIVE:
                _move(key, KeyState.RETIRING)
        _move(ripe[-1], KeyState.ACTIVE)
    for key in keys:
        if _is_due(key, KeyState.RETIRING, PUBLISHED_AFTER):
            _move(key, KeyState.RETIRED)


def _is_due(key: ToolKey, state: KeyState, after: timedelta) -> bool:
    return key.state is state and key.since + after <= now()


def _move(key: ToolKey, state: KeyState) -> None:
    key.state = state
    key.since = now()


def _make(session: Session, state: KeyState) -> ToolKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = ToolKey(
        kid=Toolbox.get_jwk(public.decode())["kid"],
        private_pem=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        public_pem=public.decode(),
        state=state,
    )
    session.add(key)
    session.flush()
    return key
