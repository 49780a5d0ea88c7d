"""Numbers with their definitions: funnel (R1) and application rate (R2)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    Degree,
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
    Voice,
)
from lti_mentor.people.models import Membership, Person, Role
from lti_mentor.practice.models import (
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
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
    accepted -> plan agreed -> first application verified -> completed. Who practises
    without a mentor comes as far as "taken in".
    """
    staying = Participant.state != ParticipantState.LEFT
    matched = Mentorship.state != MentorshipState.WITHDRAWN
    steps: dict[str, sa.Select[int]] = {
        "funnel.learners": _learners(program),
        "funnel.taken_in": _taken_in(program).where(staying),
        "funnel.matched": _mentees(program).where(matched),
        "funnel.began": _mentees(program).where(Mentorship.began_at.is_not(None)),
        "funnel.plan_agreed": _did(program, Verb.PLAN_AGREED),
        "funnel.verified": _did(program, Verb.VERIFIED),
        "funnel.completed": _did(program, Verb.COMPLETED_PRACTICE),
    }
    found: list[Step] = []
    so_far: set[int] | None = None
    for code, people in steps.items():
        there = set(session.scalars(people))
        so_far = there if so_far is None else so_far & there
        found.append(Step(code, len(so_far)))
    return found


def _courses(program: Program) -> list[int]:
    return [place.context_id for place in program.audience]


def _learners(program: Program) -> sa.Select[int]:
    return (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.context_id.in_(_courses(program)),
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.is_test.is_(False),
        )
    )


def _taken_in(program: Program) -> sa.Select[int]:
    return (
        select(Participant.person_id)
        .join(Person, Person.id == Participant.person_id)
        .where(
            Participant.program_id == program.id,
            Participant.part == Part.MENTEE,
            Person.is_test.is_(False),
        )
    )


def _mentees(program: Program) -> sa.Select[int]:
    return select(Mentorship.mentee_id).where(Mentorship.program_id == program.id)


def _did(program: Program, verb: Verb) -> sa.Select[int]:
    return select(Activity.learner_id).where(  # type: ignore[return-value]
        Activity.verb == verb,
        Activity.registration_id == program.registration_id,
        Activity.object_type == PracticeWork.__tablename__,
        Activity.object_id.in_(_works(program)),
        Activity.learner_id.is_not(None),
    )


def _works(program: Program) -> sa.Select[UUID]:
    return (
        select(PracticeWork.public_id)
        .join(PracticeAssignment)
        .join(PracticeBrief)
        .where(PracticeBrief.program_id == program.id)
    )


def verified_so_far(session: Session, program: Program) -> Rate:
    """Return learners with a verified application among those taken in, as of now.

    Who left stays in the number: leaving must not make a program look better.
    """
    taken = set(session.scalars(_taken_in(program)))
    did = set(session.scalars(_did(program, Verb.VERIFIED)))
    return Rate(len(taken & did), len(taken), now())


def application_rate(
    session: Session, program: Program, within: timedelta = A30
) -> Rate:
    """Return A30: applied within 30 days among those who completed by then (R2).

    Of everybody who completed the course at least 30 days ago, how many had an
    application verified by the 30th day after; before completing counts as well.
    While nobody has had their 30 days, `first_on` says when the first will have.
    """
    done = _completions(session, program)
    due = {person: at for person, at in done.items() if at <= now() - within}
    first = _first_verified(session, program)
    yes = sum(1 for p, at in due.items() if p in first and first[p] <= at + within)
    earliest = min(done.values(), default=None)
    waiting = None if due or earliest is None else (earliest + within).date()
    return Rate(yes, len(due), now(), waiting)


def goals_reached(session: Session, program: Program) -> dict[Degree, int]:
    """Return what learners said at the end: did they reach what they agreed on?

    Every degree is there. Nothing at all while fewer than a smallest group have said
    so, for each of them would be known.
    """
    rows = session.execute(
        select(Voice.reached, func.count(sa.distinct(Voice.person_id)))
        .join(Mentorship, Mentorship.id == Voice.mentorship_id)
        .join(Person, Person.id == Voice.person_id)
        .where(
            Mentorship.program_id == program.id,
            Voice.person_id == Mentorship.mentee_id,
            Voice.reached.is_not(None),
            Person.is_test.is_(False),
        )
        .group_by(Voice.reached)
    )
    said = {degree: count for degree, count in rows if degree is not None}
    if sum(said.values()) < SMALLEST_GROUP:
        return {}
    return {degree: said.get(degree, 0) for degree in Degree}


def _completions(session: Session, program: Program) -> dict[int, datetime]:
    """Return when each person completed a course of the program for the first time."""
    rows = session.execute(
        select(CourseCompletion.person_id, func.min(CourseCompletion.completed_at))
        .join(Person, Person.id == CourseCompletion.person_id)
        .where(
            CourseCompletion.context_id.in_(_courses(program)),
            CourseCompletion.state == CompletionState.COMPLETE,
            CourseCompletion.completed_at.is_not(None),
            Person.is_test.is_(False),
        )
        .group_by(CourseCompletion.person_id)
    )
    return {person: at for person, at in rows if at is not None}


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
