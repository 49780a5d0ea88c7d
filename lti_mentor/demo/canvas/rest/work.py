"""Assignments, their dates, hand-ins, grades and comments.

Source: Canvas doc of assignments, assignment overrides and submissions.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.grading import grade_by_teacher, submission_of
from lti_mentor.demo.canvas.institution import canvas
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
from lti_mentor.demo.canvas.store import Assignment, Submission
from lti_mentor.demo.canvas.times import now_iso, tidy
from lti_mentor.demo.rows import Course, Person

routes = blueprint("work")


@routes.get("/courses/<course_id>/assignments")
def index(course_id: str) -> Response:
    """List assignments; learners see the published ones with their own dates."""
    course = course_at(course_id)
    return answer([assignment_json(one) for one in _visible(course)])


@routes.get("/courses/<course_id>/assignments/<int:id>")
def show(course_id: str, id: int) -> Response:
    """Return one assignment."""
    return jsonify(assignment_json(_assignment(course_at(course_id), id)))


@routes.get("/courses/<course_id>/assignments/<int:assignment_id>/overrides")
def overrides(course_id: str, assignment_id: int) -> Response:
    """List other dates for some people."""
    course = graded_course(course_id)
    return answer(_assignment(course, assignment_id).overrides)


@routes.post("/courses/<course_id>/assignments/<int:assignment_id>/overrides")
def add_override(course_id: str, assignment_id: int) -> tuple[Response, int]:
    """Give some people other dates."""
    assignment = _assignment(graded_course(course_id), assignment_id)
    wanted = (request.get_json(silent=True) or {}).get("assignment_override", {})
    row = {
        "id": assignment.id * 1000 + len(assignment.overrides) + 1,
        "assignment_id": assignment.id,
        "student_ids": [int(one) for one in wanted.get("student_ids", [])],
        "title": wanted.get("title", ""),
        "due_at": tidy(wanted.get("due_at")),
        "unlock_at": tidy(wanted.get("unlock_at")),
        "lock_at": tidy(wanted.get("lock_at")),
    }
    with canvas().store.change():
        assignment.overrides.append(row)
    return jsonify(row), 201


@routes.get("/courses/<course_id>/assignments/<int:assignment_id>/submissions")
def submissions(course_id: str, assignment_id: int) -> Response:
    """List every learner's hand-in for one assignment."""
    course = graded_course(course_id)
    assignment = _assignment(course, assignment_id)
    people = canvas().learners(course.id)
    return answer([_submission(assignment, one) for one in people])


@routes.get(
    "/courses/<course_id>/assignments/<int:assignment_id>/submissions/<user_id>"
)
def submission(course_id: str, assignment_id: int, user_id: str) -> Response:
    """Return one hand-in: one's own, or anybody's for graders."""
    course, person = course_at(course_id), person_at(user_id)
    if person is not caller() and not canvas().is_grader(course.id, caller()):
        raise unauthorized()
    return jsonify(_submission(_assignment(course, assignment_id), person))


@routes.put(
    "/courses/<course_id>/assignments/<int:assignment_id>/submissions/<user_id>"
)
def grade(course_id: str, assignment_id: int, user_id: str) -> Response:
    """Grade and comment as the caller; an AGS result follows, none is made."""
    course, person = graded_course(course_id), person_at(user_id)
    assignment = _assignment(course, assignment_id)
    with canvas().store.change():
        posted = field("submission", "posted_grade")
        if posted is not None:
            score = float(posted) if str(posted).strip() else None
            grade_by_teacher(canvas(), assignment.id, person.id, score, caller().id)
        text = field("comment", "text_comment")
        if text:
            said = {"author": caller().id, "text": text, "at": now_iso()}
            row = submission_of(canvas(), assignment.id, person.id)
            row.comments.append(said)
    return jsonify(_submission(assignment, person))


@routes.get("/courses/<course_id>/students/submissions")
def of_students(course_id: str) -> Response:
    """List hand-ins of many; without `student_ids[]` one's own."""
    course, who = course_at(course_id), caller()
    asked = request.args.getlist("student_ids[]") or [str(who.id)]
    if asked != [str(who.id)] and not canvas().is_grader(course.id, who):
        raise unauthorized()
    people = [
        one
        for one in canvas().learners(course.id)
        if "all" in asked or str(one.id) in asked
    ]
    wanted = request.args.getlist("assignment_ids[]")
    work = [one for one in _visible(course) if not wanted or str(one.id) in wanted]
    if request.args.get("grouped"):
        return answer(
            [
                {
                    "user_id": person.id,
                    "submissions": [_submission(one, person) for one in work],
                }
                for person in people
            ]
        )
    return answer([_submission(one, person) for person in people for one in work])


@routes.get("/courses/<course_id>/gradebook_history/feed")
def history(course_id: str) -> Response:
    """List graded work, newest first."""
    course = graded_course(course_id)
    own = {one.id: one for one in _visible(course)}
    graded = [
        row
        for row in canvas().store.submissions.values()
        if row.assignment in own and row.graded
    ]
    graded.sort(key=lambda row: row.graded or "", reverse=True)
    people = canvas().world.people
    return answer([_submission(own[r.assignment], people[r.person]) for r in graded])


