"""Opening a tool: initiation, authentication, the id_token's way to the tool."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lti_mentor.demo.lti import post_form
from lti_mentor.demo.moodle import claims
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.roles import may_enter, may_see
from lti_mentor.demo.moodle.variables import Launch
from lti_mentor.demo.rows import ResourceLink, Tool
from lti_mentor.demo.shell import here, me, visitor
from lti_mentor.demo.world import first

routes = Blueprint("launch", __name__)

REQUIRED = (
    "scope",
    "response_type",
    "client_id",
    "redirect_uri",
    "login_hint",
    "nonce",
)
"""What auth.php must be told; without one Moodle shows its own error page."""
INVALID = "Invalid request"
"""All that Moodle's error page says."""


@dataclass
class Pending:
    """A launch that was begun and may be finished once, in the same browser."""

    visitor: str
    tool: int
    course: int
    link: int | None = None
    title: str = ""
    text: str = ""


@routes.get("/mod/lti/certs.php")
def certs() -> Response:
    """Publish the keys."""
    answer = jsonify(here().keys.jwks())
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    return answer


@routes.get("/mod/lti/launch.php")
def launch() -> AnyResponse:
    """Begin to open an activity: an auto-posted login initiation.

    A visitor without a session still gets one, with login_hint 0 (measured).
    """
    world, person = here().world, me()
    activity = world.activities.get(request.args.get("id", 0, type=int))
    link = first(world.links, activity=activity.id) if activity else None
    if activity is None or link is None:
        return error_page("Can't find data record in database table course_modules.")
    course = world.courses[activity.course]
    if person and not may_enter(world, course, person):
        return redirect(f"/enrol/index.php?id={course.id}", 303)
    if person and not may_see(world, activity, person):
        return error_page("Sorry, this activity is currently hidden", 403)
    pending = Pending(visitor(), link.tool, course.id, link.id)
    tool = world.tools[link.tool]
    return begin(tool, pending, link.url or tool.launch_url, cmid=activity.id)


def begin(
    tool: Tool, pending: Pending, target: str, *, cmid: int | None = None
) -> Response:
    """Remember the launch and post the login initiation.

    The hint is JSON; for deep linking it has no cmid (measured).
    """
    kind = (
        "_ContentItemSelectionRequest" if pending.link is None else f"{pending.link}_"
    )
    launch_id = f"ltilaunch{kind}{secrets.randbelow(10**10)}"
    here().recall("launches")[launch_id] = pending
    hint: dict[str, Any] = {"cmid": cmid} if cmid is not None else {}
    hint["launchid"] = launch_id
    person = me()
    fields = {
        "iss": here().url,
        "target_link_uri": target,
        "login_hint": str(person.id if person else 0),
        "lti_message_hint": json.dumps(hint, separators=(",", ":")),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    return Response(post_form(tool.login_url, fields), mimetype="text/html")


@routes.route("/mod/lti/auth.php", methods=["GET", "POST"])
def auth() -> Response:
    """Answer the tool's authentication request.

    Where Moodle cannot trust the redirect_uri it shows its own error page and the
    tool hears nothing; otherwise errors are posted to the tool (measured).
    """
    if me() is None and "repost" not in request.form:
        return repost()
    given = request.values
    pending = _consume(given.get("lti_message_hint", ""))
    complete = all(given.get(name) for name in REQUIRED)
    understood = given.get("scope") == "openid"
    understood = understood and given.get("response_type") == "id_token"
    if pending is None or not complete or not understood:
        return error_page(INVALID)
    tool = here().world.tools[pending.tool]
    if given["redirect_uri"] not in tool.redirect_uris:
        return error_page(INVALID)
    fields = _refusal(tool) or {"id_token": _token(tool, pending)}
    fields["state"] = given.get("state", "")
    return Response(post_form(given["redirect_uri"], fields), mimetype="text/html")


def repost() -> Response:
    """Return a page that posts to itself.

    A cross-site frame loses the Lax session cookie; a second request from Moodle's
    own page has it again (measured).
    """
    fields = {**request.form.to_dict(), "repost": "true"}
    return Response(post_form(request.url, fields), mimetype="text/html")


def _consume(hint: str) -> Pending | None:
    """Take the launch the hint names; a second time it is gone."""
    try:
        launch_id = json.loads(hint)["launchid"]
    except (ValueError, TypeError, KeyError):
        return None
    launches = here().recall("launches")
    pending: Pending | None = launches.get(launch_id)
    if pending is None or pending.visitor != visitor():
        return None
    return launches.pop(launch_id)  # type: ignore[no-any-return]


def _refusal(tool: Tool) -> dict[str, str]:
    given, person = request.values, me()
    if given["client_id"] != tool.client_id:
        return {"error": "unauthorized_client"}
    if person is None or given["login_hint"] != str(person.id):
        return {"error": "access_denied"}
    if given.get("response_mode") != "form_post":
        return _invalid("Invalid response_mode")
    if given.get("prompt", "none") != "none":
        return _invalid("Invalid prompt")
    return {}


def _invalid(reason: str) -> dict[str, str]:
    return {"error": "invalid_request", "error_description": reason}


def _token(tool: Tool, pending: Pending) -> str:
    world, person = here().world, me()
    if person is None:
        raise PermissionError
    link: ResourceLink | None = world.links.get(pending.link or 0)
    about = Launch(tool, person, world.courses[pending.course], link)
    nonce = request.values["nonce"]
    if link is None:
        return claims.deep_link_token(about, nonce, pending.title, pending.text)
    return claims.resource_token(about, nonce)
