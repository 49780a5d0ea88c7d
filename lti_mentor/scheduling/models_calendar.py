"""Where somebody keeps their talks: a calendar that asks us, or their LMS's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public
from lti_mentor.people.models import Person


class CalendarFeed(Base):
    """A secret address under which somebody's calendar reads all their talks (D8)."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    person: Mapped[Person] = relationship()
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
    """When a calendar last asked, to the hour."""


class CalendarWish(Base):
    """Somebody wants their talks in the calendar of their LMS."""

    __tablename__ = "calendar_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    since: Mapped[datetime] = mapped_column(default=now)


class CalendarCopy(Public, Base):
    """A talk in one person's calendar of the LMS.

    Its public id stands in the entry, so that one whose answer was lost is found.
    """

    __tablename__ = "calendar_copy"
    __table_args__ = (UniqueConstraint("person_id", "talk"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    talk: Mapped[UUID]
    """The entry's UID: of the talk, or what a talk with several shares."""
    event_id: Mapped[str | None] = mapped_column(String(255))
    """The LMS's own id of the entry; null = asked for, and no answer came."""
    written: Mapped[str] = mapped_column(String(80), default="")
    """What it says there: when, how long, which version."""
