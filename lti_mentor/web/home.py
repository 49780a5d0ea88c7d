"""The first page after a launch, and the pages everybody has."""

from flask_babel import gettext as _

from lti_mentor.privacy.sight import SIGHTS, Viewer
from lti_mentor.web import sentences
from lti_mentor.web.pages import Answer, blueprint, done, render, scope

bp = blueprint("home", __name__)


@bp.get("/home")
def show() -> Answer:
    """Send people to the page that is theirs."""
    who = scope()
    if who.is_deep_linking and who.may_choose_content:
        return done("deep_link.build")
    if who.launch.get("work") and who.is_learner:
        return done("practice.show", work=who.launch["work"])
    if who.is_staff:
        return done("board.show")
    if who.is_org_admin and who.course is None and not who.launch.get("hub_person"):
        return done("admin.setup")
    return done("learner.show")


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
