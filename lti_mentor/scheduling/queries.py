"""Reading sessions."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_mentor.db import get_public
from lti_mentor.mentoring.models import LIVING, Mentorship, Program
from lti_mentor.mentoring.queries import is_party
from lti_mentor.people.models import Person
from lti_mentor.scheduling.calendar import Entry, entry_of
from lti_mentor.scheduling.models import MentoringSession, SessionNote, SessionState


def sessions_of(session: Session, mentorship: Mentorship) -> Sequence[MentoringSession]:
    """Return the sessions of two people, newest first, with their offered times."""
    query = (
        select(MentoringSession)
        .filter_by(mentorship_id=mentorship.id)
        .order_by(MentoringSession.id.desc())
        .options(selectinload(MentoringSession.times))
    )
    return session.scalars(query).all()


def session_of(session: Session, person: Person, public_id: str) -> MentoringSession:
    """Return a session of a mentorship this person is a party to.

    Raises:
        Missing: No such session, or somebody else's.
    """
    theirs = MentoringSession.mentorship.has(is_party(person))
    return get_public(session, MentoringSession, public_id, theirs)


def held_count(session: Session, mentorship: Mentorship) -> int:
    """Return how many sessions the two have held."""
    query = select(func.count(MentoringSession.id)).where(
        MentoringSession.mentorship_id == mentorship.id,
        MentoringSession.state == SessionState.HELD,
    )
    return session.scalar(query) or 0


def held_in(session: Session, program_id: int, mentee_id: int) -> int:
    """Return how many sessions a mentee held in a program, with whatever mentor."""
    held = MentoringSession.state == SessionState.HELD
    return _count(session, program_id, mentee_id, held)


def missed_by_mentors(session: Session, program_id: int, mentee_id: int) -> int:
    """Return how many of a mentee's sessions a mentor missed or cancelled."""
    fell_through = [SessionState.MISSED, SessionState.CANCELLED]
    return _count(
        session,
        program_id,
        mentee_id,
        MentoringSession.state.in_(fell_through),
        MentoringSession.missed_by_id == Mentorship.mentor_id,
    )


def _count(
    session: Session, program_id: int, mentee_id: int, *where: ColumnElement[bool]
) -> int:
    query = (
        select(func.count(MentoringSession.id))
        .join(Mentorship)
        .where(
            Mentorship.program_id == program_id,
            Mentorship.mentee_id == mentee_id,
            *where,
        )
    )
    return session.scalar(query) or 0


def next_of(session: Session, mentorship: Mentorship) -> MentoringSession | None:
    """Return the next talk: the earliest booked, else the newest offer."""
    query = (
        select(MentoringSession)
        .where(
            MentoringSession.mentorship_id == mentorship.id,
            MentoringSession.state.in_([SessionState.BOOKED, SessionState.OFFERED]),
        )
        .order_by(
            MentoringSession.starts_at.is_(None),
            MentoringSession.starts_at,
            MentoringSession.id.desc(),
        )
        .options(selectinload(MentoringSession.times))
        .limit(1)
    )
    return session.scalars(query).one_or_none()


OBJECTION = timedelta(days=3)
"""How long the other one may object to what one says of a talk."""
OPEN = frozenset(
    {
        SessionState.OFFERED,
        SessionState.BOOKED,
        SessionState.CLAIMED,
        SessionState.DISPUTED,
    }
)
"""States in which somebody is to act."""


def open_of(session: Session, person: Person) -> dict[int, list[MentoringSession]]:
    """Return somebody's open talks by mentorship id, oldest first; one query."""
    query = (
        select(MentoringSession)
        .join(Mentorship)
        .where(
            is_party(person),
            Mentorship.state.in_(LIVING),
            MentoringSession.state.in_(OPEN),
        )
        .order_by(MentoringSession.id)
    )
    found: dict[int, list[MentoringSession]] = {}
    for meeting in session.scalars(query):
        found.setdefault(meeting.mentorship_id, []).append(meeting)
    return found


def held_counts(session: Session, person: Person) -> dict[int, int]:
    """Return how many talks were held by mentorship id; one query."""
    query = (
        select(MentoringSession.mentorship_id, func.count(MentoringSession.id))
        .join(Mentorship)
        .where(is_party(person), MentoringSession.state == SessionState.HELD)
        .group_by(MentoringSession.mentorship_id)
    )
    rows = session.execute(query)
    return {row[0]: row[1] for row in rows}


def disputed_in(
    session: Session, programs: Sequence[Program]
) -> Sequence[MentoringSession]:
    """Return the talks of these programs on which two people disagree, oldest first."""
    query = (
        select(MentoringSession)
        .join(Mentorship)
        .where(
            Mentorship.program_id.in_([program.id for program in programs]),
            MentoringSession.state == SessionState.DISPUTED,
        )
        .order_by(MentoringSession.claimed_at, MentoringSession.id)
        .options(
            joinedload(MentoringSession.mentorship).joinedload(Mentorship.mentor),
            joinedload(MentoringSession.mentorship).joinedload(Mentorship.mentee),
            joinedload(MentoringSession.mentorship).joinedload(Mentorship.program),
        )
    )
    return session.scalars(query).all()


def disputed_one(
    session: Session, programs: Sequence[Program], public_id: str
) -> MentoringSession:
    """Return a talk of one of these programs.

    Raises:
        Missing: No such talk, or of another program.
    """
    led = Mentorship.program_id.in_([program.id for program in programs])
    theirs = MentoringSession.mentorship.has(led)
    return get_public(session, MentoringSession, public_id, theirs)


def notes_of(session: Session, mentorship: Mentorship) -> Sequence[SessionNote]:
    """Return what both wrote down of their talks; private parts are their author's."""
    query = (
        select(SessionNote)
        .join(MentoringSession, MentoringSession.id == SessionNote.session_id)
        .where(MentoringSession.mentorship_id == mentorship.id)
        .order_by(SessionNote.id)
        .options(joinedload(SessionNote.author))
    )
    return session.scalars(query).all()


def together(
    session: Session, meetings: Sequence[MentoringSession]
) -> dict[UUID, list[MentoringSession]]:
    """Return all rows of the shared talks among these, by the id they share."""
    ids = {meeting.shared_id for meeting in meetings if meeting.shared_id}
    if not ids:
        return {}
    query = (
        select(MentoringSession)
        .where(MentoringSession.shared_id.in_(ids))
        .order_by(MentoringSession.id)
        .options(
            joinedload(MentoringSession.mentorship).joinedload(Mentorship.mentee),
        )
    )
    found: dict[UUID, list[MentoringSession]] = {}
    for row in session.scalars(query):
        if row.shared_id is not None:
            found.setdefault(row.shared_id, []).append(row)
    return found


def entry_for(session: Session, meeting: MentoringSession, reader: Person) -> Entry:
    """Return the entry of a talk in this person's calendar (see `calendar`).

    Raises:
        Conflict: No time has been taken yet.
    """
    rows = together(session, [meeting])
    return entry_of(
        meeting, reader, rows.get(meeting.shared_id or meeting.public_id, ())
    )
