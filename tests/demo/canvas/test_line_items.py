"""Line items (Canvas app/controllers/lti/ims/line_items_controller.rb)."""

from typing import Any

import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.line_items import (
    ITEM_TYPE,
    LAUNCH_URL,
    LIST_TYPE,
    SUBMISSION_TYPE,
)
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.canvas.store import LineItem, Link
from tests.demo.canvas.tool import Tool, practice

NEW = {"label": "Practice", "scoreMaximum": 10, "tag": "t", "resourceId": "r"}


class Items:
    def __init__(self, campus: Campus, tool: Tool) -> None:
        self.url = f"{campus.canvas.url}/api/lti/courses/11/line_items"
        self.web = tool.services()

    def create(self, **changes: Any) -> requests.Response:
        return self.web.post(self.url, json=NEW | changes)


@pytest.fixture
def items(campus: Campus, tool: Tool) -> Items:
    return Items(campus, tool)


@pytest.fixture
def linked(canvas: Institution) -> LineItem:
    """The column of a deep-linked assignment."""
    with canvas.store.change():
        create_assignment(
            canvas,
            11,
            canvas.world.tools[1],
            practice(),
            {"title": "P", "points": 20.0},
        )
    return canvas.store.line_items[max(canvas.store.line_items)]


def test_a_new_line_item_is_a_published_assignment(items: Items, canvas: Institution):
    answer = items.create(
        startDateTime="2026-11-01T00:00:00Z", endDateTime="2026-12-01T00:00:00Z"
    )

    assignment = canvas.store.assignments[max(canvas.store.assignments)]
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == ITEM_TYPE
    assert answer.json()["endDateTime"] == "2026-12-01T00:00:00Z"
    assert (assignment.title, assignment.points, assignment.kind) == (
        "Practice",
        10,
        "none",
    )
    assert (assignment.due, assignment.unlock, assignment.published) == (
        "2026-12-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        True,
    )


def test_the_same_twice_makes_two(items: Items):
    items.create()
    items.create()

    found = items.web.get(items.url, params={"resource_id": "r", "tag": "t"})

    assert len(found.json()) == 2
    assert found.headers["Content-Type"] == LIST_TYPE


def test_filters_and_paging(items: Items):
    for number in range(3):
        items.create(tag=f"tag-{number}")

    first = items.web.get(items.url, params={"limit": 2})
    second = items.web.get(first.links["next"]["url"])
    tagged = items.web.get(items.url, params={"tag": "tag-1"})

    assert [len(page.json()) for page in (first, second, tagged)] == [2, 1, 1]
    assert "limit" not in first.links["next"]["url"]


def test_an_external_tool_assignment_opens_the_tool(items: Items, tool: Tool):
    url = tool.url + "/lti/launch?practice=7"
    wanted = {"type": "external_tool", "external_tool_url": url}

    made = items.create(**{SUBMISSION_TYPE: wanted}).json()

    shown = items.web.get(made["id"], params={"include[]": "launch_url"}).json()
    plain = items.web.get(made["id"]).json()
    assert made["resourceLinkId"]
    assert LAUNCH_URL not in plain
    assert shown.get(LAUNCH_URL) == url


def test_other_submission_types_are_400(items: Items):
    answer = items.create(**{SUBMISSION_TYPE: {"type": "online_upload"}})

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "Invalid submission_type for new assignment: online_upload"
    }


def test_the_context_id_is_no_resource_link(items: Items, canvas: Institution):
    answer = items.create(resourceLinkId=canvas.world.courses[11].opaque)

    assert answer.status_code == 404


def test_a_second_line_item_joins_the_assignment(
    items: Items, canvas: Institution, linked: LineItem
):
    answer = items.create(resourceLinkId=linked.link)

    assert answer.status_code == 201
    assert canvas.store.line_items[linked.id + 1].assignment == linked.assignment


def test_a_link_without_an_assignment_is_412(items: Items, canvas: Institution):
    canvas.store.add(Link("loose", 11, 1, "Loose", "http://localhost/"))

    answer = items.create(resourceLinkId="loose")

    assert (answer.status_code, answer.content) == (412, b"")


def test_put_renames_only_what_was_sent(
    items: Items, canvas: Institution, linked: LineItem
):
    answer = items.web.put(f"{items.url}/{linked.id}", json={"label": "Renamed"})

    assert answer.json()["label"] == "Renamed"
    assert answer.json()["scoreMaximum"] == 20
    assert canvas.store.assignments[linked.assignment].title == "Renamed"


def test_delete_takes_the_assignment_of_our_own(items: Items, canvas: Institution):
    made = items.create().json()
    number = max(canvas.store.assignments)

    answer = items.web.delete(made["id"])

    assert answer.status_code == 204
    assert number not in canvas.store.assignments
    assert items.web.get(made["id"]).status_code == 404


def test_a_coupled_line_item_cannot_be_deleted(items: Items, linked: LineItem):
    answer = items.web.delete(f"{items.url}/{linked.id}")

    assert (answer.status_code, answer.content) == (401, b"")


def test_anothers_line_item_is_412(items: Items, canvas: Institution, linked: LineItem):
    canvas.store.line_items[linked.id].client_id = "10000000000009"

    answer = items.web.get(f"{items.url}/{linked.id}")

    assert answer.status_code == 412
    assert "permission to view line_item" in answer.json()["errors"]["message"]


def test_a_label_and_maximum_are_needed(items: Items):
    assert items.create(label=None).status_code == 400
    assert items.create(scoreMaximum=None).status_code == 400
