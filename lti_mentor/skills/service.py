"""Taking in what the LMS says about skills and completion."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import keep
from lti_mentor.errors import Invalid
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import granting, queries
from lti_mentor.skills.models import (
    ActivityCompletion,
    CompletionState,
    ContextSkill,
    CourseCompletion,
    LevelSource,
    Skill,
    SkillLevel,
    SkillSource,
)


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """What the LMS says of one activity and one person."""

    external_id: str
    name: str
    state: CompletionState
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseFact:
    """What the LMS says of one course and one person."""

    state: CompletionState
    progress: float | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkillFact:
    """A skill as the LMS names it."""

    external_id: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the LMS says of one skill of one person."""

    person_id: int
    skill: Skill
    level: float
    raw: str
    is_mastered: bool
    observed_at: datetime | None


def name_skills(session: Session, context: Context, named: Sequence[SkillFact]) -> None:
    """Take in skills of the LMS and that this course works on them.

    Four statements for any number of skills.
    """
    query = select(Skill).where(
        Skill.registration_id == context.registration_id,
        Skill.source == SkillSource.LMS,
        Skill.external_id.in_({fact.external_id for fact in named}),
    )
    known = {skill.external_id: skill for skill in session.scalars(query)}
    for fact in named:
        skill = known.get(fact.external_id) or Skill(
            registration_id=context.registration_id,
            source=SkillSource.LMS,
            external_id=fact.external_id,
        )
        known[fact.external_id] = skill
        session.add(skill)
        keep(skill, label=fact.label[:255], description=fact.description)
    session.flush()
    teach(session, context, *known.values())


def type_skill(session: Session, context: Context, label: str) -> Skill:
    """Take in a skill that an instructor typed, where the LMS knows none (P29).

    Raises:
        Invalid: It has no name.
    """
    label = label.strip()[:255]
    if not label:
        raise Invalid("skill.label_missing")
    for skill in queries.skills_of(session, context):
        if skill.label.casefold() == label.casefold():
            return skill
    public_id = uuid.uuid4()
    skill = Skill(
        registration_id=context.registration_id,
        source=SkillSource.LOCAL,
        public_id=public_id,
        external_id=str(public_id),
        label=label,
    )
    session.add(skill)
    session.flush()
    teach(session, context, skill)
    granting.grant(session, context)
    return skill


def teach(session: Session, context: Context, *taught: Skill) -> None:
    """Note once that a course works on these skills."""
    query = select(ContextSkill.skill_id).where(
        ContextSkill.context_id == context.id,
        ContextSkill.skill_id.in_([skill.id for skill in taught]),
    )
    known = set(session.scalars(query))
    session.add_all(
        ContextSkill(context_id=context.id, skill_id=skill.id)
        for skill in taught
        if skill.id not in known
    )
    session.flush()


def observe(session: Session, said: Sequence[Observation]) -> int:
    """Append what the LMS says of skills; unchanged levels add nothing.

    Two statements for any number of observations; returns how many were new.
    """
    newest = queries.levels_of(
        session, {o.person_id for o in said}, {o.skill.id for o in said}
    )
    new = [o for o in said if not _is_known(newest, o)]
    rows = [
        {
            "person_id": o.person_id,
            "skill_id": o.skill.id,
            "source": LevelSource.LMS,
            "level": min(1.0, max(0.0, o.level)),
            "raw": o.raw[:120],
            "is_mastered": o.is_mastered,
            "observed_at": o.observed_at,
        }
        for o in new
    ]
    if rows:
        session.execute(insert(SkillLevel), rows)
    return len(new)


def _is_known(
    newest: dict[tuple[int, int, LevelSource], SkillLevel], said: Observation
) -> bool:
    there = newest.get((said.person_id, said.skill.id, LevelSource.LMS))
    return there is not None and (there.raw, there.is_mastered) == (
        said.raw[:120],
        said.is_mastered,
    )


def complete_courses(
    session: Session, context: Context, facts: Sequence[tuple[int, CourseFact]]
) -> None:
    """Take in how far people, by their ids, are in a course."""
    query = select(
        CourseCompletion.id,
        CourseCompletion.person_id,
        CourseCompletion.state,
        CourseCompletion.progress,
        CourseCompletion.completed_at,
        CourseCompletion.by_rule,
    ).where(
        CourseCompletion.context_id == context.id,
        CourseCompletion.person_id.in_({person_id for person_id, _ in facts}),
    )
    known = {row.person_id: row for row in session.execute(query)}
    new: dict[int, dict[str, Any]] = {}
    changed: dict[int, dict[str, Any]] = {}
    for person_id, fact in facts:
        told = {
            "state": fact.state,
            "progress": fact.progress,
            "completed_at": fact.completed_at,
            "by_rule": False,
        }
        row = known.get(person_id)
        if row is None:
            new[person_id] = told | {"context_id": context.id, "person_id": person_id}
        elif any(getattr(row, name) != value for name, value in told.items()):
            changed[row.id] = told
    if new:
        session.execute(insert(CourseCompletion), list(new.values()))
    if changed:  # loaded only where they differ: mostly nothing does
        stale = select(CourseCompletion).where(CourseCompletion.id.in_(changed))
        for there in session.scalars(stale):
            _renew(there, changed[there.id])


def _renew(row: CourseCompletion | ActivityCompletion, told: dict[str, Any]) -> None:
    """Change what differs, and only then say that it is news."""
    changed = {n: value for n, value in told.items() if getattr(row, n) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.read_at = now()


def complete_activities(
    session: Session, context: Context, facts: Sequence[tuple[int, ActivityFact]]
) -> None:
    """Take in which activities people, by their ids, completed."""
    known = {
        (row.person_id, row.external_id): row
        for row in session.scalars(
            select(ActivityCompletion).where(
                ActivityCompletion.context_id == context.id,
                ActivityCompletion.person_id.in_({person_id for person_id, _ in facts}),
            )
        )
    }
    new: dict[tuple[int, str], dict[str, Any]] = {}
    for person_id, fact in facts:
        told: dict[str, Any] = {
            "name": fact.name[:500],
            "state": fact.state,
            "completed_at": fact.completed_at,
        }
        key = (person_id, fact.external_id)
        row = known.get(key)
        if row is None:
            ids = {"person_id": person_id, "external_id": fact.external_id}
            new[key] = told | ids | {"context_id": context.id}
        else:
            _renew(row, told)
    if new:
        session.execute(insert(ActivityCompletion), list(new.values()))


def endorse(
    session: Session, person: Person, named: Sequence[Skill], *, by: Person
) -> None:
    """Keep that somebody vouches for these skills of a person; once is enough."""
    there = queries.levels_of(session, {person.id}, {skill.id for skill in named})
    session.add_all(
        SkillLevel(
            person_id=person.id,
            skill_id=skill.id,
            source=LevelSource.ENDORSED,
            level=1.0,
            is_mastered=True,
            observed_at=now(),
            said_by_id=by.id,
        )
        for skill in named
        if (person.id, skill.id, LevelSource.ENDORSED) not in there
    )
    session.flush()
