"""Scores and results: what is sent, what comes back, what must never be sent."""

from datetime import UTC, datetime

import pytest

from lti_mentor.errors import Invalid
from lti_mentor.lti.scores import ActivityProgress, GradingProgress, Score
from lti_mentor.lti.services import Services
from tests.platform import Answer, Platform

AT = datetime(2026, 11, 22, 12, 0, 0, 5000, tzinfo=UTC)


def serve(platform: Platform, path: str, *answers: Answer) -> None:
    """Answer one path with one answer after the other, the last one for ever."""
    waiting = list(answers)
    platform.routes[path] = lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def score(**changes: object) -> Score:
    given = {"sub": "u1", "at": AT, "given": 8, "maximum": 10} | changes
    return Score(**given)  # type: ignore[arg-type]


def test_a_score_keeps_the_query_and_takes_an_empty_answer(
    services: Services, platform: Platform
):
    serve(platform, "/li/scores", Answer(200, b""))

    answer = services.post_score(f"{platform.url}/li?type_id=2", score())

    asked = platform.requests("/li/scores")[0]
    assert answer.is_accepted
    assert asked.query == {"type_id": "2"}
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert asked.json == {
        "userId": "u1",
        "timestamp": "2026-11-22T12:00:00.005+00:00",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 8,
        "scoreMaximum": 10,
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(409, []), ""),
        (Answer(404, b"<html>x</html>", content_type="text/html"), ""),
        (Answer(422, {"errors": {"message": "not a student"}}), "not a student"),
        (
            Answer(400, {"errors": [{"message": "userId is missing"}]}),
            "userId is missing",
        ),
        (Answer(429, None, {"Retry-After": "7"}), ""),
        (Answer(401, {"reason": "no scope"}), "no scope"),
        (Answer(500, b""), ""),
    ],
)
def test_a_refused_score_is_an_answer_with_its_words(
    services: Services, platform: Platform, answer: Answer, words: str
):
    serve(platform, "/li/scores", answer)

    got = services.post_score(f"{platform.url}/li", score())

    assert (got.status, got.words) == (answer.status, words)
    assert got.retry_after == (7.0 if answer.status == 429 else None)


def test_a_dialect_adds_its_extension():
    extension = {"https://x.test/ext": {"new_submission": True}}
    sent = score(
        given=None,
        maximum=None,
        activity=ActivityProgress.SUBMITTED,
        grading=GradingProgress.PENDING,
        submitted_at=AT,
        comment="Well done",
        extension=extension,
    ).as_json()

    assert sent["https://x.test/ext"] == {"new_submission": True}
    assert sent["submission"] == {"submittedAt": "2026-11-22T12:00:00.005+00:00"}
    assert "scoreGiven" not in sent


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"at": datetime(2026, 1, 1)}, "score.naive_time"),  # noqa: DTZ001
        ({"given": float("nan")}, "score.not_a_number"),
        ({"given": float("inf")}, "score.not_a_number"),
        ({"given": -1}, "score.not_a_number"),
        ({"maximum": None}, "score.incomplete"),
        ({"given": None}, "score.incomplete"),
    ],
)
def test_a_score_that_platforms_would_misread_is_refused(
    wrong: dict[str, object], code: str
):
    with pytest.raises(Invalid, match=code):
        score(**wrong)


def test_results_are_read_for_one_person_without_a_limit(
    services: Services, platform: Platform
):
    rows = [
        {"userId": "u1", "resultScore": 0, "resultMaximum": 10, "timestamp": "x"},
        {"userId": "u2", "resultScore": 5, "resultMaximum": 10},
        {"id": "broken"},
    ]
    serve(platform, "/li/results", Answer(body=rows))

    found = services.results(f"{platform.url}/li?type_id=2", "u1")

    assert [(r.sub, r.score, r.maximum) for r in found] == [("u1", 0.0, 10.0)]
    query = platform.requests("/li/results")[0].query
    assert query == {"type_id": "2", "user_id": "u1"}


def test_an_ungraded_result_has_no_score(services: Services, platform: Platform):
    serve(platform, "/li/results", Answer(body=[{"userId": 3}]))

    assert services.results(f"{platform.url}/li")[0].score is None


def test_results_go_over_all_pages(services: Services, platform: Platform):
    url = f"{platform.url}/li/results"
    link = {"Link": f'<{url}?page=2>; rel="next"'}
    first = Answer(body=[{"userId": "1"}], headers=link)
    serve(platform, "/li/results", first, Answer(body=[{"userId": "2"}]))

    assert [r.sub for r in services.results(f"{platform.url}/li")] == ["1", "2"]
