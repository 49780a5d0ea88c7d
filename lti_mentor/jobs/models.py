"""Durable work: a row is the truth, whoever carries it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word


class JobState(enum.StrEnum):
    """Where a job is in its life."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Job(Public, Base):
    """Something to do once, at or after a moment, by whoever leases it first."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_job_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    """Names the handler that worker.py registered."""
    key: Mapped[str] = mapped_column(String(200))
    """Idempotency: a second job of this kind and key is the first one, run again."""
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids the handler needs; no personal data."""
    registration_id: Mapped[int | None]
    """The tenant whose admin sees it; null = the installation's own."""
    state: Mapped[JobState] = mapped_column(word(JobState), default=JobState.WAITING)
    due_at: Mapped[datetime] = mapped_column(default=now)
    """Not before this moment; while leased, when the lease ends."""
    attempts: Mapped[int] = mapped_column(default=0)
    again: Mapped[bool] = mapped_column(default=False)
    """Asked for again while it ran: run once more after this time."""
    error: Mapped[str | None] = mapped_column(String(500))
    """Code and redacted words of the last failure, for the admin."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
