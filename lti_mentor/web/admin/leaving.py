"""A clean exit: take everything along, switch off, erase; what stays in the LMS."""

from typing import Any

from flask import Response, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.clock import now
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.privacy import leaving as exits
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp, changed, seen
from lti_mentor.web.pages import Answer, refuse, render

PAGE = "admin/leaving.html"
STAYS: dict[LMSKind, tuple[tuple[LazyString, LazyString], ...]] = {
    LMSKind.MOODLE: (
        (
            _("Activities and their grade columns, with all grades"),
            _(
                "In each course: turn editing on, then delete the External tool "
                "activity; its column goes with it. To keep grades, export them first "
                "(Grades > Export)."
            ),
        ),
        (
            _("The tool's entry"),
            _(
                "Site administration > Plugins > Activity modules > External tool > "
                "Manage tools > this tool > Delete."
            ),
        ),
        (
            _("The web service token and its account"),
            _(
                "Site administration > Server > Web services > Manage tokens > Delete; "
                "then delete the account and its role."
            ),
        ),
    ),
    LMSKind.CANVAS: (
        (
            _("Assignments, their columns, grades and submission comments"),
            _(
                "In each course: Assignments > the assignment > Delete. To keep "
                "grades, export them first (Grades > Export)."
            ),
        ),
        (
            _("The app in courses and accounts, and its navigation entries"),
            _("Admin > Settings > Apps > View App Configurations > this app > Delete."),
        ),
        (
            _("The developer keys, with every access token given to them"),
            _("Admin > Developer Keys > both keys of this tool > Delete."),
        ),
    ),
    LMSKind.OTHER: (
        (
            _("Links to the tool, their columns and grades"),
            _("Delete the links in each course; export the grades first."),
        ),
        (
            _("The tool's registration"),
            _("Delete it where tools are administrated in your LMS."),
        ),
    ),
}
"""What we have written there and cannot take back, and how to remove it (P30)."""


@bp.get("/leaving")
def leaving() -> Answer:
    """Show the three steps, and what stays behind."""
    return render(PAGE, **_data(seen()))


def _data(registration: Registration) -> dict[str, Any]:
    return {
        "registration": registration,
        "counts": exits.counts(db.session(), registration),
        "stays": STAYS[registration.lms_kind],
        "value": {},
        "errors": {},
    }


@bp.get("/leaving/archive")
def archive() -> Answer:
    """Give what was set up as one file, piece by piece; nobody is in it (D4)."""
    registration = changed()
    pieces = exits.archive_of_nobody(db.engine.connect(), registration)
    answer = Response(pieces, mimetype="application/zip")
    name = f"lti-mentor-{now().date().isoformat()}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/leaving/revoke")
def revoke() -> Answer:
    """Switch it off: secrets forgotten, everybody signed out."""
    registration = changed()
    if not _is_confirmed(registration):
        return _again(registration, "revoke")
    page = render("admin/left.html", registration=registration, counts=None)
    exits.revoke(db.session(), registration)
    return page


@bp.post("/leaving/erase")
def erase() -> Answer:
    """Delete everything, after its name was typed."""
    registration = changed()
    if not _is_confirmed(registration):
        return _again(registration, "erase")
    counts = exits.counts(db.session(), registration)
    stays = STAYS[registration.lms_kind]
    page = render(
        "admin/left.html", registration=registration, counts=counts, stays=stays
    )
    exits.erase(db.session(), registration)
    return page


def _is_confirmed(registration: Registration) -> bool:
    typed = request.form.get("name", "").strip().casefold()
    return typed == registration.name.strip().casefold()


def _again(registration: Registration, what: str) -> Answer:
    sentence = _("Type the name exactly as it stands here.")
    return refuse(PAGE, {what: sentence}, **_data(registration))
