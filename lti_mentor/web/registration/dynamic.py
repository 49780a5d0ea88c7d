"""Dynamic registration, opened inside the LMS by its admin; and Canvas's JSON."""

from flask import (
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from lti_mentor.db import reading, transaction
from lti_mentor.errors import MentorError, Outside, Refused
from lti_mentor.lti.configuration import canvas_config
from lti_mentor.lti.registration import Opening, Platform, discover, register
from lti_mentor.platforms.origins import origin_of
from lti_mentor.web import db, tool
from lti_mentor.web.errors import LABELS
from lti_mentor.web.registration.desk import bp, connected, decided
from lti_mentor.web.registration.keeping import Outcome, is_invited, keep
from lti_mentor.web.registration.manual import choose
from lti_mentor.web.words import words

SPENT = frozenset({401, 403, 404})
"""A platform answers so when its token was used or is too old: trying again is no use.
Moodle: 401 `token_already_used`, 404 for a foreign one (measured); Canvas: 401."""


@bp.get("/lti/register")
def ask() -> ResponseReturnValue:
    """Say what connecting means, and offer the button.

    The same address serves an invitation opened in a browser of one's own.
    """
    invite = request.args.get("invite", "")
    if invite and "openid_configuration" not in request.args:
        return choose(invite)
    opening = _opening()
    with reading(db.session()) as session:
        is_welcome = is_invited(session, invite)
    return render_template(
        "install/ask.html",
        opening=opening,
        invite=invite,
        is_invited=is_welcome,
        platform=origin_of(opening.configuration_url),
    )


@bp.post("/lti/register")
def connect() -> ResponseReturnValue:
    """Connect with the platform that opened this page; a failure can be retried."""
    opening, invite = _opening(), request.form.get("invite", "")
    try:
        platform = discover(tool().http, opening)
        outcome = _connect(opening, platform, invite)
    except MentorError as failure:
        return _failed(failure, opening, invite)
    decided(f"registration.{outcome}")
    return connected(platform.family, outcome)


@bp.get("/lti/canvas.json")
def canvas() -> ResponseReturnValue:
    """Return what a Canvas developer key is made from."""
    return jsonify(canvas_config(tool().settings.public_url))


@bp.get("/lti/icon.svg")
def icon() -> Response:
    """Return our picture: pages of any LMS may show this one, and nothing else."""
    response = current_app.send_static_file("icon.svg")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _connect(opening: Opening, platform: Platform, invite: str) -> Outcome:
    public_url = tool().settings.public_url
    registered = register(tool().http, opening, platform, public_url)
    with transaction(db.session()) as session:
        return keep(session, registered, invite)


def _opening() -> Opening:
    """Read the parameters a platform opens us with; its page may frame ours."""
    url = request.values.get("openid_configuration", "")
    origin = origin_of(url)
    if origin is None or len(url) > 4096:
        raise Refused("registration.no_configuration")
    g.frame_origins = [origin]
    return Opening(url, request.values.get("registration_token"))


def _failed(failure: MentorError, opening: Opening, invite: str) -> Response:
    """Show why, the way back to the LMS, and, where it may help, another try."""
    decided(failure.code)
    db.session.rollback()
    said = words(failure.code, failure.status)
    is_spent = failure.details.get("status") in SPENT
    page = render_template(
        "install/failed.html",
        opening=opening,
        invite=invite,
        code=failure.code,
        correlation=g.get("correlation", ""),
        title=said.title,
        advice=said.advice,
        details=[
            (LABELS[k], v) for k, v in failure.details.items() if k in LABELS and v
        ],
        may_retry=not is_spent and isinstance(failure, Refused | Outside),
    )
    return make_response(page, failure.status)
