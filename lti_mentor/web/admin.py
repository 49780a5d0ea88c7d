"""Setup and health, and the records of a whole organisation."""

from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.activity.models import Delivery, DeliveryState
from lti_mentor.db import get_public
from lti_mentor.passback import queries as passback_queries
from lti_mentor.passback import service as passback
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.sync import health
from lti_mentor.web import db, tool
from lti_mentor.web.pages import Answer, blueprint, done, render, scope

bp = blueprint("admin", __name__)

FEATURES: dict[Feature, tuple[LazyString, LazyString, LazyString]] = {
    Feature.LAUNCH: (
        _("Opening the tool"),
        _("People come in from the LMS, recognised."),
        _("Nobody comes in."),
    ),
    Feature.KEYS: (
        _("Our keys"),
        _("The LMS can verify what we sign."),
        _("No roster and no grades."),
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
CODES: dict[str, LazyString] = {
    "not_checked": _('"Check again" tries it now.'),
    "launch.ok": _("You are here, so it does."),
    "launch.other_platform": _(
        "A launch came from another LMS than the first one with the same keys; it "
        "was refused."
    ),
    "keys.ok": _("Published at the address below."),
    "roster.ok": _("%(count)s people were read from a course."),
    "roster.no_launch_yet": _(
        "No launch from a course has told us where its roster is yet."
    ),
    "roster.refused": _("The LMS did not give us the roster."),
    "grades.ok": _("Writing and reading grades is granted."),
    "grades.partial": _("Writing is granted; these permissions are missing:"),
    "grades.no_scope": _("The LMS does not grant writing grades. Missing:"),
    "grades.refused": _("The LMS did not give us a token."),
    "api.no_token": _("No token for the LMS's own API is set."),
    "completion.ok": _("Course and activity completion can be read."),
    "completion.partial": _("Only a part can be read. Missing:"),
    "completion.failed": _("The account may not read completion. Missing:"),
    "completion.refused": _("The LMS API refused us."),
    "skills.ok": _("Skills and levels can be read."),
    "skills.partial": _("Only a part can be read. Missing:"),
    "skills.failed": _("The account may not read skills. Missing:"),
    "skills.refused": _("The LMS API refused us."),
    "lrs.off": _("No record store is set."),
    "lrs.set": _("Set; nothing has been sent yet."),
    "xapi.accepted": _("Statements were taken."),
    "mail.off": _("This version sends no mail."),
    "clock.not_checked": _("Checked with each launch: one that is off is refused."),
}
"""What the last try said."""


@bp.get("/setup")
def setup() -> Answer:
    """Show nine rows: state, the LMS's last answer, what it buys, what is missing."""
    registration = _registration()
    return render(
        "admin/setup.html",
        registration=registration,
        rows=_rows(registration),
        public_url=tool().settings.public_url,
        deployments=registration.deployments,
    )


def _registration() -> Registration:
    scope().require(scope().is_org_admin, "scope.not_admin")
    return scope().registration


def _rows(registration: Registration) -> list[dict[str, Any]]:
    known = queries.health(db.session(), registration)
    return [_row(feature, known.get(feature), registration) for feature in Feature]


def _row(feature: Feature, found: Any, registration: Registration) -> dict[str, Any]:
    name, buys, without = FEATURES[feature]
    state, code = _standing(feature, registration)
    if found is not None:
        state, code = found.state, found.code
    return {
        "name": name,
        "buys": buys,
        "without": without,
        "state": UNTRIED if code == "not_checked" else STATES[state],
        "words": str(CODES.get(code, "")) % (found.details if found else {}),
        "code": code,
        "missing": found.details.get("missing", []) if found else [],
        "menu": found.details.get("menu", []) if found else [],
        "answer": found.answer if found else None,
        "checked_at": found.checked_at if found else None,
    }


def _standing(feature: Feature, registration: Registration) -> tuple[Health, str]:
    """What can be said before anything was tried."""
    standing = {
        Feature.LAUNCH: (Health.OK, "launch.ok"),
        Feature.KEYS: (Health.OK, "keys.ok"),
        Feature.MAIL: (Health.OFF, "mail.off"),
        Feature.CLOCK: (Health.OK, "clock.not_checked"),
        Feature.LRS: (Health.OFF, "lrs.off")
        if not registration.lrs_url
        else (Health.OK, "lrs.set"),
    }
    return standing.get(feature, (Health.OFF, "not_checked"))


@bp.post("/setup/check")
def check() -> Answer:
    """Try everything again."""
    scope().require(scope().may_set_up, "scope.not_admin")
    health.request(db.session(), _registration())
    return done("admin.setup", "checked")


@bp.post("/setup/writing")
def writing() -> Answer:
    """Pause all writing to this LMS and its record store, or go on."""
    scope().require(scope().may_set_up, "scope.not_admin")
    registration, session = _registration(), db.session()
    if request.form.get("pause") == "yes":
        passback.pause(session, registration)
        return done("admin.setup", "paused")
    passback.resume(session, registration)
    return done("admin.setup", "resumed")


@bp.get("/records")
def records() -> Answer:
    """Show what was told to other systems; what failed comes first, with its words."""
    registration, session = _registration(), db.session()
    held = (DeliveryState.DEAD, DeliveryState.HELD, DeliveryState.WAITING)
    wrong = [
        row
        for state in held
        for row in passback_queries.listed(
            session, registration_id=registration.id, state=state
        )
    ]
    newest = passback_queries.listed(session, registration_id=registration.id, limit=50)
    return render(
        "admin/records.html",
        wrong=wrong,
        newest=[row for row in newest if row not in wrong],
        paused=registration.writes_paused,
    )


ACTS = {
    "retry": passback.retry,
    "overwrite": passback.overwrite,
    "keep": passback.keep_theirs,
    "discard": passback.discard,
}
"""What an admin may decide about a record that did not arrive."""
RESENDS = frozenset({passback.retry, passback.overwrite})


@bp.post("/records/<delivery>")
def answer(delivery: str) -> Answer:
    """Try again, keep what the gradebook says, or overwrite it: said and logged."""
    scope().require(scope().may_set_up, "scope.not_admin")
    session = db.session()
    found = get_public(
        session, Delivery, delivery, Delivery.registration_id == _registration().id
    )
    act = ACTS.get(request.form.get("do", ""))
    scope().require(act is not None, "records.no_such_answer")
    if act is not None:
        act(session, found)
    return done("admin.records", "retry" if act in RESENDS else "settings")
