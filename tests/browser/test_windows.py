"""Getting in where the browser is more generous than usual, or less."""

import pytest
from playwright.sync_api import expect

import lti_mentor.demo
from tests.browser import people
from tests.browser.lms import Moodle, become
from tests.browser.visit import SCREENS, Visit

LEARNER = "Lena Ortiz"


@pytest.fixture
def campus(tool):
    """A campus that has the tool in its courses; the tool knows its Moodle."""
    with lti_mentor.demo.start(tool.url) as campus:
        known = dict(campus.platforms[0])
        known["deployment"] = known.pop("deployment_id")
        tool.add_platform(**known)
        yield campus


@pytest.fixture
def visit(campus, tool, browser):
    visit = Visit(browser.pages[0], Moodle.frame, SCREENS / "windows", tool.url)
    become(visit.page, campus, campus.moodle, LEARNER)
    return visit


@pytest.mark.parametrize("browser", ["allowed"], indirect=True)
def test_a_learner_without_a_program_wishes_for_a_mentor(campus, visit):
    Moodle(campus.moodle).open_tab(visit.page)
    people.on(visit.tool, "My mentorship")

    people.press(visit.tool, "I would like a mentor")

    people.told(visit.tool, "Noted.")
    visit.look("wished")
    visit.calm()


@pytest.mark.parametrize("browser", ["refused"], indirect=True)
def test_where_storage_is_refused_a_window_of_its_own_works(campus, browser, visit):
    Moodle(campus.moodle).open_tab(visit.page)
    expect(visit.tool.get_by_role("heading", name="One more click")).to_be_visible()

    with browser.expect_page() as opened:
        people.press(visit.tool, "Open in a new window")

    window = opened.value
    expect(window.get_by_role("heading", name="My mentorship")).to_be_visible()
    expect(window.get_by_text(f"{LEARNER}").first).to_be_visible()
    visit.calm()
