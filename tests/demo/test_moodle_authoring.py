"""Registration and choosing content as Moodle 4.5.6 does it (measured)."""

from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus, start
from lti_mentor.demo.lti import CLAIM
from lti_mentor.demo.rows import Tool
from tests.demo.moodle_visitor import Caller, Visitor
from tests.demo.stand_in import ONE_ITEM, REGISTRATION, StandIn


@pytest.fixture
def bare(tool: StandIn):
    """A campus that knows no tool."""
    with start() as campus:
        yield campus


def register(campus: Campus, tool: StandIn) -> Tool:
    """Let the admin register the tool, as the frame does."""
    admin = Visitor(campus, "Ada Admin")
    address = f"{admin.url}/mod/lti/startltiadvregistration.php"
    admin.get(address, params={"url": tool.url + "/lti/register"})
    return list(campus.moodle.world.tools.values())[-1]


def choose(campus: Campus, tool: StandIn, course: int):
    """Let the teacher choose content and return the page that got the answer."""
    teacher = Visitor(campus, "Ines Keller")
    number = list(campus.moodle.world.tools)[-1]
    return teacher.see(f"/mod/lti/contentitem.php?id={number}&course={course}")


def post_registration(
    campus: Campus, token: str, body: dict[str, Any]
) -> requests.Response:
    return requests.post(  # noqa: TID251
        campus.moodle.url + "/mod/lti/openid-registration.php",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )


def registration_token(campus: Campus) -> str:
    admin = Visitor(campus, "Ada Admin")
    answer = admin.get(
        f"{admin.url}/mod/lti/startltiadvregistration.php?url=http://x.example/r",
        allow_redirects=False,
    )
    return answer.headers["Location"].partition("registration_token=")[2]


def test_a_registered_tool_is_pending_and_in_no_chooser(bare, tool):
    found = register(bare, tool)

    assert found.client_id == tool.registered["client_id"]
    assert tool.registered[REGISTRATION]["deployment_id"] == found.deployment_id
    assert not found.active
    assert not found.in_chooser


def test_a_teacher_can_add_it_after_activation_and_the_courses_switch(bare, tool):
    register(bare, tool)
    course = Caller(bare).course().id
    admin, teacher = Visitor(bare, "Ada Admin"), Visitor(bare, "Ines Keller")
    chooser = f"/course/modchooser.php?course={course}"
    admin.post(
        f"{admin.url}/mod/lti/toolconfigure.php", data={"tool": 1, "do": "activate"}
    )
    before = teacher.see(chooser).text

    teacher.post(f"{teacher.url}/mod/lti/coursetools.php?id={course}", data={"tool": 1})

    assert "Stand-in" not in before
    assert "Stand-in" in teacher.see(chooser).text


def test_a_registration_token_is_used_once(bare, tool):
    token = registration_token(bare)
    body = tool.registration()

    first = post_registration(bare, token, body)
    second = post_registration(bare, token, body)

    assert first.status_code == 200
    assert (second.status_code, second.text) == (401, "token_already_used")


def test_a_refused_registration_leaves_its_token_unused(bare, tool):
    token = registration_token(bare)
    body = tool.registration()

    refused = post_registration(bare, token, {**body, "jwks_uri": ""})

    assert refused.status_code == 400
    assert refused.text == "missing required attribute jwks_uri"
    assert post_registration(bare, token, body).status_code == 200


def test_without_claims_no_personal_data_are_ever_sent(bare, tool):
    body = tool.registration()
    del body[REGISTRATION]["claims"]

    post_registration(bare, registration_token(bare), body)

    assert list(bare.moodle.world.tools.values())[-1].claims == []


def test_registering_the_same_tool_again_asks_whether_to_update(bare, tool):
    register(bare, tool)
    admin = Visitor(bare, "Ada Admin")
    address = f"/mod/lti/startltiadvregistration.php?url={tool.url}/lti/register"

    asked = admin.see(address)
    admin.see(address + "&type=1")

    assert "existing tools" in asked.text
    assert len(bare.moodle.world.tools) == 1


def test_nothing_exists_until_the_teacher_saves(campus, tool):
    tool.items = [ONE_ITEM]
    before = len(campus.moodle.world.activities)

    page = choose(campus, tool, Caller(campus).course().id)

    chosen = BeautifulSoup(page.text, "html.parser").select_one("#chosen")
    assert chosen is not None
    assert "p-1" in chosen.text
    assert len(campus.moodle.world.activities) == before


def save(campus: Campus, **fields: str) -> None:
    teacher = Visitor(campus, "Ines Keller")
    course = str(Caller(campus).course().id)
    data = {"course": course, "type": "1", "section": "3", **fields}
    teacher.post(f"{teacher.url}/course/modedit.php", data=data)


def test_a_saved_activity_has_a_column_named_after_its_title(campus):
    save(campus, name="Practice", grade="20", resourceid="p-1", custom="practice=p-1")

    world = campus.moodle.world
    item = list(world.grade_items.values())[-1]
    link = list(world.links.values())[-1]
    assert (item.label, item.maximum, item.resource_id) == ("Practice", 20.0, "p-1")
    assert link.custom == {"practice": "p-1"}


def test_several_items_become_activities_without_completion(campus):
    items = '[{"title": "A", "lineItem": {"scoreMaximum": 5}}, {"title": "B"}]'

    save(campus, items=items, name="", completion="grade")

    added = list(campus.moodle.world.activities.values())[-2:]
    assert [(row.title, row.completes) for row in added] == [
        ("A", "none"),
        ("B", "none"),
    ]


def test_an_answer_signed_by_somebody_else_is_refused(campus, tool):
    tool.items = [ONE_ITEM]
    campus.moodle.world.tools[1].jwks_url = campus.moodle.url + "/mod/lti/certs.php"

    page = choose(campus, tool, Caller(campus).course().id)

    assert page.status_code == 404
    assert "Error in the tool" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody"},
        {"aud": ["https://elsewhere.example"]},
        {CLAIM + "deployment_id": "99"},
        {CLAIM + "message_type": "LtiResourceLinkRequest"},
        {"exp": 1},
    ],
)
def test_an_answer_with_a_wrong_claim_is_refused(wrong, campus, tool):
    course = Caller(campus).course().id
    registered = campus.moodle.world.tools[1]
    good = {
        "iss": registered.client_id,
        "aud": [campus.moodle.url],
        "exp": 4102444800,
        CLAIM + "deployment_id": registered.deployment_id,
        CLAIM + "message_type": "LtiDeepLinkingResponse",
    }
    teacher = Visitor(campus, "Ines Keller")
    address = f"{teacher.url}/mod/lti/contentitem_return.php?course={course}&id=1"

    taken = teacher.post(address, data={"JWT": tool.sign(good)})
    refused = teacher.post(address, data={"JWT": tool.sign(good | wrong)})

    assert (taken.status_code, refused.status_code) == (200, 404)


@pytest.mark.parametrize("name", ["Lena Ortiz", "Robert Achebe"])
def test_only_who_edits_the_course_adds_to_it(name, campus):
    course = Caller(campus).course().id

    page = Visitor(campus, name).see(f"/course/modchooser.php?course={course}")

    assert "/enrol/index.php" in page.url


def test_only_admins_administer(campus):
    page = Visitor(campus, "Ines Keller").see("/mod/lti/toolconfigure.php")

    assert "/enrol/index.php" in page.url
