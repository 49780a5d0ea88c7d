"""The first page after a launch, and the pages everybody has."""

from typing import cast

from flask import current_app, g
from flask_babel import gettext as _

from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import OPEN
from lti_mentor.people.scope import Scope
from lti_mentor.privacy.sight import SIGHTS, Viewer
from lti_mentor.web import closed, db, names, sentences
from lti_mentor.web.pages import Answer, blueprint, done, mentorships, render, scope

bp = blueprint("home", __name__)
bp.add_app_template_filter(names.named)
bp.add_app_template_filter(names.initials)


@bp.get("/home")
def show() -> Answer:
    """Show people the page that is theirs, without sending them round for it."""
    g.endpoint = _page(scope())
    return cast(Answer, current_app.view_functions[g.endpoint]())


@bp.get("/practice")
def launched() -> Answer:
    """Open the practice that was launched: a learner's own work, staff's board."""
    who = scope()
    if who.launch.get("work") and who.is_learner:
        return done("practice.show", work=who.launch["work"])
    return show()


def _page(who: Scope) -> str:
    ways = (
        (closed.is_closed(who), "closed.show"),
        (who.is_deep_linking and who.may_choose_content, "deep_link.build"),
        (who.is_staff, "board.show"),
        (who.is_org_admin and who.course is None, "admin.setup"),
        (who.is_observer, "observer.show"),
        (_only_mentors(who), "mentor.turn"),
        (who.course is None, "hub.show"),
    )
    return next((page for is_theirs, page in ways if is_theirs), "learner.show")


def _only_mentors(who: Scope) -> bool:
    """Say whether all that is open for somebody is mentoring.

    In a course they learn in it must be mentoring there: what they may learn comes
    first.
    """
    open_ones = [one for one in mentorships() if one.state in OPEN]
    if not open_ones or any(one.mentor_id != who.person.id for one in open_ones):
        return False
    if who.course is None or not who.is_learner:
        return True
    here = {program.id for program in queries.programs_in(db.session(), who.course)}
    return any(one.program_id in here for one in open_ones)


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
