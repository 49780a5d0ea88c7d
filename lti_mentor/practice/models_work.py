"""A learner's work on a practice: plan, applications, evidence, reviews."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.errors import Conflict
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.practice.models_brief import PracticeAssignment, PracticeBrief
from lti_mentor.practice.states import FINAL, LEARNERS_TURN, NEXT, Turn, WorkState


class EvidenceKind(enum.StrEnum):
    """What an application can be shown by."""

    TEXT = "text"
    LINK = "link"
    LMS_ITEM = "lms_item"


class Basis(enum.StrEnum):
    """What a reviewer relied on."""

    OBSERVED = "observed"
    ARTIFACT = "artifact"
    WITNESS = "witness"
    ACCOUNT = "account"


class Decision(enum.StrEnum):
    """What a reviewer decided."""

    VERIFIED = "verified"
    REVISE = "revise"


class PracticeWork(Public, Base):
    """One learner's way through one practice."""

    __tablename__ = "practice_work"
    __table_args__ = (
        UniqueConstraint("assignment_id", "learner_id"),
        CheckConstraint("score_hundredths >= 0", name="score_is_not_negative"),
        CheckConstraint(
            "(turn = 'none') = (state IN ('completed', 'excused', 'withdrawn'))",
            name="open_work_has_an_owner",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("practice_assignment.id"))
    assignment: Mapped[PracticeAssignment] = relationship()
    learner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    learner: Mapped[Person] = relationship(foreign_keys=learner_id)
    mentorship_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentorship.id"), index=True
    )
    """Whose mentor reviews it; null = pool or instructor (D13)."""
    mentorship: Mapped[Mentorship | None] = relationship()
    pool_reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True
    )
    """A mentor of the program who was asked to review it in nobody's stead."""
    pool_reviewer: Mapped[Person | None] = relationship(foreign_keys=pool_reviewer_id)
    state: Mapped[WorkState] = mapped_column(word(WorkState))
    turn: Mapped[Turn] = mapped_column(word(Turn))
    turn_since: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime | None]
    """This learner's own date where it differs from the brief's."""
    score_hundredths: Mapped[int] = mapped_column(default=0)
    """The score so far in hundredths of a point; never decreases by our rules."""
    settled_as_it_stands: Mapped[bool] = mapped_column(default=False)
    """An instructor closed it with the score it had."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]

    plan: Mapped["Plan | None"] = relationship(back_populates="work")
    applications: Mapped[list["Application"]] = relationship(
        back_populates="work", order_by="Application.number"
    )
    reflection: Mapped["Reflection | None"] = relationship(back_populates="work")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's name

    @property
    def score(self) -> Decimal:
        """The score so far, in points, two places."""
        return Decimal(self.score_hundredths) / 100

    @property
    def brief(self) -> PracticeBrief:
        """What is asked for."""
        return self.assignment.brief

    @property
    def reviewer(self) -> Person | None:
        """The mentor who reviews; null = the instructor does."""
        return self.mentorship.mentor if self.mentorship else self.pool_reviewer

    def advance(self, state: WorkState) -> None:
        """Take the next step and hand the turn to its owner.

        Raises:
            Conflict: The work cannot go there from where it is.
        """
        if state not in NEXT[self.state]:
            raise Conflict("practice.step", now=self.state, wanted=state)
        self.state = state
        self.pass_turn(self.owner_of(state))

    def owner_of(self, state: WorkState) -> Turn:
        """Say whose turn it is in `state`."""
        if state in FINAL:
            return Turn.NONE
        if state in LEARNERS_TURN:
            return Turn.LEARNER
        if state is WorkState.WAITING_MENTOR:
            return Turn.COORDINATOR
        if state is WorkState.EXPIRED:
            return Turn.INSTRUCTOR
        has_reviewer = self.mentorship_id or self.pool_reviewer_id
        return Turn.MENTOR if has_reviewer else Turn.INSTRUCTOR

    def pass_turn(self, turn: Turn) -> None:
        """Make it `turn`'s turn from now on."""
        self.turn = turn
        self.turn_since = now()


class Plan(Public, Base):
    """What the learner means to do, as if-then (P15)."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("practice_work.id"), unique=True)
    work: Mapped[PracticeWork] = relationship(back_populates="plan")
    occasion: Mapped[str]
    """When <occasion>, ..."""
    action: Mapped[str]
    """... I will <action>."""
    obstacle: Mapped[str] = mapped_column(default="")
    """If <obstacle>, ..."""
    response: Mapped[str] = mapped_column(default="")
    """... then <response>."""
    planned_for: Mapped[date | None]
    submitted_at: Mapped[datetime] = mapped_column(default=now)
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    """What the reviewer said to it."""
    is_waived: Mapped[bool] = mapped_column(default=False)
    """The reviewer let the time pass: the plan drops out of the score (P16)."""


class Application(Public, Base):
    """One real occasion on which the skill was used."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("work_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("practice_work.id"))
    work: Mapped[PracticeWork] = relationship(back_populates="applications")
    number: Mapped[int]
    happened_on: Mapped[date]
    situation: Mapped[str]
    """Where and with whom."""
    did: Mapped[str]
    result: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(default=now)
    verified_at: Mapped[datetime | None]
    quality_thousandths: Mapped[int | None]
    """Best verified quality, 0..1000; revising never lowers it."""

    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="application", cascade="all, delete-orphan"
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="application", order_by="Review.id"
    )


class Evidence(Public, Base):
    """Something that shows an application happened."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    application: Mapped[Application] = relationship(back_populates="evidence")
    kind: Mapped[EvidenceKind] = mapped_column(word(EvidenceKind))
    content: Mapped[str]
    """The text itself, or the address."""


class Review(Public, Base):
    """One look at one application, on the rubric, with its basis."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    application: Mapped[Application] = relationship(back_populates="reviews")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reviewer: Mapped[Person] = relationship()
    basis: Mapped[Basis] = mapped_column(word(Basis))
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Criterion key -> level reached, 0 = weakest."""
    decision: Mapped[Decision] = mapped_column(word(Decision))
    comment: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)


class Reflection(Public, Base):
    """What the learner takes from it."""

    __tablename__ = "reflection"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("practice_work.id"), unique=True)
    work: Mapped[PracticeWork] = relationship(back_populates="reflection")
    learned: Mapped[str]
    next_time: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
