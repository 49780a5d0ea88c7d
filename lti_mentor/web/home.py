"""The first page after a launch, and the pages everybody has."""

from flask import request
from flask_babel import gettext as _

from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import OPEN
from lti_mentor.people.scope import Scope
from lti_mentor.privacy.sight import SIGHTS, Viewer
from lti_mentor.web import db, sentences
from lti_mentor.web.pages import Answer, blueprint, done, render, scope

bp = blueprint("home", __name__)
bp.add_app_template_filter(sentences.named)


@bp.get("/home")
def show() -> Answer:
    """Send people to the page that is theirs."""
    return done(_page(scope()), request.args.get("done", ""))


@bp.get("/practice")
def launched() -> Answer:
    """Open the practice that was launched: a learner's own work, staff's board."""
    who = scope()
    if who.launch.get("work") and who.is_learner:
        return done("practice.show", work=who.launch["work"])
    return show()


def _page(who: Scope) -> str:
    ways = (
        (who.is_deep_linking and who.may_choose_content, "deep_link.build"),
        (who.is_staff, "board.show"),
        (who.is_org_admin and who.course is None, "admin.setup"),
        (_mentors(who), "mentor.turn"),
    )
    return next((page for is_theirs, page in ways if is_theirs), "learner.show")


def _mentors(who: Scope) -> bool:
    mine = queries.mentorships_of(db.session(), who.person)
    return any(m.mentor_id == who.person.id and m.state in OPEN for m in mine)


@bp.get("/sight")
def sight() -> Answer:
    """Say who sees what, from the table the rules are held against."""
    rows = [
        {"thing": sentences.SIGHTS[row.thing], "viewers": row.viewers} for row in SIGHTS
    ]
    columns = [(viewer, sentences.VIEWERS[viewer]) for viewer in Viewer]
    return render("common/sight.html", rows=rows, columns=columns)


@bp.get("/guide")
def guide() -> Answer:
    """Explain the tool to whoever asks."""
    return render("common/guide.html", steps=[_("Plan"), _("Apply"), _("Reflect")])
