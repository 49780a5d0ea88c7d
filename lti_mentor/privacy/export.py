"""What is kept about one person, for that person to read: their own rows and words.

Nobody else's names, ids or words are in it, but what a mentor said of their work.
Which columns name a person is read from the tables: each leads to rows that are
somebody's own, or stands in `NOT_TOLD` with the reason; a test holds that.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_mentor.activity.models import Activity
from lti_mentor.db import Base, Secret
from lti_mentor.mentoring.models import (
    Avoidance,
    Choice,
    Concern,
    Consent,
    Exclusion,
    Interest,
    Mentorship,
    Message,
    Participant,
    PutOff,
    Voice,
)
from lti_mentor.notices.models import NoMail, Notice
from lti_mentor.people.models import Draft, Membership, Person, SectionSeat
from lti_mentor.practice.models import (
    Application,
    Evidence,
    Plan,
    PracticeWork,
    Reflection,
    Review,
)
from lti_mentor.scheduling.models import (
    CalendarCopy,
    CalendarFeed,
    CalendarWish,
    MentoringSession,
    SessionNote,
)
from lti_mentor.skills.models import (
    ActivityCompletion,
    CourseCompletion,
    CourseGrade,
    SkillLevel,
)

OWN: tuple[InstrumentedAttribute[Any], ...] = (
    Person.id,
    Membership.person_id,
    SectionSeat.person_id,
    CourseCompletion.person_id,
    CourseGrade.person_id,
    ActivityCompletion.person_id,
    SkillLevel.person_id,
    Interest.person_id,
    PutOff.person_id,
    Consent.person_id,
    Participant.person_id,
    Exclusion.said_by_id,
    Avoidance.person_id,
    Choice.mentee_id,
    Mentorship.mentor_id,
    Mentorship.mentee_id,
    Voice.person_id,
    Message.author_id,
    Concern.by_id,
    MentoringSession.offered_by_id,
    SessionNote.author_id,
    CalendarFeed.person_id,
    CalendarWish.person_id,
    CalendarCopy.person_id,
    PracticeWork.learner_id,
    Review.reviewer_id,
    Activity.actor_id,
    Activity.learner_id,
    Draft.person_id,
    Notice.person_id,
    NoMail.person_id,
)
"""Columns that make a row somebody's own."""
OF_WORK = (Plan, Application, Reflection)
"""What a practice consists of."""
NOT_TOLD: Mapping[str, str] = {
    "web_session.person_id": "lives for hours and says who is signed in",
    "exclusion.one_id": "said by somebody, and seen by nobody else",
    "exclusion.other_id": "said by somebody, and seen by nobody else",
    "choice.mentor_id": "somebody else's wish",
    "participant.endorsed_by_id": "a statement about somebody else",
    "skill_level.said_by_id": "a statement about somebody else",
    "plan.agreed_by_id": "somebody else's plan",
    "practice_work.pool_reviewer_id": "somebody else's work; the review itself is told",
    "concern.about_id": "said by somebody to whoever leads, and seen by nobody else",
    "concern.answered_by_id": "told with the report it answers",
    "mentorship.paused_by_id": "told with the mentorship",
    "mentoring_session.move_by_id": "told with the talk they offered",
    "mentoring_session.claimed_by_id": "told with the talk they offered",
    "mentoring_session.missed_by_id": "told with the talk they offered",
    "proposal.mentee_id": "a draft; what came of it is the mentorship",
    "proposal.mentor_id": "a draft; what came of it is the mentorship",
    "match_run.started_by_id": "work for a course, kept with its activity",
    "program.coordinator_id": "work for a course, kept with its activity",
    "program.stand_in_id": "work for a course, kept with its activity",
    "practice_brief.created_by_id": "work for a course, kept with its activity",
    "context.asked_by_id": "a wish for a course",
    "done_rule.said_by_id": "work for a course, kept with its activity",
    "offering_word.said_by_id": "work for a course, kept with its activity",
}
"""Other columns that name somebody, and why their rows are not told."""

PRIVATE = frozenset({"mentorship.end_reason"})
"""Columns in which one of two people said something the other must not read."""


def of_person(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return everything kept about somebody by kind: plain values, no ids of ours."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, mine in _rows(person):
        told = [column for column in table.c if _is_told(column)]
        query = select(*told).where(mine).order_by(table.c.id)
        rows = [dict(row) for row in session.execute(query).mappings()]
        found.setdefault(table.name, []).extend(rows)
    return {name: rows for name, rows in found.items() if rows}


def columns_that_name_somebody() -> set[str]:
    """Return every column that refers to a person: `table.column`."""
    people = Base.metadata.tables[Person.__tablename__]
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if column.references(people.c.id)
    }


def _rows(person: Person) -> list[tuple[Table, ColumnElement[bool]]]:
    own: dict[Table, ColumnElement[bool]] = {}
    for attribute in OWN:
        table = _table(attribute.class_)
        mine = table.c[attribute.key] == person.id
        own[table] = own[table] | mine if table in own else mine
    work = select(PracticeWork.id).where(PracticeWork.learner_id == person.id)
    for part in OF_WORK:
        own[_table(part)] = _table(part).c.work_id.in_(work)
    done = select(Application.id).where(Application.work_id.in_(work))
    own[_table(Evidence)] = _table(Evidence).c.application_id.in_(done)
    reviews = _table(Review)
    own[reviews] = own[reviews] | reviews.c.application_id.in_(done)
    return list(own.items())


def _table(row: Any) -> Table:
    return Base.metadata.tables[row.__tablename__]


def _is_told(column: Column[Any]) -> bool:
    is_key = column.primary_key or bool(column.foreign_keys)
    is_secret = isinstance(column.type, Secret) or column.name.endswith("_digest")
    is_somebodys = f"{column.table.name}.{column.name}" in PRIVATE
    return not is_key and not is_secret and not is_somebodys
