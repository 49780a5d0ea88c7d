"""Links and tickets that work once, for one purpose, for a short time (D8)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest, random_token
from lti_mentor.people.models import LinkKind, OneUseLink

_TABLE = OneUseLink.metadata.tables[OneUseLink.__tablename__]
LIFETIMES: dict[LinkKind, timedelta] = {
    LinkKind.LAUNCH_TICKET: timedelta(minutes=2),
    LinkKind.DOWNLOAD: timedelta(seconds=60),
    LinkKind.REGISTRATION_INVITE: timedelta(hours=1),
    LinkKind.ANSWER: timedelta(days=30),
    LinkKind.STEP: timedelta(days=60),
}

_FITS = (
    _TABLE.c.digest == bindparam("secret"),
    _TABLE.c.kind == bindparam("of_kind"),
    _TABLE.c.used_at.is_(None),
    _TABLE.c.expires_at > bindparam("moment"),
)
_ISSUE = insert(_TABLE)
_LOOK = select(_TABLE.c.payload).where(*_FITS)
_USE = (
    update(_TABLE)
    .where(*_FITS)
    .values(used_at=bindparam("moment"))
    .returning(_TABLE.c.payload)
)


def issue(session: Session, kind: LinkKind, payload: dict[str, Any]) -> str:
    """Return a random secret that leads to `payload` once; ids only in there."""
    secret = random_token()
    row = {"digest": digest(secret), "kind": kind, "payload": payload}
    session.execute(_ISSUE, row | {"expires_at": now() + LIFETIMES[kind]})
    return secret


def take_once(session: Session, kind: LinkKind, secret: str, until: datetime) -> bool:
    """Use up what somebody else made; False for all but the first.

    Held until it is worth nothing any more.
    """
    row = {"digest": digest(secret), "kind": kind, "payload": {}}
    try:
        with session.begin_nested():
            session.execute(_ISSUE, row | {"expires_at": until, "used_at": now()})
    except IntegrityError:
        return False
    return True


def look(session: Session, kind: LinkKind, secret: str) -> dict[str, Any] | None:
    """Return where a secret leads, without using it; None when it is spent."""
    return session.scalars(_LOOK, _asked(kind, secret)).first()


def use(session: Session, kind: LinkKind, secret: str) -> dict[str, Any] | None:
    """Use a secret up and return where it leads; None for all but the first."""
    return session.execute(_USE, _asked(kind, secret)).scalar()


def _asked(kind: LinkKind, secret: str) -> dict[str, Any]:
    return {"secret": digest(secret), "of_kind": kind, "moment": now()}
