"""Setup and health in words: what each row is, and what its last try said."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.lti import services
from lti_mentor.platforms.models import Feature, Health

FEATURES: dict[Feature, tuple[LazyString, LazyString, LazyString]] = {
    Feature.LAUNCH: (
        _("Opening the tool"),
        _("People come in from the LMS, recognised."),
        _("Nobody comes in."),
    ),
    Feature.KEYS: (
        _("Keys"),
        _("The LMS can verify what we sign, and we what it signs."),
        _("Nobody comes in, no roster and no grades."),
    ),
    Feature.ROSTER: (
        _("Roster"),
        _("Who is in a course, by LTI, without any token."),
        _("People appear when they open the tool themselves."),
    ),
    Feature.GRADES: (
        _("Grades"),
        _("Scores go to the gradebook."),
        _("Scores stand here only; nothing is lost and they go out later."),
    ),
    Feature.NOTICES: (
        _("News of copied courses"),
        _("A copied course is known as one more offering of the same course at once."),
        _("It is known when somebody first opens the tool in the copy."),
    ),
    Feature.COMPLETION: (
        _("Completion"),
        _("Who finished the course: graduates are proposed as mentors."),
        _("Instructors name mentors by hand."),
    ),
    Feature.SKILLS: (
        _("Skills"),
        _("Competencies or outcomes, and who masters them."),
        _("Instructors type up to five skills."),
    ),
    Feature.LRS: (
        _("Record store"),
        _("Statements on what was applied go to your LRS."),
        _("Records stand here only."),
    ),
    Feature.MAIL: (
        _("Mail"),
        _("Notices outside the LMS."),
        _("People find everything when they open the tool."),
    ),
    Feature.CLOCK: (
        _("Clock"),
        _("Ours and the LMS's agree."),
        _("Launches may be refused as too old."),
    ),
}
"""Name, what it buys, what works without it (P1)."""
STATES: dict[Health, tuple[LazyString, str]] = {
    Health.OK: (_("Works"), "good"),
    Health.PARTIAL: (_("Works in part"), "warn"),
    Health.FAILED: (_("Does not work"), "bad"),
    Health.OFF: (_("Off"), "off"),
}
UNTRIED: tuple[LazyString, str] = (_("Not tried yet"), "off")
"""Nothing was asked yet: neither works nor does not."""
API_REFUSED = _(
    "The LMS API refused us. Look whether the token is still valid and the web "
    "service is on."
)
CODES: dict[str, LazyString] = {
    "not_checked": _('"Check again" tries it now.'),
    "launch.ok": _("The last visit was on %(at)s."),
    "launch.none_yet": _("Nobody has come in yet. Open the tool from a course."),
    "launch.deployments_wait": _(
        "Launches from %(count)s new places wait: accept them under Organisation."
    ),
    "launch.other_platform": _(
        "A launch came from another LMS than the first one with the same keys; it "
        "was refused. Organisation says what to do."
    ),
    "keys.ok": _(
        "Ours (%(ours)s) were read at our public address, the LMS's (%(theirs)s) at "
        "its own."
    ),
    "keys.theirs_unreachable": _(
        "The LMS's keys could not be read, so nobody can be recognised."
    ),
    "keys.theirs_unusable": _(
        "The LMS's address for keys answers, but with no key that can be used. Look "
        "at its address below."
    ),
    "keys.ours_unreachable": _(
        "The LMS's keys can be read. Ours could not be read at our own public "
        "address from here; if the LMS cannot either, roster and grades fail."
    ),
    "keys.ours_foreign": _(
        "Our public address shows other keys than ours: it leads to another "
        "installation. Look at the public address in the settings."
    ),
    "roster.ok": _("%(count)s people were read from a course."),
    "roster.no_launch_yet": _(
        "No launch from a course has told us where its roster is yet."
    ),
    "roster.no_scope": _("The LMS does not grant reading the roster. Switch on:"),
    "roster.refused": _("The LMS did not give us the roster."),
    "grades.ok": _("Writing and reading grades is granted."),
    "grades.partial": _("Writing is granted; these permissions are missing:"),
    "grades.no_scope": _("The LMS does not grant writing grades. Missing:"),
    "grades.refused": _("The LMS did not give us a token."),
    "notices.heard": _("The LMS has our address and has written to it."),
    "notices.asked": _("The LMS has our address; nothing has come from it yet."),
    "notices.not_offered": _(
        "No launch by a teacher has offered it. Canvas does, where it is permitted."
    ),
    "notices.paused": _("Nothing is asked for while all writing is paused."),
    "notices.no_scope": _("The LMS does not grant it. Switch on:"),
    "notices.refused": _("The LMS did not take our address."),
    "api.no_token": _("No token for the LMS's own API is set."),
    "api.token": _(
        "The LMS does not take our token. Make a new one there; whoever runs this "
        "server sets it with lti-mentor platform add --lms-token."
    ),
    "api.off": _("The LMS's web services are closed to us. Switch on:"),
    "api.silent": _("The LMS's API does not answer; it is asked again later."),
    "completion.ok": _("Course and activity completion can be read."),
    "completion.partial": _("Only a part can be read. Missing:"),
    "completion.failed": _("The account may not read completion. Missing:"),
    "completion.refused": API_REFUSED,
    "skills.ok": _("Skills and levels can be read."),
    "skills.partial": _("Only a part can be read. Missing:"),
    "skills.failed": _("The account may not read skills. Missing:"),
    "skills.refused": API_REFUSED,
    "lrs.off": _("No record store is set."),
    "lrs.ok": _("The record store takes our key."),
    "lrs.accepted": _("Statements were taken."),
    "lrs.failed": _("The record store did not answer; statements wait."),
    "lrs.write_only": _("Our key may write but not read; that is enough."),
    "lrs.key_refused": _("The record store refuses our key or its secret."),
    "lrs.no_store": _("There is no record store at this address."),
    "lrs.refused": _("The record store did not answer."),
    "mail.off": _(
        "No mail server is set. Whoever runs this server sets LTI_MENTOR_SMTP_URL and "
        "LTI_MENTOR_MAIL_FROM."
    ),
    "mail.ready": _("The mail server is there and takes our sign-in."),
    "mail.taken": _("The mail server took the last mail over."),
    "mail.no_answer": _("The mail server does not answer; mails wait."),
    "mail.no_tls": _(
        "The mail server offers no secure line (TLS), or its certificate is not valid; "
        "nothing is sent without."
    ),
    "mail.signed_out": _("The mail server refuses our user name or password."),
    "mail.sender_refused": _(
        "The mail server takes no mail from our sender address (LTI_MENTOR_MAIL_FROM)."
    ),
    "mail.refused": _("The mail server refused us; mails wait."),
    "clock.ok": _("%(seconds)s seconds apart."),
    "clock.ahead": _(
        "Our clock is %(seconds)s seconds ahead of the LMS's; more than 30 make "
        "launches fail. Set this server's clock by a time server."
    ),
    "clock.behind": _(
        "Our clock is %(seconds)s seconds behind the LMS's; more than 30 make "
        "launches fail. Set this server's clock by a time server."
    ),
    "clock.not_told": _("The LMS's answers do not tell its time."),
    "clock.refused": _("The LMS did not answer, so its time is unknown."),
}
"""What the last try said."""
SCOPES: dict[str, LazyString] = {
    services.LINE_ITEM: _(
        "Makes a column where the LMS names none, and anew when one was deleted."
    ),
    services.LINE_ITEM_READ: _("Finds a column that is there already."),
    services.RESULT_READ: _("Sees a grade that somebody changed, before ours is sent."),
    services.SCORE: _("Sends scores to the gradebook."),
    services.ROSTER: _("Reads who is in a course."),
    services.NOTICES: _("Tells of a copied course at once."),
}
"""What each scope that we ask for buys."""
CONTAINERS: dict[str, LazyString] = {
    "frame": _("inside the LMS's page"),
    "window": _("in a window of its own"),
}
