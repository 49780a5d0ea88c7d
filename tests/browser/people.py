"""What people do in the tool, said as they would."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import FrameLocator, expect

CHANGE = "Please add what the other side answered."


def press(tool: FrameLocator, name: str) -> None:
    tool.get_by_role("button", name=name, exact=True).click()


def follow(tool: FrameLocator, name: str) -> None:
    tool.get_by_role("link", name=name, exact=True).click()


def told(tool: FrameLocator, words: str) -> None:
    """Wait until the page says this."""
    expect(tool.locator("main").get_by_text(words).first).to_be_visible()


def on(tool: FrameLocator, heading: str) -> None:
    """Wait for a page by its heading."""
    expect(tool.get_by_role("heading", level=1, name=heading)).to_be_visible()


# The instructor


def waits_until_read(tool: FrameLocator) -> None:
    again = tool.get_by_role("button", name="Read the course again")
    expect(again).to_be_visible(timeout=40_000)


def starts_a_program(tool: FrameLocator) -> None:
    follow(tool, "Start a program")
    on(tool, "Start a program")
    press(tool, "Start the program")
    told(tool, "The program is there.")


def adds_a_practice(tool: FrameLocator) -> str:
    """Return its title; the page leaves for the LMS by itself."""
    on(tool, "New practice")
    title = tool.get_by_label("What learners see in the course").input_value()
    press(tool, "Add to the course")
    return title


def matches(tool: FrameLocator) -> None:
    follow(tool, "Mentors and pairs")
    press(tool, "Match now")
    publish = tool.get_by_role("button", name="Publish the pairs")
    expect(publish).to_be_visible(timeout=40_000)


def mentee_of(tool: FrameLocator, mentor: str) -> str:
    """Return whom the draft pairs with this mentor; somebody of a name of their own."""
    cells = tool.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    )
    names = [row[0] for row in cells]
    found = [r[0] for r in cells if r[1] == mentor and names.count(r[0]) < 2]
    assert found, f"nobody is paired with {mentor}: {cells}"
    return str(found[0])


def publishes(tool: FrameLocator) -> None:
    press(tool, "Publish the pairs")
    tool.locator("#ask-yes").click()
    told(tool, "Published.")


# Both of a pair


def says_yes(tool: FrameLocator, *, joining_as: str) -> None:
    press(tool, "Yes, gladly")
    on(tool, joining_as)


def joins(tool: FrameLocator) -> None:
    tool.get_by_text("Weekday evenings").click()
    tool.get_by_label("I have read this and I take part").check()
    press(tool, "Take part and say yes")


def writes_the_agreement(tool: FrameLocator) -> None:
    tool.get_by_label("What do we want to reach?").fill(
        "Lead one supplier negotiation with interests first, and look at it together."
    )
    tool.get_by_label("How often, and where, do we talk?").fill("Every second Tuesday.")
    signs(tool)


def signs(tool: FrameLocator) -> None:
    press(tool, "Sign")
    told(tool, "Signed. The agreement holds")


def offers_a_talk(tool: FrameLocator) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    first = tool.get_by_label("First choice")
    if not first.is_visible():
        tool.get_by_text("Offer times for a talk").click()
    first.fill(soon)
    tool.get_by_label("Where?").fill("https://meet.example/room")
    press(tool, "Offer these times")
    told(tool, "Your times are offered.")


# The learner


def plans(tool: FrameLocator) -> None:
    tool.get_by_label("When …").fill("the supplier opens with a price on Thursday")
    tool.get_by_label("… I will …").fill("ask three questions before any number")
    tool.get_by_label("If … gets in the way").fill("they press for a number")
    tool.get_by_label("… then I will …").fill("name a range and ask again")
    press(tool, "Send my plan")
    told(tool, "Your plan is on its way.")


def applies(tool: FrameLocator) -> None:
    today = datetime.now(UTC).date().isoformat()
    tool.get_by_label("When was it?").fill(today)
    tool.get_by_label("Where, and with whom?").fill("A call with our box supplier.")
    tool.get_by_label("What did you do?").fill("I asked three questions first.")
    tool.get_by_label("What came of it?").fill("Four percent, and a shared forecast.")
    tool.get_by_label("In words").fill("From the minutes: price last, terms first.")
    press(tool, "Hand in")
    told(tool, "Handed in.")


def changes(tool: FrameLocator) -> None:
    told(tool, CHANGE)
    came = tool.get_by_label("What came of it?")
    came.fill(came.input_value() + " They answered with their capacity plan.")
    press(tool, "Hand in")
    told(tool, "Handed in.")


def reflects(tool: FrameLocator) -> None:
    tool.get_by_label("What do you take from it?").fill("Questions buy time and facts.")
    press(tool, "Complete the practice")
    told(tool, "Completed.")


# The mentor


def chooses(tool: FrameLocator, words: str) -> None:
    tool.get_by_role("radio", name=re.compile(f"^{words}")).check()


def answers_the_plan(tool: FrameLocator) -> None:
    follow(tool, "Begin with the longest")
    press(tool, "Agree to the plan")
    told(tool, "Agreed. The learner can begin.")


def asks_for_one_change(tool: FrameLocator) -> None:
    chooses(tool, "What was made")
    tool.get_by_label("A word to the learner").fill(CHANGE)
    press(tool, "Ask for one change")
    told(tool, "Sent back with the one change")


def verifies(tool: FrameLocator) -> None:
    chooses(tool, "What was made")
    chooses(tool, "Fully")
    chooses(tool, "Shown by evidence")
    press(tool, "Verify")
    told(tool, "Verified. Thank you")
