"""From a good launch to a session, and its life (D9, D10)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_mentor.clock import now
from lti_mentor.crypto import digest, matches, random_token
from lti_mentor.errors import Refused
from lti_mentor.people import links
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import (
    Context,
    LinkKind,
    Person,
    Role,
    WebSession,
)
from lti_mentor.platforms.models import Registration

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
CONFIRMED = timedelta(minutes=15)
"""How long what a launch said of a role is enough for a privileged write."""
TOUCH_EVERY = timedelta(minutes=1)
"""`last_seen` is written at most this often (D24)."""

REST = IDLE - TOUCH_EVERY
"""What a page may count on: the last minute of use may not have been noted."""

# Asked at every request, so put together once.
_BY_TOKEN = (
    select(WebSession)
    .where(WebSession.token_digest == bindparam("digest"))
    .options(
        joinedload(WebSession.registration),
        joinedload(WebSession.person),
        joinedload(WebSession.context),
        joinedload(WebSession.resource_link),
    )
)
_BY_HANDLE = (
    select(WebSession)
    .where(WebSession.public_id == bindparam("handle"))
    .options(joinedload(WebSession.registration))
)
_TABLE = WebSession.metadata.tables[WebSession.__tablename__]
_OUTDATED = (
    update(_TABLE)
    .where(
        _TABLE.c.person_id == bindparam("person"),
        _TABLE.c.ended_at.is_(None),
        or_(
            and_(
                _TABLE.c.context_id == bindparam("place"),
                _TABLE.c.role != bindparam("now_as"),
            ),
            _TABLE.c.is_org_admin > bindparam("now_admin"),  # true > false
        ),
    )
    .values(ended_at=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened; the token is known to the browser only."""

    token: str = field(repr=False)
    handle: str
    next: str
    """Path of the first page."""
    who: str
    """Whose it is; another person in the same tab ends this session."""
    expires_in: int = int(REST.total_seconds())
    """Seconds of rest it survives."""
    ends_in: int = int(ABSOLUTE.total_seconds())
    """Seconds it lives at most."""


def offer(
    session: Session, arrival: Arrival, launch: dict[str, Any], page: str, proof: str
) -> str:
    """Return a ticket that opens a session for the browser that began the login.

    `launch` is what later steps need (`WebSession.launch`); `page` the first page,
    below `/s/<handle>/`; `proof` the digest of the secret that browser was given.
    """
    known = {"session": _payload(arrival, launch), "proof": proof}
    shown = {"page": page, "who": _who(arrival)}
    return links.issue(session, LinkKind.LAUNCH_TICKET, known | {"shown": shown})


def open_now(
    session: Session, arrival: Arrival, launch: dict[str, Any], page: str
) -> Opened:
    """Open the session of a browser that has shown its cookie of the login."""
    return _open(session, _payload(arrival, launch), page=page, who=_who(arrival))


def exchange(session: Session, ticket: str, secret: str | None) -> Opened:
    """Open the session a ticket stands for.

    Raises:
        Refused: The ticket is spent or unknown (`session.ticket`), or this is not the
            browser that began the login (`session.other_browser`; the ticket stays).
    """
    found = links.look(session, LinkKind.LAUNCH_TICKET, ticket)
    if found is None:
        raise Refused("session.ticket")
    if secret is None or not matches(secret, found["proof"]):
        raise Refused("session.other_browser")
    if links.use(session, LinkKind.LAUNCH_TICKET, ticket) is None:
        raise Refused("session.ticket")
    return _open(session, found["session"], **found["shown"])


def _payload(arrival: Arrival, launch: dict[str, Any]) -> dict[str, Any]:
    return {
        "registration_id": arrival.registration.id,
        "person_id": arrival.person.id,
        "context_id": arrival.context and arrival.context.id,
        "resource_link_id": arrival.resource_link and arrival.resource_link.id,
        "role": arrival.role.value,
        "is_org_admin": arrival.is_org_admin,
        "is_read_only": arrival.is_read_only,
        "launch": launch,
    }


def _who(arrival: Arrival) -> str:
    return str(arrival.person.public_id)


def _open(session: Session, payload: dict[str, Any], *, page: str, who: str) -> Opened:
    token = random_token()
    row = WebSession(
        **payload | {"role": Role(payload["role"])},
        token_digest=digest(token),
        expires_at=now() + ABSOLUTE,
    )
    session.add(row)
    session.flush()
    handle = str(row.public_id)
    return Opened(token, handle, next=f"/s/{handle}/{page}", who=who)


def authenticate(
    session: Session, token: str, handle: str | None = None
) -> WebSession | None:
    """Return the living session of this token; the handle, if given, must be its."""
    row = session.scalars(_BY_TOKEN, {"digest": digest(token)}).first()
    if row is None or not is_alive(row):
        return None
    return row if handle in {None, str(row.public_id)} else None


def by_handle(session: Session, handle: str) -> WebSession | None:
    """Return a session, alive or not, by what stands in addresses: no proof at all."""
    try:
        wanted = UUID(handle)
    except ValueError:
        return None
    return session.scalars(_BY_HANDLE, {"handle": wanted}).first()


def is_alive(row: WebSession) -> bool:
    """Say whether a session may still be used."""
    is_running = row.ended_at is None and row.registration.is_active
    return is_running and now() < min(row.expires_at, row.last_seen + IDLE)


def idle_ends_at(row: WebSession) -> datetime:
    """Return when a session ends if nothing happens any more."""
    return min(row.expires_at, row.last_seen + IDLE)


def touch(session: Session, session_id: int) -> None:
    """Note that somebody is there (a unit of its own, that writes)."""
    session.execute(
        update(WebSession).where(WebSession.id == session_id).values(last_seen=now())
    )


def needs_touch(row: WebSession) -> bool:
    """Say whether a minute has gone by since somebody was noted."""
    return now() - row.last_seen >= TOUCH_EVERY


def is_confirmed(row: WebSession) -> bool:
    """Say whether the LMS told lately that this session's role is its person's."""
    return now() - row.confirmed_at < CONFIRMED


def confirm(session: Session, session_id: int) -> None:
    """Note that the LMS has said so again."""
    session.execute(
        update(WebSession).where(WebSession.id == session_id).values(confirmed_at=now())
    )


def end(session: Session, session_id: int) -> None:
    """End a session now."""
    session.execute(
        update(WebSession).where(WebSession.id == session_id).values(ended_at=now())
    )


def end_all(session: Session, registration: Registration) -> None:
    """End every session of an LMS that is switched off."""
    session.execute(
        update(WebSession)
        .where(
            WebSession.registration_id == registration.id,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=now())
    )


def end_outdated(
    session: Session,
    person: Person,
    context: Context | None,
    role: Role,
    *,
    is_org_admin: bool,
) -> None:
    """End sessions with rights that are no longer somebody's.

    Those in this course under another role than today's, and those of an organisation's
    admin who is none any more.
    """
    today = {
        "person": person.id,
        "place": context and context.id,
        "now_as": role,
        "now_admin": is_org_admin,
        "moment": now(),
    }
    session.execute(_OUTDATED, today)


def end_admins(session: Session, person: Person) -> None:
    """End a person's sessions that carry an organisation's rights."""
    session.execute(
        update(WebSession)
        .where(
            WebSession.person_id == person.id,
            WebSession.is_org_admin,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=now())
    )
