"""Computed pairs, before anybody but staff sees them."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.mentoring.models_program import Program
from lti_mentor.people.models import Person


class RunState(enum.StrEnum):
    """How far a match run got."""

    WAITING = "waiting"
    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class MatchRun(Public, Base):
    """One computed set of pairs, repeatable exactly (P9)."""

    __tablename__ = "match_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    program: Mapped[Program] = relationship()
    state: Mapped[RunState] = mapped_column(word(RunState), default=RunState.DRAFT)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=0)
    engine_version: Mapped[str] = mapped_column(String(40))
    mentees: Mapped[int]
    mentors: Mapped[int]
    matched: Mapped[int]
    total: Mapped[int]
    gap: Mapped[int]
    """0 = proven best; otherwise how much better a set could at most be."""
    prices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Mentor -> price: with the pool they prove the result again."""
    unmatched: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Public person ids with the rule that emptied their list."""
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None]


class Proposal(Public, Base):
    """One pair of a run, before anybody but staff sees it."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("run_id", "mentee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("match_run.id"))
    run: Mapped[MatchRun] = relationship()
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id)
    score: Mapped[int]
    """0..10000; pages show a band, never this."""
    band: Mapped[str] = mapped_column(String(20))
    components: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Codes and parameters of the why-lines; nothing that reveals a grade."""
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_dropped: Mapped[bool] = mapped_column(default=False)
    """Staff took this pair out of the draft."""
