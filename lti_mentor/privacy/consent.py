"""What people are asked before they take part.

Changing a sentence changes `VERSIONS` of mentoring: then everybody is asked again.
"""

TAKE_PART = (
    "consent.lms_facts",
    "consent.partner_sees",
    "consent.instructor_sees",
    "consent.thread_private",
    "consent.records_written",
    "consent.no_cost",
)
"""Codes of the sentences shown, in this order; pages have the words."""
BE_CHOSEN = ("consent.card_shown", "consent.card_no_cost")
"""What mentors are asked where learners choose."""
