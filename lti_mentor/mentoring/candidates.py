"""Who could mentor in a program, and who is waiting for a mentor (P6, P27)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from lti_mentor.mentoring.models import Part, Participant, Program
from lti_mentor.mentoring.view import Whom, everybody
from lti_mentor.people.family import is_offering
from lti_mentor.people.models import STAFF, Context, Membership, Person, Role
from lti_mentor.skills import queries as skills
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    LevelSource,
    Skill,
    SkillLevel,
)


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


def graduates(
    session: Session, program: Program, people: Collection[int] | None = None
) -> list[Graduate]:
    """Return who completed the course, this time or earlier, and masters a skill.

    Of these people (ids), if any are named. Where the program names no skill, having
    completed an earlier offering is enough; who completed this one only is a learner
    still. Test students stay out; the newest completion counts. Four queries for any
    number of people.
    """
    newest: dict[int, CourseCompletion] = {}
    for completion in skills.completed(session, _where(session, program), people):
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
    return [one for one in found if one.mastered or not wanted]


def graduated(session: Session, program: Program) -> Select[Person]:
    """Return the query for the people of `graduates`, in no order: to count them."""
    done = exists().where(
        CourseCompletion.person_id == Person.id,
        CourseCompletion.context_id.in_(_where(session, program)),
        CourseCompletion.state == CompletionState.COMPLETE,
    )
    query = select(Person).where(done, Person.is_test.is_(False))
    wanted = [named.skill_id for named in program.skills]
    return query.where(_masters(wanted)) if wanted else query


def _where(session: Session, program: Program) -> list[int]:
    """Return the courses (ids) completing which makes somebody a graduate."""
    now_running = {place.context_id for place in program.audience}
    found = [context.id for context in offerings(session, program)]
    return [one for one in found if program.skills or one not in now_running]


def _masters(skill_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that the LMS said so last, of one of these skills."""
    newer = aliased(SkillLevel)
    is_old = exists().where(
        newer.person_id == SkillLevel.person_id,
        newer.skill_id == SkillLevel.skill_id,
        newer.source == SkillLevel.source,
        newer.id > SkillLevel.id,
    )
    return exists().where(
        SkillLevel.person_id == Person.id,
        SkillLevel.skill_id.in_(skill_ids),
        SkillLevel.source == LevelSource.LMS,
        SkillLevel.is_mastered,
        ~is_old,
    )


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
) -> Select[Person]:
    """Return the query for who may be named as a mentor, by name.

    These are people of its courses, now or earlier, who are no mentors yet.
    """
    mentors = select(Participant.person_id).where(
        Participant.program_id == program.id, Participant.part == Part.MENTOR
    )
    courses = [context.id for context in offerings(session, program)]
    people = select(Membership.person_id).where(Membership.context_id.in_(courses))
    return (
        select(Person)
        .where(
            Person.id.in_(people),
            Person.is_test.is_(False),
            Person.id.not_in(mentors),
            whom(Person.id),
        )
        .order_by(Person.name, Person.id)
    )


def called(
    session: Session, people: Select[Person], words: str, most: int
) -> Sequence[Person]:
    """Return the first of these people whose name or address has all of the words.

    Compared here: SQLite knows capitals of the Latin alphabet only.
    """
    wanted = words.casefold().split()
    columns = (Person.id, Person.name, Person.email)
    told = session.execute(people.with_only_columns(*columns))
    found = [
        id_
        for id_, name, email in told
        if wanted and all(w in f"{name} {email or ''}".casefold() for w in wanted)
    ]
    query = select(Person).where(Person.id.in_(found[:most]))
    return session.scalars(query.order_by(Person.name, Person.id)).all()
