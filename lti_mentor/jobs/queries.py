"""Which jobs there are, and how they stand."""

from collections.abc import Collection

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.jobs.models import Job, JobState

OPEN = (JobState.WAITING, JobState.LEASED)


def due(kinds: Collection[str]) -> Select[Job]:
    """Select the jobs to be run now, also those whose worker lost its lease."""
    return (
        select(Job)
        .where(Job.state.in_(OPEN), Job.due_at <= now(), Job.kind.in_(kinds))
        .order_by(Job.due_at, Job.id)
    )


def is_due(session: Session, kinds: Collection[str]) -> bool:
    """Say whether there is anything to do; a read, so that idling locks nothing."""
    return bool(session.scalar(select(exists(due(kinds).order_by(None)))))


def due_ids(session: Session, kinds: Collection[str], limit: int = 100) -> list[int]:
    """Return the ids of jobs to be run now."""
    ids = due(kinds).with_only_columns(Job.id).limit(limit)
    return list(session.scalars(ids))


def listed(
    session: Session,
    *,
    registration_id: int | None = None,
    state: JobState | None = None,
    limit: int = 200,
) -> list[Job]:
    """Return jobs, the newest first; of one tenant or of all, in one state or any."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if registration_id is not None:
        query = query.where(Job.registration_id == registration_id)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.scalars(query))


def counts(session: Session, registration_id: int | None = None) -> dict[JobState, int]:
    """Return how many jobs are in each state."""
    query = select(Job.state, func.count()).group_by(Job.state)
    if registration_id is not None:
        query = query.where(Job.registration_id == registration_id)
    return {row[0]: row[1] for row in session.execute(query)}
