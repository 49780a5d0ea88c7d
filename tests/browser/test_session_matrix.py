"""A whole visit in every cookie policy, and each carrier of the proof alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import steps
from tests.browser.chromium import Chromium
from tests.browser.conftest import chromium
from tests.browser.firefox import firefox
from tests.browser.visit import WCAG
from tests.conftest import require

LEARNER = "Lena Ortiz"
FIREFOX = {
    "firefox": {},
    "firefox-blocks-all": {"network.cookie.cookieBehavior": 1},
}
"""Preferences by policy: its own default keeps third parties apart, the other refuses
them cookies and most storage."""
CHROMIUM = ("allowed", "blocked", "incognito")
KEPT = """
const kept = (act) => { try { return Boolean(act()); } catch { return false; } };
const flags = "; Path=/; Secure; SameSite=None; Partitioned";
document.cookie = "probe=1" + flags;
const cookie = document.cookie.includes("probe");
document.cookie = "probe=; Max-Age=0" + flags;
return [cookie, kept(() => sessionStorage)];"""
"""Whether this frame may keep cookies, and a session's storage."""


@pytest.fixture(params=[*CHROMIUM, *FIREFOX])
def engine(request, tmp_path):
    """One browser with one policy; neither needs the other to be there."""
    if request.param not in FIREFOX:
        with chromium(tmp_path / "profile", request.param) as context:
            yield Chromium(context.pages[0])
        return
    require("firefox-esr")
    with firefox(tmp_path / "fox", **FIREFOX[request.param]) as running:
        yield running


def test_a_whole_visit_in_a_frame_of_another_site(installed, engine, request):
    campus, lms = installed.campus, installed.campus.moodle
    everybody = [*CHROMIUM, *FIREFOX]
    who = steps.learners(lms)[everybody.index(request.node.callspec.params["engine"])]
    steps.become(engine, campus, lms, who)

    steps.open_tool(engine, lms)
    steps.on(engine, "My mentorship")
    steps.press(engine, "I would like a mentor")
    steps.told(engine, "Noted.")
    steps.follow(engine, "Mentoring")
    steps.on(engine, "Your turn")
    steps.reload(engine)
    steps.on(engine, "Your turn")
    engine.run("setTimeout(() => history.back())")
    steps.on(engine, "My mentorship")
    steps.told(engine, "You would like a mentor.")
    engine.run("history.forward(); return true")
    steps.on(engine, "Your turn")

    assert engine.complaints() == []


def barriers(engine: Chromium) -> list[str]:
    """Return the rules that axe finds broken in the frame."""
    found = Axe().run(engine.here(), options={"runOnly": WCAG}).response
    return [rule["id"] for rule in found["violations"]]


@pytest.fixture
def visit(installed, browser):
    """A Chromium in which somebody is signed in at both LMSs."""
    engine = Chromium(browser.pages[0])
    for lms in installed.campus.both:
        steps.become(engine, installed.campus, lms, LEARNER)
    return engine


def exchanges(engine: Chromium) -> int:
    """Return how often a ticket was shown: never, where the cookie was proof."""
    return sum(url.endswith("/lti/session") for url in engine.asked)


@pytest.mark.parametrize("browser", ["cookies"], indirect=True)
def test_the_cookie_alone_carries_a_launch(installed, visit):
    steps.open_tool(visit, installed.campus.moodle)
    steps.on(visit, "My mentorship")

    steps.follow(visit, "Mentoring")

    steps.on(visit, "Your turn")
    assert visit.run(KEPT) == [True, False]
    assert exchanges(visit) == 0
    assert visit.complaints() == []


@pytest.mark.parametrize("engine", ["firefox-blocks-all"], indirect=True)
def test_the_session_storage_alone_carries_a_launch(installed, engine):
    campus = installed.campus
    steps.become(engine, campus, campus.moodle, LEARNER)

    steps.open_tool(engine, campus.moodle)

    steps.on(engine, "My mentorship")
    assert engine.run(KEPT) == [False, True]


FORWARDING = "**/courses/*/external_tools/*"


def move_the_sibling(visit, host: str) -> None:
    """Let the frame that keeps data lie on an origin of its own, as Canvas's does."""

    def changed(route):
        page = route.fetch()
        port = route.request.url.split("/")[2].partition(":")[2]
        there = f'src="http://{host}:{port}/post_message_forwarding"'
        body = page.text().replace('src="/post_message_forwarding"', there)
        assert there in body
        route.fulfill(response=page, body=body)

    visit.page.route(FORWARDING, changed)


def kept_by_platform(page) -> list[str]:
    """Return the keys of tools that any frame of the LMS still keeps."""
    keys = "() => Object.keys(localStorage).filter((key) => key.includes('lti:'))"
    ours = [frame for frame in page.frames if "/s/" not in frame.url]
    return [key for frame in ours for key in frame.evaluate(keys)]


@pytest.mark.parametrize("where", ["in the parent", "beside us", "on another origin"])
@pytest.mark.parametrize("browser", ["refused"], indirect=True)
def test_the_platforms_storage_alone_carries_a_launch(installed, visit, where):
    canvas = installed.campus.canvas
    canvas.faults.set(canvas_storage_in_parent=where == "in the parent")
    if where == "on another origin":
        move_the_sibling(visit, "sso.localhost")

    steps.open_tool(visit, canvas)
    steps.on(visit, "My mentorship")
    steps.follow(visit, "Mentoring")

    steps.on(visit, "Your turn")
    assert visit.run(KEPT) == [False, False]
    assert exchanges(visit) == 1
    assert kept_by_platform(visit.page) == []
    assert visit.complaints() == []


@pytest.mark.parametrize("lms", ["moodle", "canvas"])
@pytest.mark.parametrize("browser", ["refused"], indirect=True)
def test_where_nothing_is_kept_a_new_window_is_offered_in_words(
    installed, visit, browser, lms
):
    platform = installed.campus.lms(lms)
    platform.faults.set(canvas_storage_answers=False)
    steps.open_tool(visit, platform)
    steps.on(visit, "One more click")
    assert visit.run("return document.activeElement.tagName") == "H1"
    assert visit.run("return document.title") == "One more click"
    assert barriers(visit) == []

    with browser.expect_page() as opened:
        visit.click("#offer button")

    window = Chromium(opened.value)
    steps.on(window, "My mentorship")
    steps.reload(window)
    steps.on(window, "My mentorship")
    assert visit.complaints() == []
