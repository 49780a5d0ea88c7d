"""Moodle's wire shapes, read into our types."""

import html
import json
from collections.abc import Iterator, Mapping

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
    Score,
    Section,
    Site,
    Skill,
)
from lms_clients.wire import Record
from lms_clients.zones import iana

ROLES = {
    "student": Role.LEARNER,
    "editingteacher": Role.INSTRUCTOR,
    "manager": Role.INSTRUCTOR,
    "teacher": Role.ASSISTANT,
}
"""Moodle's standard roles by short name; others are `OTHER`."""

STATES = {
    "0": Completion.INCOMPLETE,
    "1": Completion.COMPLETE,
    "2": Completion.PASSED,
    "3": Completion.FAILED,
}


def site(row: Record) -> Site:
    """Read core_webservice_get_site_info."""
    return Site(
        kind="moodle",
        name=row.text("sitename"),
        release=row.text("release", ""),
        account_id=row.id("userid"),
        language=row.maybe_text("lang"),
        functions=frozenset(item.text("name") for item in row.records("functions")),
    )


def course(row: Record) -> Course:
    """Read a course of core_course_get_courses."""
    return Course(
        id=row.id("id"),
        name=html.unescape(row.text("fullname")),
        short_name=row.text("shortname"),
        starts_at=row.epoch("startdate"),
        ends_at=row.epoch("enddate"),
        group_id=row.maybe_id("categoryid"),
    )


def member(row: Record, suspended: frozenset[str]) -> Member:
    """Read a user of core_enrol_get_enrolled_users."""
    shortnames = [item.text("shortname") for item in row.records("roles")]
    return Member(
        id=row.id("id"),
        name=html.unescape(row.text("fullname")),
        roles=frozenset(ROLES.get(name, Role.OTHER) for name in shortnames),
        email=row.maybe_text("email"),
        username=row.maybe_text("username"),
        sis_id=row.maybe_text("idnumber"),
        section_ids=frozenset(item.id("id") for item in row.records("groups")),
        is_active=row.id("id") not in suspended,
        last_seen_at=row.epoch("lastcourseaccess"),
    )


def profile(row: Record) -> Profile:
    """Read a user of core_user_get_users_by_field."""
    return Profile(
        id=row.id("id"),
        name=html.unescape(row.text("fullname")),
        email=row.maybe_text("email"),
        username=row.maybe_text("username"),
        time_zone=iana(row.maybe_text("timezone")),
        language=row.maybe_text("lang"),
    )


def section(row: Record) -> Section:
    """Read a group of core_group_get_course_groups."""
    return Section(row.id("id"), row.id("courseid"), html.unescape(row.text("name")))


def activity(
    row: Record, course_id: str, person_id: str, names: Mapping[str, str]
) -> ActivityCompletion:
    """Read a status of core_completion_get_activities_completion_status."""
    state = STATES.get(row.id("state"), Completion.INCOMPLETE)
    return ActivityCompletion(
        course_id=course_id,
        person_id=person_id,
        activity_id=row.id("cmid"),
        kind=row.text("modname"),
        state=state,
        name=names.get(row.id("cmid")),
        completed_at=row.epoch("timecompleted") if state.is_done else None,
    )


def course_completion(row: Record, course_id: str, person_id: str) -> CourseCompletion:
    """Read a completionstatus; progress is the share of criteria that are met."""
    criteria = list(row.records("completions"))
    met = [item for item in criteria if item.flag("complete")]
    is_complete = row.flag("completed")
    times = [moment for item in met if (moment := item.epoch("timecompleted"))]
    return CourseCompletion(
        course_id,
        person_id,
        Completion.COMPLETE if is_complete else Completion.INCOMPLETE,
        len(met) / len(criteria) if criteria else None,
        max(times, default=None) if is_complete else None,
    )


def scale(configuration: str) -> tuple[Level, ...]:
    """Read a scaleconfiguration: only levels that are the default or proficient."""
    try:
        items = json.loads(configuration or "[]")
    except (ValueError, RecursionError):
        return ()
    levels = [
        Level(float(item["id"]), "", bool(item.get("proficient")))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), int)
    ]
    return tuple(sorted(levels, key=lambda level: level.value))


def skill(row: Record, scales: dict[str, tuple[str, str]]) -> Skill:
    """Read a competency; `scales` has (name, scaleconfiguration) by framework id."""
    framework, inherited = scales.get(row.id("competencyframeworkid"), (None, ""))
    levels = scale(row.text("scaleconfiguration", "") or inherited)
    mastered = [level.value for level in levels if level.is_mastery]
    return Skill(
        id=row.id("id"),
        name=html.unescape(row.text("shortname")),
        description=row.text("description", ""),
        guid=row.maybe_text("idnumber"),
        framework=framework,
        levels=levels,
        mastery=min(mastered, default=None),
        maximum=max((level.value for level in levels), default=None),
    )


def proficiency(row: Record) -> Proficiency | None:
    """Read a usercompetencycourse; None when it was never rated.

    Moodle makes the row, with a fresh time, when somebody only looks.
    """
    value = row.number("grade")
    if value is None:
        return None
    return Proficiency(
        course_id=row.id("courseid"),
        person_id=row.id("userid"),
        skill_id=row.id("competencyid"),
        value=value,
        is_mastered=row.flag("proficiency"),
        level=row.maybe_text("gradename"),
        assessed_at=row.epoch("timemodified"),
    )


def grades(row: Record) -> Iterator[Grade]:
    """Read one user of gradereport_user_get_grade_items."""
    for item in row.records("gradeitems"):
        yield Grade(
            course_id=row.id("courseid"),
            person_id=row.id("userid"),
            item_id=item.id("id"),
            score=item.number("graderaw"),
            maximum=item.number("grademax") or 0.0,
            name=item.maybe_text("itemname"),
            is_total=item.maybe_text("itemtype") == "course",
            graded_at=item.epoch("gradedategraded"),
        )


def event(value: CalendarEvent) -> dict[str, object]:
    """Spell an event; times in whole seconds, the text escaped, the place within it."""
    text = "\n".join(filter(None, (value.place, value.description)))
    return {
        "name": value.title,
        "description": html.escape(text).replace("\n", "<br>"),
        "format": 1,
        "courseid": value.course_id,
        "groupid": value.section_id or 0,
        "eventtype": "group" if value.section_id else "course",
        "timestart": int(value.starts_at.timestamp()),
        "timeduration": int((value.ends_at - value.starts_at).total_seconds()),
    }


def score(value: Score) -> dict[str, object]:
    """Spell a grade for core_grades_update_grades."""
    return {
        "studentid": value.person_id,
        "grade": value.score,
        "str_feedback": value.comment or None,
    }


def message(value: Message) -> dict[str, object]:
    """Spell a message; Moodle has no subject, so it leads the text."""
    text = html.escape(value.text).replace("\n", "<br>")
    subject = f"<p><strong>{html.escape(value.subject)}</strong></p>"
    return {
        "touserid": value.person_id,
        "text": f"{subject}<p>{text}</p>",
        "textformat": 1,
    }
