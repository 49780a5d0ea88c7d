"""Who waits, in which order, and what somebody says in private."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import (
    apart,
    preparation,
    programs,
    queries,
    service,
    waiting,
)
from lti_mentor.mentoring.models import (
    Consent,
    MatchRun,
    MentorshipState,
    Part,
    ParticipantState,
)
from lti_mentor.skills.models import CompletionState, CourseCompletion
from tests import builders


def waits(w, name, days, **columns):
    who = builders.person(w.session, w.tenant, name)
    given = {"waits_since": now() - timedelta(days=days)} | columns
    return builders.participant(w.session, w.program, who, Part.MENTEE, **given)


def test_who_went_without_stands_before_who_waits_longest(w):
    old, new = waits(w, "Old", 30), waits(w, "New", 2)
    again = waits(w, "Again", 1, goes_first_since=now())
    before = waits(w, "Before", 1, goes_first_since=now() - timedelta(days=1))

    expected = [before, again, old, new]

    assert waiting.line(w.session, w.program) == expected
    places = [waiting.place(w.session, part) for part in expected]
    assert places == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "columns",
    [
        {"waits_since": None},
        {"state": ParticipantState.PAIRING_DECLINED},
        {"paused_until": now() + timedelta(days=1)},
    ],
)
def test_who_does_not_wait_has_no_place(w, columns):
    part = waits(w, "Nina", 1, **columns)

    assert waiting.place(w.session, part) is None
    assert waiting.line(w.session, w.program) == []


def test_who_has_an_offer_does_not_wait(w):
    part = waits(w, "Nina", 1)
    builders.mentorship(w.session, w.program, w.max, part.person)

    assert waiting.line(w.session, w.program) == []


def test_setting_up_again_keeps_the_place(w):
    builders.consent(w.session, w.program, w.lea)
    part = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)
    programs.set_up(w.session, part, chips=[], introduction="")
    since = part.waits_since

    programs.set_up(w.session, part, chips=[], introduction="", hours=[3, 1, 3])

    assert part.waits_since == since
    assert part.hours == [1, 3]


def test_a_name_is_compared_as_people_write_it(w):
    irina = builders.person(w.session, w.tenant, "Ирина Ёлкина")
    jo = builders.person(w.session, w.tenant, "Jo", email="Jo@Example.edu")
    for who in (irina, jo):
        builders.participant(w.session, w.program, who, Part.MENTOR)

    apart.avoid(w.session, w.program, w.lea, "  ИРИНА   ёлкина ")
    apart.avoid(w.session, w.program, w.lea, "jo@example.EDU")
    apart.avoid(w.session, w.program, w.lea, "Nobody Here")
    apart.avoid(w.session, w.program, w.lea, "nobody here")

    assert apart.pairs(w.session, w.program) == {
        frozenset({w.lea.id, irina.id}),
        frozenset({w.lea.id, jo.id}),
    }
    assert len(apart.of(w.session, w.program, w.lea)) == 3
    assert apart.of(w.session, w.program, w.max) == []


def test_what_was_written_is_taken_back_and_has_its_limits(w):
    for number in range(apart.MAX_AVOIDED):
        apart.avoid(w.session, w.program, w.lea, f"Name {number}")
    with pytest.raises(Conflict, match=r"avoidance\.many"):
        apart.avoid(w.session, w.program, w.lea, "One more")
    for wrong in ("  ", "x" * 256):
        with pytest.raises(Invalid, match=r"avoidance\.words"):
            apart.avoid(w.session, w.program, w.lea, wrong)

    apart.forget(w.session, w.program, w.lea, "Name 0")

    left = [one.words for one in apart.of(w.session, w.program, w.lea)]
    assert left[0] == "Name 1"


def test_a_mentor_is_prepared_by_the_lms_or_by_whoever_leads(w):
    ready = builders.context(w.session, w.tenant, title="How to mentor")
    mia = builders.person(w.session, w.tenant, "Mia")
    parts = [
        builders.participant(w.session, w.program, who, Part.MENTOR)
        for who in (w.max, mia)
    ]
    assert preparation.unprepared(w.session, w.program, parts) == set()
    w.program.preparation = ready
    w.session.add(
        CourseCompletion(
            context_id=ready.id, person_id=mia.id, state=CompletionState.COMPLETE
        )
    )
    w.session.flush()

    assert preparation.unprepared(w.session, w.program, parts) == {w.max.id}
    with pytest.raises(NotAllowed):
        preparation.say_prepared(w.session, parts[0], by=w.max, is_so=True)
    preparation.say_prepared(w.session, parts[0], by=w.iris, is_so=True)
    assert preparation.unprepared(w.session, w.program, parts) == set()


def test_a_yes_holds_for_the_wording_it_was_said_to(w):
    builders.consent(w.session, w.program, w.lea)
    assert queries.has_consented(w.session, w.lea, w.program)

    row = w.session.query(Consent).one()
    row.text_version = "before"
    w.session.flush()

    assert not queries.has_consented(w.session, w.lea, w.program)


def test_publishing_lets_who_got_nobody_go_first(w):
    part = waits(w, "Nina", 3)
    served = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)
    served.state, served.waits_since = ParticipantState.ACTIVE, now()
    builders.participant(w.session, w.program, w.max, Part.MENTOR)
    run = MatchRun(
        program=w.program,
        inputs_hash="",
        engine_version="1",
        mentees=2,
        mentors=1,
        matched=1,
        total=1,
        gap=0,
    )
    w.session.add(run)
    w.session.flush()
    builders.proposal(w.session, run, w.max, w.lea)

    (offered,) = service.publish(w.session, run, w.iris)

    assert offered.state is MentorshipState.OFFERED
    assert part.goes_first_since
    assert served.goes_first_since is None
