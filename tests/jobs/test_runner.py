"""Jobs are run outside of transactions, and survive the worker that held them."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.clock import now
from lti_mentor.db import engine_for, transaction
from lti_mentor.errors import Conflict, Outside
from lti_mentor.jobs import queries, service
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.jobs.runner import Runner
from lti_mentor.jobs.service import Claimed

SLOW_WORKER = Path(__file__).parent / "slow_worker.py"


def queue(sessions: sessionmaker[Session], *keys: str) -> None:
    with sessions() as session, transaction(session):
        for key in keys:
            service.enqueue(session, "greet", key=key)


def only_job(sessions: sessionmaker[Session]) -> Job:
    with sessions() as session:
        (job,) = queries.listed(session)
        return job


def until(what: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def test_a_job_is_run_and_then_done(sessions) -> None:
    ran: list[str] = []
    queue(sessions, "1", "2")

    count = Runner(
        sessions, {"greet": lambda claimed: ran.append(claimed.key)}
    ).run_all()

    assert (count, ran) == (2, ["1", "2"])


def test_no_transaction_is_open_while_a_handler_runs(sessions) -> None:
    def write_elsewhere(_claimed: Claimed) -> None:
        with sessions() as session, transaction(session):
            service.enqueue(session, "other", key="x")

    queue(sessions, "1")

    Runner(sessions, {"greet": write_elsewhere}).run_all()

    with sessions() as session:
        assert queries.counts(session) == {JobState.DONE: 1, JobState.WAITING: 1}


def test_a_handler_that_names_a_moment_is_called_again_then(sessions) -> None:
    later = now() + timedelta(hours=1)
    queue(sessions, "1")

    Runner(sessions, {"greet": lambda _claimed: later}).run_all()

    assert only_job(sessions).due_at == later


def test_a_server_that_is_down_is_asked_again_when_it_said(sessions) -> None:
    def refuse(_claimed: Claimed) -> None:
        raise Outside("outside.status", status=503, host="lms.test", retry_after=1200)

    queue(sessions, "1")

    Runner(sessions, {"greet": refuse}).run_all()

    job = only_job(sessions)
    assert job.state is JobState.WAITING
    assert job.error == "outside.status status=503 host=lms.test"
    assert job.due_at > now() + timedelta(minutes=19)


def test_the_text_of_a_bug_reaches_neither_row_nor_log(sessions, caplog) -> None:
    def crash(_claimed: Claimed) -> None:
        raise ValueError(" ".join(["Lena", "Ortiz"]))

    queue(sessions, "1")

    Runner(sessions, {"greet": crash}).run_all()

    assert only_job(sessions).error == "job.crashed ValueError"
    assert "jobs.crashed greet" in caplog.text
    assert "Lena Ortiz" not in caplog.text


def test_what_our_own_rules_refuse_is_soon_given_up(sessions) -> None:
    def refuse(_claimed: Claimed) -> None:
        raise Conflict("mentorship.state")

    queue(sessions, "1")
    runner = Runner(sessions, {"greet": refuse})

    for _ in range(3):
        runner.run_all()
        with sessions() as session, transaction(session):
            for job in queries.listed(session, state=JobState.WAITING):
                job.due_at = now()

    assert only_job(sessions).state is JobState.DEAD


def test_a_job_that_ends_while_its_lease_is_renewed_waits_for_no_lock_of_its_own(
    sessions, caplog
) -> None:
    queue(sessions, "1")
    renewing, finishing = threading.Event(), threading.Event()

    def before(*_of_a_connection: object) -> None:
        if threading.current_thread().name == "lease":
            renewing.set()
            finishing.wait(0.5)

    def after(_connection: Connection) -> None:
        if renewing.is_set() and threading.current_thread().name != "lease":
            finishing.set()

    engine = sessions.kw["bind"]
    event.listen(engine, "checkout", before)
    event.listen(engine, "begin", after)
    lease = timedelta(seconds=0.3)

    def wait_for_it(_claimed: Claimed) -> None:
        renewing.wait(20)

    Runner(sessions, {"greet": wait_for_it}, lease=lease).run_one()

    assert "jobs.renew_failed" not in caplog.text
    assert only_job(sessions).state is JobState.DONE


def test_a_job_that_takes_longer_than_its_lease_keeps_it(sessions) -> None:
    second: list[bool] = []
    queue(sessions, "1")
    lease = timedelta(seconds=0.6)

    def outlive_the_lease(claimed: Claimed) -> None:
        until(lambda: now() > claimed.until + lease)
        second.append(Runner(sessions, {"greet": lambda _claimed: None}).run_one())

    Runner(sessions, {"greet": outlive_the_lease}, lease=lease).run_one()

    assert second == [False]
    assert only_job(sessions).state is JobState.DONE


def test_a_job_queued_in_this_process_is_begun_without_waiting(sessions) -> None:
    ran, stop = threading.Event(), threading.Event()
    runner = Runner(sessions, {"greet": lambda _claimed: ran.set()})
    loop = threading.Thread(target=runner.run_until, args=(stop, 2))
    loop.start()

    queue(sessions, "1")
    arrived = ran.wait(10)
    stop.set()
    loop.join(10)

    assert arrived
    assert not loop.is_alive()


def test_a_job_survives_a_worker_that_is_killed(database_url: str, tmp_path) -> None:
    engine = engine_for(database_url)
    sessions = sessionmaker(engine)
    log = tmp_path / "log"
    queue(sessions, "1")

    with worker(database_url, log, "hang") as first:
        until(log.exists)
        first.kill()
        first.wait()
    with worker(database_url, log, "work") as second:
        until(lambda: only_job(sessions).state is JobState.DONE)
        second.kill()

    assert log.read_text().splitlines() == ["hang 1 1", "work 1 2"]
    engine.dispose()


def test_ten_workers_run_each_job_once(database_url: str) -> None:
    engine = engine_for(database_url)
    sessions = sessionmaker(engine)
    ran: list[str] = []
    queue(sessions, *(str(number) for number in range(60)))
    runner = Runner(sessions, {"greet": lambda claimed: ran.append(claimed.key)})

    threads = [threading.Thread(target=runner.run_all) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ran, key=int) == [str(number) for number in range(60)]
    engine.dispose()


def worker(url: str, log: Path, mode: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(SLOW_WORKER), url, str(log), mode])
