"""A mail server, two people, and somebody who sends."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor import db, worker
from lti_mentor.clock import now
from lti_mentor.config import Mail, Settings
from lti_mentor.db import transaction
from lti_mentor.jobs.runner import Runner
from lti_mentor.mentoring.models import Mentorship, MentorshipState, Part
from lti_mentor.notices.models import Notice
from lti_mentor.notices.service import Post
from lti_mentor.outbound import Outbound
from tests import builders
from tests.conftest import LOOPBACK, SECRET
from tests.notices.mailserver import MailServer, serving

URL = "https://mentor.example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as running:
        yield running


@dataclass
class Office:
    """Max and Lea of one course, a database that several may open, a mail server."""

    sessions: sessionmaker[Session]
    server: MailServer
    post: Post
    tenant: int
    pair: int
    max: int
    lea: int

    def work(self) -> None:
        """Do every job that is due, as the worker does."""
        settings = Settings(secret_keys=(SECRET,), public_url=URL, mail=self.post.mail)
        http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
        handlers = worker.handlers(settings, self.sessions, http)
        Runner(self.sessions, handlers).run_all()

    def notices(self) -> list[tuple[str, str, str, str | None]]:
        """Return kind, to whom, state and reason of every notice, in order."""
        with self.sessions() as session:
            rows = session.scalars(select(Notice).order_by(Notice.id))
            return [(n.kind, n.person.name, n.state, n.reason) for n in rows]


@pytest.fixture
def office(tmp_path: Path, server: MailServer) -> Iterator[Office]:
    engine = db.engine_for(f"sqlite:///{tmp_path / 'office.db'}")
    db.Base.metadata.create_all(engine)
    yield furnished(sessionmaker(engine), server)
    engine.dispose()


@pytest.fixture
def office_on_postgres(
    postgres_sessions: sessionmaker[Session], server: MailServer
) -> Office:
    return furnished(postgres_sessions, server)


def furnished(sessions: sessionmaker[Session], server: MailServer) -> Office:
    mail = Mail(server.host, server.port, "Mentoring <mentor@uni.edu>")
    with sessions() as session, transaction(session):
        world = builders.world(session)
        parts = {world.max: Part.MENTOR, world.lea: Part.MENTEE}
        for person, part in parts.items():
            person.email = f"{person.name.lower()}@example.edu"
            person.name = f"{person.name} Secretname"
            builders.participant(session, world.program, person, part)
            builders.consent(session, world.program, person)
        builders.member(session, world.course, world.max)
        pair = world.pair(MentorshipState.OFFERED)
        ids = (world.tenant.id, pair.id, world.max.id, world.lea.id)
    return Office(sessions, server, Post(sessions, URL, mail), *ids)


def pair_in(session: Session, office: Office) -> Mentorship:
    return session.get_one(Mentorship, office.pair)


def living_pair_in(session: Session, office: Office) -> Mentorship:
    """Return the pair, both of whom have said yes."""
    pair = pair_in(session, office)
    pair.mentor_accepted_at = pair.mentee_accepted_at = now()
    pair.state = MentorshipState.ACTIVE
    session.flush()
    return pair
