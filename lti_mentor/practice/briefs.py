"""Briefs and where they are placed: from a deep link to a practice in a course."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing
from lti_mentor.mentoring.models import Program
from lti_mentor.people.models import Context, LineItem, Person, ResourceLink
from lti_mentor.practice import queries
from lti_mentor.practice.models import PracticeAssignment, PracticeBrief, ScoreMode
from lti_mentor.skills.models import Skill


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
        Invalid: No title, a due date in the past, or numbers that make no sense.
    """
    if not answers.title.strip():
        raise Invalid("brief.title_missing")
    if answers.due_at is not None and answers.due_at <= now():
        raise Invalid("brief.due_past")
    _check_numbers(answers)
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
        brief = get_public(session, PracticeBrief, practice, same_lms)
    except Missing:
        return None
    assignment = PracticeAssignment(
        brief=brief, context=link.context, resource_link=link
    )
    try:
        with session.begin_nested():
            session.add(assignment)
    except IntegrityError:  # a class opens it at once: one launch was faster
        return queries.assignment_of_link(session, link)
    return assignment
