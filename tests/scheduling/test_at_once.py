"""Talk verbs at the same moment: one of them holds, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import Conflict, MentorError
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.people.models import Person
from lti_mentor.scheduling import service
from lti_mentor.scheduling.models import MentoringSession, SessionState
from tests import builders

S = SessionState
DAY = timedelta(days=1)


@pytest.fixture
def ids(sessions):
    return furnish(sessions)


def furnish(sessions):
    """Max offers Lea two times; and a talk of Max with Lea and Nina. By id."""
    with sessions() as session, transaction(session):
        w = builders.world(session)
        nina = builders.person(session, w.tenant, "Nina")
        active = MentorshipState.ACTIVE
        pairs = [
            w.pair(),
            builders.mentorship(session, w.program, w.max, nina, active),
        ]
        offer = service.offer(session, pairs[0], w.max, [now() + DAY, now() + 2 * DAY])
        words = service.TalkWords(minutes=45)
        both = service.offer_together(session, pairs, w.max, now() + 3 * DAY, words)
        session.flush()
        people = {"max": w.max.id, "lea": w.lea.id, "nina": nina.id}
        return people | {"offer": offer.id, "one": both[0].id, "two": both[1].id}


def take(place):
    def act(session, meeting, by):
        service.book(session, meeting.times[place], by)

    return act


def move_to(days):
    def act(session, meeting, by):
        service.move(session, meeting, by, [now() + days * DAY])

    return act


def at_once(sessions, ids, *acts):
    """Let everybody act together; return what came of each.

    On PostgreSQL all have read the row before anybody changes it; SQLite lets one
    writer in at a time.
    """
    gate, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place, what, who, act):
        with sessions() as session:
            waits_inside = session.get_bind().dialect.name == "postgresql"
            if not waits_inside:
                gate.wait()
            try:
                with transaction(session):
                    meeting = session.get_one(MentoringSession, ids[what])
                    list(meeting.times)
                    by = session.get_one(Person, ids[who])
                    if waits_inside:
                        gate.wait()
                    act(session, meeting, by)
                said[place] = "done"
            except MentorError as refused:
                said[place] = refused.code

    threads = [
        threading.Thread(target=run, args=(place, *act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def found(sessions, ids, what):
    with sessions() as session:
        row = session.get_one(MentoringSession, ids[what])
        return row.state, row.starts_at, row.sequence, row.move_by_id


def count(sessions, verb):
    with sessions() as session:
        return session.scalar(select(func.count(Activity.id)).filter_by(verb=verb))


def do(sessions, ids, what, who, act):
    assert at_once(sessions, ids, (what, who, act)) == ["done"]


def test_of_two_times_taken_at_once_one_is_booked(sessions, ids):
    said = at_once(sessions, ids, ("offer", "lea", take(0)), ("offer", "lea", take(1)))

    assert sorted(said) == ["done", "session.step"]
    assert found(sessions, ids, "offer")[0] is S.BOOKED
    assert count(sessions, Verb.BOOKED_SESSION) == 1


def test_the_same_time_taken_twice_at_once_is_once(sessions, ids):
    said = at_once(sessions, ids, ("offer", "lea", take(0)), ("offer", "lea", take(0)))

    assert said == ["done", "done"]
    assert count(sessions, Verb.BOOKED_SESSION) == 1


def test_an_offer_taken_while_it_is_taken_back_is_one_of_both(sessions, ids):
    said = at_once(
        sessions, ids, ("offer", "lea", take(0)), ("offer", "max", service.cancel)
    )

    state, _, sequence, _ = found(sessions, ids, "offer")
    booked_first = said == ["done", "done"]
    assert state is (S.CANCELLED if booked_first else S.WITHDRAWN)
    assert sequence == 1


def test_a_talk_called_off_while_it_is_moved_is_called_off(sessions, ids):
    do(sessions, ids, "offer", "lea", take(0))

    said = at_once(
        sessions, ids, ("offer", "lea", move_to(5)), ("offer", "max", service.cancel)
    )

    assert said[1] == "done"
    assert said[0] in {"done", "session.not_booked_now"}
    assert found(sessions, ids, "offer")[0] is S.CANCELLED


def test_of_two_wishes_to_move_at_once_the_later_one_asks(sessions, ids):
    do(sessions, ids, "offer", "lea", take(0))

    said = at_once(
        sessions, ids, ("offer", "lea", move_to(5)), ("offer", "max", move_to(6))
    )

    assert said == ["done", "done"]
    with sessions() as session:
        row = session.get_one(MentoringSession, ids["offer"])
        assert len(row.times) == 1
        days = round((row.times[0].starts_at - now()) / DAY)
        assert {5: ids["lea"], 6: ids["max"]}[days] == row.move_by_id


def test_a_shared_talk_left_while_it_is_moved_is_left_by_one_only(sessions, ids):
    do(sessions, ids, "one", "lea", take(0))
    do(sessions, ids, "two", "nina", take(0))

    said = at_once(
        sessions,
        ids,
        ("one", "lea", service.cancel),
        ("two", "max", move_to(5)),
        ("one", "max", move_to(5)),
    )

    assert set(said) <= {"done", "session.not_booked_now"}
    assert found(sessions, ids, "one")[0] is S.CANCELLED
    state, starts_at, _, _ = found(sessions, ids, "two")
    assert (state, round((starts_at - now()) / DAY)) == (S.BOOKED, 5)


def test_a_shared_talk_taken_while_its_mentor_moves_it_is_never_at_the_old_time(
    sessions, ids
):
    said = at_once(sessions, ids, ("one", "lea", take(0)), ("one", "max", move_to(5)))

    state, starts_at, _, _ = found(sessions, ids, "one")
    assert said[1] == "done"
    assert said[0] in {"done", "session.time_gone"}
    if said[0] == "done":
        assert (state, round((starts_at - now()) / DAY)) == (S.BOOKED, 5)
    else:
        assert (state, starts_at) == (S.OFFERED, None)


def test_both_say_they_met_at_once_and_it_counts_once(sessions, ids):
    do(sessions, ids, "offer", "lea", take(0))
    with sessions() as session, transaction(session):
        session.get_one(MentoringSession, ids["offer"]).starts_at = now() - DAY
    met = service.say_we_met

    said = at_once(sessions, ids, ("offer", "lea", met), ("offer", "max", met))

    assert said == ["done", "done"]
    assert found(sessions, ids, "offer")[0] is S.HELD
    assert count(sessions, Verb.HELD_SESSION) == 1


def test_a_time_replaced_after_it_was_read_is_not_booked(postgres_sessions):
    """Only PostgreSQL lets one read while another writes."""
    ids = furnish(postgres_sessions)
    with postgres_sessions() as reads, postgres_sessions() as acts:
        seen = reads.get_one(MentoringSession, ids["one"]).times[0]
        lea = reads.get_one(Person, ids["lea"])
        with transaction(acts):
            row = acts.get_one(MentoringSession, ids["one"])
            service.move(acts, row, acts.get_one(Person, ids["max"]), [now() + 5 * DAY])

        with pytest.raises(Conflict) as refused:
            service.book(reads, seen, lea)

    assert refused.value.code == "session.time_gone"
