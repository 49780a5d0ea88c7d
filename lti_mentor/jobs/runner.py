"""Working jobs off: claim, run with no transaction open, settle."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_mentor.db import reading, transaction
from lti_mentor.errors import MentorError, Outside
from lti_mentor.jobs import queries, service
from lti_mentor.jobs.notify import listen
from lti_mentor.jobs.service import Claimed

log = logging.getLogger(__name__)

Handler = Callable[[Claimed], datetime | None]
"""Does the work; returns when to come back, or None when it is done.

It is called with no transaction open and opens short ones of its own. It may run
twice for one request (a worker can die before it settles), so it must be repeatable.
"""
Sessions = Callable[[], Session]

POLL = 1.0
"""Seconds between two looks, for jobs that another process queued."""
OWN_TRIES = 3
"""Failures by our own rules or bugs, after which trying again is no use."""


class Runner:
    """Runs the handlers for their kinds of jobs, in this process."""

    def __init__(
        self,
        sessions: Sessions,
        handlers: Mapping[str, Handler],
        *,
        lease: timedelta = service.LEASE,
        first_wait: timedelta = service.FIRST_WAIT,
    ) -> None:
        self._sessions = sessions
        self._handlers = handlers
        self._lease = lease
        self._first_wait = first_wait
        self._wake = threading.Event()

    def run_one(self, job_id: int | None = None) -> bool:
        """Run the job that is due the longest, or this one; False when none is due."""
        with self._sessions() as session:
            with reading(session):
                if not queries.is_due(session, self._handlers):
                    return False
            with transaction(session):
                claimed = service.claim(
                    session, self._handlers, self._lease, job_id=job_id
                )
        if claimed is None:
            return False
        self._run(claimed)
        return True

    def run_all(self) -> int:
        """Run until nothing is due; return how many jobs were run."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def run_until(self, stop: threading.Event, threads: int = 1) -> None:
        """Run what comes until `stop` is set; jobs that run are finished first.

        With several threads a long job holds up none of the others.
        """
        others = [
            threading.Thread(target=self._loop, args=(stop,), name=f"jobs-{number}")
            for number in range(threads)
        ]
        forget = listen(lambda _job_id: self._wake.set())
        try:
            for other in others:
                other.start()
            for other in others:
                other.join()
        finally:
            forget()

    def _loop(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._wake.clear()
            try:
                busy = self.run_one()
            except Exception as failure:  # noqa: BLE001 - the loop outlives a lost database
                log.error("jobs.loop_failed %s", type(failure).__name__)  # noqa: TRY400
                busy = False
            if not busy and not stop.is_set():
                self._wake.wait(POLL)

    def _run(self, claimed: Claimed) -> None:
        with self._held(claimed) as lease:
            try:
                next_at = self._handlers[claimed.kind](claimed)
            except MentorError as failure:
                self._fail(lease.current(), failure)
            except Exception as failure:  # noqa: BLE001 - whatever it is, the row must tell
                self._crash(lease.current(), failure)
            else:
                held = lease.current()  # before our transaction: renewing is one, too
                with self._sessions() as session, transaction(session):
                    service.finish(session, held, next_at)
                log.info("jobs.done %s %s", claimed.kind, claimed.id)

    def _fail(self, claimed: Claimed, failure: MentorError) -> None:
        asked = failure.details.get("retry_after")
        wait = timedelta(seconds=asked) if isinstance(asked, int | float) else None
        tries = service.TRIES if isinstance(failure, Outside) else OWN_TRIES
        log.warning("jobs.failed %s %s %s", claimed.kind, claimed.id, failure.code)
        with self._sessions() as session, transaction(session):
            service.fail(
                session,
                claimed,
                _words(failure),
                wait=wait,
                tries=tries,
                first=self._first_wait,
            )

    def _crash(self, claimed: Claimed, failure: Exception) -> None:
        """Note a bug: where it happened, not its text, which may hold personal data."""
        name = type(failure).__name__
        where = "".join(traceback.format_tb(failure.__traceback__))
        log.error("jobs.crashed %s %s %s\n%s", claimed.kind, claimed.id, name, where)
        with self._sessions() as session, transaction(session):
            service.fail(session, claimed, f"job.crashed {name}", tries=OWN_TRIES)

    @contextmanager
    def _held(self, claimed: Claimed) -> Iterator["_Lease"]:
        lease = _Lease(claimed, self._sessions, self._lease)
        try:
            yield lease
        finally:
            lease.release()


class _Lease:
    """Keeps a job ours for as long as its handler runs."""

    def __init__(self, claimed: Claimed, sessions: Sessions, length: timedelta) -> None:
        self._claimed = claimed
        self._sessions = sessions
        self._length = length
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="lease")
        self._thread.start()

    def current(self) -> Claimed:
        """Stop renewing and return the lease as it stands."""
        self.release()
        return self._claimed

    def release(self) -> None:
        """Stop renewing."""
        self._ended.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._ended.wait(self._length.total_seconds() / 3):
            try:
                with self._sessions() as session, transaction(session):
                    self._claimed = service.renew(session, self._claimed, self._length)
            except Exception as failure:  # noqa: BLE001 - the next round may well succeed
                log.warning("jobs.renew_failed %s", type(failure).__name__)


def _words(failure: MentorError) -> str:
    known = ("status", "host", "reason")
    parts = [
        f"{name}={failure.details[name]}" for name in known if name in failure.details
    ]
    return " ".join([failure.code, *parts])
