"""Moving a talk, talking with several, disagreeing, and what is written down."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.scheduling import queries, service
from lti_mentor.scheduling.models import SessionNote, SessionState

S = SessionState
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def pair(w):
    return w.pair()


@pytest.fixture
def booked(w, pair):
    offer = service.offer(w.session, pair, w.max, [now() + DAY])
    return service.book(w.session, offer.times[0], w.lea)


@pytest.fixture
def over(w, booked):
    booked.starts_at = now() - HOUR
    w.session.flush()
    return booked


@pytest.fixture
def disputed(w, over):
    """Max says that they met, Lea says no."""
    service.say_we_met(w.session, over, w.max)
    service.object_to(w.session, over, w.lea)
    return over


def test_the_old_time_holds_until_a_new_one_is_taken(w, booked):
    old, new = booked.starts_at, now() + 2 * DAY

    service.move(w.session, booked, w.lea, [new])
    assert (booked.state, booked.starts_at, booked.sequence) == (S.BOOKED, old, 0)
    service.book(w.session, booked.times[0], w.max)

    assert (booked.state, booked.starts_at, booked.sequence) == (S.BOOKED, new, 1)
    assert booked.move_by_id is None


def test_nobody_takes_the_new_time_they_asked_for(w, booked):
    service.move(w.session, booked, w.lea, [now() + 2 * DAY])

    with pytest.raises(NotAllowed):
        service.book(w.session, booked.times[0], w.lea)


def test_either_may_stay_with_the_old_time(w, booked):
    service.move(w.session, booked, w.lea, [now() + 2 * DAY])

    service.keep_time(w.session, booked, w.max)

    assert booked.move_by_id is None


def test_what_has_begun_does_not_move(w, over):
    with pytest.raises(Conflict):
        service.move(w.session, over, w.lea, [now() + DAY])


def test_the_old_time_holds_when_its_hour_comes_first(w, booked):
    service.move(w.session, booked, w.lea, [now() + 2 * DAY])

    with time_machine.travel(now() + DAY + HOUR, tick=False):
        assert service.settle_silence(w.session) == 1

    assert (booked.state, booked.move_by_id) == (S.BOOKED, None)


def test_a_wish_for_times_that_all_passed_is_forgotten(w, booked):
    service.move(w.session, booked, w.lea, [now() + HOUR])

    with time_machine.travel(now() + 2 * HOUR, tick=False):
        assert service.settle_silence(w.session) == 1

    assert (booked.state, booked.move_by_id) == (S.BOOKED, None)


def test_the_same_offer_twice_is_one(w, pair):
    at = now() + DAY

    first = service.offer(w.session, pair, w.max, [at])

    assert service.offer(w.session, pair, w.max, [at]) is first
    assert service.offer(w.session, pair, w.lea, [at]) is not first


def test_in_a_dispute_each_may_only_give_way(w, disputed):
    with pytest.raises(NotAllowed):
        service.say_we_met(w.session, disputed, w.max)
    with pytest.raises(NotAllowed):
        service.say_missed(w.session, disputed, w.lea)

    service.say_missed(w.session, disputed, w.max)

    assert (disputed.state, disputed.missed_by_id) == (S.MISSED, None)


@pytest.mark.parametrize(("held", "state"), [(True, S.HELD), (False, S.MISSED)])
def test_whoever_leads_decides_a_dispute_once(w, disputed, held, state):
    service.settle_dispute(w.session, disputed, w.iris, held=held)

    assert disputed.state is state
    with pytest.raises(Conflict):
        service.settle_dispute(w.session, disputed, w.iris, held=held)


def test_neither_a_stranger_nor_one_of_the_two_decides(w, disputed):
    w.program.stand_in = w.max
    for nobody in (w.stranger, w.lea, w.max):
        with pytest.raises(NotAllowed):
            service.settle_dispute(w.session, disputed, nobody, held=True)


def test_who_is_said_not_to_have_come_may_object_for_three_days(w, over):
    service.say_missed(w.session, over, w.lea)

    service.object_to(w.session, over, w.max)
    assert over.state is S.DISPUTED
    with pytest.raises(NotAllowed):
        service.say_we_met(w.session, over, w.max)
    service.say_we_met(w.session, over, w.lea)

    assert (over.state, over.missed_by_id) == (S.HELD, None)


def test_after_three_days_an_absence_stands(w, over):
    service.say_missed(w.session, over, w.lea)
    over.claimed_at = now() - timedelta(days=3, seconds=1)
    w.session.flush()

    with pytest.raises(Conflict):
        service.object_to(w.session, over, w.max)


def test_notes_are_each_persons_own_row(w, over):
    service.write_note(w.session, over, w.lea, shared="Call on Monday", own="Shy")
    service.write_note(w.session, over, w.max, shared="", own="Ask again")
    service.write_note(w.session, over, w.lea, shared="Call on Friday", own="Shy")

    notes = queries.notes_of(w.session, over.mentorship)
    assert [(n.author.name, n.shared, n.private) for n in notes] == [
        ("Lea", "Call on Friday", "Shy"),
        ("Max", "", "Ask again"),
    ]
    with pytest.raises(NotAllowed):
        service.write_note(w.session, over, w.stranger, shared="", own="")
    assert len(w.session.scalars(select(SessionNote)).all()) == 2
