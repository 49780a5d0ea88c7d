"""Rows that tests begin with; each builder adds one thing and flushes it."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.mentoring import programs
from lti_mentor.mentoring.models import (
    Mentorship,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramContext,
    Proposal,
)
from lti_mentor.people.models import Context, Membership, Person, ResourceLink, Role
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.practice import service as practice
from lti_mentor.practice.models import (
    Basis,
    Decision,
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
)
from lti_mentor.skills.models import ContextSkill, Skill, SkillSource

T = TypeVar("T", bound=Base)
_numbers = itertools.count(1)


def registration(session: Session, **columns: Any) -> Registration:
    number = next(_numbers)
    lms = "https://lms.example.edu"
    return _add(
        session,
        Registration,
        columns,
        name=f"LMS {number}",
        issuer=lms,
        client_id=f"client-{number}",
        auth_url=f"{lms}/auth",
        token_url=f"{lms}/token",
        jwks_url=f"{lms}/jwks",
        lms_kind=LMSKind.MOODLE,
    )


def person(session: Session, tenant: Registration, name: str, **columns: Any) -> Person:
    number = next(_numbers)
    return _add(
        session,
        Person,
        columns,
        registration_id=tenant.id,
        name=name,
        sub=f"sub-{number}",
    )


def context(session: Session, tenant: Registration, **columns: Any) -> Context:
    number = next(_numbers)
    return _add(
        session,
        Context,
        columns,
        registration_id=tenant.id,
        lti_id=f"course-{number}",
        title="Negotiation",
        label="NEG101",
    )


def member(
    session: Session,
    course: Context,
    who: Person,
    role: Role = Role.LEARNER,
    **columns: Any,
) -> Membership:
    return _add(
        session,
        Membership,
        columns,
        context_id=course.id,
        person_id=who.id,
        role=role,
    )


def skill(session: Session, course: Context, label: str = "Listening") -> Skill:
    found = _add(
        session,
        Skill,
        {},
        registration_id=course.registration_id,
        source=SkillSource.LMS,
        external_id=f"skill-{next(_numbers)}",
        label=label,
    )
    _add(session, ContextSkill, {}, context_id=course.id, skill_id=found.id)
    return found


def program(
    session: Session, course: Context, coordinator: Person, **columns: Any
) -> Program:
    return _add(
        session,
        Program,
        columns,
        registration_id=course.registration_id,
        name="Apply it",
        coordinator_id=coordinator.id,
        audience=[ProgramContext(context=course)],
    )


def participant(
    session: Session, to: Program, who: Person, part: Part, **columns: Any
) -> Participant:
    return _add(
        session,
        Participant,
        columns,
        program_id=to.id,
        person_id=who.id,
        part=part,
        state=ParticipantState.ACTIVE,
    )


def consent(session: Session, to: Program, *people: Person) -> None:
    for who in people:
        programs.consent(session, to, who, answer=True)


def mentorship(
    session: Session,
    to: Program,
    mentor: Person,
    mentee: Person,
    state: MentorshipState = MentorshipState.OFFERED,
    **columns: Any,
) -> Mentorship:
    accepted = None if state is MentorshipState.OFFERED else now()
    return _add(
        session,
        Mentorship,
        columns,
        registration_id=to.registration_id,
        program_id=to.id,
        context_id=to.audience[0].context_id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        state=state,
        answer_by=now() + timedelta(days=7),
        mentor_accepted_at=accepted,
        mentee_accepted_at=accepted,
    )


def proposal(
    session: Session, run: Any, mentor: Person, mentee: Person, **columns: Any
) -> Proposal:
    return _add(
        session,
        Proposal,
        columns,
        run_id=run.id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        score=5000,
        band="good",
    )


def assignment(
    session: Session, to: Program, course: Context, by: Person, **columns: Any
) -> PracticeAssignment:
    """A brief with these columns, placed at a resource link of its own."""
    asked = _add(
        session,
        PracticeBrief,
        columns,
        program_id=to.id,
        context_id=course.id,
        created_by_id=by.id,
        title="Listen twice",
    )
    link = _add(
        session, ResourceLink, {}, context_id=course.id, lti_id=f"l{next(_numbers)}"
    )
    return _add(
        session,
        PracticeAssignment,
        {},
        brief_id=asked.id,
        context_id=course.id,
        resource_link_id=link.id,
    )


@dataclass
class World:
    """One course with an instructor, a program, and two who may work together."""

    session: Session
    tenant: Registration
    course: Context
    iris: Person
    """The instructor, who coordinates."""
    max: Person
    """The mentor."""
    lea: Person
    """The learner."""
    stranger: Person
    """Somebody of the same LMS with no part in it."""
    program: Program

    def pair(self, state: MentorshipState = MentorshipState.ACTIVE) -> Mentorship:
        return mentorship(self.session, self.program, self.max, self.lea, state)

    def work(self, **brief: Any) -> PracticeWork:
        """Lea's work on a new practice, as far as a first launch brings it."""
        placed = assignment(self.session, self.program, self.course, self.iris, **brief)
        return practice.begin(self.session, placed, self.lea)


def world(session: Session, **columns: Any) -> World:
    tenant = registration(session, **columns)
    course = context(session, tenant, lms_id="7")
    iris, max_, lea, stranger = (
        person(session, tenant, name) for name in ("Iris", "Max", "Lea", "Sam")
    )
    member(session, course, iris, Role.INSTRUCTOR)
    member(session, course, lea)
    return World(
        session,
        tenant,
        course,
        iris,
        max_,
        lea,
        stranger,
        program(session, course, iris),
    )


PLAN = practice.PlanWords("the weekly call", "repeat what I heard")
VERIFY = practice.Verdict(Decision.VERIFIED, Basis.OBSERVED)
REVISE = practice.Verdict(Decision.REVISE, Basis.ACCOUNT, comment="Say what they said")


def occasion(**changed: Any) -> practice.ApplicationWords:
    fields: dict[str, Any] = {
        "happened_on": date(2026, 1, 15),
        "situation": "Call with a supplier",
        "did": "Asked twice",
        "result": "They told more",
    }
    return practice.ApplicationWords(**(fields | changed))


def _add(session: Session, kind: type[T], changed: dict[str, Any], **columns: Any) -> T:
    row = kind(**(columns | changed))
    session.add(row)
    session.flush()
    return row
