"""What people do to a session: leave, come back, double it, share the computer."""

import pytest

from tests.browser import steps
from tests.browser.chromium import Chromium

LEARNER, TEACHER = "Lena Ortiz", "Ines Keller"
TOKENS = """
return Object.entries(sessionStorage).filter(([key]) => key.startsWith("lti:"))
  .map(([key, kept]) => [key.slice(4), JSON.parse(kept).token])"""
"""Handle and bearer of each session that this tab holds."""


@pytest.fixture
def campus(installed):
    return installed.campus


@pytest.fixture
def visit(campus, browser):
    """The learner's tab: the tool in its frame, opened from Moodle."""
    return opened(campus, browser.pages[0], LEARNER)


def opened(campus, page, name: str) -> Chromium:
    engine = Chromium(page)
    steps.become(engine, campus, campus.moodle, name)
    steps.open_tool(engine, campus.moodle)
    engine.until("return document.querySelector('.topbar')")
    return engine


def status(visit: Chromium, installed, held: tuple[str, str]) -> int:
    """Ask for a page with somebody's bearer; return what the tool answers."""
    handle, token = held
    page = f"{installed.tool.url}/s/{handle}/guide"
    headers = {"Authorization": f"Bearer {token}"}
    return visit.page.request.get(page, headers=headers).status


def test_a_used_launch_sent_again_gets_words_and_the_session_stays(visit, campus):
    sent = []
    visit.page.on("request", lambda one: sent.append(one))
    steps.open_tool(visit, campus.moodle)
    steps.on(visit, "My mentorship")
    launch = next(one for one in sent if one.url.endswith("/lti/launch"))

    visit.run(
        """
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action: "/lti/launch" });
        for (const [name, value] of Object.entries(arguments[0])) {
          const box = document.createElement("input");
          form.append(Object.assign(box, { type: "hidden", name, value }));
        }
        document.body.append(form);
        setTimeout(() => form.submit());""",
        launch.post_data_json,
    )

    steps.told(visit, "launch.replayed")
    steps.told(visit, "Open the tool again from your course")
    visit.run("setTimeout(() => history.back())")
    steps.on(visit, "My mentorship")


def test_back_before_the_first_page_leads_to_the_lms_not_to_a_trace(visit, campus):
    visit.run("setTimeout(() => history.back())")

    visit.frame = None
    visit.until("return location.origin === arguments[0]", campus.moodle.url)
    assert "Traceback" not in visit.run("return document.body.innerText")


def test_a_double_click_sends_a_form_once(visit, installed):
    sent = []
    visit.page.on("request", lambda one: sent.append((one.method, one.url)))
    wish = "button:has-text('I would like a mentor')"

    visit.page.frame_locator(visit.frame).locator(wish).dblclick()

    steps.told(visit, "Noted.")
    posts = [url for method, url in sent if method == "POST"]
    assert len(posts) == 1, posts
    steps.press(visit, "Take it back")
    visit.until(steps.TEXT, "main", "I would like a mentor")
    assert visit.complaints() == []


def test_two_tabs_belong_to_two_people(visit, campus, browser):
    other = opened(campus, browser.new_page(), TEACHER)

    steps.follow(visit, "Help")
    steps.follow(other, "Help")

    for tab, name in ((visit, LEARNER), (other, TEACHER)):
        tab.until(steps.TEXT, "summary", name)
        steps.on(tab, "How this works")
    assert visit.complaints() + other.complaints() == []


SIDE_BY_SIDE = """<!doctype html><html lang="en"><link rel="icon" href="data:,">
<title>Two</title><iframe name="a" title="a" src="{}"></iframe>
<iframe name="b" title="b" src="{}"></iframe>"""


