"""Error codes in words: what happened, and what the person can do.

Features raise codes (`lti_mentor.errors`); these tables turn them into sentences. A
code without its own row is read by its status. Add rows next to their kin.
"""

from flask_babel import lazy_gettext as _

from lti_mentor.errors import MentorError
from lti_mentor.web.words import door, practice, program
from lti_mentor.web.words.kinds import ADMIN, AGAIN, Words

BY_CODE = door.BY_CODE | program.BY_CODE | practice.BY_CODE
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
