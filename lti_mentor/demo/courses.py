"""What is taught on campus: courses, their activities and their skills."""

from typing import NamedTuple

DAY = 86400
"""Seconds of a day."""


class Plan(NamedTuple):
    """One activity as a course describes it."""

    kind: str
    title: str
    section: int
    completes: str
    intro: str = ""


LEVELS = ["Not yet", "Developing", "Competent", "Exemplary"]
"""The levels of every skill; the third is mastery."""

NEGOTIATION_SKILLS = [
    ("NEG-1", "Preparing a BATNA", "Know the best alternative before talking."),
    ("NEG-2", "Active listening", "Hear what is meant, and show it."),
    ("NEG-3", "Framing offers", "Put an offer in the other side's terms."),
    ("NEG-4", "Handling conflict", "Stay with the problem, not the person."),
    ("NEG-5", "Closing agreements", "End with who does what by when."),
]
"""Idnumber, title and description of NEG101's skills."""

DATA_SKILLS = [
    ("DATA-1", "Cleaning data", "Find what is wrong before it misleads."),
    ("DATA-2", "Choosing charts", "Let the question choose the chart."),
    ("DATA-3", "Building a storyline", "Lead from question to decision."),
    ("DATA-4", "Writing for an audience", "Say it so that this reader acts."),
]
"""Idnumber, title and description of DATA201's skills."""

NEGOTIATION = [
    Plan("page", "Welcome and goals", 1, "view", "What you will be able to do."),
    Plan("quiz", "Know your alternatives", 1, "grade", "Ten questions on BATNA."),
    Plan("assign", "Interests, not positions", 2, "grade", "Map both sides."),
    Plan("forum", "A negotiation I remember", 2, "manual", "Tell the group."),
    Plan("quiz", "Opening offers", 3, "pass", "Anchors, ranges and first moves."),
    Plan("assign", "Listening under pressure", 3, "grade", "Record and reflect."),
    Plan("assign", "A deal in writing", 4, "grade", "Close with an agreement."),
]
"""NEG101's activities in their order."""

DATA = [
    Plan("page", "Why stories beat tables", 1, "view"),
    Plan("quiz", "Reading charts", 1, "grade", "What does this chart hide?"),
    Plan("assign", "Clean a messy table", 2, "grade", "Say what you changed."),
    Plan("assign", "One chart, one message", 3, "grade"),
    Plan("assign", "The two-minute briefing", 4, "pass", "Speak to a decision."),
]
"""DATA201's activities in their order."""

SECTIONS = {
    0: "General",
    1: "Week 1: Prepare",
    2: "Week 2: Understand",
    3: "Week 3: Act",
    4: "Week 4: Agree",
}
"""Titles of a course's parts."""
