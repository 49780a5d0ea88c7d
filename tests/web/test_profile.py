"""Somebody's own time zone: chosen, taken back, and said as people say it."""

from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from lti_mentor.people import wishes
from lti_mentor.people.wishes import Source
from lti_mentor.web.zones import ZONES, zone_choices, zone_name
from tests.web.pages import House, Page
from tests.web.stage import Stage, stage

FOOTER = ".footer"


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def shown(page: Page) -> str:
    return page.one(FOOTER).get_text(" ", strip=True)


def chosen(page: Page) -> list[str]:
    return [str(one["value"]) for one in page.soup.select("#zone option[selected]")]


def test_an_own_zone_counts_on_every_page_and_before_what_the_lms_tells(s: Stage):
    wishes.hear(s.lea, Source.LAUNCH, zone="Europe/Madrid")
    lea = s.as_("lea")
    before = lea.get("/settings")

    after = lea.follow("/settings", zone="Asia/Kolkata")

    assert "Madrid time" in shown(before) and chosen(before) == [""]
    assert "As my LMS says: Madrid time" in before.one("#zone").text
    assert "Kolkata time" in shown(after) and chosen(after) == ["Asia/Kolkata"]
    assert "Kolkata time" in shown(lea.get("/mentorship"))


def test_a_choice_is_taken_back(s: Stage):
    wishes.hear(s.lea, Source.ROSTER, zone="Europe/Madrid")
    wishes.choose(s.lea, zone="Asia/Kolkata")
    lea = s.as_("lea")

    after = lea.follow("/settings", zone="")

    assert "Madrid time" in shown(after)


@pytest.mark.parametrize(
    "sent", ["Mars/Phobos", "localtime", "../../etc/passwd", "\0x"]
)
def test_a_zone_that_is_none_is_refused(s: Stage, sent: str):
    page = s.as_("lea").post("/settings", 422, zone=sent)

    assert page.errors() == ["Please choose one of these."]
    assert s.lea.zone is None


def test_who_has_no_zone_has_that_of_whoever_leads_their_program(s: Stage):
    s.program()
    lea = s.as_("lea")
    assert "shown in UTC." in shown(lea.get("/mentorship"))

    s.as_("iris").follow("/settings", zone="America/Denver")

    assert "shown in Denver time." in shown(lea.get("/mentorship"))
    assert "As my program says" in lea.get("/settings").one("#zone").text


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Etc/GMT+5", "UTC-05:00"),
        ("Europe/Berlin", "Berlin time"),
        ("America/New_York", "New York time"),
        ("America/Indiana/Knox", "Knox, Indiana time"),
        ("Asia/Calcutta", "Kolkata time"),
    ],
)
def test_a_zone_is_said_as_people_say_it(app: Flask, key: str, words: str):
    with app.test_request_context():
        assert zone_name(key) == words


def test_every_zone_is_offered_once_below_its_part_of_the_world(app: Flask):
    with app.test_request_context(), force_locale("de"):
        offered = dict(zone_choices())

        everything = [key for group in offered.values() for key, _words in group]
        assert sorted(everything) == sorted(set(ZONES) - {"UTC"})
        assert all(ZoneInfo(key) for key in everything)
        europe = dict(offered["Europe"])
        assert europe["Europe/Vienna"].startswith("Wien (UTC+0")
