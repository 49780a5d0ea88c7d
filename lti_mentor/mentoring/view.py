"""Whose names somebody sees in a program, and who decides there (D4, D12)."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_mentor.db import get_public
from lti_mentor.mentoring.models import Program, ProgramContext, ProgramState
from lti_mentor.people import sections
from lti_mentor.people.models import Context, Membership, Person
from lti_mentor.people.sections import Sections

Whom = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]
"""From a column that names a person: the condition that keeps rows to who is seen."""


def everybody(_person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Keep nobody out."""
    return true()


def whom(
    program: Program, viewer: Person, course: Context | None, of: Sections
) -> Whom:
    """Return which learners of a program somebody sees.

    Coordinator and stand-in see all of them; staff of one of its courses that
    course's people, and of those only the sections they are kept to.
    """
    if course is None or program.is_led_by(viewer):
        return everybody

    def seen(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        in_sections = sections.within(person_id, course, of)
        if program.is_of_one_course:
            return in_sections
        here = select(Membership.person_id).where(Membership.context_id == course.id)
        return and_(person_id.in_(here), in_sections)

    return seen


def program_seen(
    session: Session, viewer: Person, course: Context | None, public_id: str
) -> Program:
    """Return a program somebody leads by name, or one of the course they staff.

    Raises:
        Missing: No such program, or not theirs to look at.
    """
    theirs = _led_by(viewer)
    if course is not None:
        here = Program.audience.any(ProgramContext.context_id == course.id)
        theirs = or_(theirs, here)
    return get_public(session, Program, public_id, theirs)


def programs_led_by(session: Session, person: Person) -> Sequence[Program]:
    """Return the running programs somebody coordinates or stands in for."""
    query = select(Program).where(
        _led_by(person), Program.state == ProgramState.RUNNING
    )
    return session.scalars(query.order_by(Program.id)).all()


def _led_by(person: Person) -> ColumnElement[bool]:
    return or_(Program.coordinator_id == person.id, Program.stand_in_id == person.id)
