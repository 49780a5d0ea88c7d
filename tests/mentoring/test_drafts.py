"""Publishing a draft: who is offered to whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring import programs, service
from lti_mentor.mentoring.models import (
    MatchRun,
    MentorshipState,
    Part,
    ParticipantState,
    ProgramContext,
    RunState,
)
from tests import builders


@pytest.fixture
def run(w):
    run = MatchRun(
        program=w.program,
        inputs_hash="0" * 64,
        engine_version="test",
        mentees=1,
        mentors=1,
        matched=1,
        total=1,
        gap=0,
    )
    w.session.add(run)
    w.session.flush()
    return run


def test_a_kept_pair_is_offered_to_both(w, run):
    builders.proposal(w.session, run, w.max, w.lea, reasons=[{"code": "skill"}])

    (offer,) = service.publish(w.session, run, w.iris)

    assert (offer.mentor, offer.mentee, offer.context) == (w.max, w.lea, w.course)
    assert offer.state is MentorshipState.OFFERED
    assert offer.reasons == [{"code": "skill"}]
    assert run.state is RunState.PUBLISHED
    (said,) = w.session.scalars(select(Activity).where(Activity.verb == Verb.PUBLISHED))
    assert said.data == {"pairs": 1}


def test_a_dropped_pair_is_not_offered(w, run):
    pair = builders.proposal(w.session, run, w.max, w.lea)
    service.drop(pair, dropped=True)

    assert service.publish(w.session, run, w.iris) == []


def test_who_has_an_offer_by_now_is_left_out(w, run):
    builders.proposal(w.session, run, w.max, w.lea)
    other = builders.person(w.session, w.tenant, "Otto")
    builders.mentorship(w.session, w.program, other, w.lea)

    assert service.publish(w.session, run, w.iris) == []


@pytest.mark.parametrize(
    "change",
    [
        {"state": ParticipantState.LEFT},
        {"state": ParticipantState.PAIRING_DECLINED},
        {"paused_until": now() + timedelta(days=3650)},
        {"capacity": 0},
    ],
)
def test_a_mentor_who_cannot_any_more_is_left_out(w, run, change):
    builders.proposal(w.session, run, w.max, w.lea)
    builders.participant(w.session, w.program, w.max, Part.MENTOR, **change)

    assert service.publish(w.session, run, w.iris) == []


def test_the_better_pair_gets_the_last_place_and_a_pin_comes_first(w, run):
    builders.participant(w.session, w.program, w.max, Part.MENTOR, capacity=1)
    others = [builders.person(w.session, w.tenant, name) for name in "AB"]
    builders.proposal(w.session, run, w.max, w.lea, score=1)
    builders.proposal(w.session, run, w.max, others[0], score=2)
    builders.proposal(w.session, run, w.max, others[1], score=0, is_pinned=True)

    offered = service.publish(w.session, run, w.iris)

    assert [offer.mentee for offer in offered] == [others[1]]


def test_two_who_must_be_kept_apart_are_left_out(w, run):
    builders.proposal(w.session, run, w.max, w.lea)
    programs.exclude(w.session, w.program, w.max, w.lea, by=w.lea)

    assert service.publish(w.session, run, w.iris) == []


def test_an_offer_grows_out_of_the_mentees_own_course(w, run):
    second = builders.context(w.session, w.tenant)
    w.program.audience.append(ProgramContext(context=second))
    sid = builders.person(w.session, w.tenant, "Sid")
    builders.member(w.session, second, sid)
    for mentee in (w.lea, sid):
        builders.proposal(w.session, run, w.max, mentee)

    offered = service.publish(w.session, run, w.iris)

    places = {offer.mentee_id: offer.context_id for offer in offered}
    assert places == {w.lea.id: w.course.id, sid.id: second.id}


def test_a_draft_is_published_once_and_frozen_then(w, run):
    pair = builders.proposal(w.session, run, w.max, w.lea)
    service.publish(w.session, run, w.iris)

    with pytest.raises(Conflict):
        service.publish(w.session, run, w.iris)
    with pytest.raises(Conflict):
        service.drop(pair, dropped=True)


def test_a_learner_cannot_publish(w, run):
    with pytest.raises(NotAllowed):
        service.publish(w.session, run, w.lea)
