"""Programs, who takes part, and two people who agreed to work together."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.errors import Conflict
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration
from lti_mentor.skills.models import Skill


class ProgramState(enum.StrEnum):
    """The life of a program."""

    DRAFT = "draft"
    RUNNING = "running"
    ARCHIVED = "archived"


class Program(Public, Base):
    """Who helps whom with what, for how long."""

    __tablename__ = "program"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    name: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str] = mapped_column(String(40), default="course_transfer")
    """Which preset it began from."""
    state: Mapped[ProgramState] = mapped_column(
        word(ProgramState), default=ProgramState.RUNNING
    )
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    coordinator: Mapped[Person] = relationship()
    weeks: Mapped[int] = mapped_column(default=6)
    cadence_days: Mapped[int] = mapped_column(default=14)
    """A talk every so many days."""
    default_capacity: Mapped[int] = mapped_column(default=2)
    """Mentees a mentor may have unless they said otherwise."""
    answer_days: Mapped[int] = mapped_column(default=7)
    """How long somebody may leave the other side waiting."""
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(default=now)

    audience: Mapped[list["ProgramContext"]] = relationship(
        back_populates="program", cascade="all, delete-orphan"
    )
    skills: Mapped[list["ProgramSkill"]] = relationship(
        back_populates="program", cascade="all, delete-orphan"
    )


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


class Part(enum.StrEnum):
    """The part somebody has in a program."""

    MENTEE = "mentee"
    MENTOR = "mentor"


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
    person: Mapped[Person] = relationship()
    part: Mapped[Part] = mapped_column(word(Part))
    state: Mapped[ParticipantState] = mapped_column(
        word(ParticipantState), default=ParticipantState.PROPOSED
    )
    source: Mapped[str] = mapped_column(String(40), default="lms")
    """lms, endorsed, volunteer, invited: how they came in."""
    capacity: Mapped[int] = mapped_column(default=2)
    """Mentees at a time; mentors only."""
    paused_until: Mapped[datetime | None]
    """"Not now": stays out of matching until then."""
    chips: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    introduction: Mapped[str] = mapped_column(default="")
    """What they want a partner to read, in their own words."""
    set_up_at: Mapped[datetime | None]
    """When they confirmed their own answers."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class Purpose(enum.StrEnum):
    """What a consent is about; each is asked apart (D14)."""

    TAKE_PART = "take_part"
    """Practise, exchange messages and be seen by the partner."""


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


class MentorshipState(enum.StrEnum):
    """Where a mentorship is in its life (D15)."""

    OFFERED = "offered"
    ACTIVE = "active"
    PAUSED = "paused"
    CONCLUDING = "concluding"
    COMPLETED = "completed"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


S = MentorshipState
NEXT: dict[MentorshipState, frozenset[MentorshipState]] = {
    S.OFFERED: frozenset({S.ACTIVE, S.DECLINED, S.EXPIRED, S.WITHDRAWN}),
    S.ACTIVE: frozenset({S.PAUSED, S.CONCLUDING, S.ENDED}),
    S.PAUSED: frozenset({S.ACTIVE, S.ENDED}),
    S.CONCLUDING: frozenset({S.COMPLETED, S.ENDED}),
    S.COMPLETED: frozenset(),
    S.ENDED: frozenset(),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""Every step a mentorship may take; any other is a Conflict."""
LIVING = frozenset({S.ACTIVE, S.PAUSED, S.CONCLUDING})
"""States in which two people work together."""
OPEN = LIVING | {S.OFFERED}
"""States that take a place of the mentor's capacity."""


class Mentorship(Public, Base):
    """A mentor helping a mentee to apply what they learned."""

    __tablename__ = "mentorship"
    __table_args__ = (
        CheckConstraint("mentor_id != mentee_id", name="not_oneself"),
        CheckConstraint(
            "state NOT IN ('active', 'paused', 'concluding', 'completed') OR "
            "(mentor_accepted_at IS NOT NULL AND mentee_accepted_at IS NOT NULL)",
            name="both_accepted_before_it_begins",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    program: Mapped[Program] = relationship()
    context_id: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    """The course it grew out of; it outlives the course (P26)."""
    context: Mapped[Context | None] = relationship()
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id)
    state: Mapped[MentorshipState] = mapped_column(
        word(MentorshipState), default=MentorshipState.OFFERED
    )
    version: Mapped[int] = mapped_column(default=1)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Why-lines as codes and parameters."""
    band: Mapped[str] = mapped_column(String(20), default="")
    offered_at: Mapped[datetime] = mapped_column(default=now)
    answer_by: Mapped[datetime]
    mentor_accepted_at: Mapped[datetime | None]
    mentee_accepted_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    goals: Mapped[str] = mapped_column(default="")
    """Agreement: what the two want to reach, in their words."""
    meeting_note: Mapped[str] = mapped_column(default="")
    """Agreement: how often and where they talk."""
    mentor_signed_at: Mapped[datetime | None]
    mentee_signed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name

    @property
    def is_agreed(self) -> bool:
        """Both have signed the same agreement."""
        return bool(self.mentor_signed_at and self.mentee_signed_at)

    def is_party(self, person: Person) -> bool:
        """Say whether `person` is one of the two."""
        return person.id in {self.mentor_id, self.mentee_id}

    def partner_of(self, person: Person) -> Person:
        """Return the other one of the two."""
        return self.mentee if person.id == self.mentor_id else self.mentor

    def advance(self, state: MentorshipState) -> None:
        """Take the next step.

        Raises:
            Conflict: The mentorship cannot go there from where it is.
        """
        if state not in NEXT[self.state]:
            raise Conflict("mentorship.step", now=self.state, wanted=state)
        self.state = state


class Message(Public, Base):
    """One message of a mentorship's private thread; read by the two only."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    mentorship: Mapped[Mentorship] = relationship()
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author: Mapped[Person] = relationship()
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class Interest(Base):
    """A wish for a mentor where no program runs; staff see a count (D13)."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
