"""Reading sessions."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from lti_mentor.db import get_public
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.mentoring.queries import is_party
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import MentoringSession, SessionState


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
