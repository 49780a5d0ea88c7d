"""When a score is told, and what it is by then."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.practice import queries, service, turns
from lti_mentor.practice.models import ScoreMode, WorkState
from lti_mentor.scheduling import service as scheduling
from tests.builders import PLAN, VERIFY, occasion


def told(session) -> list[tuple[str, bool]]:
    rows = session.scalars(
        select(Activity).where(Activity.verb == Verb.SCORED).order_by(Activity.id)
    )
    return [(row.data["points"], row.data["final"]) for row in rows]


def plan(w, work):
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.max, agreed=True)


def apply(w, work, verdict=VERIFY):
    service.submit_application(w.session, work, w.lea, occasion())
    service.review(w.session, work, w.max, verdict)


def booked(w, pair):
    offer = scheduling.offer(w.session, pair, w.max, [now() + timedelta(hours=1)])
    meeting = scheduling.book(w.session, offer.times[0], w.lea)
    meeting.starts_at = now() - timedelta(hours=1)
    return meeting


def meet(w, pair):
    meeting = booked(w, pair)
    scheduling.say_we_met(w.session, meeting, w.lea)
    scheduling.say_we_met(w.session, meeting, w.max)


@pytest.fixture
def pair(w):
    return w.pair()


def test_by_default_one_score_is_told_when_complete(w, pair):
    work = w.work(sessions_required=0)

    plan(w, work)
    apply(w, work)
    assert told(w.session) == []
    service.reflect(w.session, work, w.lea, "much")

    assert told(w.session) == [("100", True)]


def test_a_talk_confirmed_late_is_told_again(w, pair):
    work = w.work()
    plan(w, work)
    apply(w, work)
    service.reflect(w.session, work, w.lea, "much")

    meet(w, pair)
    turns.rescore_mentorship(w.session, pair)
    turns.rescore_mentorship(w.session, pair)

    assert told(w.session) == [("85", True), ("100", True)]


def test_progressive_tells_after_each_verified_application(w, pair):
    work = w.work(
        mode=ScoreMode.PROGRESSIVE, sessions_required=0, applications_required=2
    )

    plan(w, work)
    assert told(w.session) == []
    apply(w, work)
    apply(w, work)

    assert [final for _, final in told(w.session)] == [False, False]
    assert [points for points, _ in told(w.session)] == ["47.06", "82.35"]


def test_progressive_tells_a_verified_application_that_is_worth_nothing(w, pair):
    rubric = [{"key": "a", "levels": ["no", "yes"]}]
    work = w.work(mode=ScoreMode.PROGRESSIVE, sessions_required=0, rubric=rubric)

    plan(w, work)
    apply(w, work)

    assert told(w.session) == [("11.76", False)]


def test_settled_work_keeps_the_score_it_has(w, pair):
    work = w.work(sessions_required=0)
    plan(w, work)
    apply(w, work)

    service.settle(w.session, work, w.iris)

    assert (work.state, work.settled_as_it_stands) == (WorkState.COMPLETED, True)
    assert told(w.session) == [("82.35", True)]


def test_excused_and_left_work_tells_no_score(w, pair):
    excused, left = w.work(), w.work()

    service.excuse(w.session, excused, w.iris)
    service.withdraw(w.session, left, w.lea)

    assert told(w.session) == []


def test_a_mentor_who_leaves_takes_no_held_talk_along(w, pair):
    rubric = [{"key": "a", "levels": ["no", "half", "yes"]}]
    work = w.work(rubric=rubric)
    plan(w, work)
    meet(w, pair)
    half = service.Verdict(VERIFY.decision, VERIFY.basis, levels={"a": 1})
    apply(w, work, half)
    pair.state = MentorshipState.ENDED
    turns.mentor_left(w.session, pair)

    service.reflect(w.session, work, w.lea, "much")

    assert work.score == 70


def test_a_mentor_who_cancels_costs_nothing(w, pair):
    work = w.work()
    plan(w, work)
    apply(w, work)
    scheduling.cancel(w.session, booked(w, pair), w.max)

    service.reflect(w.session, work, w.lea, "much")

    assert work.score == 100


def test_a_held_talk_counts_into_work_the_instructor_took_over(w, pair):
    work = w.work(sessions_required=2)
    plan(w, work)
    meeting = booked(w, pair)
    scheduling.say_we_met(w.session, meeting, w.lea)
    pair.state = MentorshipState.ENDED
    turns.mentor_left(w.session, pair)
    scheduling.say_we_met(w.session, meeting, w.max)

    assert turns.rescore_mentorship(w.session, pair) == 1
    assert queries.facts_of(w.session, work).sessions_held == 1


def test_a_gradebook_is_told_what_was_true_then(w, pair):
    work = w.work(sessions_required=0)
    plan(w, work)
    apply(w, work)
    service.settle(w.session, work, w.iris)
    said = w.session.scalars(select(Activity).where(Activity.verb == Verb.SCORED)).one()
    work.score_hundredths = 9999

    found = queries.score_of(w.session, said)

    assert found is not None
    assert (found.points, found.maximum, found.is_final) == (
        Decimal("82.35"),
        100,
        True,
    )
    assert (found.learner, found.submitted_at) == (
        w.lea,
        work.applications[0].submitted_at,
    )


def test_a_hand_in_is_told_without_points_and_other_things_not_at_all(w, pair):
    work = w.work()
    plan(w, work)
    service.submit_application(w.session, work, w.lea, occasion())
    said = {a.verb: a for a in w.session.scalars(select(Activity))}

    hand_in = queries.score_of(w.session, said[Verb.HANDED_IN])

    assert hand_in is not None
    assert (hand_in.points, hand_in.is_final) == (None, False)
    assert queries.score_of(w.session, said[Verb.PLANNED]) is None


def test_a_mentor_who_comes_late_lowers_no_score(w):
    work = w.work(applications_required=2)
    work.advance(WorkState.PLANNING)
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.iris, agreed=True)
    service.submit_application(w.session, work, w.lea, occasion())
    service.review(w.session, work, w.iris, VERIFY)
    before = work.score

    pair = w.pair()
    turns.mentor_came(w.session, pair)
    turns.rescore_mentorship(w.session, pair)

    assert work.score == before == Decimal("47.06")
