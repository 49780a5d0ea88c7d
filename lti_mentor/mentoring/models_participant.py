"""Who takes part in a program, and what they agreed to."""

import enum
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.mentoring.models_program import Part, Program
from lti_mentor.people.models import Person


class ParticipantState(enum.StrEnum):
    """Whether somebody takes part."""

    PROPOSED = "proposed"
    """The LMS suggests them; they have said nothing yet."""
    INVITED = "invited"
    ACTIVE = "active"
    PAIRING_DECLINED = "pairing_declined"
    """Practises, reviewed by the instructor or the pool, nobody sees why (P5)."""
    LEFT = "left"


class Chip(enum.StrEnum):
    """When somebody usually has time, in their own zone (P5)."""

    WEEKDAY_MORNING = "weekday_morning"
    WEEKDAY_AFTERNOON = "weekday_afternoon"
    WEEKDAY_EVENING = "weekday_evening"
    WEEKEND_MORNING = "weekend_morning"
    WEEKEND_AFTERNOON = "weekend_afternoon"
    WEEKEND_EVENING = "weekend_evening"


class Participant(Public, Base):
    """A person's part in a program, and how they like to work."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("program_id", "person_id"),
        CheckConstraint("capacity >= 0", name="capacity_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    program: Mapped[Program] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    part: Mapped[Part] = mapped_column(word(Part))
    state: Mapped[ParticipantState] = mapped_column(
        word(ParticipantState), default=ParticipantState.PROPOSED
    )
    source: Mapped[str] = mapped_column(String(40), default="lms")
    """lms, wished, endorsed, offered, invited: how they came in."""
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who vouched for them as a mentor."""
    endorsed_by: Mapped[Person | None] = relationship(foreign_keys=endorsed_by_id)
    endorsed_at: Mapped[datetime | None]
    prepared_at: Mapped[datetime | None]
    """When staff said that a mentor is prepared, whatever the LMS says."""
    capacity: Mapped[int] = mapped_column(default=2)
    """Mentees at a time; mentors only."""
    paused_until: Mapped[datetime | None]
    """"Not now": stays out of matching until then."""
    goes_first_since: Mapped[datetime | None]
    """Waits for a mentor before others: a mentorship ended without their fault."""
    chips: Mapped[list[str]] = mapped_column(default=list)
    hours: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Hours of their own week, 0 = Monday 00:00; they win over the chips."""
    languages: Mapped[list[str]] = mapped_column(default=list)
    introduction: Mapped[str] = mapped_column(default="")
    """What they want a partner to read, in their own words."""
    set_up_at: Mapped[datetime | None]
    """When they confirmed their own answers."""
    waits_since: Mapped[datetime | None]
    """When they began to wait for a mentor; kept while they go without."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class Purpose(enum.StrEnum):
    """What a consent is about; each is asked apart (D14)."""

    TAKE_PART = "take_part"
    """Practise, exchange messages and be seen by the partner."""
    BE_CHOSEN = "be_chosen"
    """Mentors only: learners of the program see one's card and may ask."""


VERSIONS: Mapping[Purpose, str] = {
    Purpose.TAKE_PART: "2026-11",
    Purpose.BE_CHOSEN: "2026-11",
}
"""The wording people are asked today; an answer to an older one asks again."""


class Consent(Base):
    """What somebody answered to which wording; the newest row counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "person_id", "program_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    purpose: Mapped[Purpose] = mapped_column(word(Purpose))
    text_version: Mapped[str] = mapped_column(String(40))
    answer: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)


class Avoidance(Base):
    """Somebody one must not be paired with, in one's own words (P8).

    Kept as typed and compared when pairs are made: whoever writes it never learns
    whether the other takes part, and nobody else ever sees it.
    """

    __tablename__ = "avoidance"
    __table_args__ = (UniqueConstraint("program_id", "person_id", "words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(String(255))
    """A name as the LMS shows it, or an e-mail address."""
    at: Mapped[datetime] = mapped_column(default=now)


class Exclusion(Base):
    """Two people who must not be paired; seen by whoever said so, obeyed by all."""

    __tablename__ = "exclusion"
    __table_args__ = (
        UniqueConstraint("program_id", "one_id", "other_id", "said_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    one_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
