"""What people can do, as each source says it; sources are never mixed."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentor.clock import now
from lti_mentor.db import Base, Public, word
from lti_mentor.people.models import Context, Person


class SkillSource(enum.StrEnum):
    """Who named the skill."""

    LMS = "lms"
    LOCAL = "local"


class Skill(Public, Base):
    """A Moodle competency or a Canvas outcome in our words, or one typed here."""

    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("registration_id", "source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    source: Mapped[SkillSource] = mapped_column(word(SkillSource))
    external_id: Mapped[str] = mapped_column(String(255))
    """Id in the LMS; our own random one for local skills."""
    label: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(default="")
    canonical_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    """The same skill under another id (D17); null = this is the canonical one."""


class ContextSkill(Base):
    """A skill that a course works on, and how far its learners should get."""

    __tablename__ = "context_skill"
    __table_args__ = (
        UniqueConstraint("context_id", "skill_id"),
        CheckConstraint("target BETWEEN 0 AND 1", name="target_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    skill: Mapped[Skill] = relationship()
    target: Mapped[float] = mapped_column(default=1.0)
    """Level to reach, 0..1; 1 = mastery."""


class LevelSource(enum.StrEnum):
    """Who says what somebody can do."""

    LMS = "lms"
    MENTOR = "mentor"
    ENDORSED = "endorsed"
    SELF = "self"


class SkillLevel(Base):
    """One observation of one skill of one person; append-only, newest counts."""

    __tablename__ = "skill_level"
    __table_args__ = (
        Index("ix_skill_level_newest", "person_id", "skill_id", "source", "id"),
        CheckConstraint("level BETWEEN 0 AND 1", name="level_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"), index=True)
    skill: Mapped[Skill] = relationship()
    source: Mapped[LevelSource] = mapped_column(word(LevelSource))
    level: Mapped[float]
    """0..1; 1 = mastery as that source defines it."""
    raw: Mapped[str] = mapped_column(String(120), default="")
    """The source's own words, such as "Competent" or 3.5."""
    is_mastered: Mapped[bool] = mapped_column(default=False)
    observed_at: Mapped[datetime | None]
    """When the source saw it; null = it does not say."""
    read_at: Mapped[datetime] = mapped_column(default=now)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The mentor or coordinator who said so; null = the LMS or the person."""


class CompletionState(enum.StrEnum):
    """How far somebody got with a course or an activity."""

    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FAILED = "failed"


class DoneKind(enum.StrEnum):
    """By what a course counts as done where its LMS has no rule (P29)."""

    GRADE = "grade"
    """The grade of the whole course is at least so much."""
    DATE = "date"
    """Who is in the course until that day has done it."""
    NAMES = "names"
    """Who stands on a list."""


class DoneRule(Base):
    """What an instructor said counts as done in one course; the LMS's word wins."""

    __tablename__ = "done_rule"
    __table_args__ = (
        CheckConstraint("grade BETWEEN 0 AND 1", name="grade_is_a_share"),
        CheckConstraint(
            "(kind = 'grade') = (grade IS NOT NULL)", name="a_grade_is_one"
        ),
        CheckConstraint("(kind = 'date') = (day IS NOT NULL)", name="a_date_is_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), unique=True)
    context: Mapped[Context] = relationship()
    kind: Mapped[DoneKind] = mapped_column(word(DoneKind))
    grade: Mapped[float | None]
    """Share of the highest grade that is enough, 0..1."""
    day: Mapped[datetime | None]
    """The end of that day where the instructor lives."""
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_by: Mapped[Person] = relationship()
    said_at: Mapped[datetime] = mapped_column(default=now)


class CourseGrade(Base):
    """The grade of a whole course; read only where it says what counts as done."""

    __tablename__ = "course_grade"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    share: Mapped[float]
    """Of the highest grade, 0..1; more where the LMS gave extra points."""
    graded_at: Mapped[datetime | None]
    read_at: Mapped[datetime] = mapped_column(default=now)


class CourseCompletion(Base):
    """Whether somebody completed a course, as the LMS or an instructor says."""

    __tablename__ = "course_completion"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    state: Mapped[CompletionState] = mapped_column(word(CompletionState))
    progress: Mapped[float | None]
    """Share of what counts that is done, 0..1; null = the LMS does not say."""
    completed_at: Mapped[datetime | None]
    by_rule: Mapped[bool] = mapped_column(default=False)
    """An instructor's word only (`DoneRule`); the LMS's takes its place."""
    read_at: Mapped[datetime] = mapped_column(default=now)


class ActivityCompletion(Base):
    """Whether somebody completed one activity of a course, as the LMS says."""

    __tablename__ = "activity_completion"
    __table_args__ = (UniqueConstraint("context_id", "person_id", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(255))
    """Course module or module item id in the LMS."""
    name: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[CompletionState] = mapped_column(word(CompletionState))
    completed_at: Mapped[datetime | None]
    read_at: Mapped[datetime] = mapped_column(default=now)
