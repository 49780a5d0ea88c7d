"""Content selection (Canvas app/controllers/concerns/deep_linking_services.rb)."""

import json
from typing import Any

import jwt
import pytest
import requests
from bs4 import BeautifulSoup

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.lti import AGS_CLAIM, CLAIM, DEEP_LINK
from tests.demo.canvas.browser import Visitor, form_fields
from tests.demo.canvas.tool import Tool, claims_of, practice

DIALOG = "/courses/11/external_tools/1/resource_selection?placement="


class Selection:
    """A teacher in the picker's dialog."""

    def __init__(
        self, campus: Campus, tool: Tool, placement: str = "assignment_selection"
    ) -> None:
        self.visitor = Visitor(campus, "Ines Keller")
        self.tool = tool
        fields = self.visitor.launch_fields(DIALOG + placement)
        answer = form_fields(self.visitor.authorize(fields).text)
        self.claims = claims_of(answer["id_token"])
        self.settings = self.claims[DEEP_LINK + "deep_linking_settings"]

    def answer(self, items: Any, **changes: Any) -> requests.Response:
        return self.send(self.tool.deep_link(self.claims, items, **changes))

    def send(self, token: str) -> requests.Response:
        url = self.settings["deep_link_return_url"]
        return self.visitor.post(url, data={"JWT": token})

    def chosen(self, items: Any, **changes: Any) -> Any:
        page = BeautifulSoup(self.answer(items, **changes).text, "html.parser")
        script = page.find(id="selected")
        assert script
        return json.loads(script.text)


@pytest.fixture
def selection(campus: Campus, tool: Tool) -> Selection:
    return Selection(campus, tool)


def save(selection: Selection, campus: Campus, action: str) -> None:
    chosen = selection.chosen([practice()])
    draft = chosen["drafts"][0]
    filled = {name: value or "" for name, value in draft["draft"].items()}
    selection.visitor.do(
        "/courses/11/assignments",
        tool=chosen["tool"],
        content_item=json.dumps(draft["item"]),
        action=action,
        **filled,
    )


@pytest.mark.parametrize(
    ("placement", "several"),
    [("assignment_selection", False), ("link_selection", True)],
)
def test_settings_follow_the_placement(
    campus: Campus, tool: Tool, placement: str, several: bool
):
    settings = Selection(campus, tool, placement).settings

    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is several
    assert settings["deep_link_return_url"].count("data=") == 1


def test_cancelling_shows_the_tools_words(selection: Selection):
    url = selection.claims[CLAIM + "launch_presentation"]["return_url"]

    page = selection.visitor.get(f"{url}&lti_errormsg=Nothing+fits").text

    assert "Nothing fits" in page


def test_an_item_fills_in_the_form(selection: Selection):
    chosen = selection.chosen([practice(), practice()])

    assert len(chosen["drafts"]) == 1
    assert chosen["drafts"][0]["draft"] == {
        "title": "Mentored negotiation",
        "description": "Apply what you learned.",
        "points": 20.0,
        "due": "2026-12-20T23:59:00Z",
        "unlock": "2026-11-01T00:00:00Z",
        "lock": None,
    }


def test_nothing_exists_until_the_teacher_saves(
    selection: Selection, canvas: Institution
):
    before = len(canvas.store.assignments)

    selection.answer([practice()])

    assert len(canvas.store.assignments) == before
    assert canvas.store.links == {}


@pytest.mark.parametrize(("action", "published"), [("save", False), ("publish", True)])
def test_saving_makes_assignment_link_and_column(
    selection: Selection,
    campus: Campus,
    canvas: Institution,
    action: str,
    published: bool,
):
    save(selection, campus, action)

    assignment = canvas.store.assignments[max(canvas.store.assignments)]
    item = canvas.store.line_items[max(canvas.store.line_items)]
    assert (assignment.published, assignment.points) == (published, 20)
    assert (item.tag, item.resource_id, item.coupled) == (
        "lti-mentor:practice",
        "9a1b",
        True,
    )
    assert canvas.store.links[assignment.link].custom == {"practice": "9a1b"}


