"""How a reading of the LMS went."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.people.models import Context


class SyncState(enum.StrEnum):
    """How far a run got."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    """Some parts could not be read; what is missing stays as it was before."""
    FAILED = "failed"


class SyncRun(Public, Base):
    """One reading of one course: how far, how many, what failed and why."""

    __tablename__ = "sync_run"
    __table_args__ = (Index("ix_sync_run_context", "context_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    state: Mapped[SyncState] = mapped_column(word(SyncState), default=SyncState.WAITING)
    part: Mapped[str | None]
    """Which part is being read: roster, members, completions, activities, ..."""
    plan: Mapped[list[str]] = mapped_column(default=list)
    """The parts of this reading, in order."""
    done: Mapped[list[str]] = mapped_column(default=list)
    """Parts that are finished; a run that goes on does not read them again."""
    pages: Mapped[list[str]] = mapped_column(default=list)
    """Digests of the kept pages of `part`: a run that goes on keeps the others only."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows read so far, by part."""
    problems: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By part: {code, status, missing}; `missing` is the permission's exact name."""
    costs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By part: calls, bytes, waited, seconds, and seconds of those in the database."""
    others: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Earlier courses that sound like this one, for the instructor to pick from."""
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]

    @property
    def has_roster(self) -> bool:
        """Say whether LTI's roster was read, or had nothing to add (`roster`)."""
        return "roster" in self.done and "roster" not in self.problems

    @property
    def read_roster(self) -> bool:
        """Say whether LTI's roster was read to its end."""
        return self.has_roster and "roster" in self.counts
