"""The invitation, opened in a browser: which LMS, our values, and a form for theirs."""

from collections.abc import Mapping

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from lti_mentor.db import reading, transaction
from lti_mentor.errors import Conflict, Outside, Refused
from lti_mentor.lti.registration import Registered, vouch
from lti_mentor.platforms.models import LMSKind
from lti_mentor.web import db, tool
from lti_mentor.web.forms import FormError, read
from lti_mentor.web.registration.desk import bp, connected, decided
from lti_mentor.web.registration.forms import (
    ADDRESS_MISSING,
    BLAMED,
    FORMS,
    NOBODY,
    PLATFORMS,
    WRONG,
)
from lti_mentor.web.registration.keeping import Outcome, is_invited, keep
from lti_mentor.web.registration.values import values_for
from lti_mentor.web.words import words

Errors = Mapping[str, LazyString | str]
"""What is wrong, by field."""


def choose(invite: str) -> ResponseReturnValue:
    """Ask which LMS it is; once that is known, show how it is installed there."""
    _require(invite)
    if "lms" in request.args:
        return _page(_family(), invite, {})
    address = f"{tool().settings.public_url}/lti/register?invite={invite}"
    return render_template("install/choose.html", invite=invite, address=address)


@bp.post("/lti/register/by-hand")
def by_hand() -> ResponseReturnValue:
    """Connect the platform that was typed in, once it shows us its keys."""
    invite, family = request.form.get("invite", ""), _family()
    _require(invite)
    try:
        registered = _read(family)
        vouch(tool().http, registered.platform)
        outcome = _keep(registered, invite)
    except (FormError, Conflict, Outside) as problem:
        db.session.rollback()
        return make_response(_page(family, invite, _errors(problem, family)), 422)
    decided(f"registration.{outcome}")
    return connected(family, outcome, by_hand=True)


def _require(invite: str) -> None:
    """Refuse whoever has no invitation, and whoever comes with a spent one."""
    with reading(db.session()) as session:
        if not is_invited(session, invite):
            raise Refused("registration.invite")


def _family() -> LMSKind:
    chosen = request.values.get("lms", "")
    return LMSKind(chosen) if chosen in set(LMSKind) else LMSKind.OTHER


def _read(family: LMSKind) -> Registered:
    given = read(FORMS[family])
    if given.get("hosting") == "own" and not given["address"]:
        raise FormError({"address": ADDRESS_MISSING})
    deployments = (given["deployment_id"],) if given["deployment_id"] else ()
    return Registered(PLATFORMS[family](given), given["client_id"], deployments)


def _keep(registered: Registered, invite: str) -> Outcome:
    with transaction(db.session()) as session:
        outcome = keep(session, registered, invite)
        if outcome is Outcome.RENEWED:
            raise Conflict("registration.taken")
        return outcome


def _page(family: LMSKind, invite: str, errors: Errors) -> str:
    return render_template(
        f"install/{family}.html",
        invite=invite,
        lms=family,
        values=values_for(family, tool().settings.public_url),
        given=request.form,
        errors=errors,
    )


def _errors(problem: FormError | Conflict | Outside, family: LMSKind) -> Errors:
    """Return what is wrong, at the field it is wrong in."""
    if isinstance(problem, FormError):
        return problem.errors
    if isinstance(problem, Conflict):
        return {"client_id": words(problem.code).title}
    claim = str(problem.details.get("claim", ""))
    return {BLAMED[family].get(claim, claim): WRONG.get(problem.code, NOBODY)}
