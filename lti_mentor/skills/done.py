"""What counts as done where the LMS has no rule: an instructor says it (P29).

A rule holds for the course it was said in; one by grade or date also for those of its
other offerings that the same instructor taught and that have none of their own. Of
whom the LMS says how far they are, the LMS's word counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.people import family
from lti_mentor.people.family import TAUGHT
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.skills import granting
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    CourseGrade,
    DoneKind,
    DoneRule,
)


@dataclass(frozen=True, slots=True)
class Said:
    """An instructor's answer: what counts as done."""

    kind: DoneKind
    grade: float | None = None
    """Share of the highest grade, 0..1."""
    day: datetime | None = None
    named: Sequence[tuple[Person, Context]] = ()
    """Who stands on the list, and the offering each of them was in."""


def rule_of(session: Session, context: Context) -> DoneRule | None:
    """Return what an instructor said of this course."""
    query = select(DoneRule).where(DoneRule.context_id == context.id)
    return session.scalars(query).one_or_none()


def say(session: Session, context: Context, by: Person, said: Said) -> DoneRule:
    """Keep what counts as done and note at once who has done it.

    Raises:
        Invalid: No grade between 0 and 1 (`done.grade`), no day (`done.day`), nobody
            on the list (`done.nobody`).
    """
    _check(said)
    rule = rule_of(session, context)
    if rule is None:
        rule = DoneRule(context_id=context.id, context=context)
        session.add(rule)
    rule.kind, rule.grade, rule.day = said.kind, said.grade, said.day
    rule.said_by, rule.said_at = by, now()
    session.flush()
    _settle(session, rule, said.named)
    granting.grant(session, context)
    _note(session, context, by, kind=said.kind.value, done=done_by(session, rule))
    return rule


def unsay(session: Session, context: Context, by: Person) -> bool:
    """Take it back, and who was done by it only; False = nothing was said."""
    rule = rule_of(session, context)
    if rule is None:
        return False
    _keep(session, _reach(session, rule), {})
    session.delete(rule)
    session.flush()
    granting.grant(session, context)
    _note(session, context, by, kind="none")
    return True


def _check(said: Said) -> None:
    if said.kind is DoneKind.GRADE and not 0 < (said.grade or 0) <= 1:
        raise Invalid("done.grade")
    if said.kind is DoneKind.DATE and said.day is None:
        raise Invalid("done.day")
    if said.kind is DoneKind.NAMES and not said.named:
        raise Invalid("done.nobody")


def _note(session: Session, context: Context, by: Person, **data: Any) -> None:
    record(
        session,
        Verb.SAID_DONE,
        context,
        registration=context.registration,
        actor=by,
        context=context,
        **data,
    )


def keep_grades(
    session: Session, context: Context, told: Mapping[int, tuple[float | None, Any]]
) -> None:
    """Keep the grade of the whole course, of those (by id) the LMS told of.

    A share of None = no grade: one that was kept goes.
    """
    query = select(CourseGrade).where(
        CourseGrade.context_id == context.id,
        CourseGrade.person_id.in_(told),
    )
    known = {row.person_id: row for row in session.scalars(query)}
    new, gone = [], []
    for person_id, (share, graded_at) in told.items():
        row = known.get(person_id)
        if share is None:
            gone += [row.id] if row else []
        elif row is None:
            ids = {"context_id": context.id, "person_id": person_id}
            new.append({**ids, "share": share, "graded_at": graded_at})
        elif (row.share, row.graded_at) != (share, graded_at):
            row.share, row.graded_at, row.read_at = share, graded_at, now()
    if new:
        session.execute(insert(CourseGrade), new)
    if gone:
        session.execute(delete(CourseGrade).where(CourseGrade.id.in_(gone)))


def wants_grades(session: Session, context: Context) -> list[Context]:
    """Return the courses whose grades say who has done them; often none."""
    rule = rule_of(session, context)
    if rule is None or rule.kind is not DoneKind.GRADE:
        return []
    return _reach(session, rule)


def apply(session: Session, context: Context) -> None:
    """Note anew who has done it and what they can do by that, after a reading.

    A list stays as it was written.
    """
    rule = rule_of(session, context)
    if rule is not None and rule.kind is not DoneKind.NAMES:
        _settle(session, rule)
    granting.grant(session, context)


