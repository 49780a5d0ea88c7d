"""A typed skill is had by whoever completed the course it was typed for (D17)."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lti_mentor.people import family
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import queries
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    LevelSource,
    SkillLevel,
)

GRANTED = "course completed"
"""What such a level says of itself; nobody but us writes it."""


def grant(session: Session, context: Context) -> None:
    """Give a course's typed skills to who completed it, this time or earlier.

    Who no longer counts as having completed it no longer has them. Called after
    skills, completions or offerings changed; five queries for any number of people.
    """
    skills = [skill.id for skill in queries.typed_in(session, context)]
    if not skills:
        return
    done = _done(session, context)
    there = session.execute(
        select(SkillLevel.id, SkillLevel.person_id, SkillLevel.skill_id).where(
            SkillLevel.skill_id.in_(skills),
            SkillLevel.source == LevelSource.LMS,
            SkillLevel.raw == GRANTED,
        )
    ).all()
    gone = [row.id for row in there if row.person_id not in done]
    if gone:
        session.execute(delete(SkillLevel).where(SkillLevel.id.in_(gone)))
    have = {(row.person_id, row.skill_id) for row in there}
    wanted = ((person, skill) for person in done for skill in skills)
    _add(session, {key: done[key[0]] for key in wanted if key not in have})


def _done(session: Session, context: Context) -> dict[int, datetime | None]:
    """Return who completed an offering, and when last."""
    others = [one.context.id for one in family.offerings(session, context)]
    query = (
        select(CourseCompletion.person_id, CourseCompletion.completed_at)
        .join(Person, Person.id == CourseCompletion.person_id)
        .where(
            CourseCompletion.context_id.in_([context.id, *others]),
            CourseCompletion.state == CompletionState.COMPLETE,
            Person.is_test.is_(False),
        )
        .order_by(CourseCompletion.completed_at, CourseCompletion.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _add(session: Session, new: dict[tuple[int, int], datetime | None]) -> None:
    rows = [
        {
            "person_id": person,
            "skill_id": skill,
            "source": LevelSource.LMS,
            "level": 1.0,
            "raw": GRANTED,
            "is_mastered": True,
            "observed_at": moment,
        }
        for (person, skill), moment in new.items()
    ]
    if rows:
        session.execute(insert(SkillLevel), rows)
    session.flush()
