"""Where the tool is used and what fails, in numbers; open to readers, too (P30)."""

from collections.abc import Callable

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.mentoring.models import ProgramState
from lti_mentor.reports import usage as numbers
from lti_mentor.reports.usage import CourseUse
from lti_mentor.sync.models import SyncState
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp
from lti_mentor.web.pages import Answer, render, scope

FILTERS: dict[str, tuple[LazyString, Callable[[CourseUse], bool]]] = {
    "trouble": (_("Something fails"), lambda row: row.has_trouble),
    "running": (
        _("A program runs"),
        lambda row: ProgramState.RUNNING in row.programs,
    ),
    "none": (_("No program"), lambda row: not row.programs),
    "waiting": (
        _("A program waits for approval"),
        lambda row: ProgramState.DRAFT in row.programs,
    ),
}
"""What the list can be narrowed down to."""
PROGRAMS: dict[ProgramState, tuple[LazyString, str]] = {
    ProgramState.DRAFT: (_("Waits for approval"), "wait"),
    ProgramState.DECLINED: (_("Not approved"), "off"),
    ProgramState.RUNNING: (_("Runs"), "good"),
    ProgramState.PAUSED: (_("Takes nobody new"), "warn"),
    ProgramState.ARCHIVED: (_("Over"), "off"),
}
READINGS: dict[SyncState, tuple[LazyString, str]] = {
    SyncState.WAITING: (_("Waits to be read"), "wait"),
    SyncState.RUNNING: (_("Being read"), "wait"),
    SyncState.DONE: (_("Read"), "good"),
    SyncState.PARTIAL: (_("Read in part"), "warn"),
    SyncState.FAILED: (_("Could not be read"), "bad"),
}


@bp.get("/usage")
def usage() -> Answer:
    """Show every course: program, people, last use, what fails; the worst first."""
    who = scope()
    who.require(who.may_read_numbers, "scope.not_reader")
    rows = numbers.by_course(db.session(), who.registration)
    chosen = request.args.get("show", "")
    is_wanted = FILTERS[chosen][1] if chosen in FILTERS else lambda _row: True
    shown = [row for row in rows if is_wanted(row)]
    return render(
        "admin/usage.html",
        rows=sorted(shown, key=lambda row: not row.has_trouble),
        totals=numbers.totals(rows),
        filters={name: label for name, (label, _is) in FILTERS.items()},
        chosen=chosen if chosen in FILTERS else "",
        programs=PROGRAMS,
        readings=READINGS,
    )
