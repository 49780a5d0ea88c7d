"""Suspended, concluded and left are three things, and none ends a mentorship (P26)."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from lti_mentor.errors import Outside
from lti_mentor.mentoring.models import MentorshipState
from lti_mentor.people.models import Membership, Person, Role, Standing
from lti_mentor.sync import roster, service
from lti_mentor.sync.models import SyncState
from tests import builders


def standings(w) -> dict[str, Standing]:
    rows = w.session.execute(
        select(Person.lms_user_id, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.lms_user_id.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


def paired(w, state=MentorshipState.ACTIVE):
    learner = w.session.scalars(select(Person).filter_by(lms_user_id="101")).one()
    found = builders.mentorship(w.session, w.program, w.lea, learner, state)
    w.session.commit()
    return found


def test_who_is_listed_and_not_let_in_is_suspended(w, lms):
    service.read_course(w.session, w.course, lms, None)
    mentorship = paired(w)
    lms.enrolled["7"][1] = replace(lms.enrolled["7"][1], is_active=False)

    service.read_course(w.session, w.course, lms, None)

    assert standings(w)["101"] is Standing.SUSPENDED
    assert mentorship.state is MentorshipState.ACTIVE


def test_who_is_missing_from_a_complete_list_has_left(w, lms):
    service.read_course(w.session, w.course, lms, None)
    mentorship = paired(w)
    del lms.enrolled["7"][1]

    service.read_course(w.session, w.course, lms, None)

    assert standings(w)["101"] is Standing.LEFT
    assert mentorship.state is MentorshipState.ACTIVE


def test_when_the_course_is_over_whom_it_drops_has_not_left(w, lms):
    service.read_course(w.session, w.course, lms, None)
    mentorship = paired(w)
    lms.listed[0] = replace(lms.listed[0], is_over=True)
    lms.enrolled["7"] = [replace(lms.enrolled["7"][0], is_active=False)]

    service.read_course(w.session, w.course, lms, None)

    assert set(standings(w).values()) == {Standing.CONCLUDED}
    assert w.course.concluded_at is not None
    assert mentorship.state is MentorshipState.ACTIVE


def test_a_concluded_course_that_answers_404_loses_nobody(w, lms):
    service.read_course(w.session, w.course, lms, None)

    def gone() -> Iterator[roster.Entry]:
        raise Outside("outside.status", status=404)

    lms.listed = []

    assert service.read_course(w.session, w.course, lms, gone) is SyncState.PARTIAL
    assert set(standings(w).values()) == {Standing.ACTIVE}


def test_a_course_that_opens_again_has_its_people_back(w, lms):
    lms.listed[0] = replace(lms.listed[0], is_over=True)
    service.read_course(w.session, w.course, lms, None)
    lms.listed[0] = replace(lms.listed[0], is_over=False)

    service.read_course(w.session, w.course, lms, None)

    assert w.course.concluded_at is None
    assert set(standings(w).values()) == {Standing.ACTIVE}


def test_who_is_on_ltis_roster_has_not_left_for_a_token_that_sees_less(w, lms):
    ann = roster.Entry("100", Role.LEARNER, "Ann", lms_user_id="100")
    service.read_course(w.session, w.course, lms, lambda: iter([ann]))
    del lms.enrolled["7"][0]

    service.read_course(w.session, w.course, lms, lambda: iter([ann]))

    assert standings(w)["100"] is Standing.ACTIVE
