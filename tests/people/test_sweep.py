"""What is old is forgotten, what may still matter stays."""

from datetime import timedelta

import time_machine
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.lti import login
from lti_mentor.lti.models import LoginState
from lti_mentor.people import links, sessions
from lti_mentor.people.models import LinkKind, OneUseLink, Person, Role, WebSession
from lti_mentor.platforms import service
from tests.platform import Platform


def test_ended_logins_links_and_sessions_go_after_a_day(session: Session):
    platform = Platform(url="https://lms.test")
    registration = service.add(session, **platform.registration())
    person = Person(registration=registration, sub="1")
    session.add(
        WebSession(
            token_digest="x",
            registration=registration,
            person=person,
            role=Role.LEARNER,
            expires_at=now() + sessions.ABSOLUTE,
        )
    )
    links.issue(session, LinkKind.DOWNLOAD, {})
    request = login.LoginRequest(platform.url, "1", "x", platform.client_id)
    login.start(session, request, "https://tool.test/lti/launch")

    def left() -> list[int]:
        login.sweep(session)
        sessions.sweep(session)
        kinds = (WebSession, OneUseLink, LoginState)
        return [session.query(kind).count() for kind in kinds]

    with time_machine.travel(now() + timedelta(hours=12)):
        assert left() == [1, 1, 1]
    with time_machine.travel(now() + timedelta(hours=33)):
        assert left() == [0, 0, 0]
