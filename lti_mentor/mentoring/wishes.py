"""Before somebody has a part: wishes for a mentor, offers to be one (D13, P12a)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from lti_mentor.mentoring.models import (
    Interest,
    Part,
    Participant,
    Program,
    ProgramContext,
    ProgramState,
)
from lti_mentor.people.family import is_offering
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.skills.models import CompletionState, CourseCompletion

_NOTED = select(Interest.id).where(
    Interest.context_id == bindparam("context"),
    Interest.person_id == bindparam("person"),
    Interest.part == bindparam("part"),
)


def note(session: Session, context: Context, person: Person, part: Part) -> None:
    """Note once that somebody would like a mentor here, or could be one."""
    if not is_noted(session, context, person, part):
        session.add(Interest(context_id=context.id, person_id=person.id, part=part))
        session.flush()


def take_back(session: Session, context: Context, person: Person, part: Part) -> None:
    """Forget such a note."""
    session.execute(
        delete(Interest).where(
            Interest.context_id == context.id,
            Interest.person_id == person.id,
            Interest.part == part,
        )
    )


def is_noted(session: Session, context: Context, person: Person, part: Part) -> bool:
    """Say whether somebody said so."""
    asked = {"context": context.id, "person": person.id, "part": part}
    return session.scalar(_NOTED, asked) is not None


def noted_in(session: Session, person: Person, part: Part) -> set[int]:
    """Return the ids of all courses in which somebody said so."""
    query = select(Interest.context_id).filter_by(person_id=person.id, part=part)
    return set(session.scalars(query))


def count(session: Session, context: Context, part: Part = Part.MENTEE) -> int:
    """Return how many people of a course said so; the test student is nobody."""
    query = (
        select(func.count(Interest.id))
        .join(Person, Person.id == Interest.person_id)
        .where(
            Interest.context_id == context.id,
            Interest.part == part,
            Person.is_test.is_(False),
        )
    )
    return session.scalar(query) or 0


def who_said_so(session: Session, program: Program, part: Part) -> Sequence[Person]:
    """Return who said so in the courses of a program, by name."""
    courses = [place.context_id for place in program.audience]
    query = (
        select(Person)
        .join(Interest, Interest.person_id == Person.id)
        .where(
            Interest.context_id.in_(courses),
            Interest.part == part,
            Person.is_test.is_(False),
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return session.scalars(query).all()


def volunteers(session: Session, program: Program) -> list[Person]:
    """Return who offered to mentor in a program and does not yet."""
    mentors = select(Participant.person_id).where(
        Participant.program_id == program.id, Participant.part == Part.MENTOR
    )
    there = set(session.scalars(mentors))
    said = who_said_so(session, program, Part.MENTOR)
    return [person for person in said if person.id not in there]


def open_to_learn(session: Session, person: Person) -> Sequence[Program]:
    """Return running programs of courses somebody learns in and has no part in."""
    here = (
        select(ProgramContext.program_id)
        .join(Membership, Membership.context_id == ProgramContext.context_id)
        .where(
            Membership.person_id == person.id,
            Membership.role == Role.LEARNER,
            Membership.is_active,
        )
    )
    return _running(session, person, Program.id.in_(here))


def open_to_mentor(session: Session, person: Person) -> Sequence[Program]:
    """Return running programs whose course somebody completed, this time or earlier."""
    own, done = aliased(Context), aliased(Context)
    completed = (
        select(ProgramContext.program_id)
        .join(own, own.id == ProgramContext.context_id)
        .join(done, is_offering(own, done))
        .join(CourseCompletion, CourseCompletion.context_id == done.id)
        .where(
            CourseCompletion.person_id == person.id,
            CourseCompletion.state == CompletionState.COMPLETE,
        )
    )
    return _running(session, person, Program.id.in_(completed))


def _running(
    session: Session, person: Person, condition: ColumnElement[bool]
) -> Sequence[Program]:
    has_part = exists().where(
        Participant.program_id == Program.id, Participant.person_id == person.id
    )
    query = select(Program).where(
        Program.registration_id == person.registration_id,
        Program.state == ProgramState.RUNNING,
        ~has_part,
        condition,
    )
    whole = query.order_by(Program.id).options(selectinload(Program.audience))
    return session.scalars(whole).all()
