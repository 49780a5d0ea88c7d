"""Canvas's wire shapes, read into our types."""

import html
from collections.abc import Iterable, Iterator, Mapping

from lms_clients.types import (
    ActivityCompletion,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    Grade,
    Level,
    Member,
    Message,
    Proficiency,
    Profile,
    Role,
    Section,
    Skill,
)
from lms_clients.wire import Record
from lms_clients.zones import iana

ROLES = {
    "StudentEnrollment": Role.LEARNER,
    "TeacherEnrollment": Role.INSTRUCTOR,
    "TaEnrollment": Role.ASSISTANT,
}
"""Canvas's base types; designers, observers and new ones are `OTHER`."""

TEST_STUDENT = "StudentViewEnrollment"
"""Nobody: the teacher looking at the course as a student."""

OVER = {"completed", "inactive", "rejected", "deleted"}
"""Enrolment states of people who take no part any more."""


def course(row: Record) -> Course:
    """Read a course; its name is absent where dates restrict access."""
    return Course(
        id=row.id("id"),
        name=row.text("name"),
        short_name=row.text("course_code", ""),
        starts_at=row.moment("start_at"),
        ends_at=row.moment("end_at"),
        is_over=row.flag("concluded") or row.raw.get("workflow_state") == "completed",
        group_id=row.maybe_id("account_id"),
    )


def section(row: Record, course_id: str) -> Section:
    """Read a section."""
    return Section(row.id("id"), course_id, row.text("name"))


def member(row: Record, enrolments: list[Record]) -> Member:
    """Read a user with all of their enrolments in the course."""
    seen = [time for item in enrolments if (time := item.moment("last_activity_at"))]
    states = {item.text("enrollment_state", "active") for item in enrolments}
    types = {item.text("type") for item in enrolments}
    return Member(
        id=row.id("id"),
        name=row.text("name"),
        roles=frozenset(ROLES.get(name, Role.OTHER) for name in types),
        email=row.maybe_text("email"),
        username=row.maybe_text("login_id"),
        sis_id=row.maybe_text("sis_user_id"),
        section_ids=frozenset(item.id("course_section_id") for item in enrolments),
        is_active=not states or bool(states - OVER),
        last_seen_at=max(seen, default=None),
    )


def is_test_student(enrolments: list[Record]) -> bool:
    """Whether this is Canvas's Test Student."""
    return any(item.maybe_text("type") == TEST_STUDENT for item in enrolments)


def profile(row: Record) -> Profile:
    """Read a user's profile."""
    return Profile(
        id=row.id("id"),
        name=row.text("name"),
        email=row.maybe_text("primary_email"),
        username=row.maybe_text("login_id"),
        time_zone=iana(row.maybe_text("time_zone")),
        language=row.maybe_text("locale"),
    )


def progress(row: Record, course_id: str) -> CourseCompletion:
    """Read a row of bulk_user_progress; `completed_at` may lack though complete."""
    numbers = row.record("progress")
    required = numbers.number("requirement_count") or 0.0
    done = numbers.number("requirement_completed_count") or 0.0
    is_complete = required > 0 and done >= required
    state = Completion.COMPLETE if is_complete else Completion.INCOMPLETE
    return CourseCompletion(
        course_id,
        row.id("id"),
        state if required else Completion.NO_RULES,
        min(done / required, 1.0) if required else None,
        numbers.moment("completed_at") if is_complete else None,
    )


def activity(item: Record, course_id: str, person_id: str) -> ActivityCompletion | None:
    """Read a module item; None when it asks for nothing."""
    requirement = item.record("completion_requirement")
    if not requirement.raw:
        return None
    is_complete = requirement.flag("completed")
    return ActivityCompletion(
        course_id=course_id,
        person_id=person_id,
        activity_id=item.id("id"),
        kind=item.text("type", "").lower(),
        state=Completion.COMPLETE if is_complete else Completion.INCOMPLETE,
        name=item.maybe_text("title"),
    )


def skill(row: Record) -> Skill:
    """Read an outcome."""
    mastery = row.number("mastery_points")
    ratings = [
        (points, rating.text("description", ""))
        for rating in row.records("ratings")
        if (points := rating.number("points")) is not None
    ]
    return Skill(
        id=row.id("id"),
        name=row.maybe_text("display_name") or row.text("title"),
        description=row.text("description", ""),
        guid=row.maybe_text("vendor_guid"),
        levels=tuple(
            Level(points, name, mastery is not None and points >= mastery)
            for points, name in sorted(ratings)
        ),
        mastery=mastery,
        maximum=row.number("points_possible"),
    )


def proficiencies(
    rollup: Record, course_id: str, skills: Mapping[str, Skill]
) -> Iterator[Proficiency]:
    """Read one rollup; what was never assessed has no score."""
    person_id = rollup.record("links").id("user")
    for row in rollup.records("scores"):
        value = row.number("score")
        if value is None:
            continue
        skill_id = row.record("links").id("outcome")
        known = skills.get(skill_id)
        mastery = known.mastery if known else None
        yield Proficiency(
            course_id=course_id,
            person_id=person_id,
            skill_id=skill_id,
            value=value,
            is_mastered=None if mastery is None else value >= mastery,
            level=_level(known.levels if known else (), value),
            assessed_at=row.moment("submitted_at"),
        )


def _level(levels: Iterable[Level], value: float) -> str | None:
    reached = [level.name for level in levels if level.value <= value]
    return reached[-1] if reached else None


def grade(row: Record, course_id: str) -> Grade | None:
    """Read an enrolment's total; None where the course or our rights hide it.

    The final score: the current one leaves ungraded work out, so that a single good
    assignment would pass a course (Canvas docs, enrollments).
    """
    grades = row.record("grades")
    if "final_score" not in grades.raw:
        return None
    return Grade(
        course_id=course_id,
        person_id=row.id("user_id"),
        item_id="total",
        score=grades.number("final_score"),
        maximum=100.0,
        is_total=True,
    )


def event(value: CalendarEvent) -> dict[str, str]:
    """Spell an event as form fields."""
    context = f"course_{value.course_id}"
    fields = {
        "context_code": f"user_{value.person_id}" if value.person_id else context,
        "title": value.title,
        "description": html.escape(value.description).replace("\n", "<br>"),
        "start_at": value.starts_at.isoformat(),
        "end_at": value.ends_at.isoformat(),
        "location_name": value.place,
    }
    return {f"calendar_event[{name}]": text for name, text in fields.items() if text}


def message(value: Message) -> dict[str, str]:
    """Spell a message; a new conversation, else Canvas drops the subject."""
    return {
        "recipients[]": value.person_id,
        "subject": value.subject[:255],
        "body": value.text,
        "force_new": "true",
    }
