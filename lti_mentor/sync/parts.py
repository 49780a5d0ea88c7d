"""What is read of a course, part by part: how to ask, how to keep."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_clients import LMSClient
from lms_clients import types as lms
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.platforms.models import Feature, LMSKind
from lti_mentor.skills import service as skills
from lti_mentor.skills.models import CompletionState, Skill, SkillSource

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


def people_by_lms_id(session: Session, context: Context) -> dict[str, Person]:
    """Return everybody of the registration the LMS API has an id for."""
    query = select(Person).where(
        Person.registration_id == context.registration_id,
        Person.lms_user_id.is_not(None),
    )
    return {person.lms_user_id or "": person for person in session.scalars(query)}


def _person(
    session: Session, context: Context, known: dict[str, Person], id_: str
) -> Person:
    person = known.get(id_)
    if person is None:
        # Moodle's web-service id is the subject of its launches; Canvas's is not (D3)
        is_moodle = context.registration.lms_kind is LMSKind.MOODLE
        person = _by_sub(session, context, id_) if is_moodle else None
    if person is None:
        person = Person(registration_id=context.registration_id)
        person.sub = id_ if context.registration.lms_kind is LMSKind.MOODLE else None
        session.add(person)
    person.lms_user_id = id_
    known[id_] = person
    return person


def _by_sub(session: Session, context: Context, sub: str) -> Person | None:
    query = select(Person).filter_by(registration_id=context.registration_id, sub=sub)
    return session.scalars(query).one_or_none()


def keep_members(
    session: Session, context: Context, rows: Sequence[lms.Member]
) -> None:
    """Keep who is in a course; a role from a launch wins over the roster's."""
    known = people_by_lms_id(session, context)
    there = {
        m.person_id: m
        for m in session.scalars(select(Membership).filter_by(context_id=context.id))
    }
    for row in rows:
        person = _person(session, context, known, row.id)
        person.name = row.name or person.name
        person.email = row.email or person.email
        person.username = row.username or person.username
        session.flush()
        membership = there.get(person.id) or Membership(
            context_id=context.id, person_id=person.id, role=Role.VIEWER
        )
        there[person.id] = membership
        session.add(membership)
        if not membership.from_launch:
            membership.role = _role(row.roles)
        membership.is_active = row.is_active


def _role(roles: frozenset[lms.Role]) -> Role:
    return next(
        (ours for theirs, ours in ROLES.items() if theirs in roles), Role.VIEWER
    )


def end_members(session: Session, context: Context, seen: set[str]) -> None:
    """After a complete roster: who is no longer on it is inactive, never deleted."""
    query = select(Membership).filter_by(context_id=context.id, is_active=True)
    for membership in session.scalars(query):
        id_ = membership.person.lms_user_id
        if id_ is not None and id_ not in seen:
            membership.is_active = False


def keep_completions(
    session: Session, context: Context, rows: Sequence[lms.CourseCompletion]
) -> None:
    """Keep how far people are in a course."""
    known = people_by_lms_id(session, context)
    facts = [
        (
            known[row.person_id],
            skills.CourseFact(_state(row.state), row.progress, row.completed_at),
        )
        for row in rows
        if row.person_id in known
    ]
    skills.complete_courses(session, context, facts)


def keep_activities(
    session: Session, context: Context, rows: Sequence[lms.ActivityCompletion]
) -> None:
    """Keep which activities people completed."""
    known = people_by_lms_id(session, context)
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


def _state(state: lms.Completion) -> CompletionState:
    if state is lms.Completion.FAILED:
        return CompletionState.FAILED
    return CompletionState.COMPLETE if state.is_done else CompletionState.INCOMPLETE


def keep_skills(session: Session, context: Context, rows: Sequence[lms.Skill]) -> None:
    """Keep what a course teaches."""
    for row in rows:
        skills.name_skill(session, context, row.id, row.name, row.description)


def keep_levels(
    session: Session, context: Context, rows: Sequence[lms.Proficiency]
) -> None:
    """Append what the LMS says of people's skills; unchanged levels add nothing."""
    known = people_by_lms_id(session, context)
    taught = {
        skill.external_id: skill
        for skill in session.scalars(
            select(Skill).filter_by(
                registration_id=context.registration_id, source=SkillSource.LMS
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
ACTIVITIES = Part(
    "activities",
    Feature.COMPLETION,
    lambda client, course: client.activity_completions(course),
    keep_activities,
)
SKILLS = Part(
    "skills", Feature.SKILLS, lambda client, course: client.skills(course), keep_skills
)
LEVELS = Part(
    "levels",
    Feature.SKILLS,
    lambda client, course: client.proficiencies(course),
    keep_levels,
)
COURSE: tuple[Part, ...] = (ROSTER, COMPLETIONS, ACTIVITIES, SKILLS, LEVELS)
"""What is read of the course itself, in this order."""
EARLIER: tuple[Part, ...] = (ROSTER, COMPLETIONS, SKILLS, LEVELS)
"""What is read of an earlier offering: its graduates and what they can do."""
