"""Assignments: list, page, form with the external tool picker, publishing."""

import json
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.grading import submission_of
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.launching import assignment_launch, at_placement
from lti_mentor.demo.canvas.line_items import delete_assignment
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.canvas.login import begin
from lti_mentor.demo.canvas.pages.courses import page
from lti_mentor.demo.canvas.pages.tools import frame
from lti_mentor.demo.canvas.store import Assignment
from lti_mentor.demo.canvas.times import now_iso, tidy
from lti_mentor.demo.canvas.visits import course_of, masquerader, teacher_of
from lti_mentor.demo.world import next_id

routes = Blueprint("canvas_assignments", __name__)

BASE = "/courses/<int:course_id>/assignments"


@routes.get(BASE)
def index(course_id: int) -> str:
    """List the assignments; learners see the published ones."""
    person, course = course_of(course_id)
    staff = canvas().is_staff(course_id, person)
    found = in_course(canvas(), course_id, everything=staff)
    return page("canvas/assignments.html", person, course, assignments=found)


@routes.get(BASE + "/new")
def new(course_id: int) -> str:
    """Show the form, with the tools to pick from."""
    person, course = teacher_of(course_id)
    pickers = at_placement(canvas(), "assignment_selection", course_id)
    return page("canvas/assignment_form.html", person, course, pickers=pickers)


@routes.post(BASE)
def create(course_id: int) -> Response:
    """Save what the teacher filled in or a tool offered; published when asked."""
    teacher_of(course_id)
    institution, form = canvas(), request.form
    fields: dict[str, Any] = {
        "title": form["title"] or "Unnamed assignment",
        "points": float(form.get("points") or 0),
        "description": form.get("description", ""),
        "due": tidy(form.get("due")),
        "unlock": tidy(form.get("unlock")),
        "lock": tidy(form.get("lock")),
        "published": form.get("action") == "publish",
    }
    with institution.store.change():
        if form.get("content_item"):
            tool = institution.world.tools[int(form["tool"])]
            item = json.loads(form["content_item"])
            saved = create_assignment(institution, course_id, tool, item, fields)
        else:
            number = next_id(institution.store.assignments)
            saved = Assignment(number, course_id, **fields)
            institution.store.add(saved)
    return redirect(f"/courses/{course_id}/assignments/{saved.id}")


@routes.get(BASE + "/<int:assignment_id>")
def show(course_id: int, assignment_id: int) -> str:
    """Show an assignment; an external tool opens in its page."""
    person, course = course_of(course_id)
    assignment = visible(course_id, assignment_id)
    values: dict[str, Any] = {"assignment": assignment}
    row = canvas().store.submissions.get((assignment.id, person.id))
    values["submission"] = row
    if assignment.link:
        launch = assignment_launch(canvas(), assignment, person)
        launch.masquerader = masquerader()
        values |= frame(launch.tool, begin(canvas(), launch))
    return page("canvas/assignment.html", person, course, **values)


@routes.post(BASE + "/<int:assignment_id>/submissions")
def submit(course_id: int, assignment_id: int) -> Response:
    """Take a learner's text."""
    person, _ = course_of(course_id)
    assignment = visible(course_id, assignment_id)
    with canvas().store.change():
        row = submission_of(canvas(), assignment.id, person.id)
        row.attempt += 1
        row.submitted, row.body = now_iso(), request.form.get("body", "")
        row.kind, row.needs_grading = assignment.kind, True
    return redirect(f"/courses/{course_id}/assignments/{assignment_id}")


@routes.post(BASE + "/<int:assignment_id>/publish")
def publish(course_id: int, assignment_id: int) -> Response:
    """Let learners see an assignment, or hide it again."""
    teacher_of(course_id)
    assignment = visible(course_id, assignment_id)
    with canvas().store.change():
        assignment.published = not assignment.published
    return redirect(f"/courses/{course_id}/assignments")


@routes.post(BASE + "/<int:assignment_id>/delete")
def delete(course_id: int, assignment_id: int) -> Response:
    """Delete an assignment; its line item is 404 from now on."""
    teacher_of(course_id)
    visible(course_id, assignment_id)
    with canvas().store.change():
        delete_assignment(canvas(), assignment_id)
    return redirect(f"/courses/{course_id}/assignments")


def visible(course_id: int, assignment_id: int) -> Assignment:
    """Return an assignment of the course that the visitor may see."""
    person, _ = course_of(course_id)
    assignment = canvas().store.assignments.get(assignment_id)
    if assignment is None or assignment.course != course_id:
        raise gone()
    if not assignment.published and not canvas().is_staff(course_id, person):
        raise gone()
    return assignment


def in_course(
    institution: Institution, course_id: int, *, everything: bool
) -> list[Assignment]:
    """Return a course's assignments by due date, those without one last."""
    found = [
        one
        for one in institution.store.assignments.values()
        if one.course == course_id and (everything or one.published)
    ]
    return sorted(found, key=lambda one: (one.due is None, one.due or "", one.id))
