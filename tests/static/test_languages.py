"""Languages: what is chosen, which way it runs, what the pseudo-language shows."""

import re
from pathlib import Path

import pytest
from flask import render_template_string

from lti_mentor.errors import Conflict, Missing
from lti_mentor.web import i18n, words
from tests.static import site
from tests.static.reading import one, page

TEMPLATES = sorted(
    p for p in (site.ROOT / "templates").rglob("*.html") if "demo" not in p.parts
)


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        ("en", "en"),
        ("en-GB", "en_GB"),
        ("de-CH", "en"),
        ("AR-xb", i18n.PSEUDO),
        ("tlh", "en"),
        ("zh-Hant-TW", "en"),
        ("../../etc", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_wish_becomes_a_language_we_have(wish, chosen):
    assert i18n.choose(wish) == chosen


@pytest.mark.parametrize(
    ("wish", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("99", "UTC"), ("../x", "UTC"), (None, "UTC")],
)
def test_a_zone_nobody_knows_is_utc(wish, zone):
    assert i18n.known_zone(wish) == zone


@pytest.mark.parametrize(
    ("language", "tag", "way"),
    [
        ("en", "en", "ltr"),
        ("en-GB", "en-GB", "ltr"),
        ("ar-XB", "ar-XB", "rtl"),
    ],
)
def test_a_page_says_its_language_and_its_direction(language, tag, way):
    top = one(page("/s/h1/second", language), "#page")

    assert (top["lang"], top["dir"]) == (tag, way)


def test_without_a_wish_the_browser_chooses():
    wish = {"Accept-Language": "ar-XB,en;q=0.5"}

    top = one(page("/s/h1/second", None, **wish), "#page")

    assert top["dir"] == "rtl"


def test_the_pseudo_language_keeps_slots_and_markup():
    app, _ = site.make("ar-XB")

    with app.test_request_context():
        said = render_template_string("{{ _('Hi <b>%(name)s</b>', name='Ann') }}")

    assert said == "⟦Hïï <b>Ann</b>⟧"


def test_in_the_pseudo_language_no_english_is_left_on_the_page():
    soup = page("/s/h1/gallery", "ar-XB")

    for silent in soup.select("script, code, .topbar-nav, .topbar-in, .menu > summary"):
        silent.decompose()
    texts = [text for text in soup.stripped_strings if re.search(r"[a-z]{2}", text)]
    left = [t for t in texts if "⟦" not in t and t != "Europe/Berlin"]
    assert texts and left == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_hold_no_inline_style_or_script(path: Path):
    source = path.read_text()

    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:", source)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", source)


def test_an_unknown_code_is_read_by_its_status_and_then_as_ours():
    app, _ = site.make("en")

    with app.test_request_context():
        known = str(words.words("launch.replayed", 400).title)
        by_status = str(words.words_of(Conflict("mentoring.new")).title)
        missing = str(words.words_of(Missing("people.person")).title)
        ours = str(words.words("no.such").title)

    assert known == "This link was used already."
    assert by_status.startswith("Somebody was faster")
    assert missing == "There is nothing here."
    assert ours == "Something went wrong on our side."
