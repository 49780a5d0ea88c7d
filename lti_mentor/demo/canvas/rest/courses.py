"""Accounts and courses."""

from typing import Any

from flask import Response, jsonify

from lti_mentor.demo.canvas.institution import ACCOUNT_NAME, canvas
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
from lti_mentor.demo.canvas.rest.progress import course_progress
from lti_mentor.demo.canvas.sections import section_names, sections_of
from lti_mentor.demo.rows import Course, Person

routes = blueprint("courses")


@routes.get("/accounts")
def accounts() -> Response:
    """List the accounts the caller administers."""
    return answer([_account()] if caller().admin else [])


@routes.get("/accounts/<account_id>")
def account(account_id: str) -> Response:
    """Return the root account."""
    if not caller().admin or account_id not in ("1", "self"):
        raise unauthorized()
    return jsonify(_account())


@routes.get("/accounts/<account_id>/courses")
def account_courses(account_id: str) -> Response:
    """List all courses; for admins."""
    if not caller().admin or account_id not in ("1", "self"):
        raise unauthorized()
    return answer([_course(one) for one in canvas().world.courses.values()])


@routes.get("/courses")
def index() -> Response:
    """List the courses the caller is enrolled in, with the caller's enrolments."""
    return answer([_of_person(one, caller()) for one in _enrolled(caller())])


@routes.get("/users/<user_id>/courses")
def of_user(user_id: str) -> Response:
    """List somebody's courses; for oneself and admins."""
    person = person_at(user_id)
    if person is not caller() and not caller().admin:
        raise unauthorized()
    return answer([_of_person(one, person) for one in _enrolled(person)])


@routes.get("/courses/<course_id>")
def show(course_id: str) -> Response:
    """Return one course."""
    course = course_at(course_id)
    shown = _of_person(course, caller())
    if includes("term"):
        shown["term"] = {"id": 1, "name": "Default Term", "start_at": None}
    return jsonify(shown)


def _enrolled(person: Person) -> list[Course]:
    rows = canvas().enrolments(person=person.id, status="active")
    return [canvas().world.courses[row.course] for row in rows]


def _course(course: Course) -> dict[str, Any]:
    shown = shapes.course(canvas(), course)
    if includes("total_students"):
        shown["total_students"] = len(canvas().learners(course.id))
    if includes("concluded"):
        shown["concluded"] = course.concluded
    return shown


def _of_person(course: Course, person: Person) -> dict[str, Any]:
    """Return a course with somebody's place in it."""
    institution, shown = canvas(), _course(course)
    row = institution.world.enrolments.get((course.id, person.id))
    found = shapes.enrolments(institution, row, grades=False) if row else []
    short = ("type", "role", "role_id", "user_id", "enrollment_state")
    shown["enrollments"] = [{name: one[name] for name in short} for one in found]
    if includes("total_scores"):
        totals = shapes.totals(institution, course.id, person.id)
        for one in shown["enrollments"]:
            one["computed_current_score"] = totals["current_score"]
            one["computed_final_score"] = totals["final_score"]
    if includes("course_progress"):
        shown["course_progress"] = course_progress(institution, course, person)
    if includes("sections") and row:
        names = section_names(institution, course.id)
        shown["sections"] = [
            {"id": number, "name": names[number - course.id * 10 - 1]}
            for number in sections_of(institution, row)
        ]
    return shown


def _account() -> dict[str, Any]:
    return {
        "id": 1,
        "name": ACCOUNT_NAME,
        "uuid": canvas().guid.split(":", 1)[0],
        "parent_account_id": None,
        "root_account_id": None,
        "lti_guid": canvas().guid,
        "workflow_state": "active",
        "default_time_zone": "America/Denver",
    }
