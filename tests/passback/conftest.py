"""A course with a learner, a mentor and a practice whose column is in a gradebook."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.activity.models import Activity, Delivery, Destination, Verb
from lti_mentor.activity.service import record
from lti_mentor.db import transaction
from lti_mentor.lti.models import KeyState, ToolKey
from lti_mentor.lti.tokens import TOKENS
from lti_mentor.mentoring.models import Program
from lti_mentor.outbound import Outbound
from lti_mentor.passback.service import Sender, deliver
from lti_mentor.people.models import (
    Context,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
)
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.practice.models import (
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
    Turn,
    WorkState,
)
from tests.passback.lms import Outside, serving


@pytest.fixture
def outside() -> Iterator[Outside]:
    with serving() as running:
        yield running


@dataclass
class Course:
    """Handles on the rows, each used in a session of its own."""

    sessions: sessionmaker[Session]
    sender: Sender
    registration_id: int
    work_id: int
    learner_id: int
    mentor_id: int

    def record(
        self,
        verb: Verb = Verb.SCORED,
        by: str | None = None,
        **data: object,
    ) -> int:
        """Record that something happened to the practice; return its delivery's id."""
        people = {"learner": self.learner_id, "mentor": self.mentor_id}
        with self.sessions() as session, transaction(session):
            work = session.get_one(PracticeWork, self.work_id)
            actor = session.get_one(Person, people[by]) if by else None
            activity = record(
                session,
                verb,
                work,
                registration=work.assignment.context.registration,
                actor=actor,
                learner=work.learner,
                context=work.assignment.context,
                **data,
            )
            session.flush()
            return activity.id

    def score(self, points: float, *, final: bool = True, **data: bool) -> int:
        """Record a score."""
        numbers = {"points": f"{points:.2f}", "maximum": 100, "final": final}
        return self.record(Verb.SCORED, None, **numbers, **data)

    def score_of_another(self, points: float) -> int:
        """Record a score of a second learner of the same practice."""
        with self.sessions() as session, transaction(session):
            first = session.get_one(PracticeWork, self.work_id)
            registration = first.learner.registration
            person = Person(registration=registration, sub="omar", name="Omar Haddad")
            course = first.assignment.context
            session.add(Membership(context=course, person=person, role=Role.LEARNER))
            work = PracticeWork(
                assignment=first.assignment,
                learner=person,
                state=WorkState.PRACTISING,
                turn=Turn.LEARNER,
            )
            session.add(work)
            session.flush()
            made = record(
                session,
                Verb.SCORED,
                work,
                registration=registration,
                learner=person,
                context=course,
                points=f"{points:.2f}",
                maximum=100,
                final=True,
            )
            session.flush()
            return made.id

    def send(self, destination: Destination = Destination.AGS) -> None:
        """Work off what waits."""
        while deliver(self.sender, self.registration_id, destination) is not None:
            pass

    def delivery(
        self, activity_id: int, destination: Destination = Destination.AGS
    ) -> Delivery:
        """Read how a delivery stands."""
        with self.sessions() as session:
            found: Delivery = (
                session.query(Delivery)
                .filter_by(activity_id=activity_id, destination=destination)
                .one()
            )
            return found

    def activity(self, activity_id: int) -> Activity:
        """Read an activity."""
        with self.sessions() as session:
            return session.get_one(Activity, activity_id)

    def set(self, **columns: object) -> None:
        """Change the registration."""
        with self.sessions() as session, transaction(session):
            registration = session.get_one(Registration, self.registration_id)
            for name, value in columns.items():
                setattr(registration, name, value)


@pytest.fixture(scope="session")
def pems() -> tuple[str, str]:
    """One key pair for all tests: making one takes seconds."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    secret = private.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        pem, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return secret.decode(), public.decode()


@pytest.fixture
def course(
    sessions: sessionmaker[Session],
    outside: Outside,
    outbound: Outbound,
    pems: tuple[str, str],
) -> Iterator[Course]:
    with sessions() as session, transaction(session):
        registration = Registration(
            name="Moodle",
            issuer=outside.url,
            client_id="1",
            auth_url=f"{outside.url}/auth",
            token_url=f"{outside.url}/token",
            jwks_url=f"{outside.url}/jwks",
            lms_kind=LMSKind.MOODLE,
            lms_url=outside.url,
            lrs_url=f"{outside.url}/xapi",
            lrs_key="key",
            lrs_secret="secret",
        )
        context = Context(registration=registration, lti_id="7", title="Negotiation")
        learner = Person(registration=registration, sub="lena", name="Lena Ortiz")
        mentor = Person(registration=registration, sub="mateo", name="Mateo Silva")
        key = ToolKey(
            kid="k", private_pem=pems[0], public_pem=pems[1], state=KeyState.ACTIVE
        )
        session.add_all([context, learner, mentor, key])
        session.add(Membership(context=context, person=learner, role=Role.LEARNER))
        session.flush()
        work = _work(session, context, learner, mentor, outside.url)
        made = Course(
            sessions=sessions,
            sender=Sender(sessions, outbound, "https://mentor.example.org"),
            registration_id=registration.id,
            work_id=work.id,
            learner_id=learner.id,
            mentor_id=mentor.id,
        )
    yield made
    TOKENS.__init__()  # type: ignore[misc]


def _work(
    session: Session, context: Context, learner: Person, mentor: Person, url: str
) -> PracticeWork:
    program = Program(
        registration_id=context.registration_id, name="P", coordinator=mentor
    )
    link = ResourceLink(context=context, lti_id="1")
    item = LineItem(context=context, url=f"{url}/items/1?type_id=2")
    session.add_all([program, link, item])
    session.flush()
    brief = PracticeBrief(
        program=program, context=context, created_by_id=mentor.id, title="T"
    )
    assignment = PracticeAssignment(
        brief=brief, context=context, resource_link=link, line_item=item
    )
    work = PracticeWork(
        assignment=assignment,
        learner=learner,
        state=WorkState.PRACTISING,
        turn=Turn.LEARNER,
    )
    session.add(work)
    session.flush()
    return work
