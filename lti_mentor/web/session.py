"""The door to `/s/<handle>/...`: who comes in; one transaction a request (D24)."""

from dataclasses import asdict
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    request,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from lti_mentor.db import transaction, write
from lti_mentor.errors import Missing, NotAllowed
from lti_mentor.people import drafts, links, sessions
from lti_mentor.people.models import LinkKind, WebSession
from lti_mentor.people.scope import Scope
from lti_mentor.platforms.origins import origins_of
from lti_mentor.web import db, decisions, errors, fixed, recheck, tool
from lti_mentor.web.errors import SignedOut
from lti_mentor.web.security import SAFE, form_origin

bp = Blueprint("session", __name__)
OWN_UNITS = frozenset({"lti", "session", "registration", "static"})
"""Blueprints that open and close their units of work themselves."""


def init(app: Flask) -> None:
    """Put the door before every page of a session; call after security's rules."""
    fixed.init(app)
    app.before_request(_open)
    app.after_request(_settle)
    app.register_blueprint(bp)


def bearer() -> str:
    """Return the token of the Authorization header, or nothing."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _open() -> ResponseReturnValue | None:
    """Let in who has a living session; without a bearer there is only the shell."""
    session = db.session()
    handle = (request.view_args or {}).pop("handle", None)
    if handle is None:
        if request.method not in SAFE and request.blueprint not in OWN_UNITS:
            write(session)
        return None
    if not bearer() and request.method in SAFE:
        return _shell(session, handle)
    if request.method not in SAFE:
        recheck.before(session, request.endpoint or "", bearer(), handle)
        write(session)
    row = sessions.authenticate(session, bearer(), handle)
    if row is None:
        raise SignedOut("session.ended")
    tool().pace.note(row.public_id)
    _enter(row)
    return None


def _enter(row: WebSession) -> None:
    if row.is_read_only and request.method not in SAFE:
        raise NotAllowed("session.read_only")
    g.scope = Scope.of(row)
    g.frame_origins = origins_of(row.registration)
    g.session_id = row.id
    g.touch = sessions.needs_touch(row)


def _shell(session: Session, handle: str) -> str:
    """Answer the empty page; a session's handle tells only who may frame it."""
    row = sessions.by_handle(session, handle)
    if row is not None:
        g.frame_origins = origins_of(row.registration)
        wanted = row.launch.get("deep_linking") or {}
        g.form_origins = form_origin(wanted.get("return_url", ""))
    return fixed.part("shell.html")


def _settle(response: Response) -> Response:
    """Keep what a request did when it went well; else forget it."""
    session = db.session()
    try:
        if response.status_code < 400 and request.method not in SAFE:
            session.commit()
    except errors.MEANWHILE:
        response = errors.answer("page.changed_meanwhile", 409, {})
    finally:
        session.rollback()
    if g.pop("touch", False) and response.status_code < 500:
        with transaction(session):
            sessions.touch(session, g.session_id)
    return response


@bp.post("/lti/session")
def exchange() -> ResponseReturnValue:
    """Turn a launch ticket into a session: `{ticket, secret?}`."""
    given = _json()
    ticket, secret = given.get("ticket"), given.get("secret")
    if not isinstance(ticket, str) or not isinstance(secret, str | None):
        raise BadRequest
    session = db.session()
    with transaction(session):
        opened = sessions.exchange(session, ticket, secret)
    decisions.note(code="session.opened")
    return jsonify(asdict(opened))


@bp.post("/lti/session/extend")
def extend() -> ResponseReturnValue:
    """Say that somebody is still there."""
    session = db.session()
    with transaction(session):
        row = sessions.authenticate(session, bearer())
        if row is None:
            raise SignedOut("session.ended")
        sessions.touch(session, row.id)
    return jsonify(expires_in=int(sessions.REST.total_seconds()))


@bp.post("/lti/session/end")
def end() -> ResponseReturnValue:
    """End this session now."""
    session = db.session()
    with transaction(session):
        row = sessions.authenticate(session, bearer())
        if row is not None:
            sessions.end(session, row.id)
    return "", 204


@bp.route("/s/<handle>/drafts/<path:form>", methods=["GET", "POST", "DELETE"])
def draft(form: str) -> ResponseReturnValue:
    """Keep, give back or forget what somebody is typing: `{fields: {name: [text]}}`."""
    session, person = db.session(), g.scope.person
    if request.method == "GET":
        fields = drafts.load(session, person, form)
        return jsonify(fields=fields) if fields else ("", 204)
    if request.method == "DELETE":
        drafts.clear(session, person, form)
        return "", 204
    drafts.save(session, person, form, _fields(_json().get("fields")))
    return "", 204


@bp.post("/s/<handle>/ticket")
def ticket() -> ResponseReturnValue:
    """Give a one-use ticket for a download of this session: `{path}`."""
    path = _json().get("path")
    root = f"/s/{g.scope.handle}/"
    if not isinstance(path, str) or not path.startswith(root) or len(path) > 2000:
        raise BadRequest
    payload = {"path": path, "session_id": g.session_id}
    return jsonify(ticket=links.issue(db.session(), LinkKind.DOWNLOAD, payload))


@bp.get("/file/<ticket>")
def file(ticket: str) -> ResponseReturnValue:
    """Give the file a ticket is for, once, as the session that asked for it.

    Only what is saved as a file: no page of a session opens without its bearer.
    """
    session = db.session()
    with transaction(session):
        found = links.use(session, LinkKind.DOWNLOAD, ticket)
    if found is None:
        raise Missing("file.ticket")
    row = session.get(WebSession, found["session_id"])
    if row is None or not sessions.is_alive(row):
        raise SignedOut("session.ended")
    _enter(row)
    answer = current_app.make_response(_view(found["path"]))
    if not answer.headers.get("Content-Disposition", "").startswith("attachment"):
        raise Missing("file.ticket")
    return answer


def _view(path: str) -> Any:
    address, _, query = path.partition("?")
    adapter = current_app.create_url_adapter(request)
    if adapter is None or query:
        raise Missing("file.ticket")
    endpoint, values = adapter.match(address, method="GET")
    ids = {name: value for name, value in values.items() if name != "handle"}
    return current_app.view_functions[endpoint](**ids)


def _json() -> dict[str, object]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise BadRequest
    return given


def _fields(given: object) -> dict[str, list[str]]:
    if not isinstance(given, dict):
        raise BadRequest
    return {
        str(name): [str(text) for text in texts]
        for name, texts in given.items()
        if isinstance(texts, list)
    }
