"""What an id_token says (Canvas lib/lti/messages/jwt_message.rb and others)."""

from typing import Any

import pytest

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.lti import AGS_CLAIM, CLAIM, LINEITEM, NRPS, NRPS_CLAIM
from lti_mentor.demo.people import person_named
from lti_mentor.demo.rows import Enrolment
from tests.demo.canvas.browser import Visitor, form_fields
from tests.demo.canvas.tool import claims_of

TAB = "/courses/11/external_tools/1"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


def launch(campus: Campus, name: str, path: str = TAB) -> dict[str, Any]:
    visitor = Visitor(campus, name)
    answer = visitor.authorize(visitor.launch_fields(path))
    return claims_of(form_fields(answer.text)["id_token"])


def give_role(canvas: Institution, name: str, role: str) -> None:
    person = person_named(canvas.world, name)
    canvas.world.add(Enrolment(11, person.id, role))


def the_key(canvas: Institution) -> DeveloperKey:
    return canvas.store.keys["10000000000001"]


def test_course_navigation_names_the_context_as_link(campus: Campus):
    claims = launch(campus, "Lena Ortiz")

    assert claims[CLAIM + "resource_link"]["id"] == claims[CLAIM + "context"]["id"]
    assert claims[CLAIM + "resource_link"]["title"] == "Negotiation in practice"
    assert claims["https://www.instructure.com/placement"] == "course_navigation"
    assert claims["aud"] == claims["azp"] == "10000000000001"
    assert len(claims[CLAIM + "lti11_legacy_user_id"]) == 40
    assert "lineitem" not in claims[AGS_CLAIM]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("learner", [f"{MEMBERSHIP}#Learner"]),
        ("instructor", [f"{MEMBERSHIP}#Instructor"]),
        (
            "ta",
            [f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"],
        ),
        ("designer", [f"{MEMBERSHIP}#ContentDeveloper"]),
        ("observer", [f"{MEMBERSHIP}#Mentor"]),
        (
            "test",
            [
                f"{MEMBERSHIP}#Learner",
                "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
            ],
        ),
    ],
)
def test_roles_of_the_course(
    campus: Campus, canvas: Institution, role: str, expected: list[str]
):
    give_role(canvas, "Mateo Silva", role)

    roles = launch(campus, "Mateo Silva")[CLAIM + "roles"]

    here = [urn for urn in roles if "membership" in urn or "TestUser" in urn]
    assert here == expected
    assert roles == sorted(set(roles))
    assert f"{SYSTEM}#User" in roles


def test_who_teaches_elsewhere_brings_the_institution_role(
    campus: Campus, canvas: Institution
):
    lena = person_named(canvas.world, "Lena Ortiz")
    canvas.world.add(Enrolment(12, lena.id, "instructor"))

    roles = launch(campus, "Lena Ortiz")[CLAIM + "roles"]

    assert f"{INSTITUTION}#Instructor" in roles
    assert f"{MEMBERSHIP}#Instructor" not in roles


def test_an_admin_who_is_not_enrolled_has_no_course_role(campus: Campus):
    roles = launch(campus, "Ada Admin")[CLAIM + "roles"]

    assert f"{INSTITUTION}#Administrator" in roles
    assert not [urn for urn in roles if "membership" in urn]


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("anonymous", set()),
        ("name_only", {"name", "given_name", "family_name"}),
        ("email_only", {"email"}),
        ("public", {"name", "given_name", "family_name", "email", "picture"}),
    ],
)
def test_privacy_level_decides_what_is_known(
    campus: Campus, canvas: Institution, level: str, names: set[str]
):
    canvas.world.tools[1].settings["privacy_level"] = level

    claims = launch(campus, "Lena Ortiz")

    personal = {"name", "given_name", "family_name", "email", "picture"}
    assert personal & set(claims) == names
    assert claims["sub"]


@pytest.mark.parametrize("legacy", [False, True])
def test_an_observer_watches_named_people(
    campus: Campus, canvas: Institution, legacy: bool
):
    campus.canvas.faults.set(canvas_mentor_scope_is_legacy=legacy)
    give_role(canvas, "Mateo Silva", "observer")
    observer = person_named(canvas.world, "Mateo Silva")
    lena = person_named(canvas.world, "Lena Ortiz")
    canvas.store.observed[f"11 {observer.id}"] = [lena.id]

    claims = launch(campus, "Mateo Silva")

    expected = lena.opaque if legacy else lena.sub
    assert claims[CLAIM + "role_scope_mentor"] == [expected]
    assert claims[CLAIM + "custom"]["observees"] == lena.sub


