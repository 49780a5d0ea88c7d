"""Assignment and Grade Services: scores and results.

Source: Canvas app/controllers/lti/ims/scores_controller.rb, results_controller.rb
and app/models/lti/result.rb. The rules are applied in the controller's order.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.canvas.errors import advantage, gone, listed
from lti_mentor.demo.canvas.grading import (
    EXTENSION,
    apply,
    find_result,
    gives_score,
    is_new_attempt,
)
from lti_mentor.demo.canvas.guard import tool_key
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.line_items import PATH, mine, url_of
from lti_mentor.demo.canvas.paging import paged
from lti_mentor.demo.canvas.store import LineItem, Result
from lti_mentor.demo.canvas.times import parse
from lti_mentor.demo.lti import RESULT, SCORE
from lti_mentor.demo.rows import Person

routes = Blueprint("canvas_scores", __name__)

RESULT_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
"""Content type of results."""
ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
"""Words of activityProgress."""
GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}
"""Words of gradingProgress."""
NOT_A_STUDENT = "User not found in course or is not a student"
"""Also for the Test Student, observers, teachers and who has left."""


@routes.post(PATH + "/<int:item_id>/scores")
def create(course_id: int, item_id: int) -> Response:
    """Take a score: 200 with the result's address."""
    item = mine(tool_key(SCORE), course_id, item_id)
    institution = canvas()
    body = request.get_json(force=True, silent=True) or {}
    with institution.store.change():
        person = _student(institution, item, body)
        _check_fields(institution, body)
        _check_time(institution, item, person, body)
        _check_score(item, body)
        _check_submission(institution, item, person, body)
        result = apply(institution, item, person, body)
    return jsonify(resultUrl=f"{url_of(item)}/results/{result.id}")


@routes.get(PATH + "/<int:item_id>/results")
def results(course_id: int, item_id: int) -> Response:
    """List results; only those a tool once posted exist."""
    item = mine(tool_key(RESULT), course_id, item_id)
    institution = canvas()
    found = [r for r in institution.store.results.values() if r.line_item == item.id]
    wanted = request.args.get("user_id")
    if wanted is not None:
        person = student_of(institution, course_id, wanted)
        found = [row for row in found if person and row.person == person.id]
    page, headers = paged(found)
    response = jsonify([to_json(item, row) for row in page])
    response.mimetype = RESULT_TYPE
    response.headers.update(headers)
    return response


@routes.get(PATH + "/<int:item_id>/results/<int:result_id>")
def result(course_id: int, item_id: int, result_id: int) -> Response:
    """Return one result."""
    item = mine(tool_key(RESULT), course_id, item_id)
    found = canvas().store.results.get(result_id)
    if found is None or found.line_item != item.id:
        raise gone()
    return jsonify(to_json(item, found))


def to_json(item: LineItem, row: Result) -> dict[str, Any]:
    """Return a result; empty fields are dropped, extensions merged in."""
    shown = {
        "id": f"{url_of(item)}/results/{row.id}",
        "scoreOf": url_of(item),
        "userId": canvas().world.people[row.person].sub,
        "resultScore": row.score,
        "resultMaximum": None if row.score is None else item.maximum,
        "comment": row.comment or None,
    }
    kept = {name: value for name, value in shown.items() if value is not None}
    return kept | row.extensions


def student_of(institution: Institution, course_id: int, user: object) -> Person | None:
    """Return an active student named by `sub` or Canvas's own id."""
    for person in institution.learners(course_id):
        if str(user) in (person.sub, str(person.id)) and not person.suspended:
            return person
    return None


def _student(institution: Institution, item: LineItem, body: dict[str, Any]) -> Person:
    if not body.get("userId"):
        raise listed(400, "userId is missing")
    person = student_of(institution, item.course, body["userId"])
    if person is None:
        raise _refused(NOT_A_STUDENT)
    return person


def _refused(message: str) -> Exception:
    return advantage(422, "unprocessable_entity", message)


def _check_fields(institution: Institution, body: dict[str, Any]) -> None:
    words = {"activityProgress": ACTIVITY, "gradingProgress": GRADING}
    for name in (*words, "timestamp"):
        if not body.get(name):
            raise listed(400, f"{name} is missing")
    for name, known in words.items():
        if body[name] not in known:
            status = 422 if institution.says("canvas_invalid_progress_is_422") else 400
            raise listed(status, f"{name} is not included in the list")


def _check_time(
    institution: Institution, item: LineItem, person: Person, body: dict[str, Any]
) -> None:
    """Refuse what is older than the last; the future is not checked."""
    sent = body["timestamp"]
    at = parse(sent)
    if at is None:
        text = f"Provided timestamp of {sent} not a valid timestamp"
        raise advantage(400, "bad_request", text)
    before = find_result(institution, item, person)
    last = parse(before.timestamp) if before else None
    if before and last and at < last:
        text = (
            f"Provided timestamp of {sent} before last updated timestamp "
            f"of {before.timestamp}"
        )
        raise advantage(400, "bad_request", text)


def _check_score(item: LineItem, body: dict[str, Any]) -> None:
    """Check scoreGiven and scoreMaximum; more than the maximum is extra credit."""
    if not gives_score(body):
        return
    maximum = body.get("scoreMaximum")
    if maximum is None:
        raise _refused("ScoreMaximum not supplied when ScoreGiven present.")
    if maximum < 0:
        raise _refused("ScoreMaximum must be greater than or equal to 0")
    if maximum == 0 and item.maximum != 0:
        raise _refused("cannot be zero if line item's maximum is not zero")
    if body["scoreGiven"] < 0:
        raise _refused("ScoreGiven must be greater than or equal to 0")


def _check_submission(
    institution: Institution, item: LineItem, person: Person, body: dict[str, Any]
) -> None:
    extension = body.get(EXTENSION) or {}
    submission = body.get("submission") or {}
    sent = extension.get("submitted_at") or submission.get("submittedAt")
    at = parse(sent) if sent else None
    if sent and at is None:
        text = f"Provided submitted_at timestamp of {sent} not a valid timestamp"
        raise advantage(400, "bad_request", text)
    if at and at > datetime.now(UTC) + timedelta(minutes=1):
        text = f"Provided submitted_at timestamp of {sent} in the future"
        raise advantage(400, "bad_request", text)
    kind = extension.get("submission_type")
    if kind == "online_upload" and not extension.get("content_items"):
        raise _refused("Content items must be provided with submission type")
    assignment = institution.store.assignments[item.assignment]
    row = institution.store.submissions.get((assignment.id, person.id))
    used = row.attempt if row else 0
    if is_new_attempt(body) and 0 <= assignment.attempts <= used:
        text = "The maximum number of allowed attempts has been reached for this "
        raise _refused(text + "submission")
