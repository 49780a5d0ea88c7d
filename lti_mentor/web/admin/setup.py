"""Setup and health: a row a feature, tried one by one; pausing all writing (P1)."""

from datetime import datetime
from typing import Any

from flask import request

from lti_mentor.clock import now
from lti_mentor.errors import Missing
from lti_mentor.notices import telling
from lti_mentor.notices.models import Kind
from lti_mentor.passback import queries as deliveries
from lti_mentor.passback import service as passback
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import (
    Feature,
    Health,
    HealthRow,
    LMSKind,
    Registration,
)
from lti_mentor.sync import health
from lti_mentor.web import db, tool
from lti_mentor.web.admin import words
from lti_mentor.web.admin.desk import bp, changed, seen
from lti_mentor.web.pages import Answer, done, moment, render, scope

UNKNOWN_TO = {LMSKind.MOODLE: frozenset({Feature.NOTICES})}
"""What an LMS has never heard of needs no row: Moodle tells of no copied courses."""


@bp.get("/setup")
def setup() -> Answer:
    """Show of each feature its state, the LMS's last answer, what it buys."""
    registration = seen()
    return render(
        "admin/setup.html",
        registration=registration,
        rows=_rows(registration),
        public_url=tool().settings.public_url,
        has_mail=tool().settings.mail is not None,
        waiting=deliveries.waiting_count(db.session(), registration.id),
    )


def _rows(registration: Registration) -> list[dict[str, Any]]:
    session = db.session()
    known = queries.health(session, registration)
    busy = health.under_way(session, registration)
    unknown = UNKNOWN_TO.get(registration.lms_kind, frozenset())
    shown = [one for one in Feature if one not in unknown]
    first = sorted(shown, key=lambda one: _weight(known.get(one)))
    return [_row(one, known.get(one), is_busy=one in busy) for one in first]


def _weight(found: HealthRow | None) -> int:
    """Put what fails first; everything else keeps its place."""
    worst = (Health.FAILED, Health.PARTIAL)
    return worst.index(found.state) if found and found.state in worst else len(worst)


def _row(feature: Feature, found: HealthRow | None, *, is_busy: bool) -> dict[str, Any]:
    name, buys, without = words.FEATURES[feature]
    details = found.details if found else {}
    return {
        "key": feature.value,
        "name": name,
        "buys": buys,
        "without": without,
        "state": words.STATES[found.state] if found else words.UNTRIED,
        "is_well": found is not None and found.state is Health.OK,
        "words": _sentence(found),
        "ways": _ways(details.get("ways", [])),
        "missing": _missing(details),
        "scopes": [(s, words.SCOPES.get(s, "")) for s in details.get("scopes", [])],
        "answer": found.answer if found else None,
        "checked_at": found.checked_at if found else None,
        "is_busy": is_busy,
    }


def _sentence(found: HealthRow | None) -> str:
    if found is None:
        return str(words.CODES["not_checked"])
    facts = dict(found.details)
    if "at" in facts:
        facts["at"] = moment(datetime.fromisoformat(facts["at"]))
    return str(words.CODES.get(found.code, "")) % facts


def _ways(told: list[list[Any]]) -> list[dict[str, Any]]:
    return [
        {"browser": browser, "how": words.CONTAINERS.get(how, ""), "count": count}
        for browser, how, count in told
    ]


def _missing(details: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is missing with the way there, which may be unknown."""
    names, menus = details.get("missing", []), details.get("menu", [])
    return [(n, menus[i] if i < len(menus) else "") for i, n in enumerate(names)]


@bp.post("/setup/check")
def check() -> Answer:
    """Try one row again, or everything."""
    registration = changed()
    health.request(db.session(), registration, _feature(request.form.get("feature")))
    return done("admin.setup", "checked")


def _feature(name: str | None) -> Feature | None:
    if not name:
        return None
    if name not in set(Feature):
        raise Missing("feature.missing")
    return Feature(name)


@bp.post("/setup/mail")
def try_mail() -> Answer:
    """Send a test mail to whoever asks, at the address their LMS told."""
    changed()
    person, session = scope().person, db.session()
    if not person.address:
        return done("admin.setup", "no_address")
    cause = f"trial/{now():%Y-%m-%dT%H:%M:%S}"
    telling.write(session, Kind.TRIAL, person, [person], cause=cause)
    return done("admin.setup", "mail_asked")


@bp.post("/setup/writing")
def writing() -> Answer:
    """Pause all writing to this LMS and its record store, or go on."""
    registration, session = changed(), db.session()
    if request.form.get("pause") == "yes":
        passback.pause(session, registration)
        return done("admin.setup", "paused")
    passback.resume(session, registration)
    return done("admin.setup", "resumed")
