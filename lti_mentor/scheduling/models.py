"""Two people meet: offered times, one booked, held when both say so."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.errors import Conflict
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models_calendar import (
    CalendarCopy,
    CalendarFeed,
    CalendarWish,
)

__all__ = [
    "MAX_TIMES",
    "NEXT",
    "STANDS",
    "CalendarCopy",
    "CalendarFeed",
    "CalendarWish",
    "MentoringSession",
    "OfferedTime",
    "SessionNote",
    "SessionState",
]


class SessionState(enum.StrEnum):
    """Where a session is in its life (D15); only `held` counts."""

    OFFERED = "offered"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """No time was taken, or nobody said whether the booked talk took place."""
    CLAIMED = "claimed"
    """One of the two says they met; the other has three days to object."""
    DISPUTED = "disputed"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


S = SessionState
NEXT: dict[SessionState, frozenset[SessionState]] = {
    S.OFFERED: frozenset({S.BOOKED, S.WITHDRAWN, S.EXPIRED}),
    S.BOOKED: frozenset({S.CLAIMED, S.MISSED, S.CANCELLED, S.EXPIRED}),
    S.CLAIMED: frozenset({S.HELD, S.DISPUTED}),
    S.DISPUTED: frozenset({S.HELD, S.MISSED}),
    S.WITHDRAWN: frozenset(),
    # nobody said in time whether they met; who still does is heard
    S.EXPIRED: frozenset({S.CLAIMED}),
    S.HELD: frozenset(),
    # who is said not to have come may say within three days that they did
    S.MISSED: frozenset({S.DISPUTED}),
    S.CANCELLED: frozenset(),
}
"""Every step a session may take; any other is a Conflict."""
STANDS = frozenset({S.BOOKED, S.CLAIMED, S.DISPUTED, S.HELD})
"""States in which a talk has its place in a calendar."""
MAX_TIMES = 3
"""How many times one offer may name."""


class MentoringSession(Public, Base):
    """One talk between mentor and mentee."""

    __tablename__ = "mentoring_session"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('booked', 'claimed', 'held') OR starts_at IS NOT NULL",
            name="booked_has_a_time",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    mentorship: Mapped[Mentorship] = relationship()
    state: Mapped[SessionState] = mapped_column(
        word(SessionState), default=SessionState.OFFERED
    )
    version: Mapped[int] = mapped_column(default=1)
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    offered_by: Mapped[Person] = relationship(foreign_keys=offered_by_id)
    minutes: Mapped[int] = mapped_column(default=30)
    place: Mapped[str] = mapped_column(String(500), default="")
    """Room, phone or video link, as the offerer wrote it."""
    starts_at: Mapped[datetime | None]
    """The time that was taken."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Calendar SEQUENCE: grows with every change others must learn of."""
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    missed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who did not come; a mentor's absence never costs the learner (P16)."""
    agenda: Mapped[str] = mapped_column(default="")
    """What to talk about, as the offerer wrote it."""
    shared_id: Mapped[UUID | None] = mapped_column(index=True)
    """One talk of a mentor with several mentees: a row each, the same id (P13)."""
    move_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who asks for another time; until it is taken the booked one holds."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    """When anything of it last changed; calendars tell versions apart by it."""

    times: Mapped[list["OfferedTime"]] = relationship(
        back_populates="session",
        cascade="all, delete-orphan",
        order_by="OfferedTime.starts_at",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name

    def is_led_by(self, person: Person) -> bool:
        """Say whether it is a talk with several mentees, and theirs to lead."""
        return self.shared_id is not None and self.mentorship.mentor_id == person.id

    def advance(self, state: SessionState) -> None:
        """Take the next step.

        Raises:
            Conflict: The session cannot go there from where it is.
        """
        if state not in NEXT[self.state]:
            raise Conflict("session.step", now=self.state, wanted=state)
        self.state = state


class OfferedTime(Public, Base):
    """One of the times an offer names."""

    __tablename__ = "offered_time"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("mentoring_session.id"))
    session: Mapped[MentoringSession] = relationship(back_populates="times")
    starts_at: Mapped[datetime]


class SessionNote(Base):
    """What one of the two wrote down of a talk: for both, and for themselves."""

    __tablename__ = "session_note"
    __table_args__ = (UniqueConstraint("session_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("mentoring_session.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    author: Mapped[Person] = relationship()
    shared: Mapped[str] = mapped_column(default="")
    """Both of the two read it."""
    private: Mapped[str] = mapped_column(default="")
    """Only the author reads it."""
    at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
