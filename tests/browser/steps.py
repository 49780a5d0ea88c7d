"""Getting into the tool and about in it, in whatever browser: steps for all engines."""

from collections import Counter
from typing import Any

from lti_mentor.demo import Campus
from lti_mentor.demo.campus import Lms
from lti_mentor.demo.world import rows
from tests.browser.chromium import Engine
from tests.browser.firefox import Failed
from tests.browser.lms import COURSE, TOOL

FRAMES = {"moodle": "#contentframe", "canvas": "iframe[name=tool_content]"}
VISIBLE = """
const seen = [...document.querySelectorAll(arguments[0])]
  .filter((one) => one.checkVisibility());
"""
HEADING = VISIBLE + "return seen.some((one) => one.innerText.trim() === arguments[1])"
TEXT = VISIBLE + "return seen.some((one) => one.innerText.includes(arguments[1]))"
CLICK = (
    VISIBLE
    + """
const one = seen.find((one) => one.innerText.trim() === arguments[1]);
one?.click();
return Boolean(one);"""
)
BECOME = """
const region = document.querySelector(`section[aria-labelledby="${arguments[0]}"]`);
const all = [...region.querySelectorAll("form button")];
all.find((one) => one.textContent.trim() === arguments[1]).click();
return true"""


def learners(lms: Lms) -> list[str]:
    """Return names of who learns negotiation there; of no two people of one name."""
    world = lms.world
    course = rows(world.courses, title=COURSE)[0].id
    found = rows(world.enrolments, course=course, role="learner")
    everybody = Counter(person.name for person in world.people.values())
    names = {world.people[row.person].name for row in found}
    return sorted(name for name in names if everybody[name] == 1)


def become(engine: Engine, campus: Campus, lms: Lms, name: str) -> None:
    """Be somebody in an LMS from now on."""
    engine.open(campus.portal_url)
    engine.run(BECOME, lms.kind, name)
    engine.until("return location.origin === arguments[0]", lms.url)


def open_tool(engine: Engine, lms: Lms, course: str = COURSE) -> None:
    """Open the tool in its frame, as who one is."""
    engine.open(lms.url)
    for name in (course, TOOL):
        engine.run("window.isOld = true; return true")
        follow(engine, name)
        engine.until("return !window.isOld")
    engine.until("return document.querySelector(arguments[0])", FRAMES[lms.kind])
    engine.enter(FRAMES[lms.kind])


def follow(engine: Engine, name: str) -> None:
    engine.until(CLICK, "a", name)


def press(engine: Engine, name: str) -> None:
    engine.until(CLICK, "button", name)


def reload(engine: Engine) -> None:
    """Load the frame anew, and wait until the page before has gone."""
    engine.run("window.isOld = true; setTimeout(() => location.reload()); return true")
    engine.until("return !window.isOld")


def on(engine: Engine, heading: str) -> None:
    """Wait for a page by its heading."""
    see(engine, HEADING, "h1", heading)


def told(engine: Engine, words: str) -> None:
    """Wait until the page says this."""
    see(engine, TEXT, "main, [role=alert]", words)


def see(engine: Engine, script: str, *given: Any) -> None:
    try:
        engine.until(script, *given)
    except Failed as error:
        there = engine.run("return document.body.innerText")
        raise Failed(f"{given}, but:\n{there}") from error
