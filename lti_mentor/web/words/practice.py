"""Refusals around practice and talks."""

from flask_babel import lazy_gettext as _

from lti_mentor.web.words.kinds import FORM, Words

BY_CODE: dict[str, Words] = {
    "brief.numbers": Words(_("These numbers do not go together."), FORM),
    "brief.title_missing": Words(_("A title is missing."), FORM),
    "session.not_booked": Words(
        _("This talk has no time yet."), _("Put it into your calendar when it has.")
    ),
    "session.step": Words(
        _("This talk has changed since you opened the page."),
        _("It stands as you see it now."),
    ),
    "session.too_late": Words(
        _("Three days have passed: it stands as it was said."),
        _("Write to whoever leads the program if that is wrong."),
    ),
    "session.settled": Words(
        _("This was settled meanwhile."), _("Look at how it stands now.")
    ),
    "session.not_booked_now": Words(
        _("This talk is not booked any more."), _("It stands as you see it now.")
    ),
    "session.shared": Words(
        _("Others are invited to this talk as well."),
        _("Leave it, or ask your mentor for another time."),
    ),
    "session.time_gone": Words(
        _("This time is not offered any more."), _("Choose among those you see now.")
    ),
    "session.begun": Words(
        _("This talk has begun already."), _("Say whether you met.")
    ),
    "session.together": Words(_("Invite at least one more."), FORM),
    "session.one_time_together": Words(
        _("Several people need one time: choose a single one."), FORM
    ),
    "session.your_own_claim": Words(
        _("That is what you said yourself."), _("Wait for the other one's answer.")
    ),
    "session.your_own_dispute": Words(
        _("You are one of the two yourself."), _("Let the stand-in decide.")
    ),
    "practice.not_yours_to_review": Words(
        _("Somebody else reviews this."), _("Go back to what waits for you.")
    ),
    "practice.has_reviewer": Words(
        _("This is reviewed by somebody already, or closed."),
        _("Look at how it stands now."),
    ),
    "practice.closed": Words(
        _("This practice is closed already."), _("Look at how it stands now.")
    ),
    "evidence.link": Words(
        _("This link cannot be taken."),
        _("Give an address that begins with https:// or http://."),
    ),
    "evidence.too_many": Words(
        _("That is more evidence than anybody reads."), _("Choose what shows it best.")
    ),
    "review.levels": Words(
        _("A level is missing or unknown."), _("Choose one level for each line.")
    ),
    "application.ahead": Words(
        _("This occasion lies ahead."), _("Hand it in when it has taken place.")
    ),
    "session.past": Words(
        _("A time lies in the past."), _("Offer times that are still to come.")
    ),
    "session.ahead": Words(
        _("This talk lies ahead."), _("Say that you met once you have.")
    ),
    "session.times": Words(
        _("Give one to three different times."), _("Correct them and send again.")
    ),
    "session.minutes": Words(
        _("A talk takes 10 minutes to 4 hours."), _("Correct the length.")
    ),
    "session.no_time": Words(
        _("No time has been taken yet."), _("Take one of the offered times first.")
    ),
    "text.missing": Words(
        _("Something is still empty."), _("Fill in what is asked for.")
    ),
    "later.days": Words(
        _("That is no time to put it off to."),
        _("Put it off by one, three or seven days."),
    ),
    "text.too_long": Words(_("That is too long."), _("Shorten it to what matters.")),
    "brief.due_past": Words(
        _("The due date has passed."), _("Choose a day that is still to come.")
    ),
    "brief.starts_late": Words(
        _("It would be due before it starts."), _("Choose an earlier start.")
    ),
}
