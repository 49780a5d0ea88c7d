"""The page of what is kept: who may look, take along and erase."""

import json

import pytest

from lti_mentor.lti.claims import MessageType
from tests.web.pages import House, Visitor
from tests.web.stage import Stage, stage


@pytest.fixture
def s(house: House) -> Stage:
    acting = stage(house)
    acting.couple()
    return acting


def asked_by(s: Stage, who: str, about: str | None, **options) -> Visitor:
    """Return somebody whom a privacy launch about `about` brought here."""
    launch = {"message": MessageType.DATA_PRIVACY.value, "for_user": about}
    return s.as_(who, launch=launch, **options)


def test_everybody_takes_their_own_along_and_erases_nothing_from_there(s: Stage):
    lea = s.as_("lea")

    page, file = lea.get("/kept"), lea.ask("GET", "/kept/export")

    assert "What is kept about you" in page.text
    assert page.actions() == []
    assert file.headers["Content-Disposition"].startswith("attachment")
    (me,) = json.loads(file.text)["person"]
    assert me["name"] == s.lea.name
    assert lea.ask("POST", "/kept/erase", data={"typed": "erase"}).status_code == 403


def test_a_privacy_launch_about_oneself_erases_once_the_word_is_typed(s: Stage):
    lea = asked_by(s, "lea", s.lea.sub)

    refused = lea.ask("POST", "/kept/erase", data={"typed": "perhaps"})
    erased = lea.ask("POST", "/kept/erase", data={"typed": " Erase "})

    assert (refused.status_code, erased.status_code) == (422, 200)
    s.house.again()
    assert (s.lea.name, s.lea.sub) == ("", None)
    assert lea.ask("GET", "/kept").status_code == 401


def test_about_somebody_else_only_who_looks_after_the_tool(s: Stage):
    assert asked_by(s, "iris", s.lea.sub).ask("GET", "/kept").status_code == 403

    page = asked_by(s, "ada", s.lea.sub).get("/kept")

    assert s.lea.name in page.text
    assert len(page.actions()) == 1


def test_of_a_stranger_nothing_is_kept(s: Stage):
    ada = asked_by(s, "ada", "never-seen")

    assert "Nothing." in ada.get("/kept").text
    assert ada.ask("GET", "/kept/export").status_code == 403


def test_an_ordinary_launch_names_nobody_else(s: Stage):
    ada = s.as_("ada", launch={"for_user": s.lea.sub})

    (told,) = json.loads(ada.ask("GET", "/kept/export").text)["person"]

    assert told["name"] == s.people["ada"].name
