"""Work without a mentor, handed to a mentor of the program."""

import pytest

from lti_mentor.errors import Conflict, Missing, NotAllowed
from lti_mentor.mentoring import programs
from lti_mentor.mentoring.models import MentorshipState, Part, ParticipantState
from lti_mentor.practice import pool, queries, service, turns
from lti_mentor.practice.models import Turn, WorkState
from tests import builders
from tests.builders import PLAN, VERIFY, occasion


@pytest.fixture
def work(w):
    """A plan of Lea's that Iris should answer; Max mentors others in the program."""
    builders.participant(w.session, w.program, w.max, Part.MENTOR)
    work = w.work(sessions_required=0)
    work.advance(WorkState.PLANNING)
    service.submit_plan(w.session, work, w.lea, PLAN)
    assert work.turn is Turn.INSTRUCTOR
    return work


def test_who_it_is_handed_to_answers_and_reviews_it(w, work):
    pool.hand_over(w.session, work, w.max, w.iris)

    assert (work.turn, work.reviewer) == (Turn.MENTOR, w.max)
    assert queries.waiting_for_mentor(w.session, w.max) == [work]
    service.answer_plan(w.session, work, w.max, agreed=True)
    service.submit_application(w.session, work, w.lea, occasion())
    assert work.turn is Turn.MENTOR
    service.review(w.session, work, w.max, VERIFY)
    assert work.state is WorkState.REFLECTING


def test_before_it_is_handed_over_it_is_not_theirs(w, work):
    with pytest.raises(Missing):
        queries.work_mentored_by(w.session, w.max, str(work.public_id))
    with pytest.raises(NotAllowed):
        service.answer_plan(w.session, work, w.max, agreed=True)


def test_it_is_taken_back(w, work):
    pool.hand_over(w.session, work, w.max, w.iris)

    pool.hand_over(w.session, work, None, w.iris)

    assert (work.turn, work.reviewer) == (Turn.INSTRUCTOR, None)
    assert queries.waiting_for_mentor(w.session, w.max) == []


def test_it_is_handed_over_while_the_learner_is_at_it_and_stays_theirs(w, work):
    service.answer_plan(w.session, work, w.iris, agreed=True)

    pool.hand_over(w.session, work, w.max, w.iris)

    turns_of = [work.turn]
    service.submit_application(w.session, work, w.lea, occasion())
    assert [*turns_of, work.turn] == [Turn.LEARNER, Turn.MENTOR]


def test_a_mentor_who_comes_takes_it_over(w, work):
    pool.hand_over(w.session, work, w.max, w.iris)
    nina = builders.person(w.session, w.tenant, "Nina")
    active = MentorshipState.ACTIVE
    pair = builders.mentorship(w.session, w.program, nina, w.lea, active)

    turns.mentor_came(w.session, pair)

    assert (work.reviewer, work.pool_reviewer) == (nina, None)


def test_only_the_courses_instructor_hands_over(w, work):
    for somebody in (w.lea, w.max, w.stranger):
        with pytest.raises(NotAllowed):
            pool.hand_over(w.session, work, w.max, somebody)


def test_who_is_away_kept_apart_or_no_mentor_gets_nothing(w, work):
    assert pool.reviewers_for(w.session, work) == [w.max]
    programs.exclude(w.session, w.program, w.lea, w.max, by=w.iris)

    assert pool.reviewers_for(w.session, work) == []
    for somebody in (w.max, w.lea, w.stranger, w.iris):
        with pytest.raises(Missing):
            pool.hand_over(w.session, work, somebody, w.iris)


def test_a_mentor_who_left_is_not_offered(w, work):
    part = programs.ensure_part(w.session, w.program, w.max, Part.MENTOR)
    part.state = ParticipantState.LEFT
    w.session.flush()

    assert pool.reviewers_for(w.session, work) == []


def test_what_is_closed_or_has_a_mentor_is_not_handed_over(w, work):
    service.settle(w.session, work, w.iris)

    with pytest.raises(Conflict, match=r"practice\.has_reviewer"):
        pool.hand_over(w.session, work, w.max, w.iris)
