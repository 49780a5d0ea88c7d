"""Users, rosters, enrolments, sections."""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import listed
from lti_mentor.demo.canvas.institution import ENROLMENT_TYPES, canvas
from lti_mentor.demo.canvas.paging import answer
from lti_mentor.demo.canvas.rest import shapes
from lti_mentor.demo.canvas.rest.access import (
    blueprint,
    caller,
    course_at,
    includes,
    person_at,
    unauthorized,
)
from lti_mentor.demo.canvas.sections import section_ids, section_names, sections_of
from lti_mentor.demo.rows import Course, Enrolment, Person

routes = blueprint("people")

TYPES = {
    "student": {"StudentEnrollment"},
    "teacher": {"TeacherEnrollment"},
    "ta": {"TaEnrollment"},
    "observer": {"ObserverEnrollment"},
    "designer": {"DesignerEnrollment"},
    "student_view": {"StudentViewEnrollment"},
}
"""Words of `enrollment_type[]`."""


@routes.get("/users/<user_id>")
def show(user_id: str) -> Response:
    """Return a person: oneself, or anybody for an admin."""
    person = _reachable(user_id)
    shown = shapes.user(person, private=caller().admin)
    if person is caller():
        shown |= {"locale": person.lang, "effective_locale": person.lang}
        shown["permissions"] = {"can_update_name": True, "can_update_avatar": False}
    return jsonify(shown)


@routes.get("/users/<user_id>/profile")
def profile(user_id: str) -> Response:
    """Return a profile, with the time zone; for oneself and admins."""
    return jsonify(shapes.profile(canvas(), _reachable(user_id)))


@routes.get("/accounts/<account_id>/users")
def account_users(account_id: str) -> Response:
    """List everybody; for admins."""
    if not caller().admin or account_id not in ("1", "self"):
        raise unauthorized()
    people = sorted(canvas().world.people.values(), key=_sortable)
    return answer([shapes.user(one, private=True) for one in people])


@routes.get("/courses/<course_id>/users")
def roster(course_id: str) -> Response:
    """List a course's people by name; active and invited unless asked otherwise."""
    course = course_at(course_id)
    rows = {row.person: row for row in _asked(course, _kinds(), _states())}
    people = [canvas().world.people[number] for number in rows]
    term = request.args.get("search_term", "").lower()
    wanted = request.args.getlist("user_ids[]")
    found = [
        person
        for person in sorted(people, key=_sortable)
        if term in person.name.lower() and (not wanted or str(person.id) in wanted)
    ]
    return answer(found, lambda person: _member(course, person, rows[person.id]))


@routes.get("/courses/<course_id>/users/<user_id>")
def member(course_id: str, user_id: str) -> Response:
    """Return one person of a course."""
    course, person = course_at(course_id), person_at(user_id)
    row = canvas().world.enrolments.get((course.id, person.id))
    if row is None:
        raise listed(404, "The specified resource does not exist.")
    return jsonify(_member(course, person, row))


@routes.get("/courses/<course_id>/enrollments")
def enrolments(course_id: str) -> Response:
    """List enrolments, one per section; `role` carries a custom role's name."""
    course = course_at(course_id)
    kinds = set(request.args.getlist("type[]")) or set(ENROLMENT_TYPES.values())
    states = request.args.getlist("state[]") or ["active", "invited"]
    if "current_and_concluded" in states:
        states = ["active", "completed"]
    grades = _sees_grades(course)
    seats = [
        (row, order)
        for row in _asked(course, kinds, set(states))
        for order, _ in enumerate(sections_of(canvas(), row))
    ]

    def shown(seat: tuple[Enrolment, int]) -> dict[str, Any]:
        row, order = seat
        one = shapes.enrolments(canvas(), row, grades=grades)[order]
        return one | {"user": shapes.user(canvas().world.people[row.person])}

    return answer(seats, shown)


@routes.get("/courses/<course_id>/sections")
def sections(course_id: str) -> Response:
    """List the sections, with their learners when asked."""
    course, institution = course_at(course_id), canvas()
    names = section_names(institution, course.id)
    ids = section_ids(institution, course.id)
    with_students = includes("students") and institution.is_staff(course.id, caller())
    return answer(
        [
            {
                "id": number,
                "course_id": course.id,
                "name": name,
                "start_at": None,
                "end_at": None,
                "sis_section_id": None,
                **({"students": _students(course, number)} if with_students else {}),
            }
            for number, name in zip(ids, names, strict=True)
        ]
    )


def _students(course: Course, section: int) -> list[dict[str, Any]]:
    return [
        shapes.user(canvas().world.people[row.person])
        for row in canvas().enrolments(course.id, role="learner", status="active")
        if section in sections_of(canvas(), row)
    ]


def _reachable(user_id: str) -> Person:
    person = person_at(user_id)
    if person is not caller() and not caller().admin:
        raise unauthorized()
    return person


def _kinds() -> set[str]:
    asked = request.args.getlist("enrollment_type[]")
    chosen = {kind for word in asked for kind in TYPES.get(word, set())}
    if not chosen:
        chosen = set(ENROLMENT_TYPES.values()) - TYPES["student_view"]
    if includes("test_student"):
        chosen |= TYPES["student_view"]
    return chosen


def _states() -> set[str]:
    return set(request.args.getlist("enrollment_state[]")) or {"active", "invited"}


def _asked(course: Course, kinds: set[str], states: set[str]) -> list[Enrolment]:
    """Return a course's enrolments; when it is over all of them are `completed`."""
    over = course.concluded
    return [
        row
        for row in canvas().enrolments(course.id)
        if ENROLMENT_TYPES[row.role] in kinds
        and ("completed" if over else shapes.STATES[row.status]) in states
    ]


def _member(course: Course, person: Person, row: Enrolment) -> dict[str, Any]:
    institution = canvas()
    staff = institution.is_staff(course.id, caller())
    shown = shapes.user(person, private=staff)
    if includes("email") and staff:
        shown["email"] = person.email or None
    if includes("avatar_url"):
        shown["avatar_url"] = f"{institution.url}/images/messages/avatar-50.png"
    if includes("enrollments"):
        grades = _sees_grades(course)
        shown["enrollments"] = shapes.enrolments(institution, row, grades=grades)
    return shown


def _sees_grades(course: Course) -> bool:
    """Say whether totals are shown: to graders, unless the course hides them."""
    hidden = canvas().says("canvas_hides_totals")
    return canvas().is_grader(course.id, caller()) and not hidden


def _sortable(person: Person) -> tuple[str, str, int]:
    return (person.family, person.given, person.id)