def _settle(
    session: Session,
    rule: DoneRule,
    named: Iterable[tuple[Person, Context]] = (),
) -> None:
    reach = _reach(session, rule)
    done: dict[tuple[int, int], datetime | None] = {
        (place.id, person.id): place.ends_at for person, place in named
    }
    for place in reach:
        done |= FOUND[rule.kind](session, rule, place)
    _keep(session, reach, done)


def _reach(session: Session, rule: DoneRule) -> list[Context]:
    """Return the courses a rule holds for; a list may name people of any offering."""
    if rule.kind is DoneKind.NAMES:
        others = [one.context for one in family.offerings(session, rule.context)]
        found = [rule.context, *others]
    else:
        found = list(family.taught_here(session, rule.context, rule.said_by))
    own = set(
        session.scalars(
            select(DoneRule.context_id).where(
                DoneRule.context_id.in_([place.id for place in found])
            )
        )
    )
    return [p for p in found if p.id == rule.context_id or p.id not in own]


Done = dict[tuple[int, int], datetime | None]


def _by_grade(session: Session, rule: DoneRule, place: Context) -> Done:
    query = select(CourseGrade).where(
        CourseGrade.context_id == place.id,
        CourseGrade.share >= (rule.grade or 1) - ROUNDING,
    )
    return {
        (place.id, row.person_id): row.graded_at or place.ends_at or row.read_at
        for row in session.scalars(query)
    }


def _by_day(session: Session, rule: DoneRule, place: Context) -> Done:
    """An earlier offering's own end stands for the day."""
    day = rule.day if place.id == rule.context_id else place.ends_at
    if day is None or day > now():
        return {}
    learners = select(Membership.person_id).where(
        Membership.context_id == place.id,
        Membership.role == Role.LEARNER,
        Membership.standing.in_(TAUGHT),
    )
    return {(place.id, person_id): day for person_id in session.scalars(learners)}


def _by_names(_session: Session, _rule: DoneRule, _place: Context) -> Done:
    return {}


ROUNDING = 1e-9
"""Shares are quotients: 60 of 100 is 0.6 and must be enough for 60 %."""
FOUND = {
    DoneKind.GRADE: _by_grade,
    DoneKind.DATE: _by_day,
    DoneKind.NAMES: _by_names,
}
"""Who has done a course, by each kind of rule."""


def _keep(session: Session, places: Sequence[Context], done: Done) -> None:
    """Let exactly these be done by rule, wherever the LMS says nothing itself."""
    ids = [place.id for place in places]
    query = select(CourseCompletion).where(CourseCompletion.context_id.in_(ids))
    there = {(row.context_id, row.person_id): row for row in session.scalars(query)}
    gone = [row.id for key, row in there.items() if row.by_rule and key not in done]
    if gone:
        session.execute(delete(CourseCompletion).where(CourseCompletion.id.in_(gone)))
    for key, moment in done.items():
        row = there.get(key)
        if row is not None and row.by_rule and row.completed_at != moment:
            row.completed_at = moment
    new = [
        {
            "context_id": place,
            "person_id": person,
            "state": CompletionState.COMPLETE,
            "progress": None,
            "completed_at": moment,
            "by_rule": True,
        }
        for (place, person), moment in done.items()
        if (place, person) not in there
    ]
    if new:
        session.execute(insert(CourseCompletion), new)
    session.flush()


def done_by(session: Session, rule: DoneRule) -> int:
    """Count who is done by a rule only, in all courses it holds for."""
    return counted(session, [place.id for place in _reach(session, rule)])[1]


def counted(session: Session, context_ids: Sequence[int]) -> tuple[int, int]:
    """Count whose completion the LMS tells here, and who is done by rule only."""
    row = session.execute(
        select(
            func.count(CourseCompletion.id).filter(~CourseCompletion.by_rule),
            func.count(CourseCompletion.id).filter(CourseCompletion.by_rule),
        ).where(CourseCompletion.context_id.in_(context_ids))
    ).one()
    return row[0], row[1]


def graduates(session: Session, context_ids: Sequence[int]) -> dict[int, int]:
    """Count who completed each of these courses; one query."""
    query = (
        select(CourseCompletion.context_id, func.count(CourseCompletion.id))
        .join(Person, Person.id == CourseCompletion.person_id)
        .where(
            CourseCompletion.context_id.in_(context_ids),
            CourseCompletion.state == CompletionState.COMPLETE,
            Person.is_test.is_(False),
        )
        .group_by(CourseCompletion.context_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
