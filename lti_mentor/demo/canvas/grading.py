"""What a posted score changes: the result always, the gradebook by Canvas's rules.

Source: Canvas app/controllers/lti/ims/scores_controller.rb.
"""

from typing import Any

from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.line_items import is_first
from lti_mentor.demo.canvas.store import LineItem, Result, Submission
from lti_mentor.demo.canvas.times import now_iso, tidy
from lti_mentor.demo.rows import Person
from lti_mentor.demo.world import next_id

EXTENSION = "https://canvas.instructure.com/lti/submission"
"""Canvas's extension of a score."""
GRADED = ("FullyGraded", "PendingManual")
"""Only with these words is scoreGiven a grade."""
TOOL_GRADER = -1
"""Who graded when a tool did: a negative number (Canvas submissions.grader_id)."""


def gives_score(body: dict[str, Any]) -> bool:
    """Say whether a post carries a grade."""
    return body.get("gradingProgress") in GRADED and body.get("scoreGiven") is not None


def is_new_attempt(body: dict[str, Any]) -> bool:
    """Say whether a post counts as handing in: it does unless told otherwise."""
    extension = body.get(EXTENSION) or {}
    return (
        extension.get("new_submission", True) is not False
        and extension.get("submission_type") != "none"
    )


def find_result(
    institution: Institution, item: LineItem, person: Person
) -> Result | None:
    """Return what was last posted for this person and line item."""
    for row in institution.store.results.values():
        if (row.line_item, row.person) == (item.id, person.id):
            return row
    return None


def apply(
    institution: Institution, item: LineItem, person: Person, body: dict[str, Any]
) -> Result:
    """Write the result and, for the assignment's first line item, the submission."""
    score = scaled(item, body) if gives_score(body) else None
    if is_first(institution, item):
        _write_submission(institution, item, person, body, score)
    return _write_result(institution, item, person, body, score)


def scaled(item: LineItem, body: dict[str, Any]) -> float:
    """Return the score on the line item's scale; a maximum of zero scales by one."""
    maximum = body["scoreMaximum"]
    scale = item.maximum / maximum if maximum else 1.0
    return round(float(body["scoreGiven"]) * scale, 4)


def submission_of(institution: Institution, assignment: int, person: int) -> Submission:
    """Return somebody's row for an assignment, making it when there is none."""
    table = institution.store.submissions
    return table.setdefault(
        (assignment, person), Submission(assignment=assignment, person=person)
    )


def _write_submission(
    institution: Institution,
    item: LineItem,
    person: Person,
    body: dict[str, Any],
    score: float | None,
) -> None:
    row = submission_of(institution, item.assignment, person.id)
    extension = body.get(EXTENSION) or {}
    if is_new_attempt(body):
        _hand_in(row, body, extension)
    _grade(row, extension, score)
    if body.get("comment"):
        comment = {"author": None, "text": body["comment"], "at": now_iso()}
        row.comments.append(comment)
    row.needs_grading = body["gradingProgress"] == "PendingManual"


def _hand_in(row: Submission, body: dict[str, Any], extension: dict[str, Any]) -> None:
    """Count one more attempt, handed in when the tool says or now."""
    submission = body.get("submission") or {}
    sent = extension.get("submitted_at") or submission.get("submittedAt")
    row.attempt += 1
    row.submitted = tidy(sent) or now_iso()
    row.kind = extension.get("submission_type", "external_tool")
    row.url = extension.get("submission_data") or row.url


def _grade(row: Submission, extension: dict[str, Any], score: float | None) -> None:
    """Write the grade, or clear it: only `preserve_score` keeps what is there.

    `prioritize_non_tool_grade` holds back a new score whenever there is any score,
    the tool's own earlier one too.
    """
    if extension.get("preserve_score"):
        return
    if score is None:
        row.score = row.grader = row.graded = None
        return
    if extension.get("prioritize_non_tool_grade") and row.score is not None:
        return
    row.score, row.grader, row.graded = score, TOOL_GRADER, now_iso()


def _write_result(
    institution: Institution,
    item: LineItem,
    person: Person,
    body: dict[str, Any],
    score: float | None,
) -> Result:
    """Overwrite the result, also where the grade was preserved."""
    row = find_result(institution, item, person)
    if row is None:
        number = next_id(institution.store.results)
        row = Result(number, item.id, person.id, body["timestamp"])
        institution.store.add(row)
    row.timestamp = body["timestamp"]
    row.score = score
    row.activity_progress = body["activityProgress"]
    row.grading_progress = body["gradingProgress"]
    row.comment = body.get("comment") or ""
    row.extensions = {EXTENSION: body[EXTENSION]} if body.get(EXTENSION) else {}
    return row


def grade_by_teacher(
    institution: Institution,
    assignment: int,
    person: int,
    score: float | None,
    teacher: int,
) -> Submission:
    """Let a teacher grade; an existing result follows, none is made."""
    row = submission_of(institution, assignment, person)
    row.score, row.grader = score, teacher
    row.graded, row.needs_grading = now_iso(), False
    for item in institution.store.line_items.values():
        if item.assignment != assignment or not is_first(institution, item):
            continue
        for result in institution.store.results.values():
            if (result.line_item, result.person) == (item.id, person):
                result.score = score
    return row
