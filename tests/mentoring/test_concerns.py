"""Reporting somebody, and who is told (P11)."""

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity
from lti_mentor.errors import Conflict, Invalid, Missing
from lti_mentor.jobs.models import Job
from lti_mentor.mentoring import concerns, queries, service
from lti_mentor.mentoring.concerns import ConcernWords
from lti_mentor.mentoring.models import (
    ConcernKind,
    Exclusion,
    MentorshipState,
    Part,
)
from lti_mentor.people.models import Role
from tests import builders

S = MentorshipState
SAID = ConcernWords(ConcernKind.BOUNDARIES, "He calls at night")


@pytest.fixture
def pair(w):
    builders.participant(w.session, w.program, w.lea, Part.MENTEE)
    return w.pair()


def names(w, about) -> list[str]:
    return [one.name for one in concerns.readers(w.session, w.program, about)]


def test_a_report_stops_it_at_once_and_for_good(w, pair):
    concerns.report(w.session, pair, w.lea, SAID)

    assert (pair.state, pair.end_reason) == (S.ENDED, "reported")
    apart = w.session.scalars(select(Exclusion)).one()
    assert {apart.one_id, apart.other_id} == {w.lea.id, w.max.id}
    assert service.MENTORSHIP_CLOSED in set(w.session.scalars(select(Job.kind)))
    with pytest.raises(Conflict):
        service.post(w.session, pair, w.max, "Why?")


@pytest.mark.parametrize(("who", "first"), [("lea", True), ("max", False)])
def test_only_a_mentee_who_reports_waits_before_others(w, pair, who, first):
    concerns.report(w.session, pair, getattr(w, who), SAID)

    part = queries.participant_of(w.session, w.program, w.lea)
    assert part is not None
    assert (part.goes_first_since is not None) is first


def test_an_offer_that_is_reported_is_declined(w):
    offer = w.pair(S.OFFERED)

    concerns.report(w.session, offer, w.lea, SAID)

    assert offer.state is S.DECLINED


def test_what_has_ended_can_still_be_reported(w, pair):
    service.end(w.session, pair, w.max, "no_time")

    concerns.report(w.session, pair, w.lea, SAID)

    assert pair.end_reason == "no_time"


def test_a_second_click_is_the_same_report(w, pair):
    first = concerns.report(w.session, pair, w.lea, SAID)

    assert concerns.report(w.session, pair, w.lea, SAID) is first


def test_only_the_chosen_messages_are_shown(w, pair):
    shown = service.post(w.session, pair, w.max, "Come over")
    service.post(w.session, pair, w.max, "And bring wine")
    w.session.flush()
    said = ConcernWords(ConcernKind.OTHER, messages=[str(shown.public_id)])

    found = concerns.report(w.session, pair, w.lea, said)

    assert found.attached == [shown]


def test_messages_of_other_pairs_cannot_be_shown(w, pair):
    other = builders.person(w.session, w.tenant, "Otto")
    far = builders.mentorship(w.session, w.program, w.max, other, S.ACTIVE)
    secret = service.post(w.session, far, other, "Secret")
    w.session.flush()
    said = ConcernWords(ConcernKind.OTHER, messages=[str(secret.public_id)])

    assert concerns.report(w.session, pair, w.lea, said).attached == []


def test_no_activity_tells_of_a_report(w, pair):
    concerns.report(w.session, pair, w.lea, SAID)

    assert not [
        row
        for row in w.session.scalars(select(Activity))
        if "report" in str(row.data) or "concern" in row.object_type
    ]


def test_coordinator_and_stand_in_read_it(w):
    w.program.stand_in = w.stranger

    assert names(w, w.max) == ["Iris", "Sam"]


def test_about_the_coordinator_the_stand_in_alone_reads_it(w):
    w.program.stand_in = w.stranger

    assert names(w, w.iris) == ["Sam"]


def test_without_a_stand_in_another_instructor_reads_it(w):
    other = builders.person(w.session, w.tenant, "Ines")
    builders.member(w.session, w.course, other, Role.INSTRUCTOR)

    assert names(w, w.iris) == ["Ines"]


def test_where_nobody_is_left_nobody_reads_it(w):
    assert names(w, w.iris) == []


def test_neither_of_the_two_finds_it_among_what_leaders_read(w, pair):
    w.program.stand_in = w.max
    found = concerns.report(w.session, pair, w.lea, SAID)

    assert concerns.read_by(w.session, w.iris, [w.program]) == [found]
    for nobody in (w.max, w.lea, w.stranger):
        assert concerns.read_by(w.session, nobody, [w.program]) == []
        with pytest.raises(Missing):
            concerns.concern_for(w.session, nobody, str(found.public_id))


def test_an_answer_is_given_once_and_says_something(w, pair):
    found = concerns.report(w.session, pair, w.lea, SAID)

    with pytest.raises(Invalid):
        concerns.answer(w.session, found, w.iris, " ")
    concerns.answer(w.session, found, w.iris, "I talk to him today.")

    assert found.answer == "I talk to him today."
    with pytest.raises(Conflict):
        concerns.answer(w.session, found, w.iris, "Again")
    with pytest.raises(Missing):
        concerns.answer(w.session, found, w.max, "No")
