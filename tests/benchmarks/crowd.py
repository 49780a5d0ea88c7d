"""A course of ten thousand learners, each with skills, a mentor and a practice."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramContext,
)
from lti_mentor.people.models import Context, Membership, Person, Role, WebSession
from lti_mentor.platforms.models import Registration
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    LevelSource,
    SkillLevel,
)
from tests import builders

COURSE = 500
"""Learners in one course; the crowd is spread over courses of this size."""


def fill(
    session: Session, tenant: Registration, learners: int
) -> list[tuple[str, str]]:
    """Fill the tables; return (handle, token) of a session for every 20th learner."""
    places = range(0, learners, COURSE)
    courses = [
        builders.context(session, tenant, lti_id=f"bench-{n}", lms_id=f"bench-{n}")
        for n in places
    ]
    for place, course in zip(places, courses, strict=True):
        _course(session, tenant, course, range(place, min(place + COURSE, learners)))
    return _sessions(session, tenant, courses[0], learners)


def _course(
    session: Session, tenant: Registration, course: Context, numbers: range
) -> None:
    skill = builders.skill(session, course)
    people = _rows(
        session,
        Person,
        [
            {"registration_id": tenant.id, "name": f"Learner {n}", "sub": f"b-{n}"}
            for n in numbers
        ],
    )
    mentor = builders.person(session, tenant, f"Mentor of {course.label}")
    program = Program(
        registration_id=tenant.id,
        name="Bench",
        coordinator=mentor,
        audience=[ProgramContext(context=course)],
    )
    session.add(program)
    session.flush()
    assignment = builders.assignment(session, program, course, mentor)
    began = now()
    pairs = _rows(
        session,
        Mentorship,
        [
            {
                "registration_id": tenant.id,
                "program_id": program.id,
                "context_id": course.id,
                "mentor_id": mentor.id,
                "mentee_id": id_,
                "state": MentorshipState.ACTIVE,
                "answer_by": began,
                "began_at": began,
                "mentor_accepted_at": began,
                "mentee_accepted_at": began,
            }
            for id_ in people
        ],
    )
    for kind, make in _kinds(course, program, skill.id, assignment.id):
        rows = [make(id_, pair) for id_, pair in zip(people, pairs, strict=True)]
        session.execute(insert(kind), rows)


def _kinds(course: Context, program: Program, skill_id: int, assignment_id: int) -> Any:
    return (
        (
            Membership,
            lambda id_, _: {
                "context_id": course.id,
                "person_id": id_,
                "role": Role.LEARNER,
            },
        ),
        (
            CourseCompletion,
            lambda id_, _: {
                "context_id": course.id,
                "person_id": id_,
                "state": CompletionState.INCOMPLETE,
                "progress": 0.5,
            },
        ),
        (
            SkillLevel,
            lambda id_, _: {
                "person_id": id_,
                "skill_id": skill_id,
                "source": LevelSource.LMS,
                "level": 0.5,
                "raw": "Developing",
            },
        ),
        (
            Participant,
            lambda id_, _: {
                "program_id": program.id,
                "person_id": id_,
                "part": Part.MENTEE,
                "state": ParticipantState.ACTIVE,
                "capacity": 0,
                "set_up_at": now(),
            },
        ),
        (
            PracticeWork,
            lambda id_, pair: {
                "assignment_id": assignment_id,
                "learner_id": id_,
                "mentorship_id": pair,
                "state": WorkState.PLANNING,
                "turn": Turn.LEARNER,
            },
        ),
    )


def _rows(session: Session, kind: Any, rows: list[dict[str, Any]]) -> list[int]:
    return list(session.scalars(insert(kind).returning(kind.id), rows))


def _sessions(
    session: Session, tenant: Registration, course: Context, learners: int
) -> list[tuple[str, str]]:
    made = []
    for n in range(0, min(COURSE, learners), 20):
        token = f"bench-token-{n:08}-0123456789abcdef"
        person = session.query(Person).filter_by(sub=f"b-{n}").one()
        row = WebSession(
            token_digest=digest(token),
            registration_id=tenant.id,
            person_id=person.id,
            context_id=course.id,
            role=Role.LEARNER,
            expires_at=now() + timedelta(hours=8),
        )
        session.add(row)
        session.flush()
        made.append((str(row.public_id), token))
    return made
