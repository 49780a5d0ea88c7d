"""A mentorship under way: pause, fit check, end, closing questions, contact."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.mentoring import life, queries, service
from lti_mentor.mentoring.models import Degree, MentorshipState, Part
from tests import builders

S = MentorshipState
DAY = timedelta(days=1)
NOTHING = service.ClosingWords()


@pytest.fixture
def pair(w):
    builders.participant(w.session, w.program, w.lea, Part.MENTEE)
    return w.pair()


def goes_first(w) -> bool:
    part = queries.participant_of(w.session, w.program, w.lea)
    return part is not None and part.goes_first_since is not None


def test_a_pause_has_a_day_and_ends_by_itself(w, pair):
    service.pause(w.session, pair, w.lea, now() + DAY)
    pair.paused_until = now() - DAY
    w.session.flush()

    assert service.resume_due(w.session) == 1
    assert (pair.state, pair.paused_until) == (S.ACTIVE, None)


def test_a_pause_without_a_day_waits_for_one_of_the_two(w, pair):
    service.pause(w.session, pair, w.lea)

    assert service.resume_due(w.session) == 0
    assert pair.state is S.PAUSED


@pytest.mark.parametrize("days", [-1, 400])
def test_a_pause_ends_within_a_year(w, pair, days):
    with pytest.raises(Invalid):
        service.pause(w.session, pair, w.lea, now() + days * DAY)


def test_a_fit_is_kept_and_changes_nothing(w, pair):
    service.check_fit(w.session, pair, w.lea, helps=Degree.PARTLY, goes_on=True)

    own = life.voice(w.session, pair, w.lea)
    assert (own.fit_helps, own.fit_goes_on) == (Degree.PARTLY, True)
    assert pair.state is S.ACTIVE
    assert not goes_first(w)


@pytest.mark.parametrize("who", ["lea", "max"])
def test_a_no_ends_it_and_the_mentee_goes_first_whoever_said_it(w, pair, who):
    service.check_fit(w.session, pair, getattr(w, who), helps=Degree.NO, goes_on=False)

    assert (pair.state, pair.end_reason) == (S.ENDED, life.CHANGE)
    assert goes_first(w)


def test_what_others_are_told_of_an_end_says_no_reason(w, pair):
    service.end(w.session, pair, w.max, "not_helpful")

    told = w.session.scalars(
        select(Activity).filter_by(verb=Verb.ENDED_MENTORSHIP)
    ).one()
    assert told.data == {}


@pytest.mark.parametrize(
    ("who", "reason", "first"),
    [
        ("lea", "no_time", False),
        ("lea", "reached_goal", False),
        ("lea", "other_mentor", True),
        ("max", "no_time", True),
    ],
)
def test_who_did_not_choose_the_end_goes_first(w, pair, who, reason, first):
    service.end(w.session, pair, getattr(w, who), reason)

    assert goes_first(w) is first


def test_a_second_click_on_end_changes_nothing(w, pair):
    service.end(w.session, pair, w.lea, "no_time")

    service.end(w.session, pair, w.max, "private")

    assert pair.end_reason == "no_time"


def test_it_is_completed_when_both_looked_back(w, pair):
    service.conclude(w.session, pair, w.lea)
    words = service.ClosingWords(Degree.YES, "listening", "Thank you")

    service.answer_closing(w.session, pair, w.lea, words)
    between = pair.state
    service.answer_closing(w.session, pair, w.max, NOTHING)

    assert [between, pair.state] == [S.CONCLUDING, S.COMPLETED]
    assert life.voice(w.session, pair, w.lea).thanks == "Thank you"


def test_nobody_looks_back_on_what_goes_on(w, pair):
    with pytest.raises(Conflict):
        service.answer_closing(w.session, pair, w.lea, NOTHING)


def test_two_weeks_of_silence_complete_it(w, pair):
    service.conclude(w.session, pair, w.lea)
    w.session.flush()
    assert service.complete_silent(w.session) == 0
    said = w.session.scalars(
        select(Activity).filter_by(verb=Verb.CONCLUDED_MENTORSHIP)
    ).one()
    said.at = now() - 15 * DAY
    w.session.flush()

    assert service.complete_silent(w.session) == 1
    assert pair.state is S.COMPLETED


def test_a_contact_is_the_persons_own_and_can_be_taken_back(w, pair):
    service.share_contact(w.session, pair, w.lea, " 0151 ")
    assert queries.voices(w.session, pair)[w.lea.id].contact == "0151"

    service.share_contact(w.session, pair, w.lea, "")

    assert queries.voices(w.session, pair)[w.lea.id].contact == ""
    assert w.max.id not in queries.voices(w.session, pair)


def test_the_same_words_twice_within_a_minute_are_one_message(w, pair):
    first = service.post(w.session, pair, w.lea, "Hello")
    w.session.flush()

    assert service.post(w.session, pair, w.lea, "Hello") is first
    first.at = now() - timedelta(minutes=2)
    w.session.flush()
    assert service.post(w.session, pair, w.lea, "Hello") is not first


def test_a_message_says_what_it_asks_about(w, pair):
    work = w.work()

    found = service.post(w.session, pair, w.lea, "How?", work)

    assert (found.subject_type, found.subject_id) == ("practice_work", work.public_id)
