"""A session rests too long, is warned, and ends: nothing somebody typed is lost."""

import pytest

from tests.browser import people, steps
from tests.browser.chromium import Chromium

TEACHER = "Ines Keller"
WORDS = "I lead a small team and would like to ask better questions."
BOX = "textarea[name=introduction]"
TYPED = "return document.querySelector(arguments[0])?.value === arguments[1]"


@pytest.fixture
def form(installed, browser):
    """A learner before the form with which one takes part; the page's clock is ours."""
    campus, page = installed.campus, browser.pages[0]
    engine = Chromium(page)
    steps.become(engine, campus, campus.canvas, TEACHER)
    steps.open_tool(engine, campus.canvas)
    tool = page.frame_locator(engine.frame)
    people.waits_until_read(tool)
    people.starts_a_program(tool)
    page.clock.install()
    steps.become(engine, campus, campus.canvas, steps.learners(campus.canvas)[0])
    open_form(engine, campus)
    return engine


def open_form(engine, campus):
    steps.open_tool(engine, campus.canvas)
    steps.follow(engine, "Answer in two minutes")
    steps.on(engine, "Take part")


@pytest.mark.timeout(300)
def test_a_warning_an_end_and_everything_typed_is_back(form, installed, browser):
    page, inside = form.page, form.page.frame_locator(form.frame)
    inside.locator(BOX).fill(WORDS)
    with page.expect_response("**/drafts/join*"):
        page.clock.fast_forward("00:11")

    page.clock.fast_forward("27:00")
    inside.get_by_role("alertdialog").wait_for()
    with page.expect_response("**/lti/session/extend") as extended:
        page.keyboard.press("Enter")
    assert extended.value.status == 200

    installed.tool.rows("update web_session set ended_at = created_at")
    steps.press(form, "Take part")
    steps.told(form, "Your session ended")
    steps.follow(form, "My mentorship")
    assert form.run(TYPED, BOX, WORDS)

    with browser.expect_page() as opened:
        form.click("#trouble [data-again]")
    assert opened.value.url.startswith(installed.campus.canvas.url)
    opened.value.close()
    open_form(form, installed.campus)
    form.until(TYPED, BOX, WORDS)
    form.until("return document.body.innerText.includes(arguments[0])", "put back")
    unexpected = [said for said in form.complaints() if "401" not in said]
    assert unexpected == []
