"""The wiring of the work side: which job kind is done by whom, and when."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor import db
from lti_mentor.activity.models import Activity, Destination, Verb
from lti_mentor.activity.service import DELIVER, TELL
from lti_mentor.clock import now
from lti_mentor.config import Settings
from lti_mentor.db import Base, get_public, reading, transaction
from lti_mentor.errors import Conflict
from lti_mentor.jobs import queries as job_queries
from lti_mentor.jobs import service as jobs
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.jobs.runner import Handler, Runner, Sessions
from lti_mentor.jobs.service import Claimed
from lti_mentor.lti import keys, services
from lti_mentor.lti.models import LoginState
from lti_mentor.matching import service as matching
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import MatchRun, Mentorship
from lti_mentor.notices import service as mail
from lti_mentor.notices import telling
from lti_mentor.outbound import Outbound
from lti_mentor.passback import service as passback
from lti_mentor.people.models import (
    Draft,
    OneUseLink,
    WebSession,
)
from lti_mentor.platforms import lms
from lti_mentor.platforms.models import Feature, Registration
from lti_mentor.practice import briefs, turns
from lti_mentor.scheduling import service as scheduling
from lti_mentor.sync import adopting, course, groups, health, notices
from lti_mentor.sync import service as sync
from lti_mentor.sync.findings import Doors
from lti_mentor.sync.probes import TRIES

log = logging.getLogger(__name__)

THREADS = 4
"""Jobs at a time in one process: a long one holds up none of the others."""
TICK = 60.0
"""Seconds between two looks at what time itself brings."""
TEND, CLEAN, NIGHTLY = "tend", "clean", "sync.nightly"
PERIODIC: Mapping[str, timedelta] = {
    TEND: timedelta(minutes=5),
    CLEAN: timedelta(hours=6),
    NIGHTLY: timedelta(hours=24),
}
"""What time brings, and how often."""
KEPT = timedelta(days=1)
"""How long logins, tickets and sessions stay after their end."""
LONG_KEPT = timedelta(days=30)
"""How long drafts and finished jobs stay."""

T = TypeVar("T", bound=Base)
Unit = Callable[[Session], object]
"""Something done in one transaction."""

TENDING: tuple[Unit, ...] = (
    scheduling.settle_silence,
    mentoring.expire_offers,
    mentoring.resume_due,
    mentoring.complete_silent,
    turns.move_on,
    turns.expire_due,
    telling.ask_whether_met,
    telling.sweep,
    passback.sweep,
    keys.tend,
)
"""What the passing of time does; each in a transaction of its own."""


def handlers(
    settings: Settings, sessions: Sessions, http: Outbound
) -> dict[str, Handler]:
    """Return every job kind with what does it."""
    sender = passback.Sender(sessions, http, settings.public_url)
    post = mail.Post(sessions, settings.public_url, settings.mail)

    def deliver(claimed: Claimed) -> datetime | None:
        destination = Destination(claimed.payload["destination"])
        return passback.deliver(sender, claimed.registration_id or 0, destination)

    def read(claimed: Claimed) -> None:
        course.read(sessions, http, claimed.payload["context"])

    def read_person(claimed: Claimed) -> None:
        asked = claimed.payload
        course.read_person(sessions, http, asked["context"], asked["person"])

    def check(claimed: Claimed) -> None:
        check_health(sessions, http, claimed, settings.public_url)
        check_mail(post, claimed)

    def stand(claimed: Claimed) -> None:
        read_groups(sessions, http, claimed)

    def match(claimed: Claimed) -> None:
        with sessions() as session:
            with reading(session):
                run = get_public(session, MatchRun, claimed.payload["run"])
                run_id = run.id
            matching.compute(session, run_id)

    def of_pair(do: Callable[[Session, Mentorship], object]) -> Handler:
        return _for_row(sessions, Mentorship, "mentorship", do)

    return _postal(post, sessions) | {
        DELIVER: deliver,
        sync.SYNC: read,
        sync.SYNC_PERSON: read_person,
        adopting.ADOPT: _adopt(sessions, http),
        health.HEALTH: check,
        notices.LISTEN: check,
        groups.GROUPS: stand,
        matching.MATCH: match,
        scheduling.RESCORE: of_pair(turns.rescore_mentorship),
        mentoring.MENTORSHIP_BEGAN: of_pair(turns.mentor_came),
        mentoring.MENTORSHIP_CLOSED: of_pair(turns.mentor_left),
        TEND: _in_units(sessions, *TENDING),
        CLEAN: _in_units(sessions, clean),
        NIGHTLY: _in_units(sessions, course.ask_for_all_courses),
    }


def _adopt(sessions: Sessions, http: Outbound) -> Handler:
    def run(claimed: Claimed) -> None:
        adopting.adopt(sessions, http, claimed.payload)

    return run


def _postal(post: mail.Post, sessions: Sessions) -> dict[str, Handler]:
    """Return the kinds of jobs that tell people by mail."""

    def tell(claimed: Claimed) -> None:
        with sessions() as session:
            is_more = True
            while is_more:  # of a publish some at a time
                with transaction(session):
                    found = get_public(session, Activity, claimed.payload["activity"])
                    written = telling.tell(session, found)
                    is_more = bool(written) and found.verb is Verb.PUBLISHED

    def send(claimed: Claimed) -> datetime | None:
        return mail.send(post, claimed.registration_id or 0)

    return {TELL: tell, telling.SEND: send}


def check_mail(post: mail.Post, claimed: Claimed) -> None:
    """Try the mail server, where this check is about it."""
    if claimed.payload.get("feature") in {None, Feature.MAIL}:
        mail.check(post, claimed.registration_id or 0)


def check_health(
    sessions: Sessions, http: Outbound, claimed: Claimed, public_url: str
) -> None:
    """Try what one LMS lets us do, and keep what it said."""
    named = claimed.payload.get("feature")
    wanted = {Feature(named)} if named else set(Feature)
    features = [one for one in TRIES if one in wanted]  # mail is no LMS's matter
    with sessions() as session:
        with transaction(session):
            registration = get_public(
                session, Registration, claimed.payload["registration"]
            )
            if not registration.is_active:
                return
            asked = services.connect(session, registration, http)
            client = None
            with suppress(Conflict):  # no API: LTI services only
                client = lms.connect(registration, http)
        doors = Doors(http, asked, client)
        health.check(session, registration, doors, public_url, features)


def read_groups(sessions: Sessions, http: Outbound, claimed: Claimed) -> None:
    """Read in which categories or sub-accounts an LMS's courses stand."""
    with sessions() as session:
        with transaction(session):
            registration = get_public(
                session, Registration, claimed.payload["registration"]
            )
            if not (registration.is_active and registration.lms_token):
                return
            registration_id = registration.id
            client = lms.connect(registration, http)
        groups.read(session, registration_id, client)


