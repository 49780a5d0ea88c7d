"""Every job that is queued somewhere has somebody who does it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor import worker
from lti_mentor.activity.service import DELIVER, TELL
from lti_mentor.clock import now
from lti_mentor.config import Settings
from lti_mentor.db import transaction
from lti_mentor.jobs import queries, service
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.jobs.runner import Runner
from lti_mentor.lti.models import LoginState
from lti_mentor.matching.service import MATCH
from lti_mentor.mentoring.service import MENTORSHIP_BEGAN, MENTORSHIP_CLOSED
from lti_mentor.notices.telling import SEND
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import (
    ContextKind,
    Draft,
    LinkKind,
    OneUseLink,
    Role,
    WebSession,
)
from lti_mentor.platforms.models import HealthRow, Reach, Registration
from lti_mentor.practice.models import PracticeBrief
from lti_mentor.scheduling.service import RESCORE
from lti_mentor.sync import course, groups, health
from lti_mentor.sync import service as sync
from lti_mentor.sync.adopting import ADOPT
from lti_mentor.sync.groups import GROUPS
from lti_mentor.sync.health import HEALTH
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.notices import LISTEN
from lti_mentor.sync.service import SYNC, SYNC_PERSON
from tests import builders
from tests.conftest import SECRET

KINDS = {
    HEALTH,
    DELIVER,
    GROUPS,
    LISTEN,
    MATCH,
    MENTORSHIP_BEGAN,
    MENTORSHIP_CLOSED,
    RESCORE,
    SEND,
    SYNC,
    SYNC_PERSON,
    TELL,
    ADOPT,
}


@pytest.fixture
def runner(sessions: sessionmaker[Session], outbound: Outbound) -> Runner:
    settings = Settings(secret_keys=(SECRET,))
    return Runner(sessions, worker.handlers(settings, sessions, outbound))


def registration(session: Session) -> Registration:
    row = Registration(
        name="L", issuer="https://lms.test", client_id="1",
        auth_url="https://lms.test/a", token_url="https://lms.test/t",
        jwks_url="https://lms.test/j",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_every_kind_of_job_has_a_handler(outbound: Outbound) -> None:
    found = worker.handlers(Settings(secret_keys=(SECRET,)), Session, outbound)

    assert KINDS | set(worker.PERIODIC) == set(found)


def test_what_time_brings_is_done_once_and_comes_round_again(
    sessions: sessionmaker[Session], runner: Runner
) -> None:
    worker.tick(sessions)
    worker.tick(sessions)

    first = runner.run_all()
    worker.tick(sessions)
    early = runner.run_all()

    assert (first, early) == (len(worker.PERIODIC), 0)
    with sessions() as session:
        assert queries.counts(session) == {JobState.DONE: len(worker.PERIODIC)}


def test_every_course_is_read_at_night_but_no_hub(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        lms = builders.registration(session, is_copy=True)
        somebody = builders.person(session, lms, "Iris")
        running = builders.context(session, lms)
        hub = builders.context(session, lms, kind=ContextKind.HUB)
        over = builders.context(session, lms, concluded_at=now())
        for place in (running, hub, over):
            builders.member(session, place, somebody, from_launch=True)
        builders.context(session, lms)  # an earlier offering, known by the API only
        course.ask_for_all_courses(session)

        (job,) = queries.listed(session)
        assert (job.kind, job.key) == (SYNC, str(running.public_id))
        assert now() <= job.due_at <= now() + course.SPREAD


def test_where_it_is_off_nobody_is_read_unless_a_program_goes_on(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        w = builders.world(session, reach=Reach.CHOSEN)
        off = builders.context(session, w.tenant)
        builders.member(session, off, w.lea, from_launch=True)
        gone = builders.registration(session, is_active=False)
        left = builders.context(session, gone)
        somebody = builders.person(session, gone, "Gone")
        builders.member(session, left, somebody, from_launch=True)
        course.ask_for_all_courses(session)

        found = [job.payload["context"] for job in queries.listed(session)]
        assert found == [str(w.course.public_id)]


def test_of_a_platform_that_left_nothing_is_read(
    sessions: sessionmaker[Session], runner: Runner
) -> None:
    with sessions() as session, transaction(session):
        gone = builders.registration(session, reach=Reach.CHOSEN, lms_token="t")
        place = builders.context(session, gone, memberships_url="https://lms.test/m")
        sync.request(session, place)
        health.request(session, gone)
        groups.request(session, gone)
        gone.is_active = False

    runner.run_all()

    with sessions() as session:
        assert queries.counts(session) == {JobState.DONE: 3}
        assert session.scalars(select(HealthRow)).all() == []
        (run,) = session.scalars(select(SyncRun))
        assert run.state is SyncState.WAITING


def test_a_course_without_roster_or_api_is_read_without_an_error(
    sessions: sessionmaker[Session], runner: Runner
) -> None:
    with sessions() as session, transaction(session):
        sync.queue(session, builders.context(session, registration(session)))

    runner.run_all()

    with sessions() as session:
        (job,) = queries.listed(session)
        assert (job.state, job.error) == (JobState.DONE, None)


def test_what_nobody_needs_any_more_is_deleted(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        lms = registration(session)
        for digest, ended in (("old", timedelta(days=2)), ("new", timedelta(hours=2))):
            session.add(
                LoginState(
                    registration_id=lms.id,
                    state_digest=digest,
                    nonce_digest=digest,
                    secret_digest=digest,
                    redirect_uri="r",
                    target_link_uri="t",
                    expires_at=now() - ended,
                )
            )
        job = service.enqueue(session, "greet", key="1")
        job.state, job.finished_at = JobState.DONE, now() - timedelta(days=31)
        session.flush()
        worker.clean(session)

        assert [row.state_digest for row in session.query(LoginState)] == ["new"]
        assert session.query(Job).count() == 0


def test_links_and_sessions_go_a_day_after_their_end_and_drafts_after_thirty(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        ada = builders.person(session, registration(session), "Ada")
        for name, age in (("old", timedelta(hours=25)), ("new", timedelta(hours=23))):
            ended = {"expires_at": now() - age}
            session.add(OneUseLink(digest=name, kind=LinkKind.DOWNLOAD, **ended))
            session.add(
                WebSession(
                    token_digest=name,
                    registration_id=ada.registration_id,
                    person=ada,
                    role=Role.LEARNER,
                    **ended,
                )
            )
        for form, days in (("old", 31), ("new", 29)):
            saved = now() - timedelta(days=days)
            session.add(Draft(person_id=ada.id, form=form, saved_at=saved))
        session.flush()
        worker.clean(session)

        assert [row.digest for row in session.query(OneUseLink)] == ["new"]
        assert [row.token_digest for row in session.query(WebSession)] == ["new"]
        assert [row.form for row in session.query(Draft)] == ["new"]


def test_practices_of_abandoned_dialogs_go_after_thirty_days(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session, transaction(session):
        ada = builders.person(session, registration(session), "Ada")
        course = builders.context(session, ada.registration)
        program = builders.program(session, course, ada)
        for title, days in (("old", 31), ("new", 29)):
            session.add(
                PracticeBrief(
                    program=program,
                    context=course,
                    title=title,
                    created_by_id=ada.id,
                    created_at=now() - timedelta(days=days),
                )
            )
        session.flush()
        worker.clean(session)

        assert [row.title for row in session.query(PracticeBrief)] == ["new"]


def test_the_loops_end_when_told(sessions: sessionmaker[Session]) -> None:
    stop = threading.Event()
    loop = worker._start_ticking(sessions, stop)

    stop.set()
    loop.join(10)

    assert not loop.is_alive()
