"""Celery carries ids; losing its messages loses no job."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.db import transaction
from lti_mentor.jobs import queries, service
from lti_mentor.jobs.celery import Sender, make_app
from lti_mentor.jobs.models import JobState
from lti_mentor.jobs.notify import listen

CELERY_WORKER = Path(__file__).parent / "celery_worker.py"


@pytest.mark.parametrize("told", [True, False], ids=["told", "message lost"])
def test_a_job_is_run_by_a_celery_worker(
    redis: str, database_url: str, sessions: sessionmaker[Session], told: bool
) -> None:
    command = [sys.executable, str(CELERY_WORKER), redis, database_url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker:
        app = make_app(redis)
        stop = listen(Sender(app)) if told else lambda: None
        with sessions() as session, transaction(session):
            service.enqueue(session, "greet", key="1")
        stop()
        end = time.monotonic() + 40
        while time.monotonic() < end and not done(sessions):
            time.sleep(0.1)
        worker.terminate()
        worker.wait(20)
        app.close()

    assert done(sessions)


def test_a_broker_that_is_down_costs_a_page_nothing(session: Session) -> None:
    app = make_app("redis://127.0.0.1:1/0")
    stop = listen(Sender(app))
    try:
        with transaction(session):
            service.enqueue(session, "greet", key="1")
    finally:
        stop()
        app.close()

    assert not Sender(app).send(1)
    assert queries.counts(session) == {JobState.WAITING: 1}


def done(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        return queries.counts(session) == {JobState.DONE: 1}
