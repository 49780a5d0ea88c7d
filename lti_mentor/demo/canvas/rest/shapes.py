"""People, courses and enrolments as the API shows them.

Source: Canvas lib/api/v1/user.rb, course.rb and doc of the endpoints.
"""

from typing import Any

from lti_mentor.demo.canvas.institution import ENROLMENT_TYPES, Institution
from lti_mentor.demo.canvas.sections import sections_of
from lti_mentor.demo.canvas.times import iso
from lti_mentor.demo.canvas.variables import time_zone
from lti_mentor.demo.rows import Course, Enrolment, Person

STATES = {"active": "active", "suspended": "inactive", "expired": "completed"}
"""The campus's words for an enrolment's state in Canvas's words."""
ROLE_IDS = {
    "StudentEnrollment": 3,
    "TeacherEnrollment": 4,
    "TaEnrollment": 5,
    "DesignerEnrollment": 6,
    "ObserverEnrollment": 7,
    "StudentViewEnrollment": 3,
}
"""Ids of the built-in roles."""


def user(person: Person, *, private: bool = False) -> dict[str, Any]:
    """Return a person; SIS and login ids only for those who may see them."""
    shown: dict[str, Any] = {
        "id": person.id,
        "name": person.name,
        "created_at": "2026-01-10T08:00:00Z",
        "sortable_name": f"{person.family}, {person.given}",
        "short_name": person.name,
    }
    if private:
        shown |= {
            "sis_user_id": person.idnumber or None,
            "integration_id": None,
            "login_id": person.username,
        }
    return shown


def profile(canvas: Institution, person: Person) -> dict[str, Any]:
    """Return a profile, with the time zone (Canvas lib/api/v1/user_profile.rb)."""
    return {
        **user(person),
        "title": None,
        "bio": None,
        "primary_email": person.email or None,
        "login_id": person.username,
        "avatar_url": f"{canvas.url}/images/messages/avatar-50.png",
        "calendar": {"ics": f"{canvas.url}/feeds/calendars/user_{person.opaque}.ics"},
        "time_zone": time_zone(person),
        "locale": person.lang,
        "lti_user_id": person.opaque,
    }


def course(canvas: Institution, row: Course) -> dict[str, Any]:
    """Return a course; a concluded one is `completed`."""
    state = "available" if row.visible else "unpublished"
    return {
        "id": row.id,
        "name": row.title,
        "account_id": 1,
        "root_account_id": 1,
        "uuid": row.opaque,
        "start_at": iso(row.start),
        "end_at": iso(row.end),
        "course_code": row.code,
        "sis_course_id": row.idnumber or None,
        "workflow_state": "completed" if row.concluded else state,
        "time_zone": "America/Denver",
        "default_view": "modules",
        "enrollment_term_id": 1,
        "public_syllabus": False,
        "calendar": {"ics": f"{canvas.url}/feeds/calendars/course_{row.opaque}.ics"},
    }


def enrolments(
    canvas: Institution, row: Enrolment, *, grades: bool
) -> list[dict[str, Any]]:
    """Return one enrolment per section the person is in."""
    return [
        _enrolment(canvas, row, section, order, grades=grades)
        for order, section in enumerate(sections_of(canvas, row))
    ]


def _enrolment(
    canvas: Institution, row: Enrolment, section: int, order: int, *, grades: bool
) -> dict[str, Any]:
    kind = ENROLMENT_TYPES[row.role]
    concluded = canvas.world.courses[row.course].concluded
    label = canvas.store.labels.get(f"{row.course} {row.person}")
    watched = canvas.store.observed.get(f"{row.course} {row.person}", [])
    shown: dict[str, Any] = {
        "id": row.course * 100_000 + row.person * 10 + order,
        "root_account_id": 1,
        "user_id": row.person,
        "course_id": row.course,
        "course_section_id": section,
        "associated_user_id": watched[0] if watched else None,
        "limit_privileges_to_course_section": False,
        "enrollment_state": "completed" if concluded else STATES[row.status],
        "type": kind,
        "role": label or kind,
        "role_id": 99 if label else ROLE_IDS[kind],
        "created_at": iso(row.since),
        "updated_at": iso(row.since),
        "start_at": None,
        "end_at": None,
        "last_activity_at": iso(row.last_access),
        "total_activity_time": 1234,
        "completed_at": iso(canvas.world.courses[row.course].end)
        if concluded
        else None,
        "html_url": f"{canvas.url}/courses/{row.course}/users/{row.person}",
    }
    if grades and kind == "StudentEnrollment":
        shown["grades"] = totals(canvas, row.course, row.person)
    return shown


def totals(canvas: Institution, course_id: int, person_id: int) -> dict[str, Any]:
    """Return a learner's totals: `current` leaves ungraded work out, `final` not."""
    assignments = [
        one
        for one in canvas.store.assignments.values()
        if one.course == course_id and one.published
    ]
    rows = [canvas.store.submissions.get((one.id, person_id)) for one in assignments]
    earned = sum(row.score or 0.0 for row in rows if row)
    graded = sum(
        one.points
        for one, row in zip(assignments, rows, strict=True)
        if row and row.score is not None
    )
    everything = sum(one.points for one in assignments)
    return {
        "html_url": f"{canvas.url}/courses/{course_id}/grades/{person_id}",
        "current_score": round(100 * earned / graded, 2) if graded else None,
        "current_grade": None,
        "final_score": round(100 * earned / everything, 2) if everything else None,
        "final_grade": None,
    }
