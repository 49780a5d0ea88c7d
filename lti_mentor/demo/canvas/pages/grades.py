"""Gradebook, SpeedGrader and a learner's own grades."""

from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.grading import grade_by_teacher, submission_of
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.launching import assignment_launch
from lti_mentor.demo.canvas.login import begin
from lti_mentor.demo.canvas.pages.assignments import in_course, visible
from lti_mentor.demo.canvas.pages.courses import page
from lti_mentor.demo.canvas.pages.tools import frame
from lti_mentor.demo.canvas.times import now_iso
from lti_mentor.demo.canvas.visits import course_of, teacher_of

routes = Blueprint("canvas_grades", __name__)

BASE = "/courses/<int:course_id>"


@routes.get(BASE + "/gradebook")
def gradebook(course_id: int) -> str:
    """Show every learner's grade in every assignment."""
    person, course = teacher_of(course_id)
    institution = canvas()
    return page(
        "canvas/gradebook.html",
        person,
        course,
        assignments=in_course(institution, course_id, everything=True),
        learners=institution.learners(course_id),
        submissions=institution.store.submissions,
    )


@routes.get(BASE + "/grades")
def grades(course_id: int) -> str:
    """Show the visitor's own grades."""
    person, course = course_of(course_id)
    institution = canvas()
    rows = [
        (one, institution.store.submissions.get((one.id, person.id)))
        for one in in_course(institution, course_id, everything=False)
    ]
    return page("canvas/grades.html", person, course, rows=rows)


@routes.get(BASE + "/gradebook/speed_grader")
def speed_grader(course_id: int) -> str:
    """Show one hand-in with what the tool sent, and the form for the grade."""
    person, course = teacher_of(course_id)
    institution = canvas()
    assignment = visible(course_id, request.args.get("assignment_id", 0, int))
    learner = institution.world.people.get(request.args.get("student_id", 0, int))
    if learner is None:
        raise gone()
    row = submission_of(institution, assignment.id, learner.id)
    values: dict[str, Any] = {"assignment": assignment, "learner": learner, "row": row}
    if row.url and assignment.link:
        launch = assignment_launch(institution, assignment, person, target=row.url)
        values |= frame(launch.tool, begin(institution, launch))
    return page("canvas/speed_grader.html", person, course, **values)


@routes.post(BASE + "/gradebook/speed_grader")
def grade(course_id: int) -> Response:
    """Take a teacher's grade and comment."""
    person, _ = teacher_of(course_id)
    form, institution = request.form, canvas()
    assignment = visible(course_id, int(form["assignment_id"]))
    learner = int(form["student_id"])
    score = float(form["score"]) if form.get("score") else None
    with institution.store.change():
        row = grade_by_teacher(institution, assignment.id, learner, score, person.id)
        if form.get("comment"):
            said = {"author": person.id, "text": form["comment"], "at": now_iso()}
            row.comments.append(said)
    query = f"assignment_id={assignment.id}&student_id={learner}"
    return redirect(f"/courses/{course_id}/gradebook/speed_grader?{query}")