def test_the_assignment_launches_with_link_column_and_custom(
    selection: Selection, campus: Campus, canvas: Institution
):
    save(selection, campus, "publish")
    number = max(canvas.store.assignments)
    lena = Visitor(campus, "Lena Ortiz")

    fields = lena.launch_fields(f"/courses/11/assignments/{number}")
    claims = claims_of(form_fields(lena.authorize(fields).text)["id_token"])

    custom = claims[CLAIM + "custom"]
    assert claims["https://www.instructure.com/placement"] is None
    assert claims[CLAIM + "resource_link"]["id"] in canvas.store.links
    assert claims[CLAIM + "resource_link"]["title"] == "Mentored negotiation"
    assert claims[AGS_CLAIM]["lineitem"].endswith("/line_items/1")
    assert custom["practice"] == "9a1b"
    assert custom["canvas_assignment_id"] == number


def test_an_unpublished_assignment_is_hidden_from_learners(
    selection: Selection, campus: Campus, canvas: Institution
):
    save(selection, campus, "save")
    number = max(canvas.store.assignments)
    lena = Visitor(campus, "Lena Ortiz")

    before = lena.see(f"/courses/11/assignments/{number}").status_code
    selection.visitor.do(f"/courses/11/assignments/{number}/publish")

    assert before == 404
    assert lena.see(f"/courses/11/assignments/{number}").status_code == 200


def test_a_column_needs_a_maximum(selection: Selection):
    answer = selection.answer([practice(lineItem={"label": "x"})])

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == (
        "lineItem.scoreMaximum is a required field"
    )


def test_without_the_feature_flag_the_column_is_ignored(
    selection: Selection, campus: Campus
):
    campus.canvas.faults.set(canvas_deep_link_makes_columns=False)

    draft = selection.chosen([practice()])["drafts"][0]["draft"]

    assert draft["title"] == "Negotiate with your mentor"
    assert draft["points"] == 0


def test_an_empty_answer_may_speak(selection: Selection):
    chosen = selection.chosen([], **{DEEP_LINK + "msg": "Cancelled"})

    assert chosen["drafts"] == []
    assert chosen["message"] == "Cancelled"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": "10000000000009"}, "Client not found"),
        ({"aud": "https://elsewhere.example"}, "the 'aud' is invalid"),
        ({CLAIM + "deployment_id": "9:x"}, "deployment_id is invalid"),
        ({CLAIM + "message_type": "Other"}, "message_type is invalid"),
    ],
)
def test_a_wrong_answer_is_400(
    selection: Selection, changes: dict[str, Any], words: str
):
    answer = selection.answer([practice()], **changes)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == words


def test_a_bad_signature_is_400(selection: Selection):
    token = selection.tool.deep_link(selection.claims, [])

    forged = selection.send(token[:-8] + "AAAAAAAA")
    weak = selection.send(jwt.encode({"iss": "x"}, "s" * 32, algorithm="HS256"))
    noise = selection.send("noise")

    assert forged.json()["errors"][0]["message"] == "JWT verification failure"
    assert weak.json()["errors"][0]["message"] == "JWT has unexpected alg"
    assert noise.json()["errors"][0]["message"] == "JWT format is invalid"


def test_a_key_that_is_off_is_refused(selection: Selection, canvas: Institution):
    canvas.store.keys["10000000000001"].on = False

    answer = selection.answer([practice()])

    assert answer.json()["errors"][0]["message"] == (
        "Developer key inactive in context"
    )


def test_learners_may_not_select(selection: Selection, campus: Campus):
    lena = Visitor(campus, "Lena Ortiz")

    dialog = lena.see(DIALOG + "assignment_selection")
    answer = lena.post(
        selection.settings["deep_link_return_url"],
        data={"JWT": selection.tool.deep_link(selection.claims, [])},
    )

    assert (dialog.status_code, answer.status_code) == (401, 401)
