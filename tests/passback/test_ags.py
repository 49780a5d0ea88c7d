"""A gradebook is told the newest score once, in order, and never behind a teacher."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from lti_mentor.activity.models import DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import Outside as Failed
from lti_mentor.passback import queries, service
from lti_mentor.passback.service import deliver
from lti_mentor.people.models import LineItem, Membership, Person, Role
from lti_mentor.platforms.dialects import CANVAS_SUBMISSION
from lti_mentor.platforms.models import LMSKind
from lti_mentor.practice.models import PracticeWork
from tests.passback.conftest import Course
from tests.passback.lms import Outside

SENT, HELD, DEAD = DeliveryState.SENT, DeliveryState.HELD, DeliveryState.DEAD
SKIPPED, SUPERSEDED = DeliveryState.SKIPPED, DeliveryState.SUPERSEDED
WAITING = DeliveryState.WAITING


def test_a_score_arrives_with_a_receipt(course: Course, outside: Outside) -> None:
    given = course.score(82)

    course.send()

    delivery = course.delivery(given)
    assert (delivery.state, delivery.code) == (SENT, "ags.accepted")
    assert delivery.sent is not None and delivery.sent["points"] == "82.00"
    (posted,) = outside.posted
    assert posted["scoreGiven"] == 82.0
    assert posted["gradingProgress"] == "FullyGraded"
    assert posted["activityProgress"] == "Completed"
    assert "comment" not in posted


def test_a_score_on_the_way_says_in_progress(course: Course, outside: Outside) -> None:
    course.score(40, final=False)

    course.send()

    assert outside.posted[0]["activityProgress"] == "InProgress"


def test_of_several_waiting_scores_only_the_newest_goes(
    course: Course, outside: Outside
) -> None:
    given = [course.score(points) for points in (40, 60, 82)]

    course.send()

    states = [course.delivery(one).state for one in given]
    assert states == [SUPERSEDED, SUPERSEDED, SENT]
    assert [post["scoreGiven"] for post in outside.posted] == [82.0]


def test_two_scores_within_a_second_carry_growing_whole_seconds(
    course: Course, outside: Outside
) -> None:
    with time_machine.travel(
        datetime(2026, 3, 2, 9, 0, 0, 500, tzinfo=UTC), tick=False
    ):
        for points in (40, 60, 80):
            course.score(points)
            course.send()

    stamps = [post["timestamp"] for post in outside.posted]
    assert stamps == sorted(set(stamps))
    assert all(".000" in stamp for stamp in stamps)
    assert len(stamps) == 3


def test_a_conflict_says_that_a_newer_score_is_there(
    course: Course, outside: Outside
) -> None:
    ahead = (now() + timedelta(hours=1)).isoformat()
    outside.grade("lena", None, ahead)
    given = course.score(82)

    course.send()

    assert course.delivery(given).state is SUPERSEDED
    assert course.delivery(given).code == "ags.newer_there"


def test_a_grade_somebody_changed_by_hand_is_not_written_over(
    course: Course, outside: Outside
) -> None:
    course.score(60)
    course.send()
    outside.grade("lena", 95.0)

    given = course.score(82)
    course.send()

    delivery = course.delivery(given)
    assert (delivery.state, delivery.code) == (HELD, "ags.changed_there")
    assert delivery.sent is not None and delivery.sent["found"] == 95.0
    assert len(outside.posted) == 1


def test_a_grade_that_was_there_before_ours_is_not_written_over(
    course: Course, outside: Outside
) -> None:
    outside.grade("lena", 50.0)
    given = course.score(82)

    course.send()

    assert course.delivery(given).state is HELD


def test_a_grade_somebody_took_away_stays_away(
    course: Course, outside: Outside
) -> None:
    course.score(60)
    course.send()
    outside.grade("lena", None)

    given = course.score(82)
    course.send()

    assert course.delivery(given).state is HELD


def test_the_platforms_rounding_is_no_change_by_hand(
    course: Course, outside: Outside
) -> None:
    course.score(66.67)
    course.send()
    outside.grade("lena", 66.6667, outside.results["lena"]["timestamp"])

    given = course.score(82)
    course.send()

    assert course.delivery(given).state is SENT


def test_a_held_score_goes_when_somebody_confirms_it(
    course: Course, outside: Outside
) -> None:
    outside.grade("lena", 95.0)
    given = course.score(82)
    course.send()

    with course.sessions() as session, transaction(session):
        (held,) = queries.listed(session, state=HELD)
        service.overwrite(session, held)
    course.send()

    assert course.delivery(given).state is SENT
    assert outside.results["lena"]["resultScore"] == 82.0


def test_a_held_score_is_let_go_when_theirs_is_kept(
    course: Course, outside: Outside
) -> None:
    outside.grade("lena", 95.0)
    given = course.score(82)
    course.send()

    with course.sessions() as session, transaction(session):
        (held,) = queries.listed(session, state=HELD)
        service.keep_theirs(session, held)
    course.send()

    assert course.delivery(given).code == "ags.kept_theirs"
    assert outside.posted == []


def test_a_later_score_takes_the_place_of_a_held_one(
    course: Course, outside: Outside
) -> None:
    outside.grade("lena", 50.0)
    first = course.score(60)
    course.send()

    second = course.score(82)
    course.send()

    assert course.delivery(first).state is SUPERSEDED
    assert course.delivery(second).state is HELD


def test_a_score_never_falls_unless_an_instructor_says_so(
    course: Course, outside: Outside
) -> None:
    course.score(82)
    course.send()

    lower = course.score(60)
    course.send()
    confirmed = course.score(55, override=True)
    course.send()

    assert course.delivery(lower).code == "ags.never_lower"
    assert course.delivery(confirmed).state is SENT
    assert [post["scoreGiven"] for post in outside.posted] == [82.0, 55.0]


def change(course: Course, what: str) -> None:
    with course.sessions() as session, transaction(session):
        person = session.get_one(Person, course.learner_id)
        membership = session.query(Membership).filter_by(person_id=person.id).one()
        if what == "ags.not_a_learner":
            membership.role = Role.INSTRUCTOR
        elif what == "ags.test_student":
            person.is_test = True
        elif what == "ags.unknown_person":
            person.sub = None
        elif what == "ags.no_column":
            work = session.get_one(PracticeWork, course.work_id)
            work.assignment.line_item = None


@pytest.mark.parametrize(
    "code",
    [
        "ags.not_a_learner",
        "ags.test_student",
        "ags.unknown_person",
        "ags.no_column",
    ],
)
def test_some_scores_are_rightly_not_sent(
    course: Course, outside: Outside, code: str
) -> None:
    change(course, code)
    given = course.score(82)

    course.send()

    assert (course.delivery(given).state, course.delivery(given).code) == (
        SKIPPED,
        code,
    )
    assert outside.posted == []


def test_moodle_is_told_nothing_before_a_score(
    course: Course, outside: Outside
) -> None:
    given = course.record(Verb.HANDED_IN, "learner")

    course.send()

    assert course.delivery(given).code == "ags.before_score"
    assert outside.posted == []


def test_canvas_is_told_of_the_first_hand_in_and_keeps_its_grade(
    course: Course, outside: Outside
) -> None:
    course.set(lms_kind=LMSKind.CANVAS)
    course.record(Verb.HANDED_IN, "learner")
    course.send()
    course.score(82)
    course.send()

    first, second = outside.posted
    assert first["gradingProgress"] == "Pending"
    assert "scoreGiven" not in first and "submission" in first
    assert first[CANVAS_SUBMISSION] == {"new_submission": True, "preserve_score": True}
    assert second[CANVAS_SUBMISSION] == {"new_submission": False}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ags.refused"),
        (403, "ags.refused"),
        (404, "ags.column_gone"),
        (422, "ags.refused"),
    ],
)
def test_a_refusal_keeps_its_words_without_the_person(
    course: Course, outside: Outside, status: int, code: str
) -> None:
    with course.sessions() as session, transaction(session):
        session.query(LineItem).one().context.ags_scopes = ["score"]  # no results
    outside.status = status
    given = course.score(82)

    course.send()

    delivery = course.delivery(given)
    assert (delivery.state, delivery.code) == (DEAD, code)
    assert "lena" not in (delivery.words or "")
    assert "no, says" in (delivery.words or "")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_gradebook_that_is_away_gets_the_score_later(
    course: Course, outside: Outside, status: int
) -> None:
    given = course.score(82)
    outside.status, outside.headers = status, {"Retry-After": "700"}

    with pytest.raises(Failed) as failed:
        course.send()
    waiting = course.delivery(given)
    outside.status = None
    course.send()

    assert failed.value.details["retry_after"] == 700
    assert (waiting.state, waiting.code, waiting.attempts) == (
        WAITING,
        "ags.no_answer",
        1,
    )
    assert course.delivery(given).state is SENT


def test_a_gradebook_away_for_a_week_is_somebodys_concern(
    course: Course, outside: Outside
) -> None:
    outside.status = 503
    with time_machine.travel(now() - timedelta(days=8)):
        given = course.score(82)

    with pytest.raises(Failed):
        course.send()

    assert course.delivery(given).state is DEAD
    assert course.delivery(given).words == "outside.status 503"


def test_a_missing_results_permission_does_not_keep_a_score_back(
    course: Course, outside: Outside
) -> None:
    outside.lost_scopes = {"result.readonly"}
    given = course.score(82)

    course.send()

    assert course.delivery(given).state is SENT


def test_nothing_is_written_while_writing_is_paused(
    course: Course, outside: Outside
) -> None:
    course.set(writes_paused=True)
    given = course.score(82)

    course.send()
    paused = course.delivery(given).state
    course.set(writes_paused=False)
    course.send()

    assert paused is WAITING
    assert course.delivery(given).state is SENT


def test_a_worker_that_died_after_sending_does_no_harm(
    course: Course, outside: Outside
) -> None:
    given = course.score(82)
    course.send()
    with course.sessions() as session, transaction(session):
        (delivery,) = queries.listed(session, state=SENT)
        delivery.state, delivery.sent = WAITING, None
    outside.results["lena"]["timestamp"] = "2026-01-01T00:00:00"

    course.send()

    assert course.delivery(given).state is SENT
    assert outside.results["lena"]["resultScore"] == 82.0


def test_a_score_taken_without_an_answer_is_not_posted_again(
    course: Course, outside: Outside
) -> None:
    given, outside.forgets = course.score(82), 1
    with pytest.raises(Failed):
        course.send()

    course.send()

    delivery = course.delivery(given)
    assert (delivery.state, delivery.code) == (SENT, "ags.already_there")
    assert len(outside.posted) == 1


def test_a_newer_score_over_one_nobody_answered_for_is_no_change_by_hand(
    course: Course, outside: Outside
) -> None:
    course.score(70)
    course.send()
    outside.results["lena"]["timestamp"] = "2026-01-01T00:00:00"
    unanswered, outside.forgets = course.score(82), 1
    with pytest.raises(Failed):
        course.send()
    outside.results["lena"]["timestamp"] = "2026-01-01T00:00:01"
    newest = course.score(90)

    course.send()

    assert course.delivery(unanswered).state is SUPERSEDED
    assert course.delivery(newest).state is SENT
    assert outside.results["lena"]["resultScore"] == 90.0


def test_a_gradebook_that_fails_half_way_is_left_alone_for_a_breath_only(
    course: Course, outside: Outside
) -> None:
    first = course.score(82)
    second = course.score_of_another(75)
    outside.takes = 1

    before = now()
    again = deliver(course.sender, course.registration_id, Destination.AGS)

    assert again is not None
    assert again - before < timedelta(seconds=20)
    assert course.delivery(first).state is SENT
    assert course.delivery(second).state is WAITING
