"""A launch step by step (Canvas .../lti/ims/authentication_controller.rb)."""

import time

import jwt
import pytest
import requests
import time_machine
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from tests.demo.canvas.browser import Visitor, form_fields
from tests.demo.canvas.tool import Tool, claims_of

TAB = "/courses/11/external_tools/1"


def test_login_initiation_uses_the_names_on_the_wire(campus: Campus):
    fields = Visitor(campus, "Lena Ortiz").launch_fields(TAB)

    assert set(fields) == {
        "iss",
        "login_hint",
        "client_id",
        "lti_deployment_id",
        "target_link_uri",
        "lti_message_hint",
        "canvas_region",
        "canvas_environment",
        "lti_storage_target",
    }
    assert fields["lti_storage_target"] == "post_message_forwarding"
    assert fields["lti_deployment_id"].startswith("1:")


def test_login_hint_is_forty_hex_and_not_the_sub(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")

    fields = visitor.launch_fields(TAB)

    answer = form_fields(visitor.authorize(fields).text)
    assert len(fields["login_hint"]) == 40
    assert claims_of(answer["id_token"])["sub"] != fields["login_hint"]


def test_id_token_is_signed_with_a_published_key(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")

    answer = form_fields(visitor.authorize(visitor.launch_fields(TAB)).text)

    keys = jwt.PyJWKSet.from_dict(visitor.see("/api/lti/security/jwks").json())
    kid = jwt.get_unverified_header(answer["id_token"])["kid"]
    claims = jwt.decode(
        answer["id_token"], keys[kid], ["RS256"], audience="10000000000001"
    )
    assert claims["nonce"] == "nonce-1"
    assert claims["exp"] - claims["iat"] == 3600
    assert answer["state"] == "state-1"
    assert {"utf8", "authenticity_token", "lti_storage_target"} <= set(answer)


def test_the_former_key_stays_published_after_rotation(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")
    before = visitor.see("/api/lti/security/jwks").json()["keys"]

    campus.canvas.keys.rotate()

    after = visitor.see("/api/lti/security/jwks").json()["keys"]
    assert len(after) == 2
    assert before[0] in after


def test_a_launch_is_fetched_once(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")
    fields = visitor.launch_fields(TAB)
    visitor.authorize(fields)

    again = form_fields(visitor.authorize(fields).text)

    assert again["error"] == "launch_no_longer_valid"
    assert "id_token" not in again


def test_a_launch_waits_five_minutes(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")
    fields = visitor.launch_fields(TAB)

    with time_machine.travel(time.time() + 301, tick=True):
        answer = visitor.authorize(fields)

    assert answer.status_code == 400
    assert "Invalid lti_message_hint" in answer.text


@pytest.mark.parametrize(
    "missing",
    ["login_hint", "nonce", "prompt", "response_mode", "response_type", "scope"],
)
def test_each_required_parameter_is_required(campus: Campus, missing: str):
    visitor = Visitor(campus, "Lena Ortiz")

    answer = visitor.authorize(visitor.launch_fields(TAB), **{missing: ""})

    fields = form_fields(answer.text)
    assert fields["error"] == "invalid_request_object"
    assert missing in fields["error_description"]
    assert fields["state"] == "state-1"


def test_scope_must_be_openid(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")

    answer = visitor.authorize(visitor.launch_fields(TAB), scope="openid email")

    assert form_fields(answer.text)["error_description"] == (
        "The 'scope' must be 'openid'"
    )


def test_without_canvas_cookie_login_is_required(campus: Campus):
    fields = Visitor(campus, "Lena Ortiz").launch_fields(TAB)

    answer = form_fields(Visitor(campus).authorize(fields).text)

    assert answer["error"] == "login_required"
    assert answer["error_description"] == "Must have an active user session"


def test_another_person_cannot_fetch_the_launch(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")
    fields = visitor.launch_fields(TAB)
    visitor.become("Mateo Silva")

    answer = form_fields(visitor.authorize(fields).text)

    assert answer["error"] == "login_required"


def test_a_key_that_is_off_is_unauthorized(campus: Campus, canvas: Institution):
    visitor = Visitor(campus, "Lena Ortiz")
    fields = visitor.launch_fields(TAB)
    canvas.store.keys["10000000000001"].on = False

    answer = form_fields(visitor.authorize(fields).text)

    assert answer["error"] == "unauthorized_client"


def test_an_unknown_redirect_uri_stays_in_canvas(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")

    answer = visitor.authorize(
        visitor.launch_fields(TAB), redirect_uri="https://evil.example/launch"
    )

    assert answer.status_code == 400
    assert "Invalid redirect_uri" in answer.text


def test_more_query_on_a_plain_redirect_uri_is_fine(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")
    target = campus.tool_url + "/lti/launch?x=1"

    answer = visitor.authorize(visitor.launch_fields(TAB), redirect_uri=target)

    form = BeautifulSoup(answer.text, "html.parser").form
    assert form and form["action"] == target
    assert "id_token" in form_fields(answer.text)


def test_a_configured_query_must_be_there(campus: Campus, canvas: Institution):
    visitor = Visitor(campus, "Lena Ortiz")
    uri = campus.tool_url + "/lti/launch"
    canvas.store.keys["10000000000001"].redirect_uris = [uri + "?tenant=7"]

    without = visitor.authorize(visitor.launch_fields(TAB), redirect_uri=uri)
    with_it = visitor.authorize(
        visitor.launch_fields(TAB), redirect_uri=uri + "?tenant=7&x=1"
    )

    assert without.status_code == 400
    assert "id_token" in form_fields(with_it.text)


def test_a_bad_hint_stays_in_canvas(campus: Campus):
    visitor = Visitor(campus, "Lena Ortiz")

    answer = visitor.authorize(visitor.launch_fields(TAB), lti_message_hint="nonsense")

    assert answer.status_code == 400
    assert "Invalid lti_message_hint" in answer.text


def test_a_public_course_launches_without_a_person(campus: Campus):
    campus.canvas.faults.set(canvas_launches_without_people=True)
    visitor = Visitor(campus)

    answer = form_fields(visitor.authorize(visitor.launch_fields(TAB)).text)

    claims = claims_of(answer["id_token"])
    assert "sub" not in claims
    assert "name" not in claims


def test_expired_and_unknown_keys_can_be_had(campus: Campus):
    campus.canvas.faults.set(expired=True, unknown_key=True)
    visitor = Visitor(campus, "Lena Ortiz")

    answer = form_fields(visitor.authorize(visitor.launch_fields(TAB)).text)

    kid = jwt.get_unverified_header(answer["id_token"])["kid"]
    published = visitor.see("/api/lti/security/jwks").json()["keys"]
    assert kid not in {key["kid"] for key in published}
    assert (
        claims_of(answer["id_token"])["exp"]
        < claims_of(answer["id_token"])["iat"] + 3601
    )


def test_storage_target_follows_the_site_flag(campus: Campus):
    campus.canvas.faults.set(canvas_storage_in_parent=True)

    page = Visitor(campus, "Lena Ortiz").see(TAB).text

    assert form_fields(page)["lti_storage_target"] == "_parent"
    assert "/post_message_forwarding" not in page


def test_a_tool_over_http_gets_launched(campus: Campus, tool: Tool):
    visitor = Visitor(campus, "Lena Ortiz")
    fields = visitor.launch_fields(TAB)

    with requests.Session() as other:
        answer = other.post(tool.url + "/lti/login", data=fields, allow_redirects=False)

    assert tool.logins[-1] == fields
    assert answer.headers["Location"].startswith(campus.canvas.url)
