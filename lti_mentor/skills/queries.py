"""Reading skills, levels and completions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from lti_mentor.db import get_public
from lti_mentor.people.models import Context, Person
from lti_mentor.skills.models import (
    CompletionState,
    ContextSkill,
    CourseCompletion,
    LevelSource,
    Skill,
    SkillLevel,
    SkillSource,
)

# What every learner's page asks is put together once: that costs more than asking.
_TAUGHT = (
    select(Skill, ContextSkill.target)
    .join(ContextSkill, ContextSkill.skill_id == Skill.id)
    .where(ContextSkill.context_id == bindparam("context"))
    .order_by(Skill.label, Skill.id)
)
_NEWEST = select(SkillLevel).where(
    SkillLevel.id.in_(
        select(func.max(SkillLevel.id))
        .where(
            SkillLevel.person_id.in_(bindparam("people", expanding=True)),
            SkillLevel.skill_id.in_(bindparam("skills", expanding=True)),
        )
        .group_by(SkillLevel.person_id, SkillLevel.skill_id, SkillLevel.source)
    )
)
_better = aliased(SkillLevel)
_BEST_VERIFIED = (
    select(SkillLevel)
    .outerjoin(
        _better,
        (_better.person_id == SkillLevel.person_id)
        & (_better.skill_id == SkillLevel.skill_id)
        & (_better.source == SkillLevel.source)
        & (
            (_better.level > SkillLevel.level)
            | ((_better.level == SkillLevel.level) & (_better.id > SkillLevel.id))
        ),
    )
    .where(
        SkillLevel.person_id == bindparam("person"),
        SkillLevel.skill_id.in_(bindparam("skills", expanding=True)),
        SkillLevel.source == LevelSource.MENTOR,
        _better.id.is_(None),
    )
)
_COMPLETION = select(CourseCompletion).where(
    CourseCompletion.context_id == bindparam("context"),
    CourseCompletion.person_id == bindparam("person"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One skill of one person: each source by itself, and how far is left."""

    skill: Skill
    target: float
    lms: SkillLevel | None
    verified: SkillLevel | None
    """The best a mentor verified."""

    @property
    def gap(self) -> float | None:
        """Return what is missing to the target, 0..1; None = nobody knows."""
        known = [s.level for s in (self.lms, self.verified) if s is not None]
        return max(0.0, self.target - max(known)) if known else None


def skills_of(session: Session, context: Context) -> Sequence[Skill]:
    """Return the skills a course works on, by name."""
    query = (
        select(Skill)
        .join(ContextSkill)
        .where(ContextSkill.context_id == context.id)
        .order_by(Skill.label, Skill.id)
    )
    return session.scalars(query).all()


def typed_in(session: Session, context: Context) -> Sequence[Skill]:
    """Return the skills somebody typed in this course, in the order they were."""
    query = (
        select(Skill)
        .join(ContextSkill, ContextSkill.skill_id == Skill.id)
        .where(ContextSkill.context_id == context.id, Skill.source == SkillSource.LOCAL)
        .order_by(ContextSkill.id)
    )
    return session.scalars(query).all()


def skill_in(session: Session, context: Context, public_id: str) -> Skill:
    """Return a skill this course works on.

    Raises:
        Missing: No such skill here.
    """
    here = Skill.id.in_(select(ContextSkill.skill_id).filter_by(context_id=context.id))
    return get_public(session, Skill, public_id, here)


def newest_level(
    session: Session, person: Person, skill: Skill, source: LevelSource
) -> SkillLevel | None:
    """Return the newest thing a source said of somebody's skill."""
    query = (
        select(SkillLevel)
        .filter_by(person_id=person.id, skill_id=skill.id, source=source)
        .order_by(SkillLevel.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def levels_of(
    session: Session, person_ids: Collection[int], skill_ids: Collection[int]
) -> dict[tuple[int, int, LevelSource], SkillLevel]:
    """Return the newest level by (person, skill, source): one query for a course."""
    asked = {"people": list(person_ids), "skills": list(skill_ids)}
    rows = session.scalars(_NEWEST, asked)
    return {(row.person_id, row.skill_id, row.source): row for row in rows}


def standings(session: Session, context: Context, person: Person) -> list[Standing]:
    """Return how somebody stands in each skill of a course: at most three queries."""
    taught = session.execute(_TAUGHT, {"context": context.id}).all()
    if not taught:
        return []
    ids = [skill.id for skill, _ in taught]
    newest = levels_of(session, [person.id], ids)
    best = _best_verified(session, person, ids)
    return [
        Standing(
            skill,
            target,
            newest.get((person.id, skill.id, LevelSource.LMS)),
            best.get(skill.id),
        )
        for skill, target in taught
    ]


def _best_verified(
    session: Session, person: Person, skill_ids: Collection[int]
) -> dict[int, SkillLevel]:
    asked = {"person": person.id, "skills": list(skill_ids)}
    return {row.skill_id: row for row in session.scalars(_BEST_VERIFIED, asked)}


def completed(
    session: Session,
    context_ids: Collection[int],
    people: Collection[int] | None = None,
) -> Sequence[CourseCompletion]:
    """Return the completions of these courses, newest first, with their people.

    Of these people (ids), if any are named.
    """
    query = (
        select(CourseCompletion)
        .where(
            CourseCompletion.context_id.in_(context_ids),
            CourseCompletion.state == CompletionState.COMPLETE,
            true() if people is None else CourseCompletion.person_id.in_(people),
        )
        .order_by(CourseCompletion.completed_at.desc(), CourseCompletion.id)
        .options(
            joinedload(CourseCompletion.person), joinedload(CourseCompletion.context)
        )
    )
    return session.scalars(query).all()


def completion_of(
    session: Session, context: Context, person: Person
) -> CourseCompletion | None:
    """Return how far somebody is in a course, as the LMS says."""
    asked = {"context": context.id, "person": person.id}
    return session.scalars(_COMPLETION, asked).one_or_none()
