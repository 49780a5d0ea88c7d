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
    "asked_mentor": _("Asked. You hear here as soon as there is an answer."),
    "chose": _("Saved. Your best wish with a free place is asked by itself."),
    "withdrawn": _("Taken back."),
    "asked_back": _("Asked. Your date to answer has moved with it."),
    "replied": _("Sent. Now it is their turn to answer."),
    "not_now": _("Noted: nobody is proposed to you until then. You can come back."),
    "avoided": _("Noted. Every match obeys it, and nobody sees it."),
    "avoid_back": _("Taken back."),
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
    "objected": _(
        "Noted. Talk to each other about what happened; whoever leads the program "
        "decides where you do not agree."
    ),
    "missed": _("Noted. The other one has three days to object."),
    "attendance": _("Noted. Each of them has three days to object."),
    "moved": _("Moved. Put the new time into your calendar: it replaces the old one."),
    "move_asked": _("Asked. The old time holds until a new one is taken."),
    "kept": _("The booked time holds."),
    "noted": _("Kept."),
    "contact": _("Saved."),
    "rests": _("It rests. Nothing is asked of you meanwhile."),
    "goes_on": _("It goes on."),
    "fits": _("Thank you. Nobody else reads your answers."),
    "changed": _(
        "It has ended, without blame. The other one learns only that. Who waits for "
        "a mentor waits before others now."
    ),
    "concluded": _("It comes to its end. Take three minutes to look back."),
    "looked_back": _("Thank you for looking back."),
    "reported": _("It has stopped at once. What you wrote is with the people below."),
    "concern_answered": _("Answered. They read it when they open the tool."),
    "dispute_settled": _("Decided. Both of them see it."),
    "put_off": _("Put off. It comes back by itself."),
    "back_again": _("It stands among what needs you again."),
    "left_settled": _("Noted. The one who stays sees what happens next."),
    "closing_day": _("Done. What was closed meanwhile stays as it was."),
    "cancelled": _("Called off."),
    "plan_sent": _("Your plan is on its way. You hear here when it is agreed."),
    "applied": _("Handed in. Now it is your reviewer's turn."),
    "completed": _("Completed. Your score goes to the gradebook now."),
    "plan_agreed": _("Agreed. The learner can begin."),
    "plan_returned": _("Sent back with your note."),
    "verified": _("Verified. Thank you: this is what makes learning count."),
    "revise": _("Sent back with the one change you ask for."),
    "offering_added": _("Noted. Its graduates are proposed as mentors from now on."),
    "offering_removed": _("Left out. Its graduates are no longer proposed here."),
    "offering_looked_at": _(
        "Looking into its roster whether you teach it. Come back in a minute."
    ),
    "skills_kept": _("Kept. Who completed this course has these skills."),
    "done_said": _("Noted. Everybody was counted anew by your answer."),
    "done_unsaid": _("Taken back. Only your LMS's word counts now."),
    "settings": _("Saved."),
    "feed_ended": _("Revoked. No calendar reads your talks there any more."),
    "syncing": _("Reading the course from the LMS. You can leave this page."),
    "program_paused": _("It rests. Pairs go on; nobody new is paired."),
    "program_running": _("It goes on."),
    "program_archived": _("Put away. You find it below and can bring it back."),
    "duplicated": _("Here is another one with the same settings, and nobody in it."),
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
    "mail_asked": _(
        "A test mail is on its way to your own address. The row says what the mail "
        "server answers."
    ),
    "no_address": _("Your LMS has told no address of yours, so no mail can be sent."),
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
