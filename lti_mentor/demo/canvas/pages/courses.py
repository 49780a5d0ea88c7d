"""Course pages: home, modules, people."""

from typing import Any

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from lti_mentor.demo.canvas import copying
from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.institution import ENROLMENT_TYPES, Institution, canvas
from lti_mentor.demo.canvas.launching import at_placement
from lti_mentor.demo.canvas.visits import course_of, teacher_of
from lti_mentor.demo.rows import Course, Person, Tool

routes = Blueprint("canvas_courses", __name__)


@routes.get("/courses/<int:course_id>")
@routes.get("/courses/<int:course_id>/modules")
def show(course_id: int) -> str:
    """Show a course's modules with the visitor's ticks."""
    person, course = course_of(course_id)
    modules = _modules(canvas(), course, person)
    return page("canvas/course.html", person, course, modules=modules)


@routes.get("/courses/<int:course_id>/users")
def people(course_id: int) -> str:
    """Show who is in the course."""
    person, course = course_of(course_id)
    institution = canvas()
    members = [
        (institution.world.people[one.person], one)
        for one in institution.enrolments(course_id)
    ]
    return page(
        "canvas/people.html", person, course, members=members, types=ENROLMENT_TYPES
    )


@routes.post("/courses/<int:course_id>/copy")
def copy(course_id: int) -> Response:
    """Copy the course for a new term; tools that asked are told."""
    _, course = teacher_of(course_id)
    fresh = copying.copy_course(canvas(), course)
    return redirect(f"/courses/{fresh.id}")


@routes.get("/courses/<int:course_id>/settings")
def settings(course_id: int) -> str:
    """Show which tools stand in the course's navigation."""
    person, course = teacher_of(course_id)
    known = at_placement(canvas(), "course_navigation", course_id)
    choices = [(tool, own, is_tab(tool, own, course_id)) for tool, own in known]
    return page("canvas/settings.html", person, course, choices=choices)


@routes.post("/courses/<int:course_id>/settings/<int:tool_id>")
def switch_tab(course_id: int, tool_id: int) -> Response:
    """Show or hide a tool's tab in this course."""
    teacher_of(course_id)
    tool = canvas().world.tools.get(tool_id)
    if tool is None:
        raise gone()
    with canvas().store.change():
        tool.choosers = sorted({course_id} ^ set(tool.choosers))
    return redirect(f"/courses/{course_id}/settings")


def is_tab(tool: Tool, settings: dict[str, Any], course_id: int) -> bool:
    """Say whether a tool's tab is shown: as its placement says, or the other way.

    `default: disabled` hides it until a teacher switches it on
    (Canvas doc/api/navigation_tools.md).
    """
    shown = settings.get("default") != "disabled"
    return shown != (course_id in tool.choosers)


def page(template: str, person: Person, course: Course, **values: Any) -> str:
    """Return a course page: with its navigation and what the visitor may do."""
    institution = canvas()
    staff = institution.is_staff(course.id, person)
    tabs = [
        (tool, settings)
        for tool, settings in at_placement(institution, "course_navigation", course.id)
        if is_tab(tool, settings, course.id)
        and (staff or settings.get("visibility") != "admins")
    ]
    return render_template(template, course=course, staff=staff, tabs=tabs, **values)


def _modules(
    institution: Institution, course: Course, person: Person
) -> list[dict[str, Any]]:
    assignments = {
        one.activity: one
        for one in institution.store.assignments.values()
        if one.course == course.id and one.activity
    }
    activities = [
        one for one in institution.world.activities.values() if one.course == course.id
    ]
    return [
        {
            "title": title,
            "items": [
                {
                    "activity": one,
                    "assignment": assignments.get(one.id),
                    "done": (one.id, person.id) in institution.world.completions,
                }
                for one in activities
                if one.section == number
            ],
        }
        for number, title in course.sections.items()
        if any(one.section == number for one in activities)
    ]
