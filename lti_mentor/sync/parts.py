"""What is read of a course, part by part: how to ask, how to keep."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_clients import LMSClient
from lms_clients import types as lms
from lti_mentor.db import keep
from lti_mentor.people import sections
from lti_mentor.people.models import Context, Role
from lti_mentor.platforms.models import Feature
from lti_mentor.skills import done
from lti_mentor.skills import service as skills
from lti_mentor.skills.models import CompletionState, Skill, SkillSource
from lti_mentor.sync import listed, seats

ROLES: dict[lms.Role, Role] = {
    lms.Role.INSTRUCTOR: Role.INSTRUCTOR,
    lms.Role.ASSISTANT: Role.ASSISTANT,
    lms.Role.LEARNER: Role.LEARNER,
}
"""What the LMS API's roles are here, the strongest first; others only look on."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing read of a course: how to ask the LMS and how to keep the answer."""

    name: str
    feature: Feature
    read: Callable[[LMSClient, str], Iterator[Any]]
    keep: Callable[[Session, Context, Sequence[Any]], None]
    ends: Callable[[Session, Context, set[str]], None] | None = None
    """Runs after a complete reading, with the ids that were seen."""


def keep_members(
    session: Session, context: Context, rows: Sequence[lms.Member]
) -> None:
    """Keep who is in a course; a role from a launch wins over the roster's."""
    subs = {row.id: listed.subject_of(context, row.id) for row in rows}
    there = listed.known(
        session, context, subs.keys(), [sub for sub in subs.values() if sub]
    )
    taken = []
    for row in rows:
        person = there.find(None, row.id) or there.find(subs[row.id], None)
        if person is None:
            person = there.add()
        there.learn(person, subs[row.id], row.id)
        listed.describe(person, row.name, row.email)
        keep(person, username=row.username)
        standing = seats.standing(context, is_active=row.is_active)
        role = _role(row.roles)
        taken.append(seats.Seat(person, role, standing, row.last_seen_at))
    there.save(session, context)
    seats.keep(session, context, taken)
    inside = zip(taken, rows, strict=True)
    sections.keep(session, context, {s.person.id: row.section_ids for s, row in inside})


def _role(roles: frozenset[lms.Role]) -> Role:
    return next(
        (ours for theirs, ours in ROLES.items() if theirs in roles), Role.VIEWER
    )


def end_members(
    session: Session, context: Context, seen: set[str], *, has_roster: bool = False
) -> None:
    """After a complete list: who is no longer on it has left, and is never deleted.

    A token kept to some sections sees some people only: who is known to LTI's own
    roster left when that roster, read whole, says so.
    """

    def is_gone(sub: str | None, lms_id: str | None) -> bool:
        is_ours = sub is None or not has_roster
        return lms_id is not None and lms_id not in seen and is_ours

    seats.unseat(session, context, is_gone)


def keep_completions(
    session: Session, context: Context, rows: Sequence[lms.CourseCompletion]
) -> None:
    """Keep how far people are in a course.

    Of a course without rules the LMS does not know who completed it: no row (P29).
    """
    known = listed.by_lms_id(session, context, (row.person_id for row in rows))
    facts = [
        (
            known[row.person_id],
            skills.CourseFact(_state(row.state), row.progress, row.completed_at),
        )
        for row in rows
        if row.person_id in known and row.state is not lms.Completion.NO_RULES
    ]
    skills.complete_courses(session, context, facts)


def keep_activities(
    session: Session, context: Context, rows: Sequence[lms.ActivityCompletion]
) -> None:
    """Keep which activities people completed."""
    known = listed.by_lms_id(session, context, (row.person_id for row in rows))
    facts = [
        (
            known[row.person_id],
            skills.ActivityFact(
                row.activity_id, row.name or "", _state(row.state), row.completed_at
            ),
        )
        for row in rows
        if row.person_id in known
    ]
    skills.complete_activities(session, context, facts)


def keep_grades(session: Session, context: Context, rows: Sequence[lms.Grade]) -> None:
    """Keep the grade of the whole course, where an instructor counts by it (P29).

    No score: nobody has graded them, or the grade was taken back.
    """
    totals = [row for row in rows if row.is_total and row.maximum > 0]
    known = listed.by_lms_id(session, context, (row.person_id for row in totals))
    told = {
        known[row.person_id]: (_share(row), row.graded_at)
        for row in totals
        if row.person_id in known
    }
    done.keep_grades(session, context, told)


def _share(grade: lms.Grade) -> float | None:
    return None if grade.score is None else grade.score / grade.maximum


def _state(state: lms.Completion) -> CompletionState:
    if state is lms.Completion.FAILED:
        return CompletionState.FAILED
    return CompletionState.COMPLETE if state.is_done else CompletionState.INCOMPLETE


def keep_skills(session: Session, context: Context, rows: Sequence[lms.Skill]) -> None:
    """Keep what a course teaches."""
    named = [skills.SkillFact(row.id, row.name, row.description) for row in rows]
    skills.name_skills(session, context, named)


def keep_levels(
    session: Session, context: Context, rows: Sequence[lms.Proficiency]
) -> None:
    """Append what the LMS says of people's skills; unchanged levels add nothing."""
    known = listed.by_lms_id(session, context, (row.person_id for row in rows))
    taught = {
        skill.external_id: skill
        for skill in session.scalars(
            select(Skill).where(
                Skill.registration_id == context.registration_id,
                Skill.source == SkillSource.LMS,
                Skill.external_id.in_({row.skill_id for row in rows}),
            )
        )
    }
    said = [
        skills.Observation(
            known[row.person_id],
            taught[row.skill_id],
            level=1.0 if row.is_mastered else BELOW_MASTERY,
            raw=row.level or f"{row.value:g}",
            is_mastered=bool(row.is_mastered),
            observed_at=row.assessed_at,
        )
        for row in rows
        if row.person_id in known and row.skill_id in taught
    ]
    skills.observe(session, said)


BELOW_MASTERY = 0.5
"""Level of somebody assessed and not yet there: the LMS's steps below mastery have
no common distance, so they are kept as words (`raw`) and counted alike."""

ROSTER = Part(
    "members",
    Feature.ROSTER,
    lambda client, course: client.members(course),
    keep_members,
    end_members,
)
COMPLETIONS = Part(
    "completions",
    Feature.COMPLETION,
    lambda client, course: client.course_completions(course),
    keep_completions,
)
SKILLS = Part(
    "skills", Feature.SKILLS, lambda client, course: client.skills(course), keep_skills
)
BULK_LEVELS = Part(
    "levels",
    Feature.SKILLS,
    lambda client, course: client.proficiencies(course),
    keep_levels,
)
GRADES = Part(
    "grades",
    Feature.COMPLETION,
    lambda client, course: client.grades(course),
    keep_grades,
)
COURSE: tuple[Part, ...] = (COMPLETIONS, SKILLS)
"""What every LMS tells of a whole course after its people, in this order."""