def test_observees_are_not_told_below_public(campus: Campus, canvas: Institution):
    canvas.world.tools[1].settings["privacy_level"] = "name_only"
    give_role(canvas, "Mateo Silva", "observer")
    observer = person_named(canvas.world, "Mateo Silva")
    canvas.store.observed[f"11 {observer.id}"] = [101]

    claims = launch(campus, "Mateo Silva")

    assert CLAIM + "role_scope_mentor" not in claims


def test_unavailable_variables_stay_literal(campus: Campus):
    custom = launch(campus, "Lena Ortiz")[CLAIM + "custom"]

    assert custom["canvas_assignment_id"] == "$Canvas.assignment.id"
    assert custom["canvas_masquerading_user_id"] == "$Canvas.masqueradingUser.id"
    assert custom["person_timezone"] == "Europe/Madrid"


@pytest.mark.parametrize("strings", [False, True])
def test_custom_ids_are_numbers_or_strings(campus: Campus, strings: bool):
    campus.canvas.faults.set(canvas_custom_values_are_strings=strings)

    custom = launch(campus, "Lena Ortiz")[CLAIM + "custom"]

    assert custom["canvas_user_id"] == ("101" if strings else 101)


def test_a_custom_role_shows_only_in_its_variable(campus: Campus, canvas: Institution):
    lena = person_named(canvas.world, "Lena Ortiz")
    canvas.store.labels[f"11 {lena.id}"] = "Peer Mentor"

    claims = launch(campus, "Lena Ortiz")

    names = claims[CLAIM + "custom"]["canvas_membership_roles"]
    assert names == "StudentEnrollment,Peer Mentor"
    assert f"{MEMBERSHIP}#Mentor" not in claims[CLAIM + "roles"]


def test_masquerading_is_told(campus: Campus):
    visitor = Visitor(campus, "Ada Admin")
    visitor.do("/users/101/masquerade")

    answer = visitor.authorize(visitor.launch_fields(TAB))

    claims = claims_of(form_fields(answer.text)["id_token"])
    admin = person_named(campus.canvas.world, "Ada Admin")
    assert claims["name"] == "Lena Ortiz"
    assert claims[CLAIM + "custom"]["canvas_masquerading_user_id"] == admin.id


@pytest.mark.parametrize(
    ("path", "name", "placement"),
    [
        ("/accounts/1/external_tools/1", "Ada Admin", "account_navigation"),
        ("/users/101/external_tools/1", "Lena Ortiz", "user_navigation"),
    ],
)
def test_launches_outside_courses_have_a_bare_context_type(
    campus: Campus, path: str, name: str, placement: str
):
    claims = launch(campus, name, path)

    assert claims[CLAIM + "context"]["type"] == ["Account"]
    assert claims["https://www.instructure.com/placement"] == placement
    assert AGS_CLAIM not in claims
    assert NRPS_CLAIM not in claims


def test_services_are_claimed_by_scope(campus: Campus, canvas: Institution):
    the_key(canvas).scopes = [LINEITEM]

    claims = launch(campus, "Lena Ortiz")

    assert claims[AGS_CLAIM]["scope"] == [LINEITEM]
    assert NRPS_CLAIM not in claims


def test_without_scopes_there_are_no_service_claims(
    campus: Campus, canvas: Institution
):
    the_key(canvas).scopes = []

    claims = launch(campus, "Lena Ortiz")

    assert not {AGS_CLAIM, NRPS_CLAIM, CLAIM + "platformnotificationservice"} & set(
        claims
    )


def test_one_key_has_a_deployment_in_each_place(campus: Campus, canvas: Institution):
    visitor = Visitor(campus, "Ada Admin")
    visitor.do(
        "/accounts/1/settings/configurations", client_id="10000000000001", course="12"
    )

    claims = launch(campus, "Ines Keller", "/courses/12/external_tools/2")

    opaque = canvas.world.courses[12].opaque
    assert claims[CLAIM + "deployment_id"] == f"2:{opaque}"
    assert claims["aud"] == "10000000000001"
    assert NRPS in the_key(canvas).scopes
