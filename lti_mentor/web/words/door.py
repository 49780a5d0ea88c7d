"""Refusals on the way in, and of whoever looks after the tool."""

from flask_babel import lazy_gettext as _

from lti_mentor.web.words.kinds import ADMIN, AGAIN, FORM, Words

BY_CODE: dict[str, Words] = {
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
    "draft.too_long": Words(_("This text is too long to be kept as a draft."), FORM),
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
    "scope.not_observer": Words(
        _("This page is for parents and advisers whom the LMS names."),
        _("Go back to your start page."),
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
    "feed.missing": Words(
        _("No calendar is at this address."),
        _("It was revoked or replaced, or not copied whole. Make a new one."),
    ),
    "course.not_closed": Words(
        _("Nothing has to be asked for here."), _("Go back to your start page.")
    ),
}
