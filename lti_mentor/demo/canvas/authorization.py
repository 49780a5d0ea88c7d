"""OAuth2 consent: `/login/oauth2/auth`.

Source: Canvas app/controllers/oauth2_provider_controller.rb.
"""

import secrets
import time
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_mentor.demo import shell
from lti_mentor.demo.canvas.errors import gone, oauth
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.canvas.tokens import CODE_LIFE
from lti_mentor.demo.canvas.visits import visitor

routes = Blueprint("canvas_authorization", __name__)


@routes.get("/login/oauth2/auth")
def ask() -> Response:
    """Ask the visitor whether the client may act for them."""
    institution, values = canvas(), request.args
    key = _key(institution, values.get("client_id", ""))
    target = values.get("redirect_uri", "")
    if not _allowed(key, target):
        text = "redirect_uri does not match client settings"
        raise oauth(400, "invalid_request", text)
    problem = _problem(key)
    if problem:
        return _back(target, error=problem, state=values.get("state", ""))
    ticket = secrets.token_hex(16)
    institution.codes[ticket] = {
        "client_id": key.client_id,
        "redirect_uri": target,
        "state": values.get("state", ""),
        "scopes": values.get("scope", "").split(),
        "person": visitor().id,
    }
    page = render_template(
        "canvas/oauth.html",
        key=key,
        ticket=ticket,
        purpose=values.get("purpose", ""),
        scopes=values.get("scope", "").split(),
    )
    response = make_response(page)
    if institution.says("canvas_refuses_framed_oauth"):
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@routes.post("/login/oauth2/accept")
def decide() -> Response:
    """Send the visitor back with a code, or with a refusal."""
    institution = canvas()
    asked = institution.codes.pop(request.form.get("ticket", ""), None)
    if asked is None or asked["person"] != visitor().id:
        raise gone()
    target, state = asked["redirect_uri"], asked["state"]
    if request.form.get("decision") != "accept":
        return _back(target, error="access_denied", state=state)
    code = secrets.token_hex(32)
    institution.codes[code] = asked | {"until": time.time() + CODE_LIFE}
    return _back(target, code=code, state=state)


def _key(institution: Institution, client_id: str) -> DeveloperKey:
    key = institution.store.keys.get(client_id)
    if key is None or key.kind != "api":
        raise oauth(401, "invalid_client", "unknown client")
    return key


def _problem(key: DeveloperKey) -> str | None:
    """Say what sends the visitor straight back with an error."""
    values = request.args
    scopes = values.get("scope", "").split()
    checks = [
        (not key.on, "unauthorized_client"),
        (values.get("response_type") != "code", "unsupported_response_type"),
        (values.get("prompt", "none") != "none", "unsupported_prompt_type"),
        (key.enforce_scopes and not scopes, "invalid_scope"),
        (key.enforce_scopes and not set(scopes) <= set(key.scopes), "invalid_scope"),
        (values.get("prompt") == "none" and shell.me() is None, "login_required"),
        (values.get("prompt") == "none", "interaction_required"),
    ]
    return next((error for wrong, error in checks if wrong), None)


def _allowed(key: DeveloperKey, target: str) -> bool:
    """Compare by domain: the key's own or one below it."""
    host = urlsplit(target).hostname or ""
    known = [urlsplit(uri).hostname or "-" for uri in key.redirect_uris]
    return any(host == one or host.endswith("." + one) for one in known)


def _back(target: str, **answer: str) -> Response:
    joint = "&" if "?" in target else "?"
    return redirect(f"{target}{joint}{urlencode(answer)}")
