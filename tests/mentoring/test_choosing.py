"""Learners wish for mentors in an order; one after the other is asked."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import apart, choosing, programs, queries, requests, service
from lti_mentor.mentoring.choosing import Wish
from lti_mentor.mentoring.models import (
    MAX_CHOICES,
    Consent,
    Mentorship,
    MentorshipState,
    Message,
    Origin,
    Part,
    Participant,
    ParticipantState,
    ProgramState,
    Purpose,
)
from lti_mentor.mentoring.owners import Owner, owner_of
from tests import builders

S = MentorshipState


@pytest.fixture
def c(w):
    """Lea may choose between Max, Mia and Mo, each with one place."""
    w.program.learners_choose = True
    w.mia, w.mo = (builders.person(w.session, w.tenant, name) for name in ("Mia", "Mo"))
    for who in (w.max, w.mia, w.mo):
        mentor(w, who)
    learner(w, w.lea)
    return w


def mentor(w, who, **columns):
    given = {"set_up_at": now(), "capacity": 1} | columns
    builders.participant(w.session, w.program, who, Part.MENTOR, **given)
    builders.consent(w.session, w.program, who)
    programs.consent(w.session, w.program, who, answer=True, purpose=Purpose.BE_CHOSEN)


def learner(w, who, **columns):
    given = {"set_up_at": now(), "waits_since": now()} | columns
    builders.participant(w.session, w.program, who, Part.MENTEE, **given)
    builders.consent(w.session, w.program, who)


def newcomer(w, name, **columns):
    who = builders.person(w.session, w.tenant, name)
    builders.member(w.session, w.course, who)
    learner(w, who, **columns)
    return who


def part_of(w, who) -> Participant:
    found = queries.participant_of(w.session, w.program, who)
    assert found is not None
    return found


def asked(w, who) -> Mentorship:
    found = choosing.waiting_for(w.session, w.program, who)
    assert found is not None
    return found


def choose(w, who, *mentors, words="Negotiate"):
    part = part_of(w, who)
    wishes = [Wish(one, [{"code": "context.shared"}], "good") for one in mentors]
    return choosing.choose(w.session, part, wishes, words=words)


def test_the_first_wish_is_asked_with_its_why_and_the_learners_words(c):
    request = choose(c, c.lea, c.mia, c.max)

    assert (request.mentor, request.rank, request.origin) == (c.mia, 1, Origin.REQUEST)
    assert request.reasons == [{"code": "context.shared"}]
    assert (request.goals, request.band) == ("Negotiate", "good")
    assert request.mentee_accepted_at and not request.mentor_accepted_at
    assert request.answer_by > now() + timedelta(days=6)
    assert request.context_id == c.course.id


def test_after_a_no_the_next_wish_is_asked_and_the_learner_goes_first(c):
    first = choose(c, c.lea, c.mia, c.max)

    service.decline(c.session, first, c.mia)

    second = asked(c, c.lea)
    part = part_of(c, c.lea)
    assert (second.mentor, second.rank) == (c.max, 2)
    assert part.goes_first_since


def test_after_silence_the_next_wish_is_asked(c):
    first = choose(c, c.lea, c.mia, c.max)
    first.answer_by = now() - timedelta(minutes=1)

    service.expire_offers(c.session)

    assert first.state is S.EXPIRED
    assert asked(c, c.lea).mentor is c.max


def test_a_yes_takes_everything_else_back_and_ends_the_waiting(c):
    chosen = choose(c, c.lea, c.mia, c.max)
    proposed = builders.mentorship(c.session, c.program, c.mo, c.lea)

    service.accept(c.session, chosen, c.mia)

    part = part_of(c, c.lea)
    assert chosen.state is S.ACTIVE
    assert proposed.state is S.WITHDRAWN
    assert [one.mentor for one in choosing.choices(c.session, c.program, c.lea)] == [
        c.mia
    ]
    assert part.waits_since is part.goes_first_since is None


def test_a_full_mentor_is_passed_over_and_asked_when_a_place_is_free(c):
    nina = newcomer(c, "Nina")
    theirs = choose(c, nina, c.mia)

    mine = choose(c, c.lea, c.mia)
    assert mine is None
    choosing.withdraw(c.session, theirs, nina)

    assert asked(c, c.lea).mentor is c.mia


def test_who_goes_first_gets_the_place_that_becomes_free(c):
    nina = newcomer(c, "Nina", waits_since=now() - timedelta(days=9))
    zoe = newcomer(c, "Zoe", goes_first_since=now())
    taken = choose(c, c.lea, c.mia)
    for who in (nina, zoe):
        assert choose(c, who, c.mia) is None

    choosing.withdraw(c.session, taken, c.lea)

    assert asked(c, zoe).mentor is c.mia
    assert choosing.waiting_for(c.session, c.program, nina) is None


def test_whoever_must_be_kept_apart_is_not_asked_and_nobody_learns_why(c):
    apart.avoid(c.session, c.program, c.mia, "  LEA ")

    request = choose(c, c.lea, c.mia, c.max)

    assert (request.mentor, request.rank) == (c.max, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"paused_until": now() + timedelta(days=2)},
        {"state": ParticipantState.LEFT},
        {"set_up_at": None},
        {"capacity": 0},
    ],
)
def test_who_is_not_there_now_is_not_asked(c, change):
    part = part_of(c, c.mia)
    for name, value in change.items():
        setattr(part, name, value)

    assert choose(c, c.lea, c.mia) is None


def test_who_took_the_card_back_is_not_listed(c):
    programs.consent(
        c.session, c.program, c.mia, answer=False, purpose=Purpose.BE_CHOSEN
    )

    named = [part.person for part in requests.listed(c.session, c.program)]
    assert named == [c.max, c.mo]


def test_a_yes_to_an_older_wording_lists_nobody(c):
    row = c.session.query(Consent).filter_by(
        person_id=c.mia.id, purpose=Purpose.BE_CHOSEN
    )
    row.one().text_version = "before"
    c.session.flush()

    named = [part.person for part in requests.listed(c.session, c.program)]
    assert c.mia not in named


def test_a_new_list_replaces_what_was_not_asked(c):
    choose(c, c.lea, c.mia, c.max)

    choose(c, c.lea, c.mo, c.mia)

    found = choosing.choices(c.session, c.program, c.lea)
    assert [(one.rank, one.mentor.name) for one in found] == [(1, "Mo"), (2, "Mia")]
    assert asked(c, c.lea).mentor is c.mia


def test_who_said_no_is_not_asked_again_who_was_silent_is(c):
    service.decline(c.session, choose(c, c.lea, c.mia), c.mia)
    silent = choose(c, c.lea, c.mo)
    silent.answer_by = now() - timedelta(minutes=1)
    service.expire_offers(c.session)

    again = choose(c, c.lea, c.mia, c.mo)

    assert again.mentor is c.mo
    assert again is not silent


def test_nothing_is_asked_while_the_program_rests(c):
    choose(c, c.lea, c.mia)
    nina = newcomer(c, "Nina")
    c.program.state = ProgramState.PAUSED

    with pytest.raises(Conflict, match=r"program\.not_running"):
        choose(c, nina, c.max)
    assert requests.ask_next(c.session, c.program) == []


def test_only_learners_who_joined_choose_and_only_where_they_may(c):
    nina = builders.person(c.session, c.tenant, "Nina")
    builders.participant(
        c.session, c.program, nina, Part.MENTEE, state=ParticipantState.PROPOSED
    )
    with pytest.raises(NotAllowed, match=r"choice\.not_joined"):
        choose(c, nina, c.max)

    c.program.learners_choose = False
    with pytest.raises(Conflict, match=r"choice\.off"):
        choose(c, c.lea, c.max)


def test_a_list_has_one_to_five_different_people(c):
    six = [builders.person(c.session, c.tenant, f"M{n}") for n in range(6)]

    for mentors in ((), (c.max, c.max), six):
        with pytest.raises(Invalid, match=r"choice\.number"):
            choose(c, c.lea, *mentors)
    choose(c, c.lea, *six[:MAX_CHOICES])


def test_a_mentor_asks_one_thing_and_the_date_moves_with_question_and_reply(c):
    request = choose(c, c.lea, c.mia)
    request.answer_by = now() + timedelta(hours=1)

    choosing.ask(c.session, request, c.mia, " When could you? ")
    assert owner_of(request) is Owner.MENTEE
    asked = request.answer_by
    with pytest.raises(Conflict, match=r"question\.asked"):
        choosing.ask(c.session, request, c.mia, "And?")
    choosing.reply(c.session, request, c.lea, "Mondays")

    assert owner_of(request) is Owner.MENTOR
    said = [one.text for one in c.session.query(Message).order_by(Message.id)]
    assert said == ["When could you?", "Mondays"]
    assert request.answer_by >= asked > now() + timedelta(days=6)
    assert request.question_at and request.reply_at
    with pytest.raises(Conflict, match=r"question\.none"):
        choosing.reply(c.session, request, c.lea, "And Fridays")


def test_only_the_mentor_asks_and_only_the_learner_replies(c):
    request = choose(c, c.lea, c.mia)

    for who in (c.lea, c.max):
        with pytest.raises(NotAllowed):
            choosing.ask(c.session, request, who, "Why?")
    with pytest.raises(Conflict, match=r"question\.none"):
        choosing.reply(c.session, request, c.lea, "So")
    choosing.ask(c.session, request, c.mia, "Why?")
    with pytest.raises(NotAllowed):
        choosing.reply(c.session, request, c.mia, "So")
    with pytest.raises(Invalid):
        choosing.reply(c.session, request, c.lea, "   ")


def test_not_now_says_no_to_everything_that_waits(c):
    part_of(c, c.mia).capacity = 2
    nina = newcomer(c, "Nina")
    mine, theirs = choose(c, c.lea, c.mia, c.max), choose(c, nina, c.mia, c.mo)

    choosing.decline_and_pause(c.session, mine, c.mia, weeks=4)

    part = part_of(c, c.mia)
    assert mine.state is theirs.state is S.DECLINED
    assert part.paused_until
    assert part.paused_until > now() + timedelta(weeks=3)
    assert asked(c, c.lea).mentor is c.max
    assert asked(c, nina).mentor is c.mo


def test_a_request_is_taken_back_by_whoever_made_it_and_twice_is_once(c):
    request = choose(c, c.lea, c.mia)

    with pytest.raises(NotAllowed):
        choosing.withdraw(c.session, request, c.mia)
    choosing.withdraw(c.session, request, c.lea)
    choosing.withdraw(c.session, request, c.lea)

    assert request.state is S.WITHDRAWN


def test_who_would_rather_be_alone_wishes_for_nobody_any_more(c):
    choose(c, c.lea, c.mia, c.max)
    part = part_of(c, c.lea)

    programs.decline_pairing(c.session, part)

    assert choosing.waiting_for(c.session, c.program, c.lea) is None
    assert part.waits_since is None
