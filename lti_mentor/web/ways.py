"""Ways in from a mail: one question with one button, and a link to the step (P25).

Both are open to whoever has the address, so neither says anything about anybody: who
reads something opens the tool in the course. Looking answers nothing, so a program
that fetches addresses from mails presses no button.
"""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentor.crypto import digest
from lti_mentor.db import transaction
from lti_mentor.notices import answers
from lti_mentor.notices.answers import Asked, Standing
from lti_mentor.notices.kinds import BUTTONS
from lti_mentor.notices.models import Notice
from lti_mentor.web import db, i18n, tool
from lti_mentor.web.pages import Answer

bp = Blueprint("ways", __name__)
CALM = {
    Standing.USED: _l("This was answered already. Nothing was changed."),
    Standing.OVER: _l("This link is too old, or was not copied whole."),
    Standing.SETTLED: _l("This has been settled meanwhile. Nothing was changed."),
}
"""What a button that answers nothing any more says."""


@bp.get("/answer/<secret>")
def look(secret: str) -> Answer:
    """Ask one question, with one button."""
    _slowly(secret)
    asked = answers.look(db.session(), secret)
    if asked.standing is not Standing.OPEN or asked.answer is None:
        return _calm(asked)
    with force_locale(_language(asked)):
        button = BUTTONS[asked.answer]
        return render_template(
            "ways/answer.html",
            question=_(button.question),
            label=_(button.label) if "%" not in button.label else _("Yes"),
        )


@bp.post("/answer/<secret>")
def give(secret: str) -> Answer:
    """Give the answer, once."""
    _slowly(secret)
    asked = answers.give(db.session(), secret)
    if asked.standing is not Standing.OPEN or asked.answer is None:
        return _calm(asked)
    with force_locale(_language(asked)):
        said = _(BUTTONS[asked.answer].done)
        return render_template("ways/said.html", said=said)


@bp.get("/go/<secret>")
def go(secret: str) -> Answer:
    """Remember the step for the next launch, and lead to the LMS."""
    _slowly(secret)
    session = db.session()
    with transaction(session):
        followed = answers.follow(session, secret)
    if followed and followed.page:
        return redirect(followed.page, 303)
    page = render_template("ways/open.html", is_remembered=followed is not None)
    return make_response(page, 200 if followed else 404)


def _calm(asked: Asked) -> Answer:
    said = CALM[asked.standing]
    return make_response(render_template("ways/said.html", said=said), 410)


def _language(asked: Asked) -> str:
    notice: Notice | None = asked.notice
    return i18n.choose(notice.person.locale if notice else None)


def _slowly(secret: str) -> None:
    """Slow down who asks for one address again and again."""
    tool().pace.note(UUID(digest(secret)[:32]))
