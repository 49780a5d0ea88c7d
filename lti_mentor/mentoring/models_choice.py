"""Whom a learner would like as a mentor, in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public
from lti_mentor.mentoring.models_mentorship import Mentorship
from lti_mentor.mentoring.models_program import Program
from lti_mentor.people.models import Person

MAX_CHOICES = 5
"""How many mentors a learner may rank."""


class Choice(Public, Base):
    """One wish of a learner; asked when it is its turn and there is a place (P10)."""

    __tablename__ = "choice"
    __table_args__ = (
        UniqueConstraint("program_id", "mentee_id", "mentor_id"),
        CheckConstraint("mentor_id != mentee_id", name="not_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    program: Mapped[Program] = relationship()
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id)
    rank: Mapped[int]
    """1 = would like best."""
    words: Mapped[str] = mapped_column(default="")
    """What the learner would like to work on; whoever is asked reads it."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Why-lines of the card that was chosen."""
    band: Mapped[str] = mapped_column(String(20), default="")
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorship.id"))
    """The request it led to; null = not asked yet."""
    mentorship: Mapped[Mentorship | None] = relationship()
    at: Mapped[datetime] = mapped_column(default=now)
