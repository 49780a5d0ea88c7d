"""What the LMS tells of one learner a call: asked only of those it matters for (D25).

Asked of who takes part in a program of the course, who completed it and so may mentor,
and of everybody in a small course; of these only where something changed since.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms_clients import LMSClient
from lti_mentor.clock import now
from lti_mentor.mentoring.models import Participant, ProgramContext
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.platforms.models import LMSKind
from lti_mentor.skills.models import CompletionState, CourseCompletion
from lti_mentor.sync import parts

SMALL_COURSE = 100
"""Learners up to whom everybody is asked for."""
AT_ONCE = 4
"""People asked for at a time; the client's own pace for its host is the limit."""


@dataclass(frozen=True, slots=True)
class Single:
    """One thing that is asked learner by learner."""

    name: str
    ask: Callable[[LMSClient, str, str], Sequence[Any]]
    keep: Callable[[Session, Context, Sequence[Any]], None]
    asked: InstrumentedAttribute[Any]
    """When the LMS was last asked for it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody who was asked for, and the rows that came."""

    seat: int
    rows: Sequence[Any]


ACTIVITIES = Single(
    "activities",
    lambda client, course, one: list(client.activity_completions(course, one)),
    parts.keep_activities,
    Membership.activities_at,
)
LEVELS = Single(
    "levels",
    lambda client, course, one: list(client.proficiencies(course, one)),
    parts.keep_levels,
    Membership.levels_at,
)


def kinds(lms: LMSKind) -> tuple[Single, ...]:
    """Return what this LMS tells by the person only; Canvas's levels come in bulk."""
    return (ACTIVITIES,) if lms is LMSKind.CANVAS else (ACTIVITIES, LEVELS)


def whom(session: Session, context: Context, kind: Single) -> list[tuple[int, str]]:
    """Return membership and LMS id of those to ask for now."""
    learners = _learners(context)
    few = len(session.execute(learners.limit(SMALL_COURSE + 1)).all()) <= SMALL_COURSE
    if not few:
        learners = learners.where(or_(_takes_part(context), _has_completed()))
    return [(seat, id_) for seat, id_ in session.execute(learners.where(_news(kind)))]


def graduates(
    session: Session, context: Context, kind: Single
) -> list[tuple[int, str]]:
    """Return those who completed an earlier offering and are to be asked for now."""
    done = _learners(context).where(_has_completed(), _news(kind))
    return [(seat, id_) for seat, id_ in session.execute(done)]


def one(session: Session, context: Context, person: Person) -> tuple[int, str] | None:
    """Return membership and LMS id of one learner."""
    found = session.execute(
        _learners(context).where(Membership.person_id == person.id)
    ).first()
    return (found[0], found[1]) if found else None


def keep(
    session: Session, context: Context, kind: Single, page: Sequence[Answered]
) -> None:
    """Keep what came, and when those people were asked for."""
    kind.keep(session, context, [row for person in page for row in person.rows])
    seats = session.scalars(
        select(Membership).where(Membership.id.in_([person.seat for person in page]))
    )
    for seat in seats:
        setattr(seat, kind.asked.key, now())


def _learners(context: Context) -> Any:
    done = (CourseCompletion.context_id == Membership.context_id) & (
        CourseCompletion.person_id == Membership.person_id
    )
    return (
        select(Membership.id, Person.lms_user_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(CourseCompletion, done)
        .where(
            Membership.context_id == context.id,
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.lms_user_id.is_not(None),
        )
        .order_by(Membership.id)
    )


def _takes_part(context: Context) -> Any:
    return Membership.person_id.in_(
        select(Participant.person_id)
        .join(ProgramContext, ProgramContext.program_id == Participant.program_id)
        .where(ProgramContext.context_id == context.id)
    )


def _has_completed() -> Any:
    return CourseCompletion.state == CompletionState.COMPLETE


def _news(kind: Single) -> Any:
    """Say that the person's row of the bulk lists changed since they were asked for."""
    return or_(
        kind.asked.is_(None),
        CourseCompletion.read_at > kind.asked,
        Membership.accessed_at > kind.asked,
    )
