"""Numbers with their definitions: funnel (R1) and application rate (R2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
)
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.practice.models import (
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
    WorkState,
)
from lti_mentor.skills.models import CompletionState, CourseCompletion

SMALLEST_GROUP = 5
"""A rate of fewer people is not shown: it would say something of one of them."""
A30 = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the funnel: people who came at least this far."""

    code: str
    people: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of people, honest about how many they are."""

    yes: int
    of: int
    as_of: datetime
    first_on: date | None = None
    """When the first people will have had their time, while nobody has yet."""

    @property
    def is_shown(self) -> bool:
        """Say whether the group is large enough to be shown."""
        return self.of >= SMALLEST_GROUP

    @property
    def share(self) -> float | None:
        """Return the share 0..1, None while it may not be shown."""
        return self.yes / self.of if self.is_shown else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the Wilson 95 % interval, None while it may not be shown."""
        if not self.is_shown:
            return None
        z, n, p = 1.959964, self.of, self.yes / self.of
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def funnel(session: Session, program: Program) -> list[Step]:
    """Return how many came how far, each step among those of the one before.

    Definition: learners of the program's courses -> taken in -> matched -> both
    accepted -> plan agreed -> first application verified -> completed.
    """
    courses = [place.context_id for place in program.audience]
    taken = select(Participant.person_id).where(
        Participant.program_id == program.id,
        Participant.part == Part.MENTEE,
        Participant.state != ParticipantState.LEFT,
    )
    offered = _mentees(program)
    began = _mentees(program, Mentorship.began_at.is_not(None))
    return [
        Step("funnel.learners", _learners(session, courses)),
        Step("funnel.taken_in", _count(session, taken)),
        Step("funnel.matched", _count(session, offered)),
        Step("funnel.began", _count(session, began)),
        Step("funnel.plan_agreed", _did(session, program, Verb.PLAN_AGREED)),
        Step("funnel.verified", _did(session, program, Verb.VERIFIED)),
        Step("funnel.completed", _did(session, program, Verb.COMPLETED_PRACTICE)),
    ]


def _learners(session: Session, courses: Sequence[int]) -> int:
    query = (
        select(func.count(func.distinct(Membership.person_id)))
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.context_id.in_(courses),
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.is_test.is_(False),
        )
    )
    return session.scalar(query) or 0


def _mentees(program: Program, *where: ColumnElement[bool]) -> sa.Select[int]:
    gone = [MentorshipState.WITHDRAWN]
    return select(Mentorship.mentee_id).where(
        Mentorship.program_id == program.id, Mentorship.state.not_in(gone), *where
    )


def _count(session: Session, people: sa.Select[int]) -> int:
    there = people.subquery()
    query = select(func.count(func.distinct(there.c[0])))
    return session.scalar(query) or 0


def _works(program: Program) -> sa.Select[UUID]:
    return (
        select(PracticeWork.public_id)
        .join(PracticeAssignment)
        .join(PracticeBrief)
        .where(PracticeBrief.program_id == program.id)
    )


def _did(session: Session, program: Program, verb: Verb) -> int:
    query = select(func.count(func.distinct(Activity.learner_id))).where(
        Activity.verb == verb,
        Activity.registration_id == program.registration_id,
        Activity.object_type == PracticeWork.__tablename__,
        Activity.object_id.in_(_works(program)),
    )
    return session.scalar(query) or 0


def verified_so_far(session: Session, program: Program) -> Rate:
    """Return learners with a verified application among those taken in, as of now."""
    taken = select(Participant.person_id).where(
        Participant.program_id == program.id, Participant.part == Part.MENTEE
    )
    yes = _did(session, program, Verb.VERIFIED)
    return Rate(yes, _count(session, taken), now())


def application_rate(
    session: Session, program: Program, within: timedelta = A30
) -> Rate:
    """Return A30: applied within 30 days among those who completed by then (R2).

    Of everybody who completed the course at least 30 days ago, how many had an
    application verified within the 30 days after.
    While nobody has had their 30 days, `first_on` says when the first will have.
    """
    courses = [place.context_id for place in program.audience]
    done = {
        person_id: at
        for person_id, at in session.execute(
            select(CourseCompletion.person_id, CourseCompletion.completed_at).where(
                CourseCompletion.context_id.in_(courses),
                CourseCompletion.state == CompletionState.COMPLETE,
                CourseCompletion.completed_at.is_not(None),
            )
        )
        if at is not None
    }
    due = {person: at for person, at in done.items() if at <= now() - within}
    first = _first_verified(session, program)
    yes = sum(1 for p, at in due.items() if p in first and first[p] <= at + within)
    earliest = min(done.values(), default=None)
    waiting = None if due or earliest is None else (earliest + within).date()
    return Rate(yes, len(due), now(), waiting)


def _first_verified(session: Session, program: Program) -> dict[int, datetime]:
    rows = session.execute(
        select(Activity.learner_id, func.min(Activity.at))
        .where(
            Activity.verb == Verb.VERIFIED,
            Activity.registration_id == program.registration_id,
            Activity.object_id.in_(_works(program)),
        )
        .group_by(Activity.learner_id)
    )
    return {person: at for person, at in rows if person is not None}


def states(session: Session, context: Context) -> list[Step]:
    """Return how many works of a course are in each state: the board's bar."""
    query = (
        select(PracticeWork.state, func.count(PracticeWork.id))
        .join(PracticeAssignment)
        .where(PracticeAssignment.context_id == context.id)
        .group_by(PracticeWork.state)
    )
    counted = {row[0]: row[1] for row in session.execute(query)}
    return [Step(f"work.{s}", counted[s]) for s in WorkState if s in counted]
