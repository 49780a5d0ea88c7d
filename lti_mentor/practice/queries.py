"""Reading practices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.db import get_public
from lti_mentor.errors import Missing
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import (
    Context,
    LineItem,
    Person,
    ResourceLink,
)
from lti_mentor.people.sections import Sections, within
from lti_mentor.practice.models import (
    FINAL,
    Application,
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
    Turn,
)
from lti_mentor.practice.scoring import Facts
from lti_mentor.scheduling import queries as scheduling


@dataclass(frozen=True, slots=True)
class Score:
    """What a gradebook may be told of one learner's work."""

    work: PracticeWork
    learner: Person
    line_item: LineItem | None
    points: Decimal | None
    """None = handed in, not scored yet."""
    maximum: int
    submitted_at: datetime
    is_final: bool


def brief_of(session: Session, context: Context, public_id: str) -> PracticeBrief:
    """Return a brief made in this course.

    Raises:
        Missing: No such brief here.
    """
    return get_public(
        session, PracticeBrief, public_id, PracticeBrief.context_id == context.id
    )


def assignment_of_link(
    session: Session, link: ResourceLink
) -> PracticeAssignment | None:
    """Return the practice placed at this resource link, if any."""
    query = select(PracticeAssignment).filter_by(resource_link_id=link.id)
    return session.scalars(query).one_or_none()


def assignments_in(session: Session, context: Context) -> Sequence[PracticeAssignment]:
    """Return the practices of a course, oldest first."""
    query = (
        select(PracticeAssignment)
        .filter_by(context_id=context.id)
        .order_by(PracticeAssignment.id)
        .options(joinedload(PracticeAssignment.brief).joinedload(PracticeBrief.skill))
    )
    return session.scalars(query).all()


def work_for(
    session: Session, assignment: PracticeAssignment, learner: Person
) -> PracticeWork | None:
    """Return a learner's work on a practice, if begun."""
    query = select(PracticeWork).filter_by(
        assignment_id=assignment.id, learner_id=learner.id
    )
    return session.scalars(query).one_or_none()


def work_at(session: Session, link: ResourceLink, sub: str | None) -> PracticeWork:
    """Return what somebody, named by their subject, works on at this place.

    Raises:
        Missing: They have not begun, or no practice is placed there.
    """
    query = (
        select(PracticeWork)
        .join(PracticeAssignment)
        .join(Person, Person.id == PracticeWork.learner_id)
        .where(PracticeAssignment.resource_link_id == link.id, Person.sub == sub)
    )
    work = session.scalars(query).one_or_none()
    if work is None:
        raise Missing("practice.not_begun")
    return work


def _whole() -> tuple[object, ...]:
    return (
        joinedload(PracticeWork.learner),
        joinedload(PracticeWork.mentorship).joinedload(Mentorship.mentor),
        joinedload(PracticeWork.pool_reviewer),
        joinedload(PracticeWork.assignment)
        .joinedload(PracticeAssignment.brief)
        .joinedload(PracticeBrief.skill),
        joinedload(PracticeWork.plan),
        joinedload(PracticeWork.reflection),
        selectinload(PracticeWork.applications).selectinload(Application.evidence),
        selectinload(PracticeWork.applications).selectinload(Application.reviews),
    )


def works_of(session: Session, learner: Person) -> Sequence[PracticeWork]:
    """Return everything a learner practises, newest first."""
    return session.scalars(_works_of(), {"learner": learner.id}).all()


@cache
def _works_of() -> Select[PracticeWork]:
    """Every learner's page asks this; putting it together costs more than asking."""
    return (
        select(PracticeWork)
        .where(PracticeWork.learner_id == bindparam("learner"))
        .order_by(PracticeWork.id.desc())
        .options(*_whole())  # type: ignore[arg-type]
    )


def work_of(session: Session, learner: Person, public_id: str) -> PracticeWork:
    """Return one of a learner's own works.

    Raises:
        Missing: No such work, or somebody else's.
    """
    return get_public(
        session, PracticeWork, public_id, PracticeWork.learner_id == learner.id
    )


def work_mentored_by(session: Session, mentor: Person, public_id: str) -> PracticeWork:
    """Return a work that this person reviews: their mentee's, or one handed to them.

    Raises:
        Missing: No such work, or somebody else reviews it.
    """
    return get_public(session, PracticeWork, public_id, _is_reviewed_by(mentor))


def _is_reviewed_by(person: Person) -> ColumnElement[bool]:
    as_mentor = PracticeWork.mentorship.has(Mentorship.mentor_id == person.id)
    as_pool = and_(
        PracticeWork.mentorship_id.is_(None), PracticeWork.pool_reviewer_id == person.id
    )
    return or_(as_mentor, as_pool)


