"""Arriving: one person, one course, the role of today."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from lti_mentor.lti import claims
from lti_mentor.lti.claims import Launch
from lti_mentor.people import queries
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import (
    Context,
    ContextKind,
    LineItem,
    Membership,
    Person,
    Role,
)
from lti_mentor.people.service import arrive
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.platforms.origins import belongs
from tests.platform import AGS, INSTRUCTOR, LEARNER, NRPS, ROLE, Platform

CANVAS = {
    "canvas_user_id": "77",
    "canvas_course_id": "5",
    "canvas_api_base_url": "https://inst.instructure.com",
}


def registered(session: Session, kind: LMSKind, **changes: Any) -> Registration:
    platform = Platform(url="https://lms.test")
    return service.add(session, **platform.registration(lms_kind=kind, **changes))


@pytest.fixture
def moodle(session: Session) -> Registration:
    return registered(session, LMSKind.MOODLE)


@pytest.fixture
def canvas(session: Session) -> Registration:
    return registered(
        session,
        LMSKind.CANVAS,
        client_id="canvas",
        origins=["https://*.instructure.com"],
    )


def launch(**changes: Any) -> Launch:
    login = {"nonce": "n", "target_link_uri": "https://tool.test/lti/launch"}
    cmid = changes.pop("cmid", None)
    payload = Platform(url="https://lms.test").claims(login, **changes)
    return claims.read(payload, {"cmid": cmid} if cmid else {})


def come(session: Session, registration: Registration, **changes: Any) -> Arrival:
    arrival = arrive(session, registration, launch(**changes))
    session.flush()
    return arrival


def test_the_same_person_comes_twice_as_one_row(session: Session, moodle: Registration):
    first = come(session, moodle)
    second = come(session, moodle, name="Lena Married")

    assert first.person is second.person
    assert second.person.name == "Lena Married"
    assert first.membership is second.membership


def test_names_once_told_stay_when_the_platform_falls_silent(
    session: Session, moodle: Registration
):
    come(session, moodle)
    arrival = come(session, moodle, name=None, given_name=None, family_name=None)

    assert arrival.person.name == "Lena Learner"


def test_on_moodle_subject_and_course_are_the_apis_ids(
    session: Session, moodle: Registration
):
    arrival = come(session, moodle, sub="3")

    assert arrival.person.lms_user_id == "3"
    assert arrival.context is not None
    assert arrival.context.lms_id == "course-1"
    assert arrival.context.family == "NEG101"


def test_on_canvas_the_apis_ids_come_as_parameters(
    session: Session, canvas: Registration
):
    arrival = come(session, canvas, custom=CANVAS)

    assert arrival.person.lms_user_id == "77"
    assert arrival.context is not None
    assert arrival.context.lms_id == "5"


def test_a_launch_meets_the_person_the_api_knew(session: Session, canvas: Registration):
    known = Person(registration=canvas, lms_user_id="77", name="From the API")
    session.add(known)

    arrival = come(session, canvas, custom=CANVAS)

    assert arrival.person is known
    assert known.sub == "learner-1"


def test_two_rows_that_are_one_person_become_one(
    session: Session, canvas: Registration
):
    first = come(session, canvas)
    by_api = Person(registration=canvas, lms_user_id="77", username="lena")
    course = Context(registration=canvas, lms_id="6")
    doubled = Membership(context=first.context, person=by_api, role=Role.LEARNER)
    other = Membership(context=course, person=by_api, role=Role.LEARNER)
    session.add_all([by_api, course, doubled, other])
    session.flush()

    arrival = come(session, canvas, custom=CANVAS | {"canvas_course_id": "$x"})

    assert session.query(Person).one() is arrival.person
    assert arrival.person.username == "lena"
    assert arrival.person.lms_user_id == "77"
    places = {row.context_id for row in session.query(Membership)}
    assert places == {course.id, first.context.id if first.context else 0}
    assert session.query(Membership).count() == 2


def test_two_rows_that_are_one_course_become_one(
    session: Session, canvas: Registration
):
    first = come(session, canvas)
    session.add(Context(registration=canvas, lms_id="5", title="From the API"))
    session.flush()

    arrival = come(session, canvas, custom=CANVAS)

    assert session.query(Context).one() is first.context is arrival.context


def test_an_api_id_of_somebody_else_moves_and_joins_nobody(
    session: Session, canvas: Registration
):
    come(session, canvas, sub="old", custom=CANVAS)

    arrival = come(session, canvas, sub="new", custom=CANVAS)

    assert session.query(Person).count() == 2
    assert arrival.person.sub == "new"
    assert arrival.person.lms_user_id == "77"


def test_nobody_is_joined_by_mail_or_name(session: Session, moodle: Registration):
    come(session, moodle, sub="1")
    come(session, moodle, sub="2")

    assert session.query(Person).count() == 2


def test_the_newest_launch_says_the_role(session: Session, moodle: Registration):
    come(session, moodle, roles=[INSTRUCTOR])
    arrival = come(session, moodle, roles=[LEARNER])

    assert arrival.membership is not None
    assert arrival.membership.role is Role.LEARNER
    assert arrival.membership.from_launch


def test_who_has_no_role_becomes_no_member(session: Session, moodle: Registration):
    arrival = come(session, moodle, roles=[])

    assert arrival.membership is None
    assert arrival.role is Role.VIEWER


@pytest.mark.parametrize(
    "changes",
    [
        {"context": {"id": "1", "type": ["Group"]}},
        {"context": {"id": "a", "type": ["Account"]}},
        {
            "context": {"id": "a", "type": ["x"]},
            "https://www.instructure.com/placement": "user_navigation",
        },
    ],
)
def test_a_hub_gives_no_course_rights_and_keeps_no_services(
    session: Session, moodle: Registration, changes: dict[str, Any]
):
    services = {
        NRPS: {"context_memberships_url": "https://lms.test/Group/1"},
        AGS: {"lineitems": "https://lms.test/li", "lineitem": "https://lms.test/li/1"},
    }

    arrival = come(session, moodle, roles=[INSTRUCTOR], **changes, **services)

    assert arrival.context is not None
    assert arrival.context.kind is ContextKind.HUB
    assert arrival.role is Role.VIEWER
    assert arrival.membership is None
    assert arrival.context.memberships_url is None
    assert arrival.context.lms_id is None
    assert session.query(LineItem).count() == 0


def test_institution_admins_are_ours_where_the_registration_says_so(
    session: Session, moodle: Registration
):
    roles = [f"{ROLE}institution/person#Administrator", LEARNER]
    on = come(session, moodle, roles=roles)
    moodle.lms_admins = False
    off = come(session, moodle, roles=roles, sub="another-admin")

    assert (on.is_org_admin, on.role) == (True, Role.LEARNER)
    assert off.is_org_admin is False


def test_a_test_student_is_marked(session: Session, canvas: Registration):
    role = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

    assert come(session, canvas, roles=[LEARNER, role]).person.is_test


def test_acting_as_somebody_leaves_no_trace_of_their_presence(
    session: Session, canvas: Registration
):
    custom = CANVAS | {"canvas_masquerading_user_id": "1"}

    arrival = come(session, canvas, custom=custom)

    assert arrival.is_read_only
    assert arrival.person.last_seen is None


def test_services_are_kept_and_get_their_s_back(session: Session, canvas: Registration):
    canvas.origins = ["https://inst.instructure.com"]
    arrival = come(
        session,
        canvas,
        **{
            AGS: {
                "lineitems": "http://inst.instructure.com/api/lti/courses/5/line_items",
                "scope": ["a"],
            },
            NRPS: {"context_memberships_url": "https://inst.instructure.com/n"},
        },
    )

    assert arrival.context is not None
    url = "https://inst.instructure.com/api/lti/courses/5/line_items"
    assert arrival.context.lineitems_url == url
    assert arrival.context.ags_scopes == ["a"]
    assert arrival.line_item is None


def test_a_column_is_known_by_its_path_whatever_the_host(
    session: Session, canvas: Registration
):
    path = "/api/lti/courses/5/line_items/2"
    first = come(session, canvas, **{AGS: {"lineitem": f"https://a.test{path}"}})
    second = come(session, canvas, **{AGS: {"lineitem": f"https://b.test{path}"}})

    assert first.line_item is second.line_item
    assert second.line_item is not None
    assert second.line_item.url == f"https://b.test{path}"
    assert second.line_item.resource_link_id == second.resource_link.id  # type: ignore[union-attr]


def test_signed_addresses_tell_where_the_platform_lives(
    session: Session, moodle: Registration
):
    come(
        session, moodle, **{NRPS: {"context_memberships_url": "https://vanity.test/n"}}
    )

    assert belongs(moodle, "https://vanity.test/deep_linking_response?data=x")


def test_the_page_of_a_link_is_known_for_mails(
    session: Session, moodle: Registration, canvas: Registration
):
    deployment = {"deployment_id": "106:8865aa"}
    on_moodle = come(session, moodle, cmid=13).resource_link
    in_course = come(session, canvas, custom=CANVAS, **deployment).resource_link
    assignment = CANVAS | {"canvas_assignment_id": "9"}
    graded = come(session, canvas, custom=assignment, **deployment).resource_link

    assert on_moodle is not None
    assert on_moodle.page_url == "https://lms.test/mod/lti/view.php?id=13"
    assert in_course is not None
    assert graded is in_course
    assert graded.page_url == "https://inst.instructure.com/courses/5/assignments/9"


def test_the_family_is_learnt_where_nobody_told_it(session: Session):
    registration = registered(session, LMSKind.OTHER)

    come(session, registration, tool_platform={"product_family_code": "moodle"})

    assert registration.lms_kind is LMSKind.MOODLE


def test_tenants_never_meet(session: Session, moodle: Registration):
    other = service.add(
        session,
        **Platform(url="https://lms.test").registration(client_id="c2"),
    )

    first, second = come(session, moodle), come(session, other)

    assert first.person is not second.person
    assert first.context is not second.context
    assert queries.person_by_sub(session, other, "learner-1") is second.person
