"""Queueing, leasing and settling jobs."""

import random
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Conflict
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.jobs.notify import after_commit
from lti_mentor.jobs.queries import due

LEASE = timedelta(seconds=90)
"""How long a job is ours unless we renew; then another worker may take it."""
TRIES = 10
"""Failures after which a person has to look."""
FIRST_WAIT = timedelta(seconds=20)
"""Pause after the first failure; doubled after each further one."""
LONGEST_WAIT = timedelta(hours=2)
LOST = "job.worker_lost"
"""The worker ended each time it held this job: it may be what ends it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is ours until `until`; what its handler is given."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any] = field(repr=False)
    registration_id: int | None
    attempts: int
    """How often it was begun since it last ended well, this time included."""
    until: datetime
    """End of the lease, and its proof: who comes too late settles nothing."""


def enqueue(
    session: Session,
    kind: str,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
    registration_id: int | None = None,
    due_at: datetime | None = None,
) -> Job:
    """Have `kind` run once for `key`; asking again asks for the same job.

    One that waits stays (the earlier moment wins, a back-off after failures holds),
    one that is done or dead waits anew, one that runs is run once more afterwards.
    """
    job = _find(session, kind, key) or _insert(session, kind, key, registration_id)
    if payload is not None:
        job.payload = payload
    wanted = due_at or now()
    if job.state is JobState.LEASED:
        job.again = True
    elif job.state is JobState.WAITING:
        job.due_at = min(job.due_at, wanted) if not job.attempts else job.due_at
    else:
        _wait(job, wanted)
    session.flush()
    after_commit(session, job.id)
    return job


def schedule(
    session: Session,
    kind: str,
    *,
    key: str,
    every: timedelta,
    payload: dict[str, Any] | None = None,
    registration_id: int | None = None,
) -> None:
    """See to it that `kind` runs for `key` about `every` so often, dead or not."""
    job = _find(session, kind, key)
    if job is None:
        enqueue(
            session,
            kind,
            key=key,
            payload=payload,
            registration_id=registration_id,
        )
    elif job.state in {JobState.DONE, JobState.DEAD}:
        last = job.finished_at or job.due_at
        if last + every <= now():
            job.payload = payload or job.payload
            _wait(job, now())
            after_commit(session, job.id)


def claim(
    session: Session,
    kinds: Collection[str],
    lease: timedelta = LEASE,
    *,
    job_id: int | None = None,
) -> Claimed | None:
    """Lease the job that is due the longest (or this one, if due); None = none is."""
    query = due(kinds).with_for_update(skip_locked=True)
    if job_id is not None:
        query = query.where(Job.id == job_id)
    for job in session.scalars(query.limit(1)):
        if job.state is JobState.LEASED and job.attempts >= TRIES:
            _bury(job, LOST)
            session.flush()
            return claim(session, kinds, lease, job_id=job_id)
        job.state = JobState.LEASED
        job.attempts += 1
        job.due_at = now() + lease
        session.flush()
        return _claimed(job)
    return None


def renew(session: Session, claimed: Claimed, lease: timedelta = LEASE) -> Claimed:
    """Hold on to a job that takes longer than its lease.

    Raises:
        Conflict: It is no longer ours (`job.lost_lease`).
    """
    job = _held(session, claimed)
    if job is None:
        raise Conflict("job.lost_lease", job=claimed.id)
    job.due_at = now() + lease
    session.flush()
    return replace(claimed, until=job.due_at)


def finish(session: Session, claimed: Claimed, next_at: datetime | None = None) -> bool:
    """Settle a job that ended well; False when it was no longer ours.

    With `next_at` it waits for that moment; asked for again meanwhile, it waits now.
    """
    job = _held(session, claimed)
    if job is None:
        return False
    if job.again:
        next_at = now()
    if next_at is not None:
        _wait(job, next_at)
        after_commit(session, job.id)
        return True
    job.state = JobState.DONE
    job.error = None
    job.finished_at = now()
    return True


def fail(
    session: Session,
    claimed: Claimed,
    error: str,
    *,
    wait: timedelta | None = None,
    tries: int = TRIES,
    first: timedelta = FIRST_WAIT,
) -> bool:
    """Settle a job that failed: later again, or dead after `tries`.

    `error` is a code with redacted words. `wait` is what the other side asked for;
    our own back-off is the least. False when the job was no longer ours.
    """
    job = _held(session, claimed)
    if job is None:
        return False
    if claimed.attempts >= tries and not job.again:
        _bury(job, error)
        return True
    job.state = JobState.WAITING
    job.again = False
    job.error = error[:500]
    pause = back_off(claimed.attempts, first)
    job.due_at = now() + max(pause, wait or timedelta())
    return True


def retry(session: Session, job: Job) -> None:
    """Try a dead or waiting job now, with a fresh count.

    Raises:
        Conflict: It runs right now (`job.running`).
    """
    _refuse_running(job)
    _wait(job, now())
    session.flush()
    after_commit(session, job.id)


def discard(session: Session, job: Job) -> None:
    """Give a job up for good; its last error stays readable.

    Raises:
        Conflict: It runs right now (`job.running`).
    """
    _refuse_running(job)
    job.state = JobState.DONE
    job.finished_at = now()
    session.flush()


def back_off(attempts: int, first: timedelta = FIRST_WAIT) -> timedelta:
    """Return the pause after the n-th failure: doubling, capped, spread by a half."""
    doubled: timedelta = first * 2.0 ** min(attempts - 1, 12)
    wait = min(doubled, LONGEST_WAIT)
    return wait * (1 + random.random() / 2)  # noqa: S311 - spreads load, no secret


def _find(session: Session, kind: str, key: str) -> Job | None:
    query = select(Job).where(Job.kind == kind, Job.key == key).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _insert(session: Session, kind: str, key: str, registration_id: int | None) -> Job:
    """Add the row; where another transaction was faster, take theirs."""
    job = Job(
        kind=kind,
        key=key,
        registration_id=registration_id,
        state=JobState.DONE,
        attempts=0,
        payload={},
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        found = _find(session, kind, key)
        if found is None:
            raise
        return found
    return job


def _held(session: Session, claimed: Claimed) -> Job | None:
    query = select(Job).where(
        Job.id == claimed.id,
        Job.state == JobState.LEASED,
        Job.due_at == claimed.until,
    )
    query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def _claimed(job: Job) -> Claimed:
    return Claimed(
        id=job.id,
        kind=job.kind,
        key=job.key,
        payload=dict(job.payload),
        registration_id=job.registration_id,
        attempts=job.attempts,
        until=job.due_at,
    )


def _wait(job: Job, moment: datetime) -> None:
    job.state = JobState.WAITING
    job.due_at = moment
    job.attempts = 0
    job.again = False
    job.error = None
    job.finished_at = None


def _bury(job: Job, error: str) -> None:
    job.state = JobState.DEAD
    job.error = error[:500]
    job.finished_at = now()


def _refuse_running(job: Job) -> None:
    if job.state is JobState.LEASED:
        raise Conflict("job.running", job=job.id)
