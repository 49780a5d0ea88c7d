"""What the last action did, in a sentence on the next page.

An action redirects with `?done=<code>`: the code says nothing about anybody, and a
code nobody knows shows nothing.
"""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

NOTICES: dict[str, LazyString] = {
    "set_up": _("Saved. You can change your answers at any time."),
    "alone": _("Noted. Your work is reviewed by your instructor, on the same rubric."),
    "wish": _("Noted. Your instructor sees how many would like a mentor."),
    "wish_back": _("Taken back."),
    "offer_to_mentor": _("Thank you. Whoever leads the program sees your name."),
    "offer_back": _("Taken back."),
    "taken_back": _("Taken back: it is reviewed by you again."),
    "handed_over": _("Handed over. You can take it back as long as it is open."),
    "accepted": _("You said yes. It begins when both of you have."),
    "began": _("You are now working together. Agree on a goal as your first step."),
    "declined": _("You said no. Nobody is told why."),
    "signed": _(
        "Signed. The agreement holds when both of you have signed the same text."
    ),
    "ended": _("The mentorship has ended. Work under way goes on with the instructor."),
    "sent": _("Sent."),
    "offered": _("Your times are offered. You will see here which one is taken."),
    "booked": _("Booked. Put it into your calendar with the button below."),
    "met": _(
        "Noted. It counts when the other one agrees, or says nothing for three days."
    ),
    "held": _("Both of you say you met. It counts."),
    "objected": _("Noted. Talk to each other about what happened."),
    "cancelled": _("Called off."),
    "plan_sent": _("Your plan is on its way. You hear here when it is agreed."),
    "applied": _("Handed in. Now it is your reviewer's turn."),
    "completed": _("Completed. Your score goes to the gradebook now."),
    "plan_agreed": _("Agreed. The learner can begin."),
    "plan_returned": _("Sent back with your note."),
    "verified": _("Verified. Thank you: this is what makes learning count."),
    "revise": _("Sent back with the one change you ask for."),
    "settings": _("Saved."),
    "syncing": _("Reading the course from the LMS. You can leave this page."),
    "program_started": _("The program is there. Next: look at who could mentor."),
    "matching": _(
        "Computing the best pairs. This page shows them as soon as they are there."
    ),
    "dropped": _("Taken out of the draft."),
    "endorsed": _("Named as a mentor. They are asked when they are paired."),
    "never": _("Taken out, and never proposed again. Compute again for other pairs."),
    "restored": _("Put back into the draft."),
    "published": _("Published. Both sides of every pair are asked now."),
    "settled": _("Closed with the score it had."),
    "excused": _("Excused. No score is written."),
    "retry": _("Trying again now."),
    "checked": _("Checking now. Reload in a moment."),
    "named": _("Named. It holds from their next visit on."),
    "unnamed": _("Taken back."),
    "switched_on": _("Switched on."),
    "switched_off": _("Taken off the list. What runs there goes on."),
    "answered": _("Answered. They read it when they open the tool."),
    "approved": _("Approved. It can begin now."),
    "asked": _("Asked. You read the answer here."),
    "paused": _("Writing is paused. Nothing is lost: it waits."),
    "resumed": _("Writing goes on."),
}
"""Code of what was done -> what the person reads."""


def notice_for(code: str) -> dict[str, Any] | None:
    """Return the notice of a page, None where there is nothing to say."""
    text = NOTICES.get(code)
    return {"text": text, "tone": "good"} if text else None