@routes.get("/courses/<course_id>/analytics/student_summaries")
def summaries(course_id: str) -> Response:
    """List activity counts; 404 where analytics is not installed."""
    course = graded_course(course_id)
    if not canvas().says("canvas_analytics"):
        raise gone()
    return answer([_summary(course, one) for one in canvas().learners(course.id)])


def field(outer: str, inner: str) -> Any:
    """Return a nested field from JSON or from a form: `outer[inner]`."""
    body = request.get_json(silent=True)
    if isinstance(body, dict):
        return (body.get(outer) or {}).get(inner)
    return request.form.get(f"{outer}[{inner}]")


def assignment_json(row: Assignment) -> dict[str, Any]:
    """Return an assignment as the caller sees its dates."""
    dates = _dates(row, caller())
    url = f"{canvas().url}/courses/{row.course}/assignments/{row.id}"
    shown: dict[str, Any] = {
        "id": row.id,
        "name": row.title,
        "description": row.description or None,
        "course_id": row.course,
        "points_possible": row.points,
        "grading_type": row.grading,
        "submission_types": [row.kind],
        "allowed_attempts": row.attempts,
        "published": row.published,
        "html_url": url,
        "has_overrides": bool(row.overrides),
        "is_quiz_lti_assignment": False,
        "lti_context_id": row.link or None,
        **dates,
    }
    if row.link:
        link = canvas().store.links[row.link]
        shown["external_tool_tag_attributes"] = {
            "url": link.url,
            "resource_link_id": row.link,
            "new_tab": False,
        }
    if includes("submission"):
        shown["submission"] = _submission(row, caller())
    if includes("overrides") and canvas().is_staff(row.course, caller()):
        shown["overrides"] = row.overrides
    return shown


def _dates(row: Assignment, person: Person) -> dict[str, str | None]:
    mine = next(
        (o for o in row.overrides if person.id in o.get("student_ids", [])), None
    )
    if mine:
        return {name: mine[name] for name in ("due_at", "unlock_at", "lock_at")}
    return {"due_at": row.due, "unlock_at": row.unlock, "lock_at": row.lock}


def _visible(course: Course) -> list[Assignment]:
    staff = canvas().is_staff(course.id, caller())
    return [
        one
        for one in canvas().store.assignments.values()
        if one.course == course.id and (one.published or staff)
    ]


def _assignment(course: Course, number: int) -> Assignment:
    for one in _visible(course):
        if one.id == number:
            return one
    raise gone()


def _submission(assignment: Assignment, person: Person) -> dict[str, Any]:
    """Return a hand-in; without one it is `unsubmitted`."""
    stored = canvas().store.submissions.get((assignment.id, person.id))
    row = stored or Submission(assignment.id, person.id)
    due = _dates(assignment, person)["due_at"]
    shown: dict[str, Any] = {
        "id": assignment.id * 100_000 + person.id,
        "assignment_id": assignment.id,
        "user_id": person.id,
        "score": row.score,
        "grade": None if row.score is None else f"{row.score:g}",
        "grader_id": row.grader,
        "graded_at": row.graded,
        "attempt": row.attempt or None,
        "submitted_at": row.submitted,
        "submission_type": row.kind,
        "body": row.body or None,
        "url": row.url or None,
        "workflow_state": _state(row),
        "late": bool(due and row.submitted and row.submitted > due),
        "missing": bool(due and not row.submitted and due < now_iso()),
        "excused": None,
    }
    if includes("submission_comments"):
        shown["submission_comments"] = [
            {
                "author_id": one["author"],
                "comment": one["text"],
                "created_at": one["at"],
            }
            for one in row.comments
        ]
    return shown


def _comment(said: dict[str, Any]) -> dict[str, Any]:
    """Return a comment; one that a tool sent has no author."""
    return {
        "author_id": said["author"],
        "comment": said["text"],
        "created_at": said["at"],
    }


def _state(row: Submission) -> str:
    if row.needs_grading and row.attempt:
        return "pending_review"
    if row.score is not None:
        return "graded"
    return "submitted" if row.attempt else "unsubmitted"


def _summary(course: Course, person: Person) -> dict[str, Any]:
    work = [
        one for one in canvas().store.assignments.values() if one.course == course.id
    ]
    shown = [_submission(one, person) for one in work]
    late = sum(one["late"] for one in shown)
    missing = sum(one["missing"] for one in shown)
    on_time = sum(bool(one["submitted_at"]) for one in shown) - late
    return {
        "id": person.id,
        "page_views": 10 + person.id % 90,
        "page_views_level": "2",
        "max_page_view": 100,
        "participations": on_time + late,
        "participations_level": "2",
        "max_participations": len(work),
        "tardiness_breakdown": {
            "total": len(work),
            "on_time": on_time,
            "late": late,
            "missing": missing,
            "floating": len(work) - on_time - late - missing,
        },
    }
