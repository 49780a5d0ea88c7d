"""Where courses stand: read through the API, for the tool may be on by category."""

from lms_clients import Course, FakeLMS
from lti_mentor.jobs import queries as jobs
from lti_mentor.people import organisation
from lti_mentor.platforms import places
from lti_mentor.platforms.models import PlaceKind, Reach
from lti_mentor.sync import groups
from tests import builders
from tests.builders import World


def read(w: World, lms: FakeLMS) -> int:
    tenant = w.tenant.id
    w.session.commit()
    return groups.read(w.session, tenant, lms)


def test_known_courses_learn_where_they_stand(w):
    far = builders.context(w.session, builders.registration(w.session), lms_id="7")
    lms = FakeLMS(
        listed=[
            Course("7", "Negotiation", "NEG", group_id="42"),
            Course("8", "Selling", "SEL", group_id="43"),
            Course("9", "Alone", "ART"),
        ]
    )

    count = read(w, lms)

    assert (count, w.course.group_id, far.group_id) == (1, "42", None)


def test_a_name_the_launch_told_stays_while_the_course_stays_where_it_is(w):
    w.course.group_id, w.course.group_name = "42", "Law"
    w.session.commit()

    read(w, FakeLMS(listed=[Course("7", "N", "N", group_id="42")]))
    here = w.course.group_name
    read(w, FakeLMS(listed=[Course("7", "N", "N", group_id="5")]))

    assert (here, w.course.group_id, w.course.group_name) == ("Law", "5", "")


def test_a_switched_on_category_opens_its_courses(w):
    w.tenant.reach = Reach.CHOSEN
    places.switch_on(w.session, w.tenant, PlaceKind.GROUP, "42", "Law")
    before = organisation.is_on(w.session, w.course)

    read(w, FakeLMS(listed=[Course("7", "N", "N", group_id="42")]))

    assert (before, organisation.is_on(w.session, w.course)) == (False, True)


def test_it_is_asked_only_where_it_matters_and_somebody_can_answer(w):
    w.tenant.lms_token = "t"
    assert not groups.request(w.session, w.tenant)
    w.tenant.reach, w.tenant.lms_token = Reach.CHOSEN, None
    assert not groups.request(w.session, w.tenant)
    assert jobs.listed(w.session) == []

    w.tenant.lms_token = "t"
    assert groups.request(w.session, w.tenant)

    (job,) = jobs.listed(w.session)
    assert (job.kind, job.registration_id) == (groups.GROUPS, w.tenant.id)
