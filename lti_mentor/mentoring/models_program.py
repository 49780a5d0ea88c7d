"""A program: who helps whom with what, for how long."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration
from lti_mentor.skills.models import Skill


class ProgramState(enum.StrEnum):
    """The life of a program."""

    DRAFT = "draft"
    """Waits until an organisation admin approves it."""
    DECLINED = "declined"
    RUNNING = "running"
    PAUSED = "paused"
    """What runs goes on; nobody joins and nobody is paired."""
    ARCHIVED = "archived"


class ProgramKind(enum.StrEnum):
    """Who helps whom, and for how long (P3)."""

    ONE_TO_ONE = "one_to_one"
    PEER = "peer"
    """Learners of the course help each other: everybody may be both."""
    FLASH = "flash"
    """One talk about one question."""


class Part(enum.StrEnum):
    """The part somebody has in a program."""

    MENTEE = "mentee"
    MENTOR = "mentor"


class Program(Public, Base):
    """Who helps whom with what, for how long."""

    __tablename__ = "program"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    name: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str] = mapped_column(String(40), default="course_transfer")
    """Which preset it began from."""
    kind: Mapped[ProgramKind] = mapped_column(
        word(ProgramKind), default=ProgramKind.ONE_TO_ONE
    )
    learners_choose: Mapped[bool] = mapped_column(default=False)
    """Learners rank mentors themselves; else staff review computed pairs."""
    measures: Mapped[list[str]] = mapped_column(default=list)
    """Codes of how they will know that it worked."""
    baseline: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the measures said before it began; `at` is the day."""
    preparation_id: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    """A course that mentors complete before they are paired."""
    preparation: Mapped[Context | None] = relationship()
    state: Mapped[ProgramState] = mapped_column(
        word(ProgramState), default=ProgramState.RUNNING
    )
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    coordinator: Mapped[Person] = relationship(foreign_keys=coordinator_id)
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Leads it while the coordinator cannot; the two may do the same."""
    stand_in: Mapped[Person | None] = relationship(foreign_keys=stand_in_id)
    weeks: Mapped[int] = mapped_column(default=6)
    cadence_days: Mapped[int] = mapped_column(default=14)
    """A talk every so many days."""
    default_capacity: Mapped[int] = mapped_column(default=2)
    """Mentees a mentor may have unless they said otherwise."""
    answer_days: Mapped[int] = mapped_column(default=7)
    """How long somebody may leave the other side waiting."""
    answer: Mapped[str] = mapped_column(String(500), default="")
    """What an organisation admin said when they declined it."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    audience: Mapped[list["ProgramContext"]] = relationship(
        back_populates="program", cascade="all, delete-orphan"
    )
    skills: Mapped[list["ProgramSkill"]] = relationship(
        back_populates="program", cascade="all, delete-orphan"
    )

    @property
    def zone(self) -> str:
        """Return the zone of who says none: that of whoever leads it (D18)."""
        return self.coordinator.zone or "UTC"

    @property
    def is_of_one_course(self) -> bool:
        """Say whether that course's instructors may lead it; more need a name."""
        return len(self.audience) == 1

    def is_led_by(self, person: Person) -> bool:
        """Say whether somebody coordinates it, or stands in."""
        return person.id in {self.coordinator_id, self.stand_in_id}


class ProgramContext(Base):
    """A course whose learners a program is for."""

    __tablename__ = "program_context"
    __table_args__ = (UniqueConstraint("program_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    program: Mapped[Program] = relationship(back_populates="audience")
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    context: Mapped[Context] = relationship()


class ProgramSkill(Base):
    """A skill the program is about."""

    __tablename__ = "program_skill"
    __table_args__ = (UniqueConstraint("program_id", "skill_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    program: Mapped[Program] = relationship(back_populates="skills")
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    skill: Mapped[Skill] = relationship()
    priority: Mapped[int] = mapped_column(default=2)
    """1 nice, 2 normal, 3 first."""


class Interest(Base):
    """A wish for a mentor, or an offer to be one, in a course (D13).

    Of wishes staff see a count until a program starts; offers are seen by name,
    since somebody has to say yes to them.
    """

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("context_id", "person_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    part: Mapped[Part] = mapped_column(word(Part), default=Part.MENTEE)
    at: Mapped[datetime] = mapped_column(default=now)
