"""The OpenID Connect steps of a launch, as Canvas does them.

Source: Canvas app/controllers/lti/ims/authentication_controller.rb and
lib/lti/lti_advantage_adapter.rb. The claims are built when the page is shown and
fetched once, within five minutes.
"""

import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from flask import Blueprint, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_mentor.demo import shell
from lti_mentor.demo.canvas.claims import id_token_claims
from lti_mentor.demo.canvas.ids import opaque
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.launching import Launch
from lti_mentor.demo.keys import new_key

routes = Blueprint("canvas_login", __name__)

HINT_LIFE = 300
"""Seconds a launch waits to be fetched (MESSAGE_HINT_LIFESPAN)."""
REQUIRED = (
    "client_id",
    "login_hint",
    "lti_message_hint",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
)
"""Parameters of the authentication request; `state` may be missing."""
REQUIRED_VALUES = {
    "scope": "openid",
    "response_mode": "form_post",
    "response_type": "id_token",
    "prompt": "none",
}
"""What some of them must be exactly."""
NO_SESSION = ("login_required", "Must have an active user session")
KEY_OFF = ("unauthorized_client", "Client not authorized in requested context")
USED_UP = (
    "launch_no_longer_valid",
    "The launch has either expired or already been consumed",
)
"""Errors posted to the tool: code and description."""

Problem = tuple[str, str]
"""An OpenID Connect error and its description."""


def begin(institution: Institution, launch: Launch) -> dict[str, str]:
    """Keep a launch ready and return the fields of the login initiation.

    The names are those on the wire: `lti_deployment_id`, not `deployment_id`.
    """
    verifier = secrets.token_hex(32)
    institution.launches[verifier] = {
        "claims": id_token_claims(institution, launch),
        "tool": launch.tool.id,
        "person": launch.person.id if launch.person else None,
    }
    storage = storage_target(institution)
    hint = {
        "verifier": verifier,
        "canvas_domain": institution.domain,
        "context_type": "Course" if launch.course else "Account",
        "context_id": opaque("context", launch.context_id),
        "canvas_locale": launch.person.lang if launch.person else "en",
        "include_storage_target": True,
        "exp": int(time.time()) + HINT_LIFE,
    }
    return {
        "iss": institution.issuer,
        "login_hint": login_hint(launch.person.opaque if launch.person else ""),
        "client_id": launch.tool.client_id,
        "lti_deployment_id": launch.tool.deployment_id,
        "target_link_uri": launch.target,
        "lti_message_hint": jwt.encode(hint, institution.secret, algorithm="HS256"),
        "canvas_region": "not_configured",
        "canvas_environment": "prod",
        "lti_storage_target": storage,
    }


def login_hint(person_opaque: str) -> str:
    """Return the 40 hex digits that name the user in the login; never the `sub`."""
    return opaque("login", person_opaque)


def storage_target(institution: Institution) -> str:
    """Return where the tool may keep data: a frame, or the parent in older sites."""
    in_parent = institution.says("canvas_storage_in_parent")
    return "_parent" if in_parent else "post_message_forwarding"


@routes.route("/api/lti/authorize_redirect", methods=["GET", "POST"])
def authorize_redirect() -> Response:
    """Send the browser on to the institution's own domain."""
    try:
        hint = _hint(request.values.get("lti_message_hint", ""))
    except jwt.PyJWTError:
        return _unusable("Invalid lti_message_hint")
    query = urlencode(list(request.values.items()))
    return redirect(f"http://{hint['canvas_domain']}/api/lti/authorize?{query}")


@routes.route("/api/lti/authorize", methods=["GET", "POST"])
def authorize() -> Response:
    """Post the id_token, or an error, to the tool."""
    institution, values = canvas(), request.values.to_dict()
    try:
        hint = _hint(values.get("lti_message_hint", ""))
    except jwt.PyJWTError:
        return _unusable("Invalid lti_message_hint")
    if not _redirect_known(institution, values):
        return _unusable("Invalid redirect_uri")
    problem = _malformed(values) or _not_now(institution, values, hint)
    if problem:
        fields = {"error": problem[0], "error_description": problem[1]}
    else:
        pending = institution.launches.pop(hint["verifier"])
        fields = {"utf8": "✓", "authenticity_token": secrets.token_urlsafe(48)}
        fields["id_token"] = _sign(institution, pending["claims"], values["nonce"])
        if hint.get("include_storage_target"):
            fields["lti_storage_target"] = storage_target(institution)
    fields["state"] = values.get("state", "")
    page = render_template(
        "canvas/post.html", action=values["redirect_uri"], fields=fields
    )
    return make_response(page)


@routes.get("/api/lti/security/jwks")
def jwks() -> Response:
    """Publish the signing keys."""
    return jsonify(canvas().lms.keys.jwks())


def _hint(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, canvas().secret, algorithms=["HS256"])
    return claims


def _unusable(message: str) -> Response:
    """Show Canvas's own error page; the tool hears nothing."""
    page = render_template("canvas/error.html", message=message)
    return make_response(page, 400)


def _redirect_known(institution: Institution, values: dict[str, str]) -> bool:
    """Compare the part before `?` exactly; configured parameters must all be there."""
    key = institution.store.keys.get(values.get("client_id", ""))
    base, _, query = values.get("redirect_uri", "").partition("?")
    for uri in key.redirect_uris if key else []:
        known, _, wanted = uri.partition("?")
        if base == known and set(parse_qsl(wanted)) <= set(parse_qsl(query)):
            return True
    return False


def _malformed(values: dict[str, str]) -> Problem | None:
    missing = [name for name in REQUIRED if not values.get(name)]
    if missing:
        text = "The following parameters are missing: " + ", ".join(missing)
        return ("invalid_request_object", text)
    for name, wanted in REQUIRED_VALUES.items():
        if values[name] != wanted:
            return ("invalid_request_object", f"The '{name}' must be '{wanted}'")
    return None


def _not_now(
    institution: Institution, values: dict[str, str], hint: dict[str, Any]
) -> Problem | None:
    """Say why this launch cannot go on; order as in the controller."""
    key = institution.store.keys[values["client_id"]]
    pending = institution.launches.get(hint["verifier"])
    person = shell.me()
    allowed = institution.says("canvas_launches_without_people")
    if person is None and not allowed:
        return NO_SESSION
    if values["login_hint"] != login_hint(person.opaque if person else ""):
        return NO_SESSION
    if not key.on:
        return KEY_OFF
    if pending is None:
        return USED_UP
    return None


def _sign(institution: Institution, claims: dict[str, Any], nonce: str) -> str:
    at = int(time.time()) - (7200 if institution.faults.expired else 0)
    token = claims | {"nonce": nonce, "iat": at, "exp": at + 3600}
    if institution.faults.unknown_key:
        stray = new_key()
        head = {"kid": stray.id}
        return jwt.encode(token, stray.pem, algorithm="RS256", headers=head)
    return institution.lms.keys.sign(token)
