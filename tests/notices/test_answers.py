"""Two who press at once, on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.db import transaction
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.notices import answers, telling
from lti_mentor.notices.answers import Standing
from lti_mentor.notices.models import Kind
from tests.notices.conftest import Office


@pytest.fixture(params=["office", "office_on_postgres"])
def anywhere(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def secrets_of_lea(office: Office) -> list[str]:
    with office.sessions() as session, transaction(session):
        pair = session.get_one(Mentorship, office.pair)
        telling.write(session, Kind.PROPOSED, pair, [pair.mentee], cause="a test")
    office.work()
    (mail,) = office.server.messages
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(r"/answer/(\S+)", body.get_content())


@pytest.mark.parametrize("which", [(0, 0), (0, 1)])
def test_two_presses_at_once_are_one_answer(
    anywhere: Office, which: tuple[int, int]
) -> None:
    secrets, both = secrets_of_lea(anywhere), Barrier(2)

    def press(number: int) -> Standing:
        with anywhere.sessions() as session:
            both.wait(timeout=10)
            with transaction(session):
                return answers.give(session, secrets[number]).standing

    with ThreadPoolExecutor(2) as hands:
        said = list(hands.map(press, which))

    assert sorted(said) == [Standing.OPEN, Standing.USED]
    with anywhere.sessions() as session:
        verbs = session.scalars(select(Activity.verb)).all()
    assert verbs in ([Verb.ACCEPTED], [Verb.DECLINED])
