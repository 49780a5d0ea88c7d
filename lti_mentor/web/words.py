"""Error codes in words: what happened, and what the person can do.

Features raise codes (`lti_mentor.errors`); this table turns them into sentences. A
code without its own row is read by its status. Add rows next to their kin.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.errors import MentorError


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says."""

    title: LazyString
    """One sentence: what happened."""
    advice: LazyString
    """One sentence: what to do now."""


AGAIN = _("Open the tool again from your course.")
FORM = _("Correct it and send again.")
ADMIN = _("Send the code below to the person who looks after this tool.")

BY_CODE: dict[str, Words] = {
    "choice.off": Words(
        _("Learners do not choose in this program."),
        _("Whoever leads it proposes somebody to you."),
    ),
    "choice.not_joined": Words(
        _("First say that you take part."), _("It takes two minutes.")
    ),
    "choice.number": Words(_("Choose one to five different people."), FORM),
    "question.asked": Words(
        _("You have asked your question."), _("Answer when you have the reply.")
    ),
    "question.none": Words(_("No question waits for a reply."), AGAIN),
    "avoidance.words": Words(_("Write one name or one address."), FORM),
    "avoidance.many": Words(
        _("You have named as many people as one can."),
        _("Take one back, or talk to whoever leads the program."),
    ),
    "participant.hours": Words(_("That is no hour of the week."), FORM),
    "participant.pause": Words(_("That is no possible pause."), FORM),
    "program.step": Words(
        _("From here that is no step."), _("Look at the program and try again.")
    ),
    "program.last_course": Words(
        _("A program needs one course at least."), _("Put it away instead.")
    ),
    "program.measures": Words(
        _("Give numbers from 0 to 100 for what is listed."), FORM
    ),
    "program.preset": Words(_("There is no such kind of program."), FORM),
    "privacy.somebody_else": Words(
        _("This is about somebody else, and you do not look after this tool."), ADMIN
    ),
    "privacy.only_from_there": Words(
        _("Erasing begins on the privacy page of your LMS."),
        _("Or ask whoever looks after this tool."),
    ),
    "privacy.nothing_kept": Words(_("Nothing is kept of this person."), AGAIN),
    "login.unknown": Words(_("This learning platform is not connected yet."), ADMIN),
    "login.pending": Words(
        _("This learning platform is connected but not approved yet."), ADMIN
    ),
    "login.storage": Words(
        _("Your browser keeps this page from remembering who you are."),
        _("Open the tool in a new window with the button below."),
    ),
    "launch.replayed": Words(_("This link was used already."), AGAIN),
    "launch.outside": Words(
        _("This page opens from inside a course."),
        _("Open your course and choose the tool where you add content."),
    ),
    "launch.expired": Words(_("Opening the tool took too long."), AGAIN),
    "launch.state": Words(_("We could not match this visit to its start."), AGAIN),
    "launch.token": Words(_("The platform's message could not be trusted."), ADMIN),
    "launch.deployment": Words(
        _("Your organisation has not switched this tool on here yet."), ADMIN
    ),
    "launch.anonymous": Words(
        _("The platform did not tell us who you are."),
        _("Ask your administrator to let this tool know a user id."),
    ),
    "launch.platform_error": Words(
        _("Your learning platform did not open the tool."),
        _("Leave this page and open the tool again from your course."),
    ),
    "launch.keys_unreachable": Words(
        _("Your learning platform cannot be asked whether this is really you."),
        _("Try again in a few minutes."),
    ),
    "launch.other_platform": Words(
        _("This connection now speaks for another institution."), ADMIN
    ),
    "launch.deployment_mismatch": Words(
        _("We could not match this visit to its start."), AGAIN
    ),
    "launch.target": Words(_("This link leads to another tool."), ADMIN),
    "launch.message_unknown": Words(
        _("The tool has no page for what the platform asked."), ADMIN
    ),
    "launch.no_links_wanted": Words(
        _("The platform asked for something other than a link to an activity."),
        _("Choose this tool where an activity or assignment can be added."),
    ),
    "session.ended": Words(_("Your session ended."), AGAIN),
    "session.unconfirmed": Words(
        _("Your course does not confirm any more that you teach it."), AGAIN
    ),
    "agreement.goals_missing": Words(_("There is no goal in it yet."), FORM),
    "brief.numbers": Words(_("These numbers do not go together."), FORM),
    "brief.title_missing": Words(_("A title is missing."), FORM),
    "draft.too_long": Words(_("This text is too long to be kept as a draft."), FORM),
    "exclusion.oneself": Words(_("Nobody can be kept from themselves."), FORM),
    "mentorship.reason": Words(_("Please choose one of the reasons."), FORM),
    "message.length": Words(
        _("A message needs some words, and not more than a few pages."), FORM
    ),
    "participant.capacity": Words(_("From none to twenty at a time."), FORM),
    "participant.chips": Words(_("Please choose times from the list."), FORM),
    "program.name_missing": Words(_("A name is missing."), FORM),
    "program.stand_in": Words(
        _("Neither the coordinator nor somebody from elsewhere can stand in."), FORM
    ),
    "program.numbers": Words(_("These numbers do not go together."), FORM),
    "session.not_booked": Words(
        _("This talk has no time yet."), _("Put it into your calendar when it has.")
    ),
    "done.day": Words(_("A day is missing."), FORM),
    "done.grade": Words(_("The grade has to be from 1 to 100 per cent."), FORM),
    "done.nobody": Words(_("The list names nobody of this course."), FORM),
    "skill.gone": Words(
        _("Somebody else changed the skills meanwhile."),
        _("Open the page again and look at what is there now."),
    ),
    "skill.too_many": Words(_("Five typed skills are the most."), FORM),
    "skill.twice": Words(_("Two lines name the same skill."), FORM),
    "skill.label_missing": Words(_("The skill needs a name."), FORM),
    "file.ticket": Words(
        _("This download was used already or waited too long."),
        _("Go back and ask for the file again."),
    ),
    "session.ticket": Words(_("This page waited too long."), AGAIN),
    "session.other_browser": Words(
        _("Another browser began this visit."),
        _("Open the tool again from your course, in this browser."),
    ),
    "session.read_only": Words(
        _("You are looking at this as somebody else, so nothing can be changed."),
        _("Stop acting as that person first."),
    ),
    "registration.refused": Words(
        _("The platform did not accept the connection."),
        _("Close this page and begin again where you pasted our address."),
    ),
    "registration.no_configuration": Words(
        _("This page is opened by a learning platform."),
        _("Paste its address where your platform asks for a registration link."),
    ),
    "registration.foreign_host": Words(
        _("The platform named addresses of another server."), ADMIN
    ),
    "registration.incomplete": Words(
        _("The platform's description of itself is incomplete."), ADMIN
    ),
    "registration.taken": Words(
        _("This platform is connected already. Nothing here has changed."),
        _("Open the tool from a course, or write to the person who looks after it."),
    ),
    "registration.invite": Words(
        _("This registration link was used or is too old."),
        _("Ask for a new link and open it from your platform within an hour."),
    ),
    "mentorship.step": Words(
        _("The other one was faster: it stands as you see it now."),
        _("Decide again if something is left to decide."),
    ),
    "mentorship.not_offered": Words(
        _("This is no open question any more."), _("It stands as you see it now.")
    ),
    "mentorship.not_living": Words(
        _("The two of you do not work together at the moment."),
        _("It stands as you see it now."),
    ),
    "mentorship.not_paused": Words(
        _("It does not rest."), _("It stands as you see it now.")
    ),
    "mentorship.not_concluding": Words(
        _("It does not come to its end at the moment."),
        _("It stands as you see it now."),
    ),
    "mentorship.nobody_left": Words(
        _("Both of them are in the course."), _("Let the two decide.")
    ),
    "mentorship.pause_date": Words(
        _("Choose a day that is still to come, within a year."), FORM
    ),
    "concern.answered": Words(
        _("Somebody has answered this report."), _("Look at how it stands now.")
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
        _("Call it off and offer another time to everybody."),
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
    "mentorship.mentee_taken": Words(
        _("Somebody else is working with this learner already."),
        _("Go back to your start page."),
    ),
    "mentorship.not_yours": Words(
        _("This mentorship is not yours."), _("Go back to your start page.")
    ),
    "consent.missing": Words(
        _("First say that you take part."),
        _("Answer the short questions, then come back."),
    ),
    "program.not_yours": Words(
        _("Only the coordinator of this program can do that."),
        _("Ask them, or the instructor of the course."),
    ),
    "practice.not_yours_to_review": Words(
        _("Somebody else reviews this."), _("Go back to what waits for you.")
    ),
    "practice.has_reviewer": Words(
        _("This is reviewed by somebody already, or closed."),
        _("Look at how it stands now."),
    ),
    "scope.not_observer": Words(
        _("This page is for parents and advisers whom the LMS names."),
        _("Go back to your start page."),
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
    "text.too_long": Words(_("That is too long."), _("Shorten it to what matters.")),
    "brief.due_past": Words(
        _("The due date has passed."), _("Choose a day that is still to come.")
    ),
    "brief.starts_late": Words(
        _("It would be due before it starts."), _("Choose an earlier start.")
    ),
    "scope.not_admin": Words(
        _("This page is for those who look after the tool for your organisation."),
        _("Go back to your start page. Your LMS administrators can name you."),
    ),
    "organisation.nobody": Words(
        _("Nobody with this whole name or address has opened the tool yet."),
        _("Ask them to open it once, or correct the name."),
    ),
    "organisation.several": Words(
        _("Several people have this name."), _("Give their address instead.")
    ),
    "organisation.right": Words(_("There is no such right."), FORM),
    "organisation.last_admin": Words(
        _("Somebody has to look after the tool."), _("Name somebody else first.")
    ),
    "organisation.copy_for_good": Words(
        _("Your LMS itself says that this is a copy."), ADMIN
    ),
    "platform.not_movable": Words(
        _("These two cannot become one."),
        _(
            "Both must be of one LMS, the new one not in use yet and without people "
            "or courses."
        ),
    ),
    "platform.held_changed": Words(
        _("Another launch was held meanwhile."), _("Look at it and decide again.")
    ),
    "origin.bad": Words(
        _(
            "One of these is no address of a server, such as https://moodle.example.edu."
        ),
        FORM,
    ),
    "origin.wildcard": Words(
        _(
            "A star may stand only for the whole first part, under a domain that is "
            "your LMS's alone."
        ),
        FORM,
    ),
    "origin.many": Words(_("These are too many addresses."), FORM),
    "course.off": Words(
        _("The tool is not switched on in this course yet."),
        _("Go to your start page: you can ask for it there."),
    ),
    "course.not_closed": Words(
        _("Nothing has to be asked for here."), _("Go back to your start page.")
    ),
    "program.not_named": Words(
        _("In your organisation only named people start programs."),
        _("Ask those who look after the tool to name you."),
    ),
    "program.not_running": Words(
        _("This program waits for approval, or is over."),
        _("Nobody can be asked to take part yet."),
    ),
    "program.answered": Words(
        _("This program was answered already."), _("Look at how it stands now.")
    ),
    "run.not_a_draft": Words(
        _("These pairs have been published already."), _("Look at how it stands now.")
    ),
}
"""Sentences by exact code."""

BY_STATUS: dict[int, Words] = {
    400: Words(_("The platform's request could not be read."), AGAIN),
    401: Words(_("Your session ended."), AGAIN),
    403: Words(
        _("This page is not open to you."),
        _("Go back to your start page. If you should see it, ask your coordinator."),
    ),
    404: Words(
        _("There is nothing here."),
        _("It may have been removed, or it belongs to somebody else."),
    ),
    405: Words(_("This page cannot be opened like that."), AGAIN),
    409: Words(
        _("Somebody was faster: this has changed since you opened it."),
        _("Look at how it stands now and decide again."),
    ),
    413: Words(_("That was too large."), _("Send a smaller file or a shorter text.")),
    422: Words(
        _("Some answers need another look."),
        _("Correct what is marked and send again."),
    ),
    429: Words(_("That was a little fast."), _("Wait a minute and try again.")),
    502: Words(
        _("Another system did not answer as it should."),
        _("Nothing is lost. Try again in a few minutes."),
    ),
    503: Words(_("The service is busy."), _("Try again in a minute.")),
}
"""Sentences by HTTP status, for codes without a row of their own."""

UNEXPECTED = Words(_("Something went wrong on our side."), ADMIN)
"""For everything else."""


def words(code: str, status: int = 500) -> Words:
    """Find the sentences for a code, else for its status."""
    return BY_CODE.get(code) or BY_STATUS.get(status) or UNEXPECTED


def words_of(error: MentorError) -> Words:
    """Find the sentences for one of our own errors."""
    return words(error.code, error.status)
