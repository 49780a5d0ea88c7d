"""Links that work once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind, OneUseLink

DOWNLOAD = LinkKind.DOWNLOAD


def test_a_link_works_once_for_its_purpose(session: Session):
    secret = links.issue(session, DOWNLOAD, {"id": 1})

    assert links.use(session, LinkKind.LAUNCH_TICKET, secret) is None
    assert links.look(session, DOWNLOAD, secret) == {"id": 1}
    assert links.use(session, DOWNLOAD, secret) == {"id": 1}
    assert links.use(session, DOWNLOAD, secret) is None
    assert links.look(session, DOWNLOAD, secret) is None


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (LinkKind.DOWNLOAD, 60),
        (LinkKind.LAUNCH_TICKET, 120),
        (LinkKind.REGISTRATION_INVITE, 3600),
    ],
)
def test_a_link_grows_old(session: Session, kind: LinkKind, seconds: int):
    secret = links.issue(session, kind, {})

    with time_machine.travel(now() + timedelta(seconds=seconds - 2)):
        assert links.look(session, kind, secret) == {}
    with time_machine.travel(now() + timedelta(seconds=seconds + 1)):
        assert links.use(session, kind, secret) is None


def test_a_links_secret_is_not_kept(session: Session):
    secret = links.issue(session, DOWNLOAD, {})

    assert secret not in str(vars(session.query(OneUseLink).one()))


def test_ten_users_of_one_link_are_one(sessions: sessionmaker[Session]):
    with sessions() as session, transaction(session):
        secret = links.issue(session, DOWNLOAD, {"id": 1})
    got: list[object] = []

    def use() -> None:
        with sessions() as session, transaction(session):
            got.append(links.use(session, DOWNLOAD, secret))

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [found for found in got if found] == [{"id": 1}]
