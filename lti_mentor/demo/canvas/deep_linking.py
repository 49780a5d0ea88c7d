"""A tool's answer to a content selection.

Source: Canvas app/controllers/lti/ims/deep_linking_controller.rb and
concerns/deep_linking_services.rb. The answer page stands in the dialog's frame and
hands the items to the page behind it; `assignment_selection` only fills in the form,
the teacher saves.
"""

from typing import Any

import jwt
from flask import Blueprint, render_template, request

from lti_mentor.demo.canvas import assertions
from lti_mentor.demo.canvas.errors import listed
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.links import draft_of
from lti_mentor.demo.canvas.visits import teacher_of
from lti_mentor.demo.lti import CLAIM, DEEP_LINK

routes = Blueprint("canvas_deep_linking", __name__)

REQUIRED = ("iss", "aud", "exp", "iat", "nonce")
"""Claims an answer must have; `jti` may stand for the nonce."""


@routes.post("/courses/<int:course_id>/deep_linking_response")
def deep_linking_response(course_id: int) -> str:
    """Check the answer and give its items to the page that opened the dialog."""
    institution = canvas()
    teacher_of(course_id)
    note = _note(institution)
    claims = _claims(institution, request.form.get("JWT", ""))
    items = claims.get(DEEP_LINK + "content_items") or []
    if note["placement"] == "assignment_selection":
        items = items[:1]
    drafts = [
        {"item": item, "draft": draft_of(institution, item)}
        for item in items
        if item.get("type") == "ltiResourceLink"
    ]
    spoken = {
        "message": claims.get(DEEP_LINK + "msg"),
        "error": claims.get(DEEP_LINK + "errormsg"),
    }
    answer: dict[str, Any] = {"tool": note["tool"], "drafts": drafts, **spoken}
    return render_template("canvas/selected.html", answer=answer)


@routes.get("/deep_linking_cancel")
def deep_linking_cancel() -> str:
    """Close the dialog; the tool's words are shown to the teacher."""
    answer: dict[str, Any] = {
        "tool": None,
        "drafts": [],
        "message": request.args.get("lti_msg"),
        "error": request.args.get("lti_errormsg"),
    }
    return render_template("canvas/selected.html", answer=answer)


def _note(institution: Institution) -> dict[str, Any]:
    """Return what Canvas wrote into the return address."""
    try:
        note: dict[str, Any] = jwt.decode(
            request.args.get("data", ""), institution.secret, algorithms=["HS256"]
        )
    except jwt.PyJWTError:
        raise listed(400, "data is invalid") from None
    return note


def _claims(institution: Institution, token: str) -> dict[str, Any]:
    """Return the claims of a good answer; each fault has its own words, status 400."""
    refused = assertions.refused_algorithm(token)
    if refused:
        raise refused
    claims = jwt.decode(token, options={"verify_signature": False})
    key = institution.store.keys.get(str(claims.get("iss", "")))
    if key is None:
        raise listed(400, "Client not found")
    if not key.on:
        raise listed(400, "Developer key inactive in context")
    if assertions.tool_claims(institution, key, token) is None:
        raise listed(400, "JWT verification failure")
    claims.setdefault("nonce", claims.get("jti"))
    missing = [name for name in REQUIRED if not claims.get(name)]
    if missing:
        text = "the following assertions are missing: " + ",".join(missing)
        raise listed(400, text)
    if institution.issuer not in _listed(claims["aud"]):
        raise listed(400, "the 'aud' is invalid")
    _check_deployment(institution, claims)
    return claims


def _check_deployment(institution: Institution, claims: dict[str, Any]) -> None:
    deployments = {tool.deployment_id for tool in institution.world.tools.values()}
    if claims.get(CLAIM + "deployment_id") not in deployments:
        raise listed(400, "deployment_id is invalid")
    if claims.get(CLAIM + "message_type") != "LtiDeepLinkingResponse":
        raise listed(400, "message_type is invalid")


def _listed(audience: Any) -> list[str]:
    return audience if isinstance(audience, list) else [str(audience)]
