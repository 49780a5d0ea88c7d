"""How a tool gets in: registration, keys, installs (Canvas doc/lti/registration.md)."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.registration import (
    EXTENSION,
    PLATFORM_CONFIGURATION,
    TOOL_CONFIGURATION,
    invitation,
)
from lti_mentor.demo.canvas.setup import configuration
from lti_mentor.demo.lti import CLAIM, NRPS, SCORE
from tests.demo.canvas.browser import Visitor, form_fields
from tests.demo.canvas.tool import Tool, claims_of, wish

NEW_CLIENT = "10000000000002"


class Invited:
    """A tool that was sent to register."""

    def __init__(self, canvas: Institution, tool: Tool) -> None:
        url = invitation(canvas, tool.url + "/lti/register", 153)
        query = parse_qs(urlsplit(url).query)
        self.where = query["openid_configuration"][0]
        self.token = query["registration_token"][0]
        self.web = requests.Session()
        self.web.headers["Authorization"] = f"Bearer {self.token}"

    def configuration(self) -> Any:
        return self.web.get(self.where).json()

    def register(self, body: dict[str, Any]) -> requests.Response:
        return self.web.post(self.configuration()["registration_endpoint"], json=body)


@pytest.fixture
def invited(canvas: Institution, tool: Tool) -> Invited:
    return Invited(canvas, tool)


def test_the_configuration_names_canvas(invited: Invited, campus: Campus):
    told = invited.configuration()

    platform = told[PLATFORM_CONFIGURATION]
    assert told["issuer"] == campus.canvas.url
    assert platform["product_family_code"] == "canvas"
    assert platform[EXTENSION + "account_name"] == "Practice Campus"
    assert "LtiContextCopyNotice" in platform["notice_types_supported"]


@pytest.mark.parametrize("urls", [True, False])
def test_placements_are_urls_or_names(campus: Campus, invited: Invited, urls: bool):
    campus.canvas.faults.set(canvas_placements_are_urls=urls)

    messages = invited.configuration()[PLATFORM_CONFIGURATION]["messages_supported"]

    first = messages[0]["placements"][0]
    assert first == (EXTENSION if urls else "") + "course_navigation"


def test_the_bearer_is_needed_although_the_url_has_the_token(invited: Invited):
    with requests.Session() as web:
        answer = web.get(invited.where)

    assert "registration_token=" in invited.where
    assert answer.status_code == 401
    assert answer.json() == {"errorMessage": "JWT did not include expected contents"}


def test_an_expired_registration_token_is_401(invited: Invited, canvas: Institution):
    claims = jwt.decode(invited.token, options={"verify_signature": False})
    old = claims | {"exp": int(time.time()) - 1}
    token = jwt.encode(old, canvas.secret, algorithm="HS256")

    answer = invited.web.get(
        invited.where, headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("tells", [True, False])
def test_a_registration_answers_the_wish_with_a_client_id(
    campus: Campus, tool: Tool, invited: Invited, tells: bool
):
    campus.canvas.faults.set(canvas_registration_tells_deployment=tells)

    told = invited.register(wish(tool.url)).json()

    assert told["client_id"] == NEW_CLIENT
    assert ("deployment_id" in told) is tells
    assert "https://example.org/unknown" not in told["scope"]
    assert EXTENSION + "registration_config_url" in told[TOOL_CONFIGURATION]


def test_a_wish_without_an_lti_part_is_422(invited: Invited, tool: Tool):
    body = wish(tool.url)
    del body[TOOL_CONFIGURATION]

    assert invited.register(body).status_code == 422
    assert invited.register(wish(tool.url) | {"client_name": ""}).status_code == 422


@pytest.mark.parametrize("tells", [True, False])
def test_the_admin_cuts_the_wish_down(
    campus: Campus, canvas: Institution, tool: Tool, invited: Invited, tells: bool
):
    campus.canvas.faults.set(canvas_registration_tells_deployment=tells)
    invited.register(wish(tool.url))
    admin = Visitor(campus, "Ada Admin")

    admin.do(
        f"/accounts/1/apps/{NEW_CLIENT}",
        scope=[NRPS],
        placement=["course_navigation"],
        privacy_level="name_only",
    )

    key = canvas.store.keys[NEW_CLIENT]
    installed = [t for t in canvas.world.tools.values() if t.client_id == NEW_CLIENT]
    assert (key.on, key.scopes) == (True, [NRPS])
    assert len(installed) == 1
    fields = admin.launch_fields(f"/courses/11/external_tools/{installed[0].id}")
    claims = claims_of(form_fields(admin.authorize(fields).text)["id_token"])
    assert "email" not in claims
    assert CLAIM.replace("lti/claim", "lti-ags/claim") + "endpoint" not in claims


def test_until_confirmed_the_tool_is_nowhere(
    campus: Campus, tool: Tool, invited: Invited
):
    invited.register(wish(tool.url))

    answer = Visitor(campus, "Ines Keller").see("/courses/11/external_tools/2")

    assert answer.status_code == 404


def test_json_then_on_then_install_gives_a_deployment(
    campus: Campus, canvas: Institution, tool: Tool
):
    admin = Visitor(campus, "Ada Admin")
    admin.do(
        "/accounts/1/developer_keys",
        json=json.dumps(configuration(tool.url)),
        redirect=tool.url + "/lti/launch",
    )
    off = admin.do("/accounts/1/settings/configurations", client_id=NEW_CLIENT)
    admin.do(f"/accounts/1/developer_keys/{NEW_CLIENT}/switch")

    on = admin.do("/accounts/1/settings/configurations", client_id=NEW_CLIENT)

    assert off.status_code == 422
    assert on.status_code == 200
    assert canvas.world.tools[2].deployment_id in on.text


def test_a_key_can_come_from_an_address(campus: Campus, canvas: Institution):
    admin = Visitor(campus, "Ada Admin")

    silent = admin.do("/accounts/1/developer_keys", url="http://127.0.0.1:1/x.json")
    wrong = admin.do(
        "/accounts/1/developer_keys", url=campus.portal_url + "/platforms.json"
    )

    assert (silent.status_code, wrong.status_code) == (422, 422)
    assert "title is required" in wrong.text
    assert list(canvas.store.keys) == ["10000000000001"]


@pytest.mark.parametrize(
    "name", ["title", "description", "oidc_initiation_url", "target_link_uri"]
)
def test_a_configuration_must_be_complete(campus: Campus, tool: Tool, name: str):
    found = configuration(tool.url)
    del found[name]

    answer = Visitor(campus, "Ada Admin").do(
        "/accounts/1/developer_keys", json=json.dumps(found)
    )

    assert answer.status_code == 422
    assert f"{name} is required" in answer.text


def test_a_key_may_carry_its_public_jwk(
    campus: Campus, canvas: Institution, tool: Tool
):
    with requests.Session() as web:
        keys = web.get(tool.url + "/lti/jwks").json()["keys"]
    configured = canvas.store.keys["10000000000001"].configuration
    del configured["public_jwk_url"]
    configured["public_jwk"] = keys[0]

    assert tool.ask_token(SCORE).status_code == 200


def test_an_app_can_be_removed(campus: Campus, canvas: Institution):
    admin = Visitor(campus, "Ada Admin")

    admin.do("/accounts/1/settings/configurations/1/delete")

    assert canvas.world.tools == {}


def test_only_admins_see_the_account(campus: Campus):
    teacher = Visitor(campus, "Ines Keller")

    for path in ("", "/developer_keys", "/settings/configurations", "/apps"):
        assert teacher.see(f"/accounts/1{path}").status_code == 401
