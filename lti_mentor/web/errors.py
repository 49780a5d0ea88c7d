"""Every error becomes a page or JSON with a code to quote, never its own text."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lti_mentor.errors import Conflict, MentorError
from lti_mentor.people import sessions
from lti_mentor.platforms.origins import origins_of
from lti_mentor.platforms.queries import all_origins
from lti_mentor.web import db, decisions, pages
from lti_mentor.web.words import words

log = logging.getLogger(__name__)

LABELS = {
    "error": _("The platform said"),
    "description": _("Its explanation"),
    "claim": _("Part of the message"),
    "reason": _("Reason"),
    "status": _("Status"),
}
"""Details of an error that a page may show, and what they are called."""


MEANWHILE = (StaleDataError, IntegrityError)
"""What the database says when somebody else was faster."""


class SignedOut(MentorError):
    """No living session: open the tool again from the course."""

    status = 401


def init(app: Flask) -> None:
    """Answer every kind of error."""
    app.register_error_handler(MentorError, _ours)
    app.register_error_handler(HTTPException, _http)
    for meanwhile in MEANWHILE:
        app.register_error_handler(meanwhile, _stale)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: MentorError) -> Response:
    if error.status >= 500:
        log.warning("failed code=%s correlation=%s", error.code, _correlation())
    response = answer(error.code, error.status, error.details)
    if error.status == 429:
        response.headers["Retry-After"] = str(error.details["retry_after"])
    return response


def _http(error: HTTPException) -> Response:
    response = answer(f"http.{error.code}", error.code or 500, {})
    if error.code == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", ()) or ())
    return response


def _stale(_error: Exception) -> Response:
    return _ours(Conflict("page.changed_meanwhile"))


def _unexpected(error: Exception) -> Response:
    """Answer what nobody foresaw; the log says where, without its text."""
    frames = error.__traceback__
    while frames and frames.tb_next:
        frames = frames.tb_next
    code = frames.tb_frame.f_code if frames else None
    log.error(
        "unexpected kind=%s where=%s:%s correlation=%s",
        type(error).__name__,
        code.co_filename.rpartition("/")[2] if code else "",
        frames.tb_lineno if frames else 0,
        _correlation(),
    )
    return answer("page.unexpected", 500, {})


def answer(code: str, status: int, details: dict[str, Any]) -> Response:
    """Return the error page, or JSON where JSON was asked for."""
    db.session.rollback()
    decisions.note(code=code, reason=str(details.get("reason") or ""))
    _let_platforms_frame_it()
    if request.is_json or request.path.startswith("/lti/session"):
        body = jsonify(code=code, correlation=_correlation())
        return make_response(body, status)
    said = words(code, status)
    facts = {
        "code": code,
        "correlation": _correlation(),
        "title": said.title,
        "advice": said.advice,
        "details": [(LABELS[k], v) for k, v in details.items() if k in LABELS and v],
    }
    return make_response(_page(facts), status)


def _page(facts: dict[str, Any]) -> str:
    """Show it with the person's navigation, or bare where even that cannot be had."""
    if "scope" not in g or request.path.startswith("/file/"):
        return render_template("error.html", **facts)
    try:
        return pages.render("problem.html", **facts)
    except Exception:  # noqa: BLE001 - the page's own data may be what failed
        db.session.rollback()
        return render_template("error.html", **facts)


def _let_platforms_frame_it() -> None:
    """A refusal must be readable inside the course, whoever's launch it was."""
    if "frame_origins" in g:
        return
    try:
        g.frame_origins = _origins(request.path)
    except Exception:  # noqa: BLE001 - the database may be what failed
        g.frame_origins = []
    db.session.rollback()


def _origins(path: str) -> list[str]:
    if path.startswith(("/lti/", "/file/")):
        return all_origins(db.session())
    _, _, rest = path.partition("/s/")
    row = sessions.by_handle(db.session(), rest.partition("/")[0])
    return origins_of(row.registration) if row else []


def _correlation() -> str:
    return str(g.get("correlation", ""))
