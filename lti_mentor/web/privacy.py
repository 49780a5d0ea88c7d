"""What is kept about somebody: to look at, take along and erase (D21).

Reached by the platform's DataPrivacyLaunchRequest, which names whom it is about, and by
everybody for themselves.
"""

import json
from datetime import datetime
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from lti_mentor.errors import NotAllowed
from lti_mentor.lti.claims import MessageType
from lti_mentor.people import queries
from lti_mentor.people.models import Person
from lti_mentor.privacy import erasure, export
from lti_mentor.web import db, sentences
from lti_mentor.web.pages import Answer, blueprint, refuse, render, scope

bp = blueprint("privacy", __name__)
PAGE = "common/kept.html"


@bp.get("/kept")
def show() -> Answer:
    """Show what is kept, as counts in words, and what can be done."""
    return render(PAGE, errors={}, **_data(_subject()))


@bp.get("/kept/export")
def take() -> Answer:
    """Give all of it as one readable file."""
    person = _known(_subject())
    told = json.dumps(
        export.of_person(db.session(), person),
        ensure_ascii=False,
        indent=2,
        default=lambda value: (
            value.isoformat() if isinstance(value, datetime) else str(value)
        ),
    )
    answer = Response(told, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="kept.json"'
    return answer


@bp.post("/kept/erase")
def erase() -> Answer:
    """Forget the person this privacy launch is about, once that was typed."""
    who = scope()
    who.require(who.may_write and _is_privacy_launch(), "privacy.only_from_there")
    person = _known(_subject())
    if request.form.get("typed", "").strip().casefold() != _word().casefold():
        errors = {"typed": _("Type the word to go on.")}
        return refuse(PAGE, errors, **_data(person))
    counts = erasure.erase(db.session(), person)
    return render("common/forgotten.html", rows=sum(counts.values()))


def _subject() -> Person | None:
    """Return whom this is about; None when nothing was ever kept of them.

    Raises:
        NotAllowed: It is about somebody else, and this is no admin of the organisation.
    """
    who = scope()
    named = who.launch.get("for_user") if _is_privacy_launch() else None
    if named in {None, who.person.sub}:
        return who.person
    who.require(who.is_org_admin, "privacy.somebody_else")
    return queries.person_by_sub(db.session(), who.registration, named)


def _known(person: Person | None) -> Person:
    if person is None:
        raise NotAllowed("privacy.nothing_kept")
    return person


def _is_privacy_launch() -> bool:
    return scope().launch.get("message") == MessageType.DATA_PRIVACY


def _word() -> str:
    return str(_("erase"))


def _data(person: Person | None) -> dict[str, Any]:
    kept = export.of_person(db.session(), person) if person else {}
    return {
        "person": person,
        "is_me": person is scope().person,
        "kept": [(sentences.KEPT[name], len(rows)) for name, rows in kept.items()],
        "may_erase": scope().may_write and _is_privacy_launch(),
        "word": _word(),
    }