def clean(session: Session) -> None:
    """Delete what nobody needs any more."""
    moment = now()
    session.execute(delete(LoginState).where(LoginState.expires_at < moment - KEPT))
    session.execute(delete(OneUseLink).where(OneUseLink.expires_at < moment - KEPT))
    session.execute(delete(WebSession).where(WebSession.expires_at < moment - KEPT))
    session.execute(delete(Draft).where(Draft.saved_at < moment - LONG_KEPT))
    briefs.sweep(session)
    telling.forget(session)
    session.execute(
        delete(Job).where(
            Job.state == JobState.DONE, Job.finished_at < moment - LONG_KEPT
        )
    )


def tick(sessions: Sessions) -> None:
    """Queue what time brings, where it is due."""
    with sessions() as session, transaction(session):
        for kind, every in PERIODIC.items():
            jobs.schedule(session, kind, key="all", every=every)


class Work:
    """Everything a worker needs, made from the settings; one a process."""

    def __init__(self, settings: Settings) -> None:
        db.unlock(settings.secret_keys)
        self.settings = settings
        self.engine = db.engine_for(settings.database_url)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        http = Outbound(settings.private_platforms, settings.user_agent)
        self.handlers = handlers(settings, self.sessions, http)
        self.runner = Runner(self.sessions, self.handlers)

    def due(self) -> list[int]:
        """Return the ids of jobs that are due."""
        with self.sessions() as session:
            return job_queries.due_ids(session, self.handlers)


def run_worker(settings: Settings, threads: int = THREADS) -> None:
    """Work until SIGTERM or SIGINT; jobs that run are finished first."""
    if settings.broker_url:
        _run_celery(settings, threads)
        return
    work, stop = Work(settings), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ticking = _start_ticking(work.sessions, stop)
    work.runner.run_until(stop, threads)
    ticking.join()
    work.engine.dispose()


def _run_celery(settings: Settings, threads: int) -> None:
    from lti_mentor.jobs import celery

    here, stop = Work(settings), threading.Event()
    _start_ticking(here.sessions, stop)
    made: dict[int, Work] = {}

    def run(job_id: int) -> None:
        """Run one job; each child process has connections of its own."""
        if os.getpid() not in made:
            made[os.getpid()] = Work(settings)
        made[os.getpid()].runner.run_one(job_id)

    try:
        celery.work(celery.make_app(settings.broker_url), run, here.due, threads)
    finally:
        stop.set()


def _start_ticking(sessions: Sessions, stop: threading.Event) -> threading.Thread:
    def loop() -> None:
        while True:
            try:
                tick(sessions)
            except SQLAlchemyError as failure:  # the loop outlives a lost database
                log.warning("worker.tick_failed %s", type(failure).__name__)
            if stop.wait(TICK):
                return

    thread = threading.Thread(target=loop, daemon=True, name="tick")
    thread.start()
    return thread


def _in_units(sessions: Sessions, *units: Unit) -> Handler:
    def handler(_claimed: Claimed) -> None:
        with sessions() as session:
            for unit in units:
                with transaction(session):
                    unit(session)

    return handler


def _for_row(
    sessions: Sessions,
    kind: type[T],
    name: str,
    do: Callable[[Session, T], object],
) -> Handler:
    def handler(claimed: Claimed) -> None:
        with sessions() as session, transaction(session):
            do(session, get_public(session, kind, claimed.payload[name]))

    return handler
