"""Links and tickets that work once, for one purpose, for a short time (D8)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest, random_token
from lti_mentor.people.models import LinkKind, OneUseLink

LIFETIMES: dict[LinkKind, timedelta] = {
    LinkKind.LAUNCH_TICKET: timedelta(minutes=2),
    LinkKind.DOWNLOAD: timedelta(seconds=60),
    LinkKind.REGISTRATION_INVITE: timedelta(hours=1),
}


def issue(session: Session, kind: LinkKind, payload: dict[str, Any]) -> str:
    """Return a random secret that leads to `payload` once; ids only in there."""
    secret = random_token()
    session.add(
        OneUseLink(
            digest=digest(secret),
            kind=kind,
            payload=payload,
            expires_at=now() + LIFETIMES[kind],
        )
    )
    session.flush()
    return secret


def look(session: Session, kind: LinkKind, secret: str) -> dict[str, Any] | None:
    """Return where a secret leads, without using it; None when it is spent."""
    row = session.scalars(
        select(OneUseLink).where(
            OneUseLink.digest == digest(secret),
            OneUseLink.kind == kind,
            OneUseLink.used_at.is_(None),
            OneUseLink.expires_at > now(),
        )
    ).first()
    return row.payload if row else None


def use(session: Session, kind: LinkKind, secret: str) -> dict[str, Any] | None:
    """Use a secret up and return where it leads; None for all but the first."""
    return session.scalars(
        update(OneUseLink)
        .where(
            OneUseLink.digest == digest(secret),
            OneUseLink.kind == kind,
            OneUseLink.used_at.is_(None),
            OneUseLink.expires_at > now(),
        )
        .values(used_at=now())
        .returning(OneUseLink.payload)
    ).first()
