"""What a platform tells us unasked, each in a token of its own, signed and sent once.

Canvas sends them as `{"notices": [{"jwt": ...}]}` and repeats none (Platform
Notification Service 1.0; Canvas docs: file.pns).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.errors import Refused
from lti_mentor.lti import proof
from lti_mentor.lti.claims import CORE, ContextClaim
from lti_mentor.lti.fields import as_object, clipped, identifier, words
from lti_mentor.lti.keysets import KeySets
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Registration

COPIED = "LtiContextCopyNotice"
"""A course was made from another one."""
HELLO = "LtiHelloWorldNotice"
"""Sent as soon as somebody asks for it: proof that notices arrive."""
WANTED = (COPIED, HELLO)
MOST = 100
"""Notices of one request."""
MOST_ORIGINS = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose signature a notice must bear."""

    registration_id: int
    registration: str
    """Public id, for the log."""
    issuer: str
    client_id: str
    jwks_url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a platform told, signed by it."""

    kind: str
    deployment_id: str
    nonce: str
    ends_at: datetime
    """After it the token proves nothing any more."""
    context: ContextClaim | None = None
    origins: tuple[str, ...] = ()
    """Of a copied course: what it was made from."""


def tokens(body: object) -> list[str]:
    """Return the tokens of what was posted.

    Raises:
        Refused: It is no such list, or a far too long one (`notice.malformed`).
    """
    listed = body.get("notices") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        raise Refused("notice.malformed")
    found = [one.get("jwt") if isinstance(one, dict) else None for one in listed]
    if not all(isinstance(token, str) for token in found):
        raise Refused("notice.malformed")
    return [str(token) for token in found]


def sender(session: Session, token: str) -> Sender:
    """Return who says that they sent this; nothing of it is proved yet.

    Raises:
        Refused: Nobody we know (`notice.unknown`), or it is unreadable.
    """
    said = proof.unproved(token)
    audience = said.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    for client_id in named[:MOST]:
        found = _registration(session, said.get("iss"), client_id)
        if found is not None and found.is_active:
            return Sender(
                registration_id=found.id,
                registration=str(found.public_id),
                issuer=found.issuer,
                client_id=found.client_id,
                jwks_url=found.jwks_url,
            )
    raise Refused("notice.unknown")


def prove(token: str, sender: Sender, keysets: KeySets) -> Notice:
    """Return what the sender really said; no transaction may be open.

    Raises:
        Refused: It is forged, stale or meant for somebody else (`launch.token`,
            `launch.key_unknown`), or lacks what a notice has (`launch.malformed`).
        Outside: The sender's keys cannot be read (`launch.keys_unreachable`).
    """
    said = proof.payload(token, sender, keysets)
    return Notice(
        kind=identifier(as_object(said, CORE + "notice"), "type"),
        deployment_id=identifier(said, CORE + "deployment_id"),
        nonce=identifier(said, "nonce"),
        ends_at=datetime.fromtimestamp(int(said["exp"]), UTC) + proof.LEEWAY,
        context=_context(said),
        origins=words(said, CORE + "origin_contexts")[:MOST_ORIGINS],
    )


def _registration(
    session: Session, issuer: object, client_id: object
) -> Registration | None:
    if not isinstance(issuer, str) or not isinstance(client_id, str):
        return None
    return queries.find(session, issuer, client_id)


def _context(said: Mapping[str, Any]) -> ContextClaim | None:
    claim = as_object(said, CORE + "context")
    if not claim:
        return None
    return ContextClaim(
        id=identifier(claim, "id"),
        title=clipped(claim, "title", 500),
        label=clipped(claim, "label", 255),
    )
