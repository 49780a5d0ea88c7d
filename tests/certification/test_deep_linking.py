"""Deep linking in the steps of the 1EdTech certification suite."""

import json
import time
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest
from bs4 import BeautifulSoup, Tag

from tests.certification.conftest import Codes
from tests.platform import CORE, INSTRUCTOR, Platform
from tests.tool import Tool

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def form(tool: Tool, platform: Platform) -> Tag:
    """The form that an instructor who chose a practice sends back to the platform."""
    signed = tool.sign_in(roles=[INSTRUCTOR], **platform.deep_linking())
    asked = {"title": "Listen twice", "maximum": "100"}
    answer = tool.browser.post(signed.next, data=asked, headers=signed.headers)
    assert answer.status_code == 200, answer.text
    forms = BeautifulSoup(answer.text, "html.parser").select("form:has([name=JWT])")
    assert len(forms) == 1
    return forms[0]


@pytest.fixture
def response(form: Tag) -> str:
    field = form.select_one("[name=JWT]")
    assert field is not None
    return str(field["value"])


@pytest.fixture
def opened(tool: Tool, platform: Platform, response: str) -> dict[str, Any]:
    """The answer, verified as the suite does it: with the key set we publish."""
    kid = jwt.get_unverified_header(response)["kid"]
    published = tool.browser.get("/lti/jwks").get_json()["keys"]
    (key,) = (key for key in published if key["kid"] == kid)
    return jwt.decode(
        response,
        jwt.PyJWK.from_dict(key).key,
        ["RS256"],
        audience=platform.url,
        issuer=platform.client_id,
        options={"require": ["iss", "aud", "exp", "iat", "nonce"]},
    )


def test_a_request_to_select_content_is_received(
    tool: Tool, platform: Platform, codes: Codes
):
    signed = tool.sign_in(roles=[INSTRUCTOR], **platform.deep_linking())
    page = tool.browser.get(signed.next, headers=signed.headers)

    assert codes() == ["login.started", "launch.accepted", "session.opened"]
    assert page.status_code == 200
    assert signed.next.endswith("/deep-link")


def test_the_answer_is_a_form_post_to_the_address_given(form: Tag, platform: Platform):
    address, _, query = str(form["action"]).partition("?")

    assert str(form["method"]).lower() == "post"
    assert address == f"{platform.url}/deep-link-return"
    assert dict(parse_qsl(query)) == {"x": "1"}


def test_the_answer_is_a_jwt_of_three_parts_that_names_its_key(response: str):
    head = jwt.get_unverified_header(response)

    assert len(response.split(".")) == 3
    assert head["alg"] == "RS256"
    assert head["kid"]


def test_the_timestamps_are_of_this_moment(opened: dict[str, Any]):
    moment = time.time()

    assert moment - 120 <= opened["iat"] <= moment + 5
    assert moment < opened["exp"] <= moment + 3600


def test_the_signature_is_that_of_a_key_we_publish(opened: dict[str, Any]):
    assert opened["iss"]


def test_the_required_claims_are_there(opened: dict[str, Any], platform: Platform):
    assert opened[CORE + "message_type"] == "LtiDeepLinkingResponse"
    assert opened[CORE + "version"] == "1.3.0"
    assert opened[CORE + "deployment_id"] == platform.deployment_id
    assert opened[DL + "data"] == "opaque <data>"
    assert len(opened["nonce"]) >= 20
    (item,) = opened[DL + "content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["title"] == "Listen twice"
    assert item["lineItem"]["scoreMaximum"] == 100


def test_an_address_with_markup_in_it_stays_an_address(tool: Tool, platform: Platform):
    address = f'{platform.url}/back?a="><script>alert(1)</script>'
    claims = platform.deep_linking(deep_link_return_url=address)
    signed = tool.sign_in(roles=[INSTRUCTOR], **claims)
    asked = {"title": "<b>Listen</b>", "maximum": "100"}

    answer = tool.browser.post(signed.next, data=asked, headers=signed.headers)

    form = BeautifulSoup(answer.text, "html.parser").select_one("form:has([name=JWT])")
    assert form is not None and form["action"] == address
    assert "<script>alert" not in answer.text
    assert "<b>Listen" not in answer.text


def test_two_answers_are_two_messages(tool: Tool, platform: Platform):
    def nonce() -> str:
        signed = tool.sign_in(roles=[INSTRUCTOR], **platform.deep_linking())
        page = tool.browser.post(
            signed.next, data={"title": "T"}, headers=signed.headers
        )
        field = BeautifulSoup(page.text, "html.parser").select_one("[name=JWT]")
        assert field is not None
        claims = jwt.decode(str(field["value"]), options={"verify_signature": False})
        return json.dumps(claims["nonce"])

    assert nonce() != nonce()
