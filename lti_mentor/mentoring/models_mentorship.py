"""Two people who agreed to work together, and their private thread."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.errors import Conflict
from lti_mentor.mentoring.models_program import Program
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration


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


class Origin(enum.StrEnum):
    """Whose idea a mentorship was."""

    MATCH = "match"
    REQUEST = "request"
    """The learner chose and asked."""


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
_LIVES = "state IN ('active', 'paused', 'concluding')"


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
        Index(
            "uq_mentorship_living",
            "program_id",
            "mentee_id",
            unique=True,
            sqlite_where=text(_LIVES),
            postgresql_where=text(_LIVES),
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
    origin: Mapped[Origin] = mapped_column(word(Origin), default=Origin.MATCH)
    rank: Mapped[int | None]
    """The learner's first, second ... wish, where they chose."""
    question_at: Mapped[datetime | None]
    """When the mentor asked something before they answer."""
    reply_at: Mapped[datetime | None]
    """When the learner replied."""
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
    paused_until: Mapped[datetime | None]
    """When it goes on by itself; null = when one of the two says so."""
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mentor_closed_at: Mapped[datetime | None]
    """When the mentor went through the closing questions, answered or not."""
    mentee_closed_at: Mapped[datetime | None]
    kept_on_at: Mapped[datetime | None]
    """When whoever leads said that it goes on although one of them left the course."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name

    @property
    def is_agreed(self) -> bool:
        """Both have signed the same agreement."""
        return bool(self.mentor_signed_at and self.mentee_signed_at)

    @property
    def is_asked_back(self) -> bool:
        """The mentor has a question before they answer, and the mentee owes a reply."""
        is_open = self.state is MentorshipState.OFFERED
        return is_open and self.question_at is not None and self.reply_at is None

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
    subject_type: Mapped[str | None] = mapped_column(String(40))
    """What it asks about, by table; null = nothing in particular (D29)."""
    subject_id: Mapped[UUID | None]
    """Public id of that."""
    at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