def test_two_courses_in_one_page_leave_each_other_alone(campus, browser):
    canvas, page = campus.canvas, browser.pages[0]
    engine = Chromium(page)
    steps.become(engine, campus, canvas, TEACHER)
    courses = taught(canvas, TEACHER)
    body = SIDE_BY_SIDE.format(*(f"/courses/{one}/external_tools/1" for one in courses))
    page.route(
        "**/two", lambda route: route.fulfill(body=body, content_type="text/html")
    )

    engine.open(f"{canvas.url}/two")

    titles = [canvas.world.courses[one].title for one in courses]
    frames = [
        page.frame_locator(f"iframe[name={name}]").frame_locator("[name=tool_content]")
        for name in ("a", "b")
    ]
    for frame, title in zip(frames, titles, strict=True):
        frame.locator(".topbar-in", has_text=title).wait_for()
    for frame, title in zip(frames, titles, strict=True):
        frame.get_by_role("link", name="Help").click()
        frame.get_by_role("heading", name="How this works").wait_for()
        frame.locator(".topbar-in", has_text=title).wait_for()
    assert engine.complaints() == []


def taught(lms, name: str) -> list[int]:
    """Return two courses of somebody."""
    world = lms.world
    who = next(one.id for one in world.people.values() if one.name == name)
    return sorted(row.course for row in world.enrolments.values() if row.person == who)[
        :2
    ]


def test_somebody_else_in_the_same_tab_ends_the_session_before(visit, installed):
    before = visit.run(TOKENS)
    assert [status(visit, installed, held) for held in before] == [200]

    steps.become(visit, installed.campus, installed.campus.moodle, TEACHER)
    steps.open_tool(visit, installed.campus.moodle)
    visit.until("return document.querySelector('.topbar')")

    assert status(visit, installed, before[0]) == 401
    after = visit.run(TOKENS)
    assert len(after) == 1 and after != before


def test_the_same_person_again_keeps_what_is_open_elsewhere(visit, installed):
    before = visit.run(TOKENS)

    steps.open_tool(visit, installed.campus.moodle)
    steps.on(visit, "My mentorship")

    assert status(visit, installed, before[0]) == 200


def test_signing_out_is_said_and_lasts(visit, installed):
    before = visit.run(TOKENS)

    visit.run("document.querySelector('.menu').open = true; return true")
    steps.press(visit, "Sign out")

    steps.on(visit, "You are signed out")
    assert visit.run("return document.activeElement.tagName") == "H1"
    assert status(visit, installed, before[0]) == 401
    steps.reload(visit)
    steps.told(visit, "Your session ended")
    assert visit.run(TOKENS) == []


def test_a_registration_switched_off_ends_its_sessions_in_words(visit, installed):
    installed.tool.rows("update registration set is_active = 0")
    try:
        steps.follow(visit, "Help")

        steps.told(visit, "Your session ended")
        steps.on(visit, "My mentorship")
        steps.follow(visit, "Mentoring")
        steps.on(visit, "My mentorship")
    finally:
        installed.tool.rows("update registration set is_active = 1")


def test_a_page_of_somebody_else_may_not_frame_us(visit, installed, browser):
    handle = visit.run(TOKENS)[0][0]
    page, url = browser.new_page(), installed.tool.url
    body = SIDE_BY_SIDE.format(f"{url}/s/{handle}/home", f"{url}/lti/login")
    page.route(
        "http://elsewhere.localhost/",
        lambda route: route.fulfill(body=body, content_type="text/html"),
    )
    heard = []
    page.on("console", lambda said: heard.append(said.text))

    page.goto("http://elsewhere.localhost/")
    page.wait_for_timeout(0)

    assert len([said for said in heard if "frame-ancestors" in said]) == 2
    assert all("localhost:" not in frame.url for frame in page.frames[1:])


def test_where_scripts_are_off_in_the_frame_a_button_opens_a_window(campus, browser):
    """Nothing can be asked of such a frame, so that keys are all there is."""
    visit, page = Chromium(browser.pages[0]), browser.pages[0]
    allowed = "allow-forms allow-popups allow-popups-to-escape-sandbox"

    def without_scripts(route):
        answer = route.fetch()
        body = answer.text().replace("<iframe", f'<iframe sandbox="{allowed}"', 1)
        assert allowed in body
        route.fulfill(response=answer, body=body)

    page.route("**/courses/*/external_tools/*", without_scripts)
    steps.become(visit, campus, campus.canvas, LEARNER)
    with page.expect_response("**/lti/login"):
        steps.open_tool(visit, campus.canvas)
    page.wait_for_load_state()
    page.focus(visit.frame)
    page.keyboard.press("Tab")

    with browser.expect_page() as window:
        page.keyboard.press("Enter")

    steps.on(Chromium(window.value), "My mentorship")
