"""Nothing about a person, and no secret, is in any line that work behind pages logs.

What pages log of launches: tests/web/test_launch_logs.py. Here everything else speaks:
roster, gradebook, refusals with bodies, jobs that fail and jobs that crash.
"""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor import worker
from lti_mentor.clock import now
from lti_mentor.config import Settings
from lti_mentor.db import transaction
from lti_mentor.errors import Conflict, Outside
from lti_mentor.jobs import queries, service
from lti_mentor.jobs.runner import Runner
from lti_mentor.jobs.service import Claimed
from lti_mentor.lti import services
from lti_mentor.lti.scores import Score
from lti_mentor.lti.services import Services
from lti_mentor.lti.tokens import TokenCache
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms import service as platforms
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import service as sync
from tests.conftest import SECRET
from tests.platform import LEARNER, Answer, Platform, running, unguessable
from tests.tool import tool_key


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform whose every word is about somebody, or secret."""
    with running() as platform:
        token = {"access_token": unguessable(), "expires_in": 3600}
        platform.routes["/token"] = lambda _: Answer(body=token)
        platform.routes["/roster"] = lambda _: Answer(body={"members": [member()]})
        platform.routes["/items/1/scores"] = lambda _: Answer(422, words())
        platform.routes["/items/1/results"] = lambda _: Answer(400, words())
        yield platform


def member() -> dict[str, object]:
    said = {name: unguessable() for name in ("user_id", "name", "email", "picture")}
    return said | {"roles": [LEARNER], "status": "Active"}


def words() -> dict[str, str]:
    return {"error": unguessable(), "reason": unguessable()}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything an installation writes to its log, and our own details on top."""
    caplog.set_level(logging.WARNING)
    for name in ("lti_mentor", "lti_mentor.outbound", "lms_clients"):
        caplog.set_level(logging.DEBUG, name)  # a demo in this process turned one down
    return caplog


@pytest.fixture
def course_id(sessions: sessionmaker[Session], platform: Platform) -> int:
    with sessions() as session, transaction(session):
        session.add(tool_key())
        kind = LMSKind.MOODLE
        lms = platforms.add(session, **platform.registration(lms_kind=kind))
        url = f"{platform.url}/roster"
        course = Context(registration=lms, lti_id=unguessable(), memberships_url=url)
        session.add(course)
        session.flush()
        return course.id


@pytest.fixture
def asked(
    sessions: sessionmaker[Session], course_id: int, outbound: Outbound
) -> Services:
    with sessions() as session, transaction(session):
        lms = session.get_one(Context, course_id).registration
        return services.connect(session, lms, outbound, TokenCache())


def is_silent(logged: pytest.LogCaptureFixture) -> bool:
    """Say whether something was logged, and nothing about anybody."""
    return bool(logged.text) and "canary" not in logged.text


def test_a_roster_that_is_read_by_a_job_names_nobody_in_the_log(
    sessions: sessionmaker[Session],
    course_id: int,
    outbound: Outbound,
    logged: pytest.LogCaptureFixture,
):
    with sessions() as session, transaction(session):
        sync.request(session, session.get_one(Context, course_id))
    handlers = worker.handlers(Settings(secret_keys=(SECRET,)), sessions, outbound)

    Runner(sessions, handlers).run_all()

    with sessions() as session:
        assert "canary" in session.query(Person).one().name
    assert "jobs.done" in logged.text
    assert is_silent(logged)


def test_a_refused_score_names_nobody_in_the_log(
    asked: Services, platform: Platform, logged: pytest.LogCaptureFixture
):
    score = Score(
        sub=unguessable(), at=now(), given=1.0, maximum=1.0, comment=unguessable()
    )

    answer = asked.post_score(f"{platform.url}/items/1", score)

    assert "canary" in answer.words
    assert "/items/1/scores 422" in logged.text
    assert is_silent(logged)


def test_a_refused_question_names_nobody_in_error_or_log(
    asked: Services, platform: Platform, logged: pytest.LogCaptureFixture
):
    with pytest.raises(Outside) as refused:
        asked.results(f"{platform.url}/items/1", unguessable())

    assert "canary" not in f"{refused.value} {refused.value.details}"
    assert is_silent(logged)


def test_a_refused_token_says_nothing_of_the_answer(
    asked: Services, platform: Platform, logged: pytest.LogCaptureFixture
):
    platform.routes["/token"] = lambda _: Answer(401, words())

    with pytest.raises(Outside) as refused:
        list(asked.members(f"{platform.url}/roster"))

    assert "canary" not in f"{refused.value} {refused.value.details}"
    assert is_silent(logged)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(ValueError(unguessable()), id="a crash"),
        pytest.param(Conflict("job.refused", who=unguessable()), id="a refusal"),
        pytest.param(KeyError(unguessable()), id="a missing key"),
    ],
)
def test_a_job_that_fails_tells_where_and_nothing_of_whom(
    sessions: sessionmaker[Session],
    logged: pytest.LogCaptureFixture,
    failure: Exception,
):
    def fail(_: Claimed) -> None:
        raise failure

    with sessions() as session, transaction(session):
        service.enqueue(session, "fail", key="1", payload={"text": unguessable()})

    Runner(sessions, {"fail": fail}).run_all()

    with sessions() as session:
        (job,) = queries.listed(session)
        assert "canary" not in (job.error or "")
    assert is_silent(logged)
