"""A practice in both LMSs of the campus, with a column and a class of learners."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.db import transaction
from lti_mentor.demo import Campus
from lti_mentor.demo.people import FIRST_COURSE
from lti_mentor.demo.rows import Person as Learner
from lti_mentor.lti import services
from lti_mentor.lti.services import Column
from lti_mentor.mentoring.models import Program
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import (
    Context,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
)
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.practice.models import (
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
    Turn,
    WorkState,
)

MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class Work:
    """One learner's work, and where its score ends up."""

    id: int
    kind: str
    sub: str


def open_courses(
    sessions: sessionmaker[Session],
    campus: Campus,
    http: Outbound,
    learners: dict[str, list[Learner]],
) -> list[Work]:
    """Register both LMSs and give every learner a work in a course with a column."""
    found: list[Work] = []
    for told in campus.platforms:
        kind = told["lms_kind"]
        with sessions() as session, transaction(session):
            registration = _registration(session, told, campus)
            gradebook = services.connect(session, registration, http)
            registration_id = registration.id
        url = _columns(campus, kind)
        column = gradebook.create_line_item(url, Column("", "Practice", MAXIMUM))
        with sessions() as session, transaction(session):
            registration = session.get_one(Registration, registration_id)
            assignment = _assignment(session, registration, kind, column.url)
            found += _works(session, assignment, kind, learners[kind])
    return found


def _registration(
    session: Session, told: dict[str, str], campus: Campus
) -> Registration:
    known: dict[str, Any] = dict(told)
    known["lms_kind"] = LMSKind(known["lms_kind"])
    known["deployments"] = [known.pop("deployment_id")]
    known["origins"] = [known.pop("origin")]
    return service.add(
        session,
        **known,
        lrs_url=campus.lrs.url,
        lrs_key=campus.lrs.key,
        lrs_secret=campus.lrs.secret,
    )


def _columns(campus: Campus, kind: str) -> str:
    lms, course = campus.lms(kind), FIRST_COURSE[kind]
    if kind == "canvas":
        return f"{lms.url}/api/lti/courses/{course}/line_items"
    (tool,) = lms.world.tools
    return f"{lms.url}/mod/lti/services.php/{course}/lineitems?type_id={tool}"


def _assignment(
    session: Session, registration: Registration, kind: str, url: str
) -> PracticeAssignment:
    context = Context(registration=registration, lti_id=str(FIRST_COURSE[kind]))
    leader = Person(registration=registration, sub="leader", name="Leader")
    session.add_all([context, leader])
    session.flush()
    program = Program(registration_id=registration.id, name="P", coordinator=leader)
    brief = PracticeBrief(
        program=program, context=context, created_by_id=leader.id, title="Practice"
    )
    assignment = PracticeAssignment(
        brief=brief,
        context=context,
        resource_link=ResourceLink(context=context, lti_id="1"),
        line_item=LineItem(context=context, url=url),
    )
    session.add_all([program, assignment])
    session.flush()
    return assignment


def _works(
    session: Session,
    assignment: PracticeAssignment,
    kind: str,
    learners: Iterable[Learner],
) -> list[Work]:
    made = []
    for learner in learners:
        person = Person(
            registration=assignment.context.registration, sub=learner.sub, name="L"
        )
        session.add(
            Membership(context=assignment.context, person=person, role=Role.LEARNER)
        )
        work = PracticeWork(
            assignment=assignment,
            learner=person,
            state=WorkState.PRACTISING,
            turn=Turn.LEARNER,
        )
        session.add(work)
        session.flush()
        made.append(Work(work.id, kind, learner.sub))
    return made
