"""Who waits for a mentor, and who of them is first (P10)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    OPEN,
    Mentorship,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramKind,
)
from lti_mentor.people.models import Person

ORDER = (
    Participant.goes_first_since.is_(None),
    Participant.goes_first_since,
    Participant.waits_since,
    Participant.id,
)
"""Who once went without goes first, then who has waited longest."""


def begin(participant: Participant) -> None:
    """Count somebody in from now on; who waits already keeps their place."""
    may_wait = (
        participant.part is Part.MENTEE or participant.program.kind is ProgramKind.PEER
    )
    if may_wait and participant.waits_since is None:
        participant.waits_since = now()


def end(participant: Participant) -> None:
    """Count somebody out: they have found somebody, or want nobody."""
    participant.waits_since = participant.goes_first_since = None


def line(session: Session, program: Program) -> Sequence[Participant]:
    """Return who waits, the first one first."""
    return session.scalars(in_line(program)).all()


def in_line(program: Program) -> Select[Participant]:
    """Return the query for who waits, the first one first."""
    return (
        select(Participant)
        .where(_waits(program))
        .order_by(*ORDER)
        .options(joinedload(Participant.person))
    )


def place(session: Session, participant: Participant) -> int | None:
    """Return which one in the line somebody is, 1 = the first; None = not in it."""
    program = participant.program
    waits = select(Participant.id).where(
        _waits(program), Participant.id == participant.id
    )
    if session.scalar(waits) is None:
        return None
    before = (
        select(func.count())
        .select_from(Participant)
        .where(_waits(program), _is_before(participant))
    )
    return int(session.scalar(before) or 0) + 1


def _is_before(one: Participant) -> ColumnElement[bool]:
    sooner = or_(
        Participant.waits_since < one.waits_since,
        and_(Participant.waits_since == one.waits_since, Participant.id < one.id),
    )
    first = Participant.goes_first_since
    if one.goes_first_since is None:
        return or_(first.is_not(None), sooner)
    return or_(
        first < one.goes_first_since,
        and_(first == one.goes_first_since, sooner),
    )


def _waits(program: Program) -> ColumnElement[bool]:
    has_somebody = exists().where(
        Mentorship.program_id == program.id,
        Mentorship.mentee_id == Participant.person_id,
        Mentorship.state.in_(OPEN),
    )
    is_test = exists().where(Person.id == Participant.person_id, Person.is_test)
    return and_(
        Participant.program_id == program.id,
        Participant.state == ParticipantState.ACTIVE,
        Participant.waits_since.is_not(None),
        or_(Participant.paused_until.is_(None), Participant.paused_until <= now()),
        ~has_somebody,
        ~is_test,
    )
