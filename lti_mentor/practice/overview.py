"""A course's practice for its instructor: numbers of all, a page of names at a time."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_mentor.mentoring.models import Mentorship
from lti_mentor.paging import Paged, page_of
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.people.sections import Sections, within
from lti_mentor.practice.models import (
    FINAL,
    PracticeAssignment,
    PracticeWork,
    Turn,
    WorkState,
)

FULLEST = 10
"""Mentors whose load is named."""


def counted(
    session: Session, course: Context, sections: Sections = None
) -> dict[WorkState, int]:
    """Count the works of a course by where they stand."""
    query = (
        _works(course, sections)
        .with_only_columns(PracticeWork.state, func.count())
        .group_by(PracticeWork.state)
    )
    return {state: count for state, count in session.execute(query)}  # noqa: C416 - rows are no pairs to dict()


def learners(session: Session, course: Context, sections: Sections = None) -> int:
    """Count who has opened a practice of the course."""
    query = _works(course, sections)
    number = func.count(func.distinct(PracticeWork.learner_id))
    return session.scalar(query.with_only_columns(number)) or 0


def for_instructor(
    session: Session, course: Context, sections: Sections = None
) -> tuple[int, PracticeWork | None]:
    """Return how many works wait for the instructor, and the one that waits longest."""
    query = _works(course, sections).where(PracticeWork.turn == Turn.INSTRUCTOR)
    found = page_of(session, _in_order(query), size=1)
    return found.total, next(iter(found.rows), None)


def works(
    session: Session,
    course: Context,
    sections: Sections = None,
    *,
    states: Collection[WorkState] = frozenset(WorkState),
    number: int = 1,
    size: int = 50,
) -> Paged[PracticeWork]:
    """Return a page of the works of a course, longest turn first."""
    query = _works(course, sections).where(PracticeWork.state.in_(states))
    shown = (
        joinedload(PracticeWork.learner),
        joinedload(PracticeWork.mentorship).joinedload(Mentorship.mentor),
        joinedload(PracticeWork.pool_reviewer),
        joinedload(PracticeWork.assignment).joinedload(PracticeAssignment.brief),
    )
    return page_of(session, _in_order(query).options(*shown), number, size)


def tried_out(
    session: Session, course: Context, sections: Sections = None
) -> list[PracticeWork]:
    """Return what the LMS's test student tried out; it counts nowhere."""
    query = _in_order(_works(course, sections, is_test=True))
    return list(session.scalars(query))


def not_begun(
    session: Session, course: Context, sections: Sections = None, number: int = 1
) -> Paged[Person]:
    """Return a page of the learners who have opened none of a course's practices."""
    begun = (
        select(PracticeWork.learner_id)
        .join(PracticeAssignment)
        .where(PracticeAssignment.context_id == course.id)
    )
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id == course.id,
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.is_test.is_(False),
            Person.id.not_in(begun),
            within(Membership.person_id, course, sections),
        )
        .order_by(Person.name, Person.id)
    )
    return page_of(session, query, number)


def load(
    session: Session, course: Context, sections: Sections = None
) -> list[tuple[Person, int]]:
    """Count the learners with open work of those who review most, the fullest first."""
    reviewer = aliased(Person)
    number = func.count(func.distinct(PracticeWork.learner_id))
    query = (
        _works(course, sections)
        .outerjoin(Mentorship, Mentorship.id == PracticeWork.mentorship_id)
        .join(reviewer, reviewer.id == _reviewer())
        .where(PracticeWork.state.not_in(FINAL))
        .with_only_columns(reviewer.id, number)
        .group_by(reviewer.id)
        .order_by(number.desc(), reviewer.id)
        .limit(FULLEST)
    )
    counts = session.execute(query).all()
    ids = [id_ for id_, _ in counts]
    people = {
        p.id: p for p in session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    return [(people[id_], count) for id_, count in counts]


def _reviewer() -> ColumnElement[int]:
    """The mentor of the pair, else whoever was handed the work."""
    return func.coalesce(Mentorship.mentor_id, PracticeWork.pool_reviewer_id)


def _works(
    course: Context, sections: Sections, *, is_test: bool = False
) -> Select[PracticeWork]:
    return (
        select(PracticeWork)
        .join(PracticeAssignment)
        .join(Person, Person.id == PracticeWork.learner_id)
        .where(
            PracticeAssignment.context_id == course.id,
            Person.is_test.is_(is_test),
            within(PracticeWork.learner_id, course, sections),
        )
    )


def _in_order(query: Select[PracticeWork]) -> Select[PracticeWork]:
    return query.order_by(PracticeWork.turn_since, PracticeWork.id)
