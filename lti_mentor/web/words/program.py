"""Refusals around programs, people and who is together with whom."""

from flask_babel import lazy_gettext as _

from lti_mentor.web.words.kinds import AGAIN, FORM, Words

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
    "agreement.goals_missing": Words(_("There is no goal in it yet."), FORM),
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
