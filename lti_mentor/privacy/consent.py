"""What people are asked before they take part, in versions."""

TAKE_PART_VERSION = "2026-11"
"""Version of the wording below; a new wording asks again."""
TAKE_PART = (
    "consent.lms_facts",
    "consent.partner_sees",
    "consent.instructor_sees",
    "consent.thread_private",
    "consent.records_written",
    "consent.no_cost",
)
"""Codes of the sentences shown, in this order; pages have the words."""
