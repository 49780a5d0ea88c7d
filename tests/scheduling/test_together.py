"""One talk of a mentor with several mentees: offered, moved, left, called off."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.scheduling import queries, service
from lti_mentor.scheduling.models import SessionState
from tests import builders

S = SessionState
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def two(w):
    nina = builders.person(w.session, w.tenant, "Nina")
    active = MentorshipState.ACTIVE
    return [w.pair(), builders.mentorship(w.session, w.program, w.max, nina, active)]


@pytest.fixture
def rows(w, two):
    """Offered to both; Lea has taken it, Nina has not answered."""
    words = service.TalkWords()
    rows = service.offer_together(w.session, two, w.max, now() + DAY, words)
    service.book(w.session, rows[0].times[0], w.lea)
    return rows


def test_a_talk_with_several_is_answered_by_each(w, two):
    words = service.TalkWords()
    rows = service.offer_together(w.session, two, w.max, now() + DAY, words)

    service.book(w.session, rows[0].times[0], w.lea)

    assert rows[0].shared_id is not None
    assert rows[0].shared_id == rows[1].shared_id
    assert [row.state for row in rows] == [S.BOOKED, S.OFFERED]
    assert queries.together(w.session, rows[:1]) == {rows[0].shared_id: rows}


def test_the_same_shared_offer_twice_is_one(w, two):
    at, words = now() + DAY, service.TalkWords()
    rows = service.offer_together(w.session, two, w.max, at, words)

    assert service.offer_together(w.session, two, w.max, at, words) == rows


def test_only_their_mentor_invites_several(w, two):
    with pytest.raises(NotAllowed):
        service.offer_together(w.session, two, w.lea, now() + DAY, service.TalkWords())
    with pytest.raises(Invalid):
        service.offer_together(
            w.session, two[:1], w.max, now() + DAY, service.TalkWords()
        )


def test_attendance_is_each_persons_own(w, two):
    words = service.TalkWords()
    rows = service.offer_together(w.session, two, w.max, now() + DAY, words)
    for row in rows:
        service.book(w.session, row.times[0], row.mentorship.mentee)
        row.starts_at = now() - HOUR

    service.take_attendance(w.session, rows, w.max, {rows[0].id})

    assert [row.state for row in rows] == [S.CLAIMED, S.MISSED]
    assert rows[1].missed_by_id == two[1].mentee_id
    with pytest.raises(NotAllowed):
        service.take_attendance(w.session, rows, w.lea, set())


def test_the_mentor_moves_it_for_everybody_at_once(w, rows):
    new = now() + 2 * DAY

    service.move(w.session, rows[1], w.max, [new])

    assert (rows[0].state, rows[0].starts_at, rows[0].sequence) == (S.BOOKED, new, 1)
    assert [time.starts_at for time in rows[1].times] == [new]
    assert (rows[1].state, rows[1].starts_at) == (S.OFFERED, None)
    assert verbs(w)[-2:] == [Verb.MOVED_SESSION, Verb.OFFERED_SESSION]


def test_moving_it_twice_to_the_same_time_is_once(w, rows):
    new = now() + 2 * DAY
    service.move(w.session, rows[0], w.max, [new])

    service.move(w.session, rows[0], w.max, [new])

    assert rows[0].sequence == 1


def test_it_moves_to_a_single_time(w, rows):
    with pytest.raises(Invalid):
        service.move(w.session, rows[0], w.max, [now() + 2 * DAY, now() + 3 * DAY])


def test_a_mentee_does_not_move_it_for_the_others(w, rows):
    with pytest.raises(Conflict) as refused:
        service.move(w.session, rows[0], w.lea, [now() + 2 * DAY])

    assert refused.value.code == "session.shared"


def test_what_has_begun_does_not_move(w, rows):
    rows[0].starts_at = now() - HOUR

    with pytest.raises(Conflict):
        service.move(w.session, rows[0], w.max, [now() + DAY])


def test_the_mentor_calls_it_off_for_everybody(w, rows):
    service.cancel(w.session, rows[0], w.max)
    service.cancel(w.session, rows[1], w.max)

    assert [row.state for row in rows] == [S.CANCELLED, S.WITHDRAWN]
    assert rows[0].missed_by_id == w.max.id
    assert verbs(w).count(Verb.CANCELLED_SESSION) == 2
    with pytest.raises(Conflict):
        service.move(w.session, rows[0], w.max, [now() + DAY])


def test_a_mentee_only_leaves(w, rows):
    service.book(w.session, rows[1].times[0], rows[1].mentorship.mentee)

    service.cancel(w.session, rows[0], w.lea)

    assert [row.state for row in rows] == [S.CANCELLED, S.BOOKED]


def test_who_has_left_is_not_moved_along(w, rows):
    service.cancel(w.session, rows[0], w.lea)
    old = rows[0].starts_at

    service.move(w.session, rows[0], w.max, [now() + 2 * DAY])

    assert (rows[0].state, rows[0].starts_at) == (S.CANCELLED, old)


def verbs(w):
    return [row.verb for row in w.session.scalars(select(Activity))]
