"""Who fits a program before anybody is invited, and whom nothing reaches (P3, P25)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.mentoring import candidates
from lti_mentor.mentoring.models import Program, ProgramContext, ProgramSkill
from lti_mentor.paging import count_of, page_of
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.skills.models import Skill


@dataclass(frozen=True, slots=True)
class Fit:
    """Counts of today; unreachable = was never here and has no address."""

    learners: int
    mentors: int
    unreached_learners: int
    unreached: tuple[Person, ...]
    """The first of the mentors and learners nothing reaches."""
    unreached_mentors: int


def planned(context: Context, skills: Sequence[Skill]) -> Program:
    """Return a program as it would be, kept nowhere: to count for it."""
    return Program(
        registration_id=context.registration_id,
        audience=[ProgramContext(context=context, context_id=context.id)],
        skills=[ProgramSkill(skill=skill, skill_id=skill.id) for skill in skills],
    )


def fit(session: Session, program: Program) -> Fit:
    """Count who could take part: as many queries for any number of people."""
    courses = [place.context_id for place in program.audience]
    seats = select(Membership.person_id).where(
        Membership.context_id.in_(courses),
        Membership.role == Role.LEARNER,
        Membership.is_active,
    )
    learners = select(Person).where(Person.id.in_(seats), Person.is_test.is_(False))
    far = (Person.last_seen.is_(None), func.coalesce(Person.email, "") == "")
    mentors = candidates.graduated(session, program)
    lost = page_of(session, mentors.where(*far).order_by(Person.name, Person.id))
    names = page_of(session, learners.where(*far).order_by(Person.name, Person.id))
    return Fit(
        learners=count_of(session, learners),
        mentors=count_of(session, mentors),
        unreached_learners=names.total,
        unreached=(*lost.rows, *names.rows),
        unreached_mentors=lost.total,
    )
