"""The campus's Moodle in a real browser, with the tool in a cross-site frame."""

import shutil

import pytest

from lti_mentor.demo import start
from tests.conftest import require

SITE = "Moodle practice campus"
PAGES = [
    "/",
    "/course/view.php?id=2",
    "/grade/report/grader/index.php?id=2",
    "/user/index.php?id=2",
    "/mod/lti/coursetools.php?id=2",
    "/course/modedit.php?add=lti&type=1&course=2&section=1",
    "/calendar/view.php",
]


@pytest.fixture(scope="module")
def browser():
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def become(page, campus, name):
    page.goto(campus.portal_url)
    people = page.get_by_role("region", name=SITE)
    people.get_by_role("button", name=name, exact=True).click()


def open_course(page):
    page.get_by_role("link", name="Negotiation in practice", exact=True).click()


def test_a_tool_is_registered_placed_by_deep_link_and_launched(page, tool):
    with start() as campus:
        become(page, campus, "Ada Admin")
        page.get_by_role("link", name="Site administration").click()
        page.get_by_role("link", name="Manage tools").click()
        page.get_by_label("Tool URL").fill(tool.url + "/lti/register")
        page.get_by_role("button", name="Add LTI Advantage").click()
        page.get_by_role("button", name="Activate").click()
        page.get_by_role("button", name="Show in activity chooser").click()
        become(page, campus, "Ines Keller")
        open_course(page)
        page.get_by_role("link", name="Add an activity to Week 3").click()
        page.get_by_role("link", name="Stand-in").click()

        page.get_by_role("button", name="Select content").click()
        name = page.get_by_label("Activity name")
        page.wait_for_function("id_name.value.startsWith('Practice')")
        chosen = name.input_value()
        page.get_by_role("button", name="Save and return to course").click()
        become(page, campus, "Lena Ortiz")
        open_course(page)
        page.get_by_role("link", name=chosen).click()

        frame = page.frame_locator("#contentframe")
        frame.get_by_role("heading", name="Hello Lena Ortiz").wait_for()
        assert tool.errors == []


def test_pages_have_one_heading_and_no_known_barrier(page, campus):
    require("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    become(page, campus, "Ines Keller")

    for path in PAGES:
        page.goto(campus.moodle.url + path)
        assert page.locator("h1").count() == 1, path
        results = Axe().run(page)
        assert results.violations_count == 0, (path, results.generate_report())
    page.goto(campus.portal_url)
    assert Axe().run(page).violations_count == 0
