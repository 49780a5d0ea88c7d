"""Who could mentor in a program, and who is waiting for a mentor (P6, P27)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_mentor.mentoring.models import Part, Participant, Program
from lti_mentor.mentoring.view import Whom, everybody
from lti_mentor.people.family import is_offering
from lti_mentor.people.models import STAFF, Context, Membership, Person, Role
from lti_mentor.skills import queries as skills
from lti_mentor.skills.models import CourseCompletion, LevelSource, Skill


@dataclass(frozen=True, slots=True)
class Graduate:
    """Somebody who completed an offering and what they can do, as the LMS says."""

    person: Person
    completion: CourseCompletion
    mastered: tuple[Skill, ...] = field(default=())


def offerings(session: Session, program: Program) -> Sequence[Context]:
    """Return the courses of a program's audience and their other offerings."""
    own = aliased(Context)
    ids = (
        select(Context.id)
        .join(own, is_offering(own, Context))
        .where(own.id.in_([place.context_id for place in program.audience]))
    )
    query = select(Context).where(Context.id.in_(ids)).order_by(Context.id)
    return session.scalars(query).all()


def graduates(session: Session, program: Program) -> list[Graduate]:
    """Return who completed the course, this time or earlier, and masters a skill.

    Where the program names no skill, having completed an earlier offering is enough;
    who completed this one only is a learner still. Test students stay out; the newest
    completion counts. Four queries for any number of people.
    """
    contexts = [context.id for context in offerings(session, program)]
    newest: dict[int, CourseCompletion] = {}
    for completion in skills.completed(session, contexts):
        newest.setdefault(completion.person_id, completion)
    wanted = {named.skill_id: named.skill for named in program.skills}
    levels = skills.levels_of(session, newest.keys(), wanted.keys())
    found = [
        Graduate(
            completion.person,
            completion,
            tuple(
                skill
                for skill_id, skill in wanted.items()
                if (level := levels.get((person_id, skill_id, LevelSource.LMS)))
                and level.is_mastered
            ),
        )
        for person_id, completion in newest.items()
        if not completion.person.is_test
    ]
    if wanted:
        return [one for one in found if one.mastered]
    now_running = {place.context_id for place in program.audience}
    return [one for one in found if one.completion.context_id not in now_running]


def demand(session: Session, program: Program) -> Sequence[Person]:
    """Return the active learners of a program's courses, by name."""
    courses = [place.context_id for place in program.audience]
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id.in_(courses),
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.is_test.is_(False),
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return session.scalars(query).all()


def stand_ins(session: Session, program: Program) -> Sequence[Person]:
    """Return who could stand in for the coordinator: other staff of its courses."""
    courses = [place.context_id for place in program.audience]
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id.in_(courses),
            Membership.role.in_(STAFF),
            Membership.is_active,
            Person.id != program.coordinator_id,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return session.scalars(query).all()


def nameable(
    session: Session, program: Program, whom: Whom = everybody
) -> Sequence[Person]:
    """Return who may be named as a mentor: people of its courses, now or earlier."""
    mentors = select(Participant.person_id).where(
        Participant.program_id == program.id, Participant.part == Part.MENTOR
    )
    courses = [context.id for context in offerings(session, program)]
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id.in_(courses),
            Person.is_test.is_(False),
            Person.id.not_in(mentors),
            whom(Person.id),
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return session.scalars(query).all()
