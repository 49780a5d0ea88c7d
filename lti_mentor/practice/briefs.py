"""Briefs and where they are placed: from a deep link to a practice in a course."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing, NotAllowed
from lti_mentor.mentoring import approval, programs
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import Program, ProgramState
from lti_mentor.people import lineage
from lti_mentor.people.models import (
    Context,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
)
from lti_mentor.practice import queries
from lti_mentor.practice.models import PracticeAssignment, PracticeBrief, ScoreMode
from lti_mentor.skills.models import Skill

ABANDONED = timedelta(days=30)
"""How long a brief is kept from which no deep-link answer was built (D16)."""
COPIED = (
    *("title", "skill_id", "task", "applications_required", "sessions_required"),
    *("rubric", "weights", "maximum", "mode", "answer_days"),
)
"""What a copied course takes over of a brief."""


@dataclass(frozen=True, slots=True)
class BriefAnswers:
    """What an instructor says; skill and due date are enough (P14)."""

    title: str
    skill: Skill | None
    due_at: datetime | None
    task: str = ""
    applications_required: int = 1
    sessions_required: int = 1
    maximum: int = 100
    mode: ScoreMode = ScoreMode.FINAL
    answer_days: int = 7
    starts_at: datetime | None = None
    rubric: tuple[dict[str, Any], ...] = ()


def draft(
    session: Session,
    program: Program,
    context: Context,
    by: Person,
    answers: BriefAnswers,
) -> PracticeBrief:
    """Make a brief; nothing is placed until the LMS saves the link and launches it.

    Raises:
        Invalid: No title, a due date in the past or before the start, or numbers
            that make no sense.
    """
    if not answers.title.strip():
        raise Invalid("brief.title_missing")
    if answers.due_at is not None and answers.due_at <= now():
        raise Invalid("brief.due_past")
    if answers.due_at and answers.starts_at and answers.due_at <= answers.starts_at:
        raise Invalid("brief.starts_late")
    _check_numbers(answers)
    sweep(session)
    brief = PracticeBrief(
        program=program,
        context=context,
        created_by_id=by.id,
        title=answers.title.strip()[:255],
        skill=answers.skill,
        task=answers.task.strip(),
        applications_required=answers.applications_required,
        sessions_required=answers.sessions_required,
        rubric=list(answers.rubric),
        maximum=answers.maximum,
        mode=answers.mode,
        answer_days=answers.answer_days,
        starts_at=answers.starts_at,
        due_at=answers.due_at,
    )
    session.add(brief)
    session.flush()
    return brief


def _check_numbers(answers: BriefAnswers) -> None:
    sensible = (
        1 <= answers.applications_required <= 20
        and 0 <= answers.sessions_required <= 20
        and 1 <= answers.maximum <= 10_000
        and 1 <= answers.answer_days <= 60
    )
    if not sensible:
        raise Invalid("brief.numbers")


def sweep(session: Session) -> None:
    """Delete briefs of abandoned dialogs: no answer was ever built from them."""
    left = PracticeBrief.linked_at.is_(None)
    old = PracticeBrief.created_at < now() - ABANDONED
    placed = select(PracticeAssignment.brief_id)
    gone = delete(PracticeBrief).where(left, old, PracticeBrief.id.not_in(placed))
    session.execute(gone)


def mark_linked(brief: PracticeBrief) -> None:
    """Keep the brief: a deep-link answer was built from it (D16)."""
    brief.linked_at = brief.linked_at or now()


def place(
    session: Session, link: ResourceLink, practice: str, line_item: LineItem | None
) -> PracticeAssignment | None:
    """Return the practice at this link; the first launch by anyone places it (D16).

    `practice` is the public id of the deep link's custom field. A line item that the
    LMS made later is taken in at the next launch. None = the id names no brief of
    this registration, such as in a link copied from another LMS.
    """
    there = queries.assignment_of_link(session, link)
    if there is None:
        there = _place(session, link, practice)
    if there is not None and line_item is not None:
        there.line_item = line_item
    return there


def _place(
    session: Session, link: ResourceLink, practice: str
) -> PracticeAssignment | None:
    same_lms = PracticeBrief.context.has(
        Context.registration_id == link.context.registration_id
    )
    try:
        asked = get_public(session, PracticeBrief, practice, same_lms)
    except Missing:
        return None
    try:
        with session.begin_nested():
            brief = _brief_here(session, asked, link.context)
            if brief is None:
                return None
            assignment = PracticeAssignment(
                brief=brief,
                context=link.context,
                resource_link=link,
                deep_link=str(asked.public_id),
            )
            session.add(assignment)
    except IntegrityError:  # a class opens it at once: one launch was faster
        return queries.assignment_of_link(session, link)
    return assignment


def _brief_here(
    session: Session, asked: PracticeBrief, context: Context
) -> PracticeBrief | None:
    """Return the brief for this course: itself, or its copy in a copied course.

    A copied course takes over what is asked, never people or grades: its practice
    belongs to its own program. None = nobody here could lead one yet.
    """
    if asked.context_id == context.id:
        return asked
    lineage.join(context, asked.context)
    program = _program_here(session, asked, context)
    if program is None:
        return None
    kept = {name: getattr(asked, name) for name in COPIED}
    is_ahead = asked.due_at is not None and asked.due_at > now()
    brief = PracticeBrief(
        **kept,
        program=program,
        context=context,
        created_by_id=program.coordinator_id,
        linked_at=now(),
        due_at=asked.due_at if is_ahead else None,
    )
    session.add(brief)
    return brief


def _program_here(
    session: Session, asked: PracticeBrief, context: Context
) -> Program | None:
    """Return the program of this course, else one like the brief's, led from here."""
    found = mentoring.programs_in(session, context)
    if found:
        return found[0]
    waits = approval.answered(session, context)
    if waits is not None and waits.state is ProgramState.DRAFT:
        return waits
    teacher = _teacher(session, context)
    if teacher is None:
        return None
    old = asked.program
    answers = programs.ProgramAnswers(
        context.title or old.name,
        tuple(row.skill for row in old.skills),
        old.weeks,
        old.default_capacity,
    )
    try:
        program = programs.start_program(session, context, teacher, answers)
    except NotAllowed:
        return None
    programs.gather(session, program)
    return program


def _teacher(session: Session, context: Context) -> Person | None:
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id == context.id,
            Membership.role == Role.INSTRUCTOR,
            Membership.is_active,
        )
        .order_by(Membership.seen_at.desc(), Membership.id)
        .limit(1)
    )
    return session.scalars(query).first()