def work_in(
    session: Session, context: Context, public_id: str, sections: Sections = None
) -> PracticeWork:
    """Return a work of this course, for its staff.

    Raises:
        Missing: No such work here, or not of these sections.
    """
    here = PracticeWork.assignment.has(PracticeAssignment.context_id == context.id)
    seen = within(PracticeWork.learner_id, context, sections)
    return get_public(session, PracticeWork, public_id, and_(here, seen))


def waiting_for_mentor(session: Session, mentor: Person) -> Sequence[PracticeWork]:
    """Return what waits for this mentor or reviewer, longest first."""
    query = (
        select(PracticeWork)
        .where(_is_reviewed_by(mentor), PracticeWork.turn == Turn.MENTOR)
        .order_by(PracticeWork.turn_since, PracticeWork.id)
        .options(*_whole())  # type: ignore[arg-type]
    )
    return session.scalars(query).all()


def works_of_mentorship(
    session: Session, mentorship: Mentorship
) -> Sequence[PracticeWork]:
    """Return the practices two people work on, newest first."""
    query = (
        select(PracticeWork)
        .filter_by(mentorship_id=mentorship.id)
        .order_by(PracticeWork.id.desc())
        .options(*_whole())  # type: ignore[arg-type]
    )
    return session.scalars(query).all()


def works_of_people(
    session: Session, context: Context, people: Sequence[Person]
) -> Sequence[PracticeWork]:
    """Return what some learners of a course practise, by their date."""
    query = (
        select(PracticeWork)
        .join(PracticeAssignment)
        .where(
            PracticeAssignment.context_id == context.id,
            PracticeWork.learner_id.in_([person.id for person in people]),
        )
        .order_by(PracticeWork.due_at, PracticeWork.id)
        .options(
            joinedload(PracticeWork.assignment).joinedload(PracticeAssignment.brief)
        )
    )
    return session.scalars(query).all()


def works_in_program(
    session: Session, program_id: int, learner_id: int
) -> Sequence[PracticeWork]:
    """Return everything a learner practises in one program, newest first."""
    query = (
        select(PracticeWork)
        .join(PracticeAssignment)
        .join(PracticeBrief)
        .where(
            PracticeBrief.program_id == program_id,
            PracticeWork.learner_id == learner_id,
        )
        .order_by(PracticeWork.id.desc())
        .options(*_whole())  # type: ignore[arg-type]
    )
    return session.scalars(query).all()


def unmentored_works(
    session: Session, program_id: int, learner_id: int
) -> list[PracticeWork]:
    """Return a learner's open works in a program that have no mentor."""
    works = works_in_program(session, program_id, learner_id)
    return [w for w in works if w.mentorship_id is None and w.state not in FINAL]


def facts_of(session: Session, work: PracticeWork) -> Facts:
    """Return what counts for the score of this work."""
    brief, plan = work.brief, work.plan
    held = scheduling.held_in(session, brief.program_id, work.learner_id)
    return Facts(
        maximum=brief.maximum,
        applications_required=brief.applications_required,
        qualities=[
            Decimal(a.quality_thousandths) / 1000
            for a in work.applications
            if a.quality_thousandths is not None
        ],
        sessions_required=brief.sessions_required,
        sessions_held=held,
        sessions_excused=_excused(session, work, held),
        plan_agreed=bool(plan and plan.agreed_at),
        plan_waived=bool(plan and plan.is_waived),
        reflected=work.reflection is not None,
        weights=brief.weights,
    )


def _excused(session: Session, work: PracticeWork, held: int) -> int:
    """Count required talks that could not be, through no fault of the learner.

    Only what is still missing can be excused: an excuse never takes a held talk away,
    nor does a mentor who left take along the talks that were held.
    """
    missing = max(0, work.brief.sessions_required - held)
    if work.mentorship is None:
        return missing
    missed = scheduling.missed_by_mentors(
        session, work.brief.program_id, work.learner_id
    )
    return min(missing, missed)


def score_of(session: Session, activity: Activity) -> Score | None:
    """Return what a gradebook is to be told because of this activity.

    The numbers are those of the activity's own moment for a score, so that a late
    delivery says what was true then; None = nothing to tell.
    """
    if activity.verb not in {Verb.SCORED, Verb.HANDED_IN}:
        return None
    query = select(PracticeWork).filter_by(public_id=activity.object_id)
    work = session.scalars(query).one_or_none()
    if work is None:
        return None
    points = activity.data.get("points")
    return Score(
        work=work,
        learner=work.learner,
        line_item=work.assignment.line_item,
        points=None if points is None else Decimal(str(points)),
        maximum=work.brief.maximum,
        submitted_at=work.applications[0].submitted_at
        if work.applications
        else activity.at,
        is_final=bool(activity.data.get("final")),
    )
