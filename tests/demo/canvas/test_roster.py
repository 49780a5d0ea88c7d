"""Names and roles (Canvas app/controllers/lti/ims/names_and_roles_controller.rb)."""

from typing import Any

import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.lti import CLAIM
from lti_mentor.demo.rows import Enrolment, Person
from tests.demo.canvas.tool import Tool, practice

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


class Roster:
    def __init__(self, campus: Campus, tool: Tool) -> None:
        self.url = f"{campus.canvas.url}/api/lti/courses/11/names_and_roles"
        self.web = tool.services()

    def ask(self, **query: Any) -> requests.Response:
        return self.web.get(self.url, params=query)

    def everybody(self, **query: Any) -> list[list[dict[str, Any]]]:
        pages = [self.ask(**query)]
        while "next" in pages[-1].links:
            pages.append(self.web.get(pages[-1].links["next"]["url"]))
        return [page.json()["members"] for page in pages]


@pytest.fixture
def roster(campus: Campus, tool: Tool) -> Roster:
    return Roster(campus, tool)


def crowd(canvas: Institution, size: int) -> None:
    for number in range(1000, 1000 + size):
        person = Person(number, f"u{number}", "U", str(number), f"sub-{number}")
        canvas.world.add(person)
        canvas.world.add(Enrolment(11, number))


def test_a_member_is_active_and_named(roster: Roster, canvas: Institution):
    body = roster.ask().json()

    lena = next(m for m in body["members"] if m.get("name") == "Lena Ortiz")
    assert body["context"] == {
        "id": canvas.world.courses[11].opaque,
        "label": "NEG101",
        "title": "Negotiation in practice",
    }
    assert lena["status"] == "Active"
    assert lena["roles"] == [LEARNER]
    assert "message" not in lena


def test_pages_hold_fifty_whatever_is_asked(roster: Roster, canvas: Institution):
    already = len(roster.ask().json()["members"])
    crowd(canvas, 120 - already)

    pages = roster.everybody(limit=100)

    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({m["user_id"] for page in pages for m in page}) == 120


@pytest.mark.parametrize("bookmarks", [True, False])
def test_the_next_link_is_opaque(roster: Roster, canvas: Institution, bookmarks: bool):
    canvas.faults.set(canvas_bookmark_pages=bookmarks, canvas_names_last_page=False)
    crowd(canvas, 60)

    first = roster.ask()

    url = first.links["next"]["url"]
    assert ("page=bookmark:" in url) is bookmarks
    assert "limit" not in url
    assert "last" not in first.links
    assert len(roster.everybody()) == 2


def test_who_left_is_absent(roster: Roster, canvas: Institution):
    canvas.world.enrolments[11, 101].status = "expired"
    canvas.world.people[102].suspended = True

    names = [m["lti11_legacy_user_id"] for page in roster.everybody() for m in page]

    assert canvas.world.people[101].opaque not in names
    assert canvas.world.people[102].opaque not in names


def test_role_filters_and_unknown_roles_are_empty(roster: Roster):
    learners = roster.ask(role=LEARNER).json()["members"]
    nobody = roster.ask(role="Chef").json()["members"]

    assert learners
    assert all(LEARNER in one["roles"] for one in learners)
    assert nobody == []


def test_the_course_as_rlid_gives_ids_and_time_zones(
    roster: Roster, canvas: Institution
):
    body = roster.ask(rlid=canvas.world.courses[11].opaque).json()

    lena = next(m for m in body["members"] if m.get("name") == "Lena Ortiz")
    custom = lena["message"][0][CLAIM + "custom"]
    assert custom["canvas_user_id"] == 101
    assert custom["person_timezone"] == "Europe/Madrid"
    assert custom["canvas_membership_roles"] == "$Canvas.membership.roles"


def test_an_unknown_rlid_is_400(roster: Roster):
    answer = roster.ask(rlid="nope")

    assert answer.status_code == 400
    assert answer.json()["errors"]["message"] == (
        "Tool does not have access to rlid or rlid does not exist"
    )


def test_anothers_rlid_is_400(roster: Roster, canvas: Institution):
    with canvas.store.change():
        assignment = create_assignment(
            canvas, 11, canvas.world.tools[1], practice(), {"title": "P"}
        )
    canvas.world.tools[2] = canvas.world.tools[1].__class__(
        **{**vars(canvas.world.tools[1]), "id": 2, "client_id": "other"}
    )
    canvas.store.links[assignment.link].tool = 2

    answer = roster.ask(rlid=assignment.link)

    assert "unexpected external tool" in answer.json()["errors"]["message"]


def test_an_assignments_rlid_leaves_out_who_has_it_not(
    roster: Roster, canvas: Institution
):
    with canvas.store.change():
        assignment = create_assignment(
            canvas, 11, canvas.world.tools[1], practice(), {"title": "P"}
        )
    assignment.overrides.append({"only": True, "student_ids": [101]})

    members = roster.ask(rlid=assignment.link).json()["members"]

    learners = [one["name"] for one in members if LEARNER in one["roles"]]
    assert learners == ["Lena Ortiz"]
    assert len(members) > 1


def test_anonymous_members_have_ids_only(roster: Roster, canvas: Institution):
    canvas.world.tools[1].settings["privacy_level"] = "anonymous"

    member = roster.ask().json()["members"][0]

    assert set(member) == {"status", "user_id", "lti11_legacy_user_id", "roles"}
