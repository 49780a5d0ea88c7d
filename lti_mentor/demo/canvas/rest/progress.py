"""Completion: modules, their requirements, and who has met them.

Source: Canvas app/models/course_progress.rb, lib/api/v1/context_module.rb.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import Refused, gone
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.paging import answer
from lti_mentor.demo.canvas.rest.access import (
    blueprint,
    caller,
    course_at,
    graded_course,
    includes,
    person_at,
    unauthorized,
)
from lti_mentor.demo.canvas.times import iso
from lti_mentor.demo.rows import Activity, Completion, Course, Person

routes = blueprint("progress")

NOT_MODULE_BASED = (
    "no progress available because this course is not module based "
    "(has modules and module completion requirements) or the user is not enrolled "
    "as a student in this course"
)
"""What a course without completion rules answers, with status 400."""
REQUIREMENTS = {
    "view": "must_view",
    "grade": "must_submit",
    "pass": "min_score",
    "manual": "must_mark_done",
}
"""How an activity is completed, in Canvas's words."""
ITEM_TYPES = {
    "assign": "Assignment",
    "quiz": "Quiz",
    "forum": "Discussion",
    "page": "Page",
    "url": "ExternalUrl",
    "lti": "ExternalTool",
}
"""Kinds of activities as types of module items."""


def requirements(institution: Institution, course: Course) -> list[Activity]:
    """Return the published activities that count for completion."""
    return [
        one
        for one in institution.world.activities.values()
        if one.course == course.id and one.completes in REQUIREMENTS and one.published
    ]


def course_progress(
    institution: Institution, course: Course, person: Person
) -> dict[str, Any]:
    """Return somebody's progress, or the error object in its place."""
    needed = requirements(institution, course)
    student = "StudentEnrollment" in institution.types(course.id, person.id)
    if not needed or not student:
        return {"error": {"message": NOT_MODULE_BASED}}
    done = [row for one in needed if (row := _done(institution, one, person))]
    complete = len(done) == len(needed)
    return {
        "requirement_count": len(needed),
        "requirement_completed_count": len(done),
        "next_requirement_url": None,
        "completed_at": iso(max(row.at for row in done)) if complete else None,
    }


@routes.get("/courses/<course_id>/bulk_user_progress")
def bulk_user_progress(course_id: str) -> Response:
    """List every learner's progress; for those who see all grades."""
    course, institution = graded_course(course_id), canvas()
    if not requirements(institution, course):
        says_why = institution.says("canvas_bulk_progress_says_why")
        body = {"error": {"message": NOT_MODULE_BASED}}
        raise Refused(400, body if says_why else {"errors": []})
    learners = sorted(institution.learners(course.id), key=lambda person: person.id)
    return answer(learners, lambda person: _in_bulk(institution, course, person))


def _in_bulk(
    institution: Institution, course: Course, person: Person
) -> dict[str, Any]:
    return {
        "id": person.id,
        "display_name": person.name,
        "avatar_image_url": f"{institution.url}/images/messages/avatar-50.png",
        "html_url": f"{institution.url}/courses/{course.id}/users/{person.id}",
        "pronouns": None,
        "progress": course_progress(institution, course, person),
    }


@routes.get("/courses/<course_id>/users/<user_id>/progress")
def user_progress(course_id: str, user_id: str) -> Response:
    """Return one learner's progress; 400 means that no completion is defined."""
    course, person = course_at(course_id), person_at(user_id)
    _may_read(course, person)
    found = course_progress(canvas(), course, person)
    if "error" in found:
        raise Refused(400, found)
    return jsonify(found)


@routes.get("/courses/<course_id>/modules")
def modules(course_id: str) -> Response:
    """List the modules, with one learner's states when `student_id` is asked."""
    course = course_at(course_id)
    person = _student(course)
    numbers = [
        number
        for number in course.sections
        if any(one.section == number for one in _items(course))
    ]
    shown = [
        _module(course, number, order, person) for order, number in _ranked(numbers)
    ]
    return answer(shown)


@routes.get("/courses/<course_id>/modules/<int:module_id>/items")
def items(course_id: str, module_id: int) -> Response:
    """List a module's items with their requirements."""
    course = course_at(course_id)
    person = _student(course)
    number = module_id - course.id * 100
    if number not in course.sections:
        raise gone()
    found = [one for one in _items(course) if one.section == number]
    return answer([_item(one, order, person) for order, one in _ranked(found)])


def _ranked(values: list[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(values, 1))


def _done(
    institution: Institution, activity: Activity, person: Person
) -> Completion | None:
    row = institution.world.completions.get((activity.id, person.id))
    return row if row and row.state in (1, 2) else None


def _may_read(course: Course, person: Person) -> None:
    institution, who = canvas(), caller()
    watched = institution.store.observed.get(f"{course.id} {who.id}", [])
    allowed = person is who or person.id in watched
    if not allowed and not institution.is_grader(course.id, who):
        raise unauthorized()


def _student(course: Course) -> Person | None:
    """Return the learner whose states are asked for: `student_id`, or oneself."""
    reference = request.args.get("student_id")
    if reference is None:
        mine = canvas().types(course.id, caller().id)
        return caller() if "StudentEnrollment" in mine else None
    person = person_at(reference)
    _may_read(course, person)
    return person


def _items(course: Course) -> list[Activity]:
    staff = canvas().is_staff(course.id, caller())
    return [
        one
        for one in canvas().world.activities.values()
        if one.course == course.id and (one.published or staff)
    ]


def _module(
    course: Course, number: int, order: int, person: Person | None
) -> dict[str, Any]:
    inside = [one for one in _items(course) if one.section == number]
    module_id = course.id * 100 + number
    base = f"{canvas().url}/api/v1/courses/{course.id}/modules/{module_id}"
    shown: dict[str, Any] = {
        "id": module_id,
        "name": course.sections[number],
        "position": order,
        "unlock_at": None,
        "require_sequential_progress": False,
        "prerequisite_module_ids": [],
        "items_count": len(inside),
        "items_url": f"{base}/items",
        "published": True,
    }
    if person:
        shown |= _state(inside, person)
    if includes("items"):
        shown["items"] = [_item(one, at, person) for at, one in _ranked(inside)]
    return shown


def _state(inside: list[Activity], person: Person) -> dict[str, Any]:
    needed = [one for one in inside if one.completes in REQUIREMENTS]
    done = [row for one in needed if (row := _done(canvas(), one, person))]
    if len(done) == len(needed):
        at = iso(max((row.at for row in done), default=None))
        return {"state": "completed", "completed_at": at}
    return {"state": "started" if done else "unlocked", "completed_at": None}


def _item(activity: Activity, order: int, person: Person | None) -> dict[str, Any]:
    module_id = activity.course * 100 + activity.section
    base = f"{canvas().url}/courses/{activity.course}/modules/items/{activity.id}"
    shown: dict[str, Any] = {
        "id": activity.id,
        "module_id": module_id,
        "position": order,
        "title": activity.title,
        "indent": 0,
        "type": ITEM_TYPES.get(activity.kind, "Page"),
        "content_id": _content(activity),
        "html_url": base,
        "published": activity.published,
    }
    if activity.completes in REQUIREMENTS:
        rule: dict[str, Any] = {"type": REQUIREMENTS[activity.completes]}
        if rule["type"] == "min_score":
            rule["min_score"] = 60.0
        if person:
            rule["completed"] = _done(canvas(), activity, person) is not None
        shown["completion_requirement"] = rule
    return shown


def _content(activity: Activity) -> int | None:
    for one in canvas().store.assignments.values():
        if one.activity == activity.id:
            return one.id
    return None
