"""Somebody is not in the course any more; a course that is over is no such case."""

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring import absence, queries
from lti_mentor.mentoring.models import MentorshipState, Part
from lti_mentor.people.models import Membership, Standing
from tests import builders

S = MentorshipState


@pytest.fixture
def pair(w):
    builders.participant(w.session, w.program, w.lea, Part.MENTEE)
    return w.pair()


def seat(w, who, standing, course=None):
    place = course or w.course
    if who is w.lea:
        found = next(
            row
            for row in w.session.query(Membership)
            if (row.person_id, row.context_id) == (who.id, place.id)
        )
        found.standing = standing
    else:
        builders.member(w.session, place, who, standing=standing)
    w.session.flush()


def gone(w, pair):
    found = absence.absent(w.session, [pair]).get(pair.id)
    return found and (found.person, found.standing)


@pytest.mark.parametrize("standing", list(absence.GONE))
def test_a_mentee_is_absent_when_their_course_says_so(w, pair, standing):
    assert gone(w, pair) is None

    seat(w, w.lea, standing)

    assert gone(w, pair) == (w.lea, standing)


def test_who_dropped_out_because_the_course_is_over_is_not_absent(w, pair):
    seat(w, w.lea, Standing.CONCLUDED)
    assert gone(w, pair) is None
    seat(w, w.lea, Standing.LEFT)
    w.course.concluded_at = now()
    w.session.flush()

    assert gone(w, pair) is None


def test_a_mentor_is_absent_when_no_course_has_them_any_more(w, pair):
    other = builders.context(w.session, w.tenant)
    seat(w, w.max, Standing.LEFT)
    assert gone(w, pair) == (w.max, Standing.LEFT)

    seat(w, w.max, Standing.ACTIVE, other)

    assert gone(w, pair) is None


def test_a_mentor_whom_no_course_ever_listed_is_not_absent(w, pair):
    assert gone(w, pair) is None


def test_what_was_left_to_go_on_is_not_asked_about_again(w, pair):
    seat(w, w.lea, Standing.LEFT)

    absence.keep_on(w.session, pair, w.iris)

    assert gone(w, pair) is None


def test_a_mentor_who_left_sends_the_mentee_to_the_front(w, pair):
    seat(w, w.max, Standing.LEFT)

    absence.end_for(w.session, pair, w.iris)
    absence.end_for(w.session, pair, w.iris)

    assert (pair.state, pair.end_reason) == (S.ENDED, "left")
    part = queries.participant_of(w.session, w.program, w.lea)
    assert part is not None
    assert part.goes_first_since is not None


def test_nobody_ends_what_two_people_who_are_there_have(w, pair):
    with pytest.raises(Conflict):
        absence.end_for(w.session, pair, w.iris)


@pytest.mark.parametrize("decide", [absence.keep_on, absence.end_for])
def test_only_who_leads_decides(w, pair, decide):
    seat(w, w.lea, Standing.LEFT)

    with pytest.raises(NotAllowed):
        decide(w.session, pair, w.max)
