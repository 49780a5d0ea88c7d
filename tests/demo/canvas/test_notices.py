"""Notices and course copies (Canvas docs: platform notification service)."""

import jwt
import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.claims import NOTICE_SCOPE
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.lti import CLAIM
from tests.demo.canvas.browser import Visitor, form_fields
from tests.demo.canvas.tool import Tool, claims_of, practice

COPY = "LtiContextCopyNotice"


@pytest.fixture
def handlers(campus: Campus) -> str:
    return f"{campus.canvas.url}/api/lti/notice-handlers/1"


@pytest.fixture
def web(tool: Tool) -> requests.Session:
    return tool.services(NOTICE_SCOPE)


def test_a_handler_is_set_listed_and_removed(
    web: requests.Session, handlers: str, tool: Tool
):
    wanted = {"notice_type": COPY, "handler": tool.url + "/lti/notices"}
    web.put(handlers, json=wanted)
    listed = web.get(handlers).json()

    web.put(handlers, json={"notice_type": COPY, "handler": ""})

    assert wanted in listed["notice_handlers"]
    assert listed["client_id"] == "10000000000001"
    assert wanted not in web.get(handlers).json()["notice_handlers"]


@pytest.mark.parametrize(
    ("kind", "handler"),
    [(COPY, "https://elsewhere.example/notices"), ("LtiOther", "")],
)
def test_handlers_stay_on_the_tools_domain(
    web: requests.Session, handlers: str, kind: str, handler: str
):
    answer = web.put(handlers, json={"notice_type": kind, "handler": handler})

    assert answer.status_code == 400


def test_another_tools_handlers_are_404(web: requests.Session, handlers: str):
    assert web.get(handlers[:-1] + "9").status_code == 404


def test_a_course_copy_is_told_with_its_origin(
    campus: Campus, web: requests.Session, handlers: str, tool: Tool
):
    wanted = {"notice_type": COPY, "handler": tool.url + "/lti/notices"}
    web.put(handlers, json=wanted)

    Visitor(campus, "Ines Keller").do("/courses/11/copy")

    keys = jwt.PyJWKSet.from_dict(
        web.get(campus.canvas.url + "/api/lti/security/jwks").json()
    )
    kid = jwt.get_unverified_header(tool.notices[0])["kid"]
    claims = jwt.decode(
        tool.notices[0], keys[kid], ["RS256"], audience="10000000000001"
    )
    old = campus.canvas.world.courses[11].opaque
    assert claims[CLAIM + "notice"]["type"] == COPY
    assert claims[CLAIM + "origin_contexts"] == [old]
    assert claims[CLAIM + "context"]["id"] != old


def test_a_copied_assignment_keeps_its_custom_fields_under_a_new_link(
    campus: Campus, canvas: Institution
):
    fields = {"title": "Mentored negotiation", "points": 20.0}
    with canvas.store.change():
        create_assignment(canvas, 11, canvas.world.tools[1], practice(), fields)
    teacher = Visitor(campus, "Ines Keller")
    teacher.do("/courses/11/copy")
    number = max(canvas.store.assignments)

    page = teacher.launch_fields(f"/courses/14/assignments/{number}")
    claims = claims_of(form_fields(teacher.authorize(page).text)["id_token"])

    old, new = canvas.store.links.values()
    history = claims[CLAIM + "custom"]["context_id_history"].split(",")
    assert old.uuid != new.uuid
    assert claims[CLAIM + "custom"]["practice"] == "9a1b"
    assert canvas.world.courses[11].opaque in history
