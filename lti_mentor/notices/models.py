"""What somebody is told, how far it got, and who wants no such mails."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.people.models import Person
from lti_mentor.platforms.models import Registration


class Kind(enum.StrEnum):
    """What a notice is about; its words stand in `kinds.WORDS`."""

    PROPOSED = "proposed"
    HALF = "half"
    """The other one said yes."""
    BEGAN = "began"
    DECLINED = "declined"
    ENDED = "ended"
    TIMES = "times"
    """Times are offered for a talk."""
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MET_YET = "met_yet"
    """A booked talk is over: did it take place?"""
    CLAIMED = "claimed"
    """The other one says that it did."""
    PLAN_WAITS = "plan_waits"
    PLAN_AGREED = "plan_agreed"
    REVIEW_WAITS = "review_waits"
    REVIEWED = "reviewed"
    TRIAL = "trial"
    """Asked for by whoever looks after the tool, to see that mail arrives."""


class NoticeState(enum.StrEnum):
    """How far a notice got."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    """Not sent, or refused for good; `reason` says why."""
    SUPERSEDED = "superseded"
    """What it tells was no longer so when it could have gone."""


class Notice(Public, Base):
    """One thing to tell one person. Ids only: its words are made just before sending.

    Its public id is the mail's Message-ID, so that a mail sent twice is known as one.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "cause"),
        Index("ix_notice_due", "registration_id", "state", "id"),
        Index("ix_notice_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    kind: Mapped[Kind] = mapped_column(word(Kind))
    cause: Mapped[str] = mapped_column(String(80))
    """What it was written for: an activity's public id, or a key of the moment."""
    subject_type: Mapped[str] = mapped_column(String(60))
    """Name of the table of what it is about."""
    subject_id: Mapped[UUID]
    """Public id of that."""
    state: Mapped[NoticeState] = mapped_column(
        word(NoticeState), default=NoticeState.WAITING
    )
    reason: Mapped[str | None] = mapped_column(String(80))
    """Why it was not sent, as a code with the mail server's numbers."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    not_before: Mapped[datetime | None]
    """Rests until then: quiet hours, a digest, a server that asked to come back."""
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When one of its buttons was pressed; from then on none of them answers."""
    followed_at: Mapped[datetime | None]
    """When its link was followed: the next launch opens that step (D8)."""


class NoMail(Base):
    """Somebody wants only what they must know by mail."""

    __tablename__ = "no_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    since: Mapped[datetime] = mapped_column(default=now)
