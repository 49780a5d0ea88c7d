"""Steps out of time, and people who may not take them."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.people.models import Role
from lti_mentor.practice import service
from lti_mentor.practice.models import NEXT, PracticeWork, WorkState
from tests import builders
from tests.builders import PLAN, VERIFY, occasion

S = WorkState


@pytest.fixture
def work(w):
    """Lea's work with Max as her mentor, one application asked for, no talk."""
    w.pair()
    return w.work(sessions_required=0)


@pytest.fixture
def practising(w, work):
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.max, agreed=True)
    return work


@pytest.fixture
def reviewed(w, practising):
    service.submit_application(w.session, practising, w.lea, occasion())
    return practising


STEPS = {
    "plan": lambda s, k, w: service.submit_plan(s, k, w.lea, PLAN),
    "answer": lambda s, k, w: service.answer_plan(s, k, w.max, agreed=True),
    "apply": lambda s, k, w: service.submit_application(s, k, w.lea, occasion()),
    "review": lambda s, k, w: service.review(s, k, w.max, VERIFY),
    "reflect": lambda s, k, w: service.reflect(s, k, w.lea, "much"),
    "settle": lambda s, k, w: service.settle(s, k, w.iris),
    "excuse": lambda s, k, w: service.excuse(s, k, w.iris),
    "withdraw": lambda s, k, w: service.withdraw(s, k, w.lea),
    "extend": lambda s, k, w: service.extend(s, k, w.iris, now() + timedelta(days=1)),
    "reopen": lambda s, k, w: service.reopen(s, k, w.iris),
}
CLOSING = {"settle", "excuse", "withdraw", "extend"}
POSSIBLE = {
    S.WAITING_MENTOR: CLOSING,
    S.PLANNING: CLOSING | {"plan"},
    S.PRACTISING: CLOSING | {"apply"},
    S.REVISING: CLOSING | {"apply"},
    S.REFLECTING: CLOSING | {"reflect"},
    S.EXPIRED: CLOSING,
    S.EXCUSED: set(),
    S.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", POSSIBLE)
def test_a_step_out_of_time_is_refused(w, work, state):
    for name in STEPS.keys() - POSSIBLE[state]:
        work.state = state
        work.turn = work.owner_of(state)
        w.session.flush()

        with pytest.raises(Conflict):
            STEPS[name](w.session, work, w)


@pytest.mark.parametrize("wanted", list(S))
@pytest.mark.parametrize("state", list(S))
def test_only_the_listed_steps_can_be_taken(state, wanted):
    work = PracticeWork(state=state)

    if wanted in NEXT[state]:
        work.advance(wanted)
        assert work.state is wanted
    else:
        with pytest.raises(Conflict):
            work.advance(wanted)


def test_nobody_agrees_to_or_reviews_their_own_work(w, work):
    builders.member(w.session, w.course, w.max, Role.INSTRUCTOR)
    seat = builders.context(w.session, w.tenant)
    builders.member(w.session, seat, w.lea, Role.INSTRUCTOR)
    service.submit_plan(w.session, work, w.lea, PLAN)
    with pytest.raises(NotAllowed):
        service.answer_plan(w.session, work, w.lea, agreed=True)
    service.answer_plan(w.session, work, w.max, agreed=True)
    service.submit_application(w.session, work, w.lea, occasion())

    with pytest.raises(NotAllowed) as refused:
        service.review(w.session, work, w.lea, VERIFY)

    assert refused.value.code == "practice.own_work"


@pytest.mark.parametrize("who", ["stranger", "assistant", "once", "elsewhere"])
def test_only_the_mentor_and_instructors_of_this_course_review(w, reviewed, who):
    by = w.stranger
    if who == "assistant":
        builders.member(w.session, w.course, by, Role.ASSISTANT)
    if who == "once":
        builders.member(w.session, w.course, by, Role.INSTRUCTOR, is_active=False)
    if who == "elsewhere":
        other = builders.context(w.session, w.tenant)
        builders.member(w.session, other, by, Role.INSTRUCTOR)

    with pytest.raises(NotAllowed):
        service.review(w.session, reviewed, by, VERIFY)
    with pytest.raises(NotAllowed):
        service.answer_plan(w.session, reviewed, by, agreed=True)
    for name in ("settle", "excuse"):
        with pytest.raises(NotAllowed):
            getattr(service, name)(w.session, reviewed, by)


def test_a_mentor_of_the_past_reviews_nothing(w, reviewed):
    reviewed.mentorship.state = MentorshipState.ENDED

    with pytest.raises(NotAllowed):
        service.review(w.session, reviewed, w.max, VERIFY)


@pytest.mark.parametrize("by", ["max", "iris", "stranger"])
def test_only_the_learner_plans_applies_reflects_and_leaves(w, practising, by):
    who = getattr(w, by)

    with pytest.raises(NotAllowed):
        service.submit_plan(w.session, practising, who, PLAN)
    with pytest.raises(NotAllowed):
        service.submit_application(w.session, practising, who, occasion())
    with pytest.raises(NotAllowed):
        service.reflect(w.session, practising, who, "much")
    with pytest.raises(NotAllowed):
        service.withdraw(w.session, practising, who)
