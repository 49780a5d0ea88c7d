"""The tool inside Canvas, in a real browser that blocks third-party cookies.

The campus is on 127.0.0.1 and the tool on localhost: two sites for the browser.
"""

import shutil
from collections.abc import Iterator
from itertools import groupby

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Page, sync_playwright

import lti_mentor.demo
from lti_mentor.demo import Campus
from tests.conftest import require
from tests.demo.canvas.tool import Tool

LOOKED_AT = [
    ("Lena Ortiz", "/courses/11"),
    ("Lena Ortiz", "/courses/11/grades"),
    ("Ines Keller", "/courses/11/assignments/new"),
    ("Ines Keller", "/courses/11/gradebook"),
    ("Ines Keller", "/courses/11/settings"),
    ("Ada Admin", "/accounts/1/developer_keys"),
    ("Ada Admin", "/accounts/1/apps/10000000000001"),
]
"""Pages of each kind: list, table, form."""
RULES = {"iframes": False}
"""What stands in the tool's frame is not Canvas's."""
STORAGE = """() => new Promise(done => {
  const answers = [];
  addEventListener("message", event => {
    answers.push(event.data);
    if (event.data.subject === "lti.capabilities.response") {
      const put = event.data.supported_messages.find(m => m.subject === "lti.put_data");
      const message = {subject: "lti.put_data", message_id: "p", key: "k", value: "v"};
      parent.frames[put.frame].postMessage(message, "*");
    }
    const ask = {subject: "lti.get_data", message_id: "g", key: "k"};
    if (event.data.subject === "lti.put_data.response")
      event.source.postMessage(ask, "*");
    if (event.data.subject === "lti.get_data.response") done(event.data);
  });
  parent.postMessage({subject: "lti.capabilities", message_id: "c"}, "*");
})"""


@pytest.fixture
def page() -> Iterator[Page]:
    require("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(15_000)
        yield page
        browser.close()


@pytest.fixture
def empty() -> Iterator[Campus]:
    """A campus that knows no tool yet."""
    with lti_mentor.demo.start() as campus:
        yield campus


def become(page: Page, campus: Campus, name: str) -> None:
    page.goto(campus.canvas.url + "/login/canvas")
    page.get_by_role("button", name=name, exact=True).first.click()


def tool_frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[name=tool_content]")


def test_from_registration_to_the_learners_launch(
    page: Page, empty: Campus, served: Tool
):
    become(page, empty, "Ada Admin")
    page.get_by_role("link", name="Admin", exact=True).click()
    page.get_by_role("link", name="Register a tool").click()
    page.get_by_label("Dynamic Registration URL").fill(served.url + "/lti/register")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Install & enable").click()

    become(page, empty, "Ines Keller")
    page.get_by_role("link", name="Negotiation in practice", exact=True).click()
    page.get_by_role("link", name="Assignments").click()
    page.get_by_role("link", name="+ Assignment").click()
    page.get_by_role("button", name="Practice").click()
    dialog = page.frame_locator("iframe[name=resource_selection]")
    inner = dialog.frame_locator("iframe[name=tool_content]")
    inner.get_by_role("button", name="Choose the practice").click()
    page.get_by_text("Opens Negotiate with your mentor").wait_for()
    page.get_by_role("button", name="Save & Publish").click()
    tool_frame(page).get_by_text("Mentored negotiation: Ines Keller").wait_for()

    become(page, empty, "Lena Ortiz")
    page.get_by_role("link", name="Negotiation in practice", exact=True).click()
    page.get_by_role("link", name="Assignments").click()
    page.get_by_role("link", name="Mentored negotiation").click()
    tool_frame(page).get_by_text("Mentored negotiation: Lena Ortiz").wait_for()

    become(page, empty, "Mateo Silva")
    menu = page.get_by_role("navigation", name="Global navigation")
    menu.get_by_role("link", name="Mentorship").click()
    tool_frame(page).get_by_text("Practice Campus: Mateo Silva").wait_for()


def test_the_frame_beside_the_tool_keeps_its_data(page: Page, campus: Campus):
    become(page, campus, "Lena Ortiz")
    page.goto(campus.canvas.url + "/courses/11/external_tools/1")
    tool_frame(page).get_by_role("heading").wait_for()
    page.frame("post_message_forwarding").wait_for_load_state()  # type: ignore[union-attr]

    kept = page.frame("tool_content").evaluate(STORAGE)  # type: ignore[union-attr]

    assert kept == {
        "subject": "lti.get_data.response",
        "message_id": "g",
        "key": "k",
        "value": "v",
    }


def test_the_frame_grows_when_the_tool_asks(page: Page, campus: Campus):
    become(page, campus, "Lena Ortiz")
    page.goto(campus.canvas.url + "/courses/11/external_tools/1")
    tool_frame(page).get_by_role("heading").wait_for()

    page.frame("tool_content").evaluate(  # type: ignore[union-attr]
        "parent.postMessage({subject: 'lti.frameResize', height: 1234}, '*')"
    )

    page.wait_for_function(
        "document.querySelector('iframe.tool').clientHeight === 1234"
    )


@pytest.mark.parametrize("width", [375, 1280])
def test_pages_are_accessible(page: Page, campus: Campus, width: int):
    page.set_viewport_size({"width": width, "height": 860})
    problems = []
    for name, group in groupby(LOOKED_AT, key=lambda one: one[0]):
        become(page, campus, name)
        for _, path in group:
            page.goto(campus.canvas.url + path)
            found = Axe().run(page, options=RULES).response["violations"]
            problems += [(path, one["id"], one["nodes"][0]["html"]) for one in found]

    assert problems == []


def test_a_silent_canvas_answers_no_message(page: Page, campus: Campus):
    campus.canvas.faults.set(canvas_storage_answers=False)
    become(page, campus, "Lena Ortiz")
    page.goto(campus.canvas.url + "/courses/11/external_tools/1")
    tool_frame(page).get_by_role("heading").wait_for()

    page.frame("tool_content").evaluate(  # type: ignore[union-attr]
        "parent.postMessage({subject: 'lti.frameResize', height: 1234}, '*')"
    )
    page.frame("tool_content").evaluate("1")  # type: ignore[union-attr]

    assert page.locator("iframe.tool").evaluate("frame => frame.clientHeight") != 1234
