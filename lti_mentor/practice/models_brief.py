"""What an instructor asks for, and where it is placed."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.mentoring.models import Program
from lti_mentor.people.models import Context, LineItem, ResourceLink
from lti_mentor.skills.models import Skill


class ScoreMode(enum.StrEnum):
    """When a score goes to the gradebook (D19)."""

    FINAL = "final"
    PROGRESSIVE = "progressive"


class PracticeBrief(Public, Base):
    """What an instructor asks for; a deep link carries its public id (D16)."""

    __tablename__ = "practice_brief"
    __table_args__ = (
        CheckConstraint("applications_required >= 1", name="asks_for_an_application"),
        CheckConstraint("sessions_required >= 0", name="sessions_is_a_count"),
        CheckConstraint("answer_days >= 1", name="leaves_time_to_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    program: Mapped[Program] = relationship()
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    context: Mapped[Context] = relationship()
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(255))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    """The skill to be applied; null where the LMS knows none and none was typed."""
    skill: Mapped[Skill | None] = relationship()
    task: Mapped[str] = mapped_column(default="")
    """What to do, in the instructor's words."""
    applications_required: Mapped[int] = mapped_column(default=1)
    sessions_required: Mapped[int] = mapped_column(default=1)
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Criteria: {key, label, levels: [words from weakest to best]}."""
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of plan, applied, sessions, reflection; empty = 10, 60, 15, 15."""
    maximum: Mapped[int] = mapped_column(default=100)
    mode: Mapped[ScoreMode] = mapped_column(word(ScoreMode), default=ScoreMode.FINAL)
    answer_days: Mapped[int] = mapped_column(default=7)
    """How long a plan or an application may wait before it moves on (P14)."""
    starts_at: Mapped[datetime | None]
    """From when the LMS lets learners in, where it takes such a date."""
    due_at: Mapped[datetime | None]
    linked_at: Mapped[datetime | None]
    """When a deep-link answer was built from it; from then on it is kept."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class PracticeAssignment(Public, Base):
    """A brief placed in a course: one per resource link, made by the first launch."""

    __tablename__ = "practice_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("practice_brief.id"), index=True)
    brief: Mapped[PracticeBrief] = relationship()
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    context: Mapped[Context] = relationship()
    resource_link_id: Mapped[int] = mapped_column(
        ForeignKey("resource_link.id"), unique=True
    )
    resource_link: Mapped[ResourceLink] = relationship()
    deep_link: Mapped[str] = mapped_column(String(36), default="")
    """Public id its link carries: the brief's, or in a copied course the original's."""
    line_item_id: Mapped[int | None] = mapped_column(ForeignKey("line_item.id"))
    line_item: Mapped[LineItem | None] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=now)
