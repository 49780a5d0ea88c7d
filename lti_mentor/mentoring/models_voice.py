"""What one of two people says of their mentorship, and to whom (P11, P28)."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.mentoring.models_mentorship import Mentorship, Message
from lti_mentor.people.models import Person


class Degree(enum.StrEnum):
    """How far something is so."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Voice(Base):
    """One person's own answers in one mentorship."""

    __tablename__ = "voice"
    __table_args__ = (UniqueConstraint("mentorship_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    mentorship: Mapped[Mentorship] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    contact: Mapped[str] = mapped_column(default="")
    """How the other one reaches them outside; the other one reads it."""
    fit_at: Mapped[datetime | None]
    fit_helps: Mapped[Degree | None] = mapped_column(word(Degree))
    """Fit check: do the talks help? Read by nobody else."""
    fit_goes_on: Mapped[bool | None]
    """Fit check: go on together? Read by nobody else."""
    reached: Mapped[Degree | None] = mapped_column(word(Degree))
    """Closing: did they reach what they agreed on? Only counted."""
    takes_along: Mapped[str] = mapped_column(default="")
    """Closing: what they take along; for themselves."""
    thanks: Mapped[str] = mapped_column(default="")
    """Closing: a word to the other one, who reads it."""


class ConcernKind(enum.StrEnum):
    """What a report is about."""

    DISRESPECT = "disrespect"
    BOUNDARIES = "boundaries"
    UNSAFE = "unsafe"
    OTHER = "other"


class Concern(Public, Base):
    """A report: read by whoever leads the program, never by whom it is about."""

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("by_id != about_id", name="about_somebody_else"),
        UniqueConstraint("mentorship_id", "by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    mentorship: Mapped[Mentorship] = relationship()
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by: Mapped[Person] = relationship(foreign_keys=by_id)
    about_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    about: Mapped[Person] = relationship(foreign_keys=about_id)
    kind: Mapped[ConcernKind] = mapped_column(word(ConcernKind))
    words: Mapped[str] = mapped_column(default="")
    attached: Mapped[list[Message]] = relationship(
        secondary="concern_message", order_by=Message.id
    )
    """Messages the reporter chose to show; no others are."""
    at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(default="")
    """What the reporter is told."""


class ConcernMessage(Base):
    """A message shown with a report."""

    __tablename__ = "concern_message"

    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)


class PutOff(Base):
    """Something waiting for whoever leads a program that they look at another day."""

    __tablename__ = "put_off"
    __table_args__ = (UniqueConstraint("person_id", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    object_id: Mapped[UUID]
    """Public id of the mentorship or the talk that waits."""
    until: Mapped[datetime]
    """From then on it stands among what needs them again."""
