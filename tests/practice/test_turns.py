"""Nobody is stuck, and closing day."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.mentoring import programs
from lti_mentor.mentoring.models import MentorshipState, Part
from lti_mentor.practice import service, turns
from lti_mentor.practice.models import Turn, WorkState
from lti_mentor.scheduling import service as scheduling
from tests import builders
from tests.builders import PLAN, VERIFY, occasion

S = WorkState
LATE = timedelta(days=7, seconds=1)


def wait(work, how_long=LATE):
    work.turn_since = now() - how_long


@pytest.fixture
def in_review(w):
    w.pair()
    work = w.work(sessions_required=0)
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.max, agreed=True)
    service.submit_application(w.session, work, w.lea, occasion())
    return work


def test_who_waits_too_long_for_a_mentor_plans_without(w):
    work = w.work()
    wait(work)

    assert turns.move_on(w.session) == 1
    assert (work.state, work.turn) == (S.PLANNING, Turn.LEARNER)
    service.submit_plan(w.session, work, w.lea, PLAN)
    assert work.turn is Turn.INSTRUCTOR


@pytest.mark.parametrize("mentored", [True, False])
def test_a_plan_nobody_answers_counts_as_passed(w, mentored):
    if mentored:
        w.pair()
    work = w.work(sessions_required=0)
    if not mentored:
        work.advance(S.PLANNING)
    service.submit_plan(w.session, work, w.lea, PLAN)
    wait(work)

    assert turns.move_on(w.session) == 1
    assert work.plan.is_waived
    assert work.state is S.PRACTISING
    service.submit_application(w.session, work, w.lea, occasion())
    service.review(w.session, work, w.iris, VERIFY)
    service.reflect(w.session, work, w.lea, "much")
    assert work.score == 100


def test_an_application_a_mentor_leaves_lying_goes_to_the_instructor_once(w, in_review):
    wait(in_review)

    assert turns.move_on(w.session) == 1
    assert (in_review.state, in_review.turn) == (S.IN_REVIEW, Turn.INSTRUCTOR)
    wait(in_review)
    assert turns.move_on(w.session) == 0


@pytest.mark.parametrize("how_long", [timedelta(0), timedelta(days=6, hours=23)])
def test_nothing_moves_before_its_time(w, in_review, how_long):
    wait(in_review, how_long)

    assert turns.move_on(w.session) == 0


def test_who_chose_not_to_be_paired_waits_for_nobody(w):
    work = w.work()
    part = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)
    programs.decline_pairing(w.session, part)

    assert turns.move_on(w.session) == 1
    assert work.state is S.PLANNING


def test_a_mentor_who_comes_gets_what_waits(w):
    waiting, reviewed, done = w.work(), w.work(), w.work()
    service.withdraw(w.session, done, w.lea)
    reviewed.advance(S.PLANNING)
    service.submit_plan(w.session, reviewed, w.lea, PLAN)
    pair = w.pair()

    assert turns.mentor_came(w.session, pair) == 2
    assert turns.mentor_came(w.session, pair) == 0
    assert (waiting.state, waiting.mentorship) == (S.PLANNING, pair)
    assert (reviewed.turn, reviewed.reviewer) == (Turn.MENTOR, w.max)
    assert done.mentorship is None


def test_a_mentor_gets_nothing_of_others_or_after_the_end(w):
    placed = w.work().assignment
    other = service.begin(w.session, placed, w.stranger)
    pair = w.pair()
    pair.state = MentorshipState.ENDED

    assert turns.mentor_came(w.session, pair) == 0
    pair.state = MentorshipState.ACTIVE
    assert turns.mentor_came(w.session, pair) == 1
    assert other.mentorship is None


def test_the_instructor_takes_over_when_a_mentor_leaves(w, in_review):
    pair = in_review.mentorship
    talk = scheduling.offer(w.session, pair, w.max, [now() + timedelta(hours=1)])

    assert turns.mentor_left(w.session, pair) == 1
    assert turns.mentor_left(w.session, pair) == 0
    assert (in_review.turn, in_review.mentorship) == (Turn.INSTRUCTOR, None)
    assert talk.state == "withdrawn"


def test_a_learners_own_turn_stays_theirs_when_a_mentor_leaves(w):
    pair, work = w.pair(), w.work()

    turns.mentor_left(w.session, pair)

    assert work.turn is Turn.LEARNER


def test_work_long_over_its_date_goes_to_the_instructor_and_can_go_on(w, in_review):
    silent = w.work()
    for work in (silent, in_review):
        work.due_at = now() - LATE
    w.session.flush()

    assert turns.expire_due(w.session) == 1
    assert (silent.state, silent.turn) == (S.EXPIRED, Turn.INSTRUCTOR)
    assert in_review.state is S.IN_REVIEW

    service.extend(w.session, silent, w.iris, now() + timedelta(days=3))
    assert (silent.state, silent.turn) == (S.PLANNING, Turn.LEARNER)


def test_a_day_late_closes_nothing(w):
    w.pair()
    work = w.work()
    work.due_at = now() - timedelta(days=1)
    w.session.flush()

    assert turns.expire_due(w.session) == 0


@pytest.mark.parametrize("state", [S.PRACTISING, S.REVISING, S.REFLECTING])
def test_extended_work_goes_on_where_it_stopped(w, in_review, state):
    if state is S.REVISING:
        service.review(w.session, in_review, w.max, builders.REVISE)
    else:
        service.review(w.session, in_review, w.max, VERIFY)
    if state is S.PRACTISING:
        in_review.brief.applications_required = 2
    in_review.state, in_review.turn = S.EXPIRED, Turn.INSTRUCTOR

    service.extend(w.session, in_review, w.iris, now() + timedelta(days=3))

    assert in_review.state is state


def test_more_time_is_time_to_come(w, in_review):
    with pytest.raises(Invalid):
        service.extend(w.session, in_review, w.iris, now() - timedelta(days=1))


def test_a_completed_work_is_reopened_and_completed_again(w, in_review):
    service.review(w.session, in_review, w.max, VERIFY)
    service.reflect(w.session, in_review, w.lea, "much")

    service.reopen(w.session, in_review, w.iris)
    assert (in_review.state, in_review.completed_at) == (S.REVISING, None)
    service.submit_application(w.session, in_review, w.lea, occasion(did="Better"))
    service.review(w.session, in_review, w.max, VERIFY)

    assert in_review.state is S.COMPLETED
    assert in_review.reflection.learned == "much"


def test_there_is_nothing_to_improve_where_nothing_was_handed_in(w):
    work = w.work()
    service.settle(w.session, work, w.iris)

    with pytest.raises(Conflict):
        service.reopen(w.session, work, w.iris)
