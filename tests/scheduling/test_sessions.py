"""Offering, taking and holding a talk."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, Missing, NotAllowed
from lti_mentor.jobs.models import Job
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.mentoring.owners import Owner
from lti_mentor.scheduling import queries, service
from lti_mentor.scheduling.models import NEXT, MentoringSession, SessionState
from lti_mentor.scheduling.owners import owner_of
from tests import builders

S = SessionState
HOUR = timedelta(hours=1)


@pytest.fixture
def pair(w):
    return w.pair()


@pytest.fixture
def offered(w, pair):
    return service.offer(w.session, pair, w.max, [now() + HOUR, now() + 2 * HOUR])


@pytest.fixture
def booked(w, offered):
    return service.book(w.session, offered.times[0], w.lea)


@pytest.fixture
def over(w, booked):
    """A booked talk whose time has come."""
    booked.starts_at = now() - HOUR
    w.session.flush()
    return booked


@pytest.fixture
def claimed(w, over):
    service.say_we_met(w.session, over, w.lea)
    return over


def rescored(session) -> bool:
    session.flush()
    return service.RESCORE in set(session.scalars(select(Job.kind)))


def test_up_to_three_times_are_offered_in_order_and_once(w, pair):
    later, sooner = now() + 2 * HOUR, now() + HOUR

    meeting = service.offer(w.session, pair, w.max, [later, sooner, later])

    assert [time.starts_at for time in meeting.times] == [sooner, later]
    assert meeting.state is S.OFFERED


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [([], 30), ([1, 2, 3, 4], 30), ([-1], 30), ([1], 5), ([1], 300)],
)
def test_an_offer_nobody_can_take_is_refused(w, pair, hours, minutes):
    times = [now() + hour * HOUR for hour in hours]

    with pytest.raises(Invalid):
        service.offer(w.session, pair, w.max, times, service.TalkWords(minutes=minutes))


def test_only_two_who_work_together_meet(w):
    waiting = w.pair(MentorshipState.OFFERED)

    with pytest.raises(Conflict):
        service.offer(w.session, waiting, w.max, [now() + HOUR])


def test_the_other_one_takes_a_time(w, offered):
    service.book(w.session, offered.times[1], w.lea)

    assert offered.state is S.BOOKED
    assert offered.starts_at == offered.times[1].starts_at


def test_nobody_takes_their_own_offer(w, offered):
    with pytest.raises(NotAllowed):
        service.book(w.session, offered.times[0], w.max)


def test_an_offer_is_taken_once(w, booked):
    with pytest.raises(Conflict):
        service.book(w.session, booked.times[1], w.lea)
    assert service.book(w.session, booked.times[0], w.lea) is booked


def test_a_time_that_has_passed_cannot_be_taken(w, offered):
    offered.times[0].starts_at = now() - HOUR

    with pytest.raises(Conflict):
        service.book(w.session, offered.times[0], w.lea)


def test_no_time_is_taken_after_the_two_have_ended(w, pair, offered):
    pair.state = MentorshipState.ENDED

    with pytest.raises(Conflict):
        service.book(w.session, offered.times[0], w.lea)


def test_nobody_has_met_before_the_time(w, booked):
    with pytest.raises(Conflict):
        service.say_we_met(w.session, booked, w.lea)


def test_one_voice_is_a_claim_and_counts_nothing(w, pair, claimed):
    service.say_we_met(w.session, claimed, w.lea)

    assert claimed.state is S.CLAIMED
    assert queries.held_count(w.session, pair) == 0


def test_two_voices_hold_it_and_ask_for_the_score(w, pair, claimed):
    service.say_we_met(w.session, claimed, w.max)

    assert claimed.state is S.HELD
    assert queries.held_count(w.session, pair) == 1
    assert rescored(w.session)


def test_three_days_of_silence_hold_it(w, claimed):
    claimed.claimed_at = now() - timedelta(days=3, seconds=1)
    w.session.flush()

    assert service.settle_silence(w.session) == 1
    assert claimed.state is S.HELD
    assert rescored(w.session)


def test_less_silence_settles_nothing(w, claimed):
    claimed.claimed_at = now() - timedelta(days=3) + HOUR
    w.session.flush()

    assert service.settle_silence(w.session) == 0


def test_who_objects_keeps_it_from_counting(w, pair, claimed):
    service.object_to(w.session, claimed, w.max)
    claimed.claimed_at = now() - timedelta(days=9)
    w.session.flush()

    assert service.settle_silence(w.session) == 0
    assert claimed.state is S.DISPUTED


def test_nobody_objects_to_their_own_word(w, claimed):
    with pytest.raises(NotAllowed):
        service.object_to(w.session, claimed, w.lea)


def test_who_objected_may_agree_after_all(w, claimed):
    service.object_to(w.session, claimed, w.max)

    service.say_we_met(w.session, claimed, w.max)

    assert claimed.state is S.HELD


def test_a_dispute_can_end_with_nobody_at_fault(w, claimed):
    service.object_to(w.session, claimed, w.max)

    service.say_missed(w.session, claimed, w.lea)

    assert (claimed.state, claimed.missed_by_id) == (S.MISSED, None)


def test_a_mentor_who_did_not_come_is_named_and_the_score_counted_again(w, over):
    service.say_missed(w.session, over, w.lea)

    assert (over.state, over.missed_by_id) == (S.MISSED, w.max.id)
    missed = queries.missed_by_mentors(w.session, w.program.id, w.lea.id)
    assert missed == 1
    assert rescored(w.session)


def test_nobody_is_missing_before_the_time(w, booked):
    with pytest.raises(Conflict):
        service.say_missed(w.session, booked, w.lea)


def test_an_offer_is_withdrawn_without_fault(w, offered):
    service.cancel(w.session, offered, w.max)

    assert (offered.state, offered.missed_by_id) == (S.WITHDRAWN, None)


@pytest.mark.parametrize(("who", "count"), [("max", 1), ("lea", 0)])
def test_only_a_mentors_cancellation_excuses_the_learner(w, booked, who, count):
    service.cancel(w.session, booked, getattr(w, who))

    assert booked.state is S.CANCELLED
    assert queries.missed_by_mentors(w.session, w.program.id, w.lea.id) == count


def test_offers_whose_times_all_passed_expire(w, offered):
    offered.times[0].starts_at = now() - HOUR
    w.session.flush()
    assert service.settle_silence(w.session) == 0

    offered.times[1].starts_at = now() - HOUR
    w.session.flush()

    assert service.settle_silence(w.session) == 1
    assert offered.state is S.EXPIRED


def test_after_a_week_without_a_word_nobody_is_asked_any_more(w, over):
    over.starts_at = now() - service.UNSAID + HOUR
    w.session.flush()
    assert service.settle_silence(w.session) == 0

    over.starts_at = now() - service.UNSAID - HOUR
    w.session.flush()

    assert service.settle_silence(w.session) == 1
    assert (over.state, over.missed_by_id) == (S.EXPIRED, None)
    assert owner_of(over) is Owner.NONE


def test_who_remembers_late_that_they_met_is_heard(w, pair, over):
    over.starts_at = now() - service.UNSAID - HOUR
    w.session.flush()
    service.settle_silence(w.session)

    service.say_we_met(w.session, over, w.lea)
    service.say_we_met(w.session, over, w.max)

    assert over.state is S.HELD
    assert queries.held_count(w.session, pair) == 1


def test_an_offer_nobody_took_was_no_talk(w, offered):
    offered.state = S.EXPIRED

    with pytest.raises(Conflict):
        service.say_we_met(w.session, offered, w.lea)


def test_what_lies_ahead_is_called_off_when_the_two_end(w, pair, booked, offered):
    other = service.offer(w.session, pair, w.lea, [now() + HOUR])
    past = service.offer(w.session, pair, w.lea, [now() + HOUR])
    service.book(w.session, past.times[0], w.max).starts_at = now() - HOUR
    w.session.flush()

    assert service.call_off(w.session, pair) == 2
    assert (booked.state, booked.missed_by_id) == (S.CANCELLED, None)
    assert (other.state, past.state) == (S.WITHDRAWN, S.BOOKED)


VERBS = {
    "offer": lambda s, m, by: service.offer(s, m.mentorship, by, [now() + HOUR]),
    "book": lambda s, m, by: service.book(s, m.times[0], by),
    "say_we_met": service.say_we_met,
    "say_missed": service.say_missed,
    "object_to": service.object_to,
    "cancel": service.cancel,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("stage", ["offered", "booked", "claimed"])
def test_a_stranger_may_do_nothing_with_it(w, request, verb, stage):
    meeting = request.getfixturevalue(stage)
    state = meeting.state

    with pytest.raises(NotAllowed):
        VERBS[verb](w.session, meeting, w.stranger)

    assert meeting.state is state


def test_a_stranger_does_not_even_find_it(w, booked):
    with pytest.raises(Missing):
        queries.session_of(w.session, w.stranger, str(booked.public_id))


def test_the_database_refuses_a_booked_talk_without_a_time(w, offered):
    offered.state = S.BOOKED

    with pytest.raises(IntegrityError, match="booked_has_a_time"):
        w.session.flush()


@pytest.mark.parametrize("wanted", list(S))
@pytest.mark.parametrize("state", list(S))
def test_only_the_listed_steps_can_be_taken(state, wanted):
    meeting = MentoringSession(state=state)

    if wanted in NEXT[state]:
        meeting.advance(wanted)
        assert meeting.state is wanted
    else:
        with pytest.raises(Conflict):
            meeting.advance(wanted)


def test_the_talks_of_a_mentor_who_left_still_count(w, pair, claimed):
    service.say_we_met(w.session, claimed, w.max)
    pair.state = MentorshipState.ENDED
    w.session.flush()
    builders.mentorship(w.session, w.program, w.stranger, w.lea, MentorshipState.ACTIVE)

    assert queries.held_in(w.session, w.program.id, w.lea.id) == 1
