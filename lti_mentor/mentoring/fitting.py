"""Who fits a program before anybody is invited, and whom nothing reaches (P3, P25)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from lti_mentor.mentoring import candidates
from lti_mentor.mentoring.models import Program, ProgramContext, ProgramSkill
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.skills.models import Skill

NAMED = 50
"""How many names a page lists."""


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
    learners = (
        select(func.count(distinct(Person.id)))
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id.in_(courses),
            Membership.role == Role.LEARNER,
            Membership.is_active,
            Person.is_test.is_(False),
        )
    )
    far = (Person.last_seen.is_(None), func.coalesce(Person.email, "") == "")
    mentors = [one.person for one in candidates.graduates(session, program)]
    lost = [one for one in mentors if one.last_seen is None and not one.email]
    names = (
        learners.with_only_columns(Person)
        .where(*far)
        .distinct()
        .order_by(Person.name, Person.id)
        .limit(NAMED)
    )
    return Fit(
        learners=session.scalar(learners) or 0,
        mentors=len(mentors),
        unreached_learners=session.scalar(learners.where(*far)) or 0,
        unreached=(*lost[:NAMED], *session.scalars(names)),
        unreached_mentors=len(lost),
    )
