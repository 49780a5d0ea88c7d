"""Telling somebody that a job is waiting; only after the commit, never in its way."""

import logging
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

Hook = Callable[[int], None]
_PENDING = "lti_mentor_jobs"
_hooks: list[Hook] = []


def listen(hook: Hook) -> Callable[[], None]:
    """Have `hook` called with the id of every job to be run; return the way out."""
    _hooks.append(hook)
    return lambda: _hooks.remove(hook)


def notify(job_id: int) -> None:
    """Say that a job waits. A hook that fails costs time only: workers also look."""
    for hook in _hooks:
        try:
            hook(job_id)
        except Exception as failure:  # noqa: BLE001 - a dead broker must not fail a page
            log.warning("jobs.notify_failed %s", type(failure).__name__)


def after_commit(session: Session, job_id: int) -> None:
    """Notify once this unit of work is committed; never when it is rolled back."""
    session.info.setdefault(_PENDING, set()).add(job_id)


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for job_id in sorted(session.info.pop(_PENDING, ())):
        notify(job_id)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(_PENDING, None)
