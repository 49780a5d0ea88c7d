"""The life of a mentorship."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, Missing, NotAllowed
from lti_mentor.jobs.models import Job
from lti_mentor.mentoring import concerns, programs, queries, service
from lti_mentor.mentoring.models import NEXT, ConcernKind, Mentorship, MentorshipState
from tests import builders

S = MentorshipState


@pytest.fixture
def offer(w):
    builders.consent(w.session, w.program, w.max, w.lea)
    return w.pair(S.OFFERED)


@pytest.fixture
def pair(w):
    return w.pair()


def kinds(session) -> list[str]:
    session.flush()
    return sorted(session.scalars(select(Job.kind)))


def verbs(session) -> list[Verb]:
    return list(session.scalars(select(Activity.verb).order_by(Activity.id)))


def test_nobody_accepts_before_they_agreed_to_take_part(w):
    offer = w.pair(S.OFFERED)

    with pytest.raises(NotAllowed) as refused:
        service.accept(w.session, offer, w.lea)

    assert refused.value.code == "consent.missing"


def test_the_newest_answer_to_consent_counts(w, offer):
    programs.consent(w.session, w.program, w.lea, answer=False)

    with pytest.raises(NotAllowed):
        service.accept(w.session, offer, w.lea)


def test_one_yes_leaves_it_an_offer(w, offer):
    service.accept(w.session, offer, w.lea)

    assert offer.state is S.OFFERED
    assert service.MENTORSHIP_BEGAN not in kinds(w.session)


def test_two_yes_begin_it_and_call_for_the_waiting_practice(w, offer):
    service.accept(w.session, offer, w.lea)

    service.accept(w.session, offer, w.max)

    assert offer.state is S.ACTIVE
    assert offer.began_at is not None
    assert verbs(w.session) == [Verb.ACCEPTED, Verb.ACCEPTED, Verb.BEGAN_MENTORSHIP]
    assert service.MENTORSHIP_BEGAN in kinds(w.session)


def test_a_second_yes_of_the_same_person_changes_nothing(w, offer):
    service.accept(w.session, offer, w.lea)

    service.accept(w.session, offer, w.lea)

    assert offer.state is S.OFFERED
    assert verbs(w.session) == [Verb.ACCEPTED]


def test_a_mentee_who_works_with_somebody_cannot_accept_another(w, offer):
    other = builders.person(w.session, w.tenant, "Otto")
    builders.mentorship(w.session, w.program, other, w.lea, S.ACTIVE)

    with pytest.raises(Conflict) as refused:
        service.accept(w.session, offer, w.lea)

    assert refused.value.code == "mentorship.mentee_taken"


def test_the_database_too_refuses_a_second_living_mentorship(w, pair):
    other = builders.person(w.session, w.tenant, "Otto")

    with pytest.raises(IntegrityError):
        builders.mentorship(w.session, w.program, other, w.lea, S.PAUSED)


def test_the_database_refuses_to_begin_without_both(w, offer):
    offer.state = S.ACTIVE

    with pytest.raises(IntegrityError, match="both_accepted"):
        w.session.flush()


def test_the_database_refuses_to_mentor_oneself(w):
    with pytest.raises(IntegrityError, match="not_oneself"):
        builders.mentorship(w.session, w.program, w.lea, w.lea)


def test_either_may_decline_and_nobody_can_accept_afterwards(w, offer):
    service.decline(w.session, offer, w.max)

    assert offer.state is S.DECLINED
    with pytest.raises(Conflict):
        service.accept(w.session, offer, w.lea)


def test_an_offer_nobody_answers_expires(w, offer):
    offer.answer_by = now() - timedelta(seconds=1)
    w.session.flush()

    assert service.expire_offers(w.session) == 1
    assert offer.state is S.EXPIRED


def test_an_offer_whose_date_lies_ahead_stays(w, offer):
    assert service.expire_offers(w.session) == 0
    assert offer.state is S.OFFERED


def test_an_agreement_holds_when_both_signed_the_same_words(w, pair):
    service.sign(w.session, pair, w.lea, goals="Listen", meeting="Mondays")
    service.sign(w.session, pair, w.max, goals="Listen", meeting="Mondays")

    assert pair.is_agreed
    assert verbs(w.session) == [Verb.AGREED]


def test_changing_the_words_takes_the_others_signature_back(w, pair):
    service.sign(w.session, pair, w.lea, goals="Listen", meeting="Mondays")

    service.sign(w.session, pair, w.max, goals="Listen", meeting="Fridays")

    assert pair.mentee_signed_at is None
    assert not pair.is_agreed


def test_an_agreement_needs_a_goal(w, pair):
    with pytest.raises(Invalid):
        service.sign(w.session, pair, w.lea, goals=" ", meeting="Mondays")


def test_an_agreement_has_an_end(w, pair):
    with pytest.raises(Invalid):
        service.sign(w.session, pair, w.lea, goals="x" * 10_001, meeting="")


def test_ending_it_hands_the_open_work_on(w, pair):
    service.end(w.session, pair, w.lea, "no_time")

    assert (pair.state, pair.end_reason) == (S.ENDED, "no_time")
    assert verbs(w.session) == [Verb.ENDED_MENTORSHIP]
    assert service.MENTORSHIP_CLOSED in kinds(w.session)


def test_a_reason_is_a_code_and_never_what_somebody_typed(w, pair):
    with pytest.raises(Invalid):
        service.end(w.session, pair, w.lea, "Max was rude to me")

    assert pair.state is S.ACTIVE


def test_it_rests_goes_on_and_ends_as_planned(w, pair):
    service.pause(w.session, pair, w.lea)
    service.resume(w.session, pair, w.max)
    service.conclude(w.session, pair, w.lea)
    service.answer_closing(w.session, pair, w.max, service.ClosingWords())
    service.answer_closing(w.session, pair, w.lea, service.ClosingWords())

    assert pair.state is S.COMPLETED
    assert service.MENTORSHIP_CLOSED in kinds(w.session)


def test_an_offer_cannot_be_resumed_into_life(w, offer):
    with pytest.raises(Conflict):
        service.resume(w.session, offer, w.lea)


def test_the_two_write_to_each_other(w, pair):
    service.post(w.session, pair, w.lea, " Hello ")

    assert [m.text for m in queries.thread(w.session, pair)] == ["Hello"]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001])
def test_a_message_has_words_and_an_end(w, pair, text):
    with pytest.raises(Invalid):
        service.post(w.session, pair, w.lea, text)


def test_nobody_writes_or_signs_before_it_began(w, offer):
    with pytest.raises(Conflict):
        service.post(w.session, offer, w.lea, "Hello")
    with pytest.raises(Conflict):
        service.sign(w.session, offer, w.lea, goals="Listen", meeting="")


CLOSING = service.ClosingWords()
REPORT = concerns.ConcernWords(ConcernKind.OTHER)
VERBS = {
    "accept": lambda s, m, by: service.accept(s, m, by),
    "decline": lambda s, m, by: service.decline(s, m, by),
    "sign": lambda s, m, by: service.sign(s, m, by, goals="g", meeting=""),
    "pause": lambda s, m, by: service.pause(s, m, by),
    "resume": lambda s, m, by: service.resume(s, m, by),
    "conclude": lambda s, m, by: service.conclude(s, m, by),
    "answer_closing": lambda s, m, by: service.answer_closing(s, m, by, CLOSING),
    "check_fit": lambda s, m, by: service.check_fit(s, m, by, helps=None, goes_on=True),
    "share_contact": lambda s, m, by: service.share_contact(s, m, by, "a"),
    "report": lambda s, m, by: concerns.report(s, m, by, REPORT),
    "end": lambda s, m, by: service.end(s, m, by, "no_time"),
    "post": lambda s, m, by: service.post(s, m, by, "Hello"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", list(S)[:4])
def test_a_stranger_may_do_nothing_with_it(w, verb, state):
    builders.consent(w.session, w.program, w.stranger)
    pair = w.pair(state)

    with pytest.raises(NotAllowed):
        VERBS[verb](w.session, pair, w.stranger)

    assert pair.state is state


def test_a_stranger_does_not_even_find_it(w, pair):
    assert queries.mentorships_of(w.session, w.stranger) == []
    with pytest.raises(Missing):
        queries.mentorship_of(w.session, w.stranger, str(pair.public_id))


@pytest.mark.parametrize("wanted", list(S))
@pytest.mark.parametrize("state", list(S))
def test_only_the_listed_steps_can_be_taken(state, wanted):
    pair = Mentorship(state=state)

    if wanted in NEXT[state]:
        pair.advance(wanted)
        assert pair.state is wanted
    else:
        with pytest.raises(Conflict):
            pair.advance(wanted)
