"""Scores and results (Canvas app/controllers/lti/ims/scores_controller.rb)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.grading import EXTENSION, grade_by_teacher, scaled
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.canvas.store import LineItem, Submission
from lti_mentor.demo.people import person_named
from lti_mentor.demo.rows import Enrolment
from tests.demo.canvas.tool import Tool, practice

Post = Callable[..., requests.Response]


class Column:
    """A practice's assignment, its line item, and Lena's place in it."""

    def __init__(self, campus: Campus, canvas: Institution, tool: Tool) -> None:
        self.canvas = canvas
        self.person = person_named(canvas.world, "Lena Ortiz")
        with canvas.store.change():
            self.assignment = create_assignment(
                canvas,
                11,
                canvas.world.tools[1],
                practice(),
                {"title": "Mentored negotiation", "points": 20.0},
            )
        self.item = max(canvas.store.line_items)
        self.url = f"{campus.canvas.url}/api/lti/courses/11/line_items/{self.item}"
        self.web = tool.services()

    @property
    def row(self) -> Submission | None:
        key = (self.assignment.id, self.person.id)
        return self.canvas.store.submissions.get(key)

    @property
    def score(self) -> float | None:
        return self.row.score if self.row else None

    def post(self, extension: dict[str, Any] | None = None, **changes: Any) -> Any:
        body = {
            "userId": self.person.sub,
            "timestamp": datetime.now(UTC).isoformat(),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 0.8,
            "scoreMaximum": 1,
        }
        body |= changes
        if extension is not None:
            body[EXTENSION] = extension
        kept = {name: value for name, value in body.items() if value is not None}
        return self.web.post(f"{self.url}/scores", json=kept)

    def results(self, **query: str) -> Any:
        return self.web.get(f"{self.url}/results", params=query).json()


@pytest.fixture
def column(campus: Campus, canvas: Institution, tool: Tool) -> Column:
    return Column(campus, canvas, tool)


def test_a_score_is_scaled_and_answers_200_with_the_result(column: Column):
    answer = column.post(comment="Well prepared")

    assert answer.status_code == 200
    assert answer.json()["resultUrl"].startswith(f"{column.url}/results/")
    assert column.score == 16
    assert column.results() == [
        {
            "id": answer.json()["resultUrl"],
            "scoreOf": column.url,
            "userId": column.person.sub,
            "resultScore": 16.0,
            "resultMaximum": 20.0,
            "comment": "Well prepared",
        }
    ]


def test_the_canvas_id_names_a_user_too(column: Column):
    answer = column.post(userId=str(column.person.id))

    assert answer.status_code == 200
    assert column.results(user_id=str(column.person.id))


@pytest.mark.parametrize("role", ["instructor", "ta", "designer", "observer", "test"])
def test_who_is_no_student_is_422(column: Column, role: str):
    mateo = person_named(column.canvas.world, "Mateo Silva")
    column.canvas.world.add(Enrolment(11, mateo.id, role))

    answer = column.post(userId=mateo.sub)

    assert answer.status_code == 422
    assert answer.json()["errors"]["message"] == (
        "User not found in course or is not a student"
    )


def test_who_has_left_is_422(column: Column):
    column.canvas.world.enrolments[11, column.person.id].status = "suspended"

    assert column.post().status_code == 422


@pytest.mark.parametrize(
    "name", ["userId", "activityProgress", "gradingProgress", "timestamp"]
)
def test_required_fields(column: Column, name: str):
    answer = column.post(**{name: None})

    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"message": f"{name} is missing"}]}


@pytest.mark.parametrize(("switch", "status"), [(True, 422), (False, 400)])
def test_unknown_progress_words_are_refused(column: Column, switch: bool, status: int):
    column.canvas.faults.set(canvas_invalid_progress_is_422=switch)

    assert column.post(activityProgress="Done").status_code == status


def test_a_timestamp_must_be_one(column: Column):
    answer = column.post(timestamp="yesterday")

    assert answer.status_code == 400
    assert answer.json()["errors"]["message"] == (
        "Provided timestamp of yesterday not a valid timestamp"
    )


def test_an_older_timestamp_is_refused_an_equal_one_taken(column: Column):
    now = datetime.now(UTC)
    column.post(timestamp=now.isoformat())

    older = column.post(timestamp=(now - timedelta(seconds=1)).isoformat())
    equal = column.post(timestamp=now.isoformat(), scoreGiven=1)

    assert older.status_code == 400
    assert "before last updated timestamp" in older.json()["errors"]["message"]
    assert equal.status_code == 200
    assert column.score == 20


def test_a_future_timestamp_blocks_honest_posts(column: Column):
    column.post(timestamp=(datetime.now(UTC) + timedelta(days=1)).isoformat())

    assert column.post().status_code == 400


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"scoreMaximum": None},
            "ScoreMaximum not supplied when ScoreGiven present.",
        ),
        ({"scoreMaximum": -1}, "ScoreMaximum must be greater than or equal to 0"),
        ({"scoreMaximum": 0}, "cannot be zero if line item's maximum is not zero"),
        ({"scoreGiven": -1}, "ScoreGiven must be greater than or equal to 0"),
    ],
)
def test_bad_numbers_are_422(column: Column, changes: dict[str, Any], words: str):
    answer = column.post(**changes)

    assert answer.status_code == 422
    assert answer.json()["errors"]["message"] == words
    assert column.row is None


def test_more_than_the_maximum_is_extra_credit(column: Column):
    column.post(scoreGiven=1.5)

    assert column.score == 30


@pytest.mark.parametrize(
    ("sent", "words"),
    [("2999-01-01T00:00:00Z", "in the future"), ("soon", "not a valid timestamp")],
)
def test_a_bad_hand_in_time_is_400(column: Column, sent: str, words: str):
    answer = column.post(submission={"submittedAt": sent})

    assert answer.status_code == 400
    assert words in answer.json()["errors"]["message"]


def test_an_upload_without_files_is_422(column: Column):
    answer = column.post(extension={"submission_type": "online_upload"})

    assert answer.status_code == 422


def test_every_score_is_a_new_attempt_by_default(column: Column):
    column.post(submission={"submittedAt": "2026-11-20T10:00:00Z"})
    column.post()

    assert column.row
    assert column.row.attempt == 2
    assert column.row.submitted != "2026-11-20T10:00:00Z"


@pytest.mark.parametrize(
    "extension", [{"new_submission": False}, {"submission_type": "none"}]
)
def test_a_grade_update_is_no_attempt(column: Column, extension: dict[str, Any]):
    column.post(submission={"submittedAt": "2026-11-20T10:00:00Z"})

    for _ in range(10):
        column.post(extension=extension)

    assert column.row
    assert column.row.attempt == 1
    assert column.row.submitted == "2026-11-20T10:00:00Z"


def test_used_up_attempts_are_422_but_updates_go_on(column: Column):
    column.assignment.attempts = 1
    column.post()

    again = column.post()
    update = column.post(extension={"new_submission": False}, scoreGiven=1)

    assert again.status_code == 422
    assert "maximum number of allowed attempts" in again.json()["errors"]["message"]
    assert update.status_code == 200
    assert column.score == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"gradingProgress": "Pending"},
        {"gradingProgress": "NotReady"},
        {"gradingProgress": "Failed"},
        {"scoreGiven": None},
    ],
)
def test_what_is_no_grade_clears_the_grade(column: Column, changes: dict[str, Any]):
    grade_by_teacher(column.canvas, column.assignment.id, column.person.id, 18, 149)

    column.post(extension={"new_submission": False}, **changes)

    assert column.score is None


def test_preserve_score_keeps_the_grade_but_empties_the_result(column: Column):
    column.post()
    kept = {"new_submission": False, "preserve_score": True}

    column.post(extension=kept, gradingProgress="Pending", scoreGiven=None)

    assert column.score == 16
    assert "resultScore" not in column.results()[0]


def test_preserve_score_writes_no_grade_even_when_fully_graded(column: Column):
    column.post(extension={"preserve_score": True})

    assert column.score is None
    assert column.results()[0]["resultScore"] == 16


def test_prioritize_non_tool_grade_holds_back_our_own_second_score(column: Column):
    careful = {"new_submission": False, "prioritize_non_tool_grade": True}
    column.post(extension=careful)

    column.post(extension=careful, scoreGiven=1)

    assert column.score == 16


def test_comments_pile_up(column: Column):
    column.post(comment="Good")
    column.post(comment="Good")

    assert column.row
    assert [said["text"] for said in column.row.comments] == ["Good", "Good"]
    assert column.row.comments[0]["author"] is None


def test_pending_manual_needs_grading(column: Column):
    column.post(gradingProgress="PendingManual")

    assert column.row
    assert column.row.needs_grading


def test_a_second_line_item_has_only_a_result(column: Column):
    store = column.canvas.store
    store.add(
        LineItem(99, 11, column.assignment.id, "10000000000001", "Reflection", 10)
    )
    column.url = column.url.rsplit("/", 1)[0] + "/99"

    column.post(comment="seen")

    assert column.row is None
    assert column.results()[0]["resultScore"] == 8


def test_a_teacher_changes_a_result_but_makes_none(column: Column):
    someone = column.canvas.learners(11)[-1]
    column.post()

    for person in (column.person, someone):
        grade_by_teacher(column.canvas, column.assignment.id, person.id, 5, 149)

    assert [row["resultScore"] for row in column.results()] == [5]
    assert column.results(user_id=someone.sub) == []
    assert column.results(user_id="nobody") == []


def test_one_result_can_be_read(column: Column):
    url = column.post().json()["resultUrl"]

    assert column.web.get(url).json()["resultScore"] == 16
    assert column.web.get(f"{column.url}/results/999").status_code == 404


def test_a_lost_answer_was_written(column: Column):
    column.canvas.faults.set(canvas_loses_answers=True)

    answer = column.post()

    assert answer.status_code == 500
    assert column.score == 16


@given(
    given=st.floats(0, 100), maximum=st.floats(0.5, 100), points=st.floats(0.5, 1000)
)
def test_scaling_keeps_the_share(given: float, maximum: float, points: float):
    item = LineItem(1, 11, 1, "1", "x", points)

    score = scaled(item, {"scoreGiven": given, "scoreMaximum": maximum})

    assert score == pytest.approx(given / maximum * points, abs=1e-4)
