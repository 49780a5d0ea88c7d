"""The form a tool is registered with by hand: its words, its defaults, what it keeps.

Labels, options and defaults: `typessettings.php` (Moodle 4.5.6, measured). Whoever
leaves them as they are gets LTI 1.1 without names, roster or grades.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo.lti import ALL_SCOPES
from lti_mentor.demo.moodle.admin import only_admins
from lti_mentor.demo.moodle.pages import page
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import next_id

routes = Blueprint("toolform", __name__)
routes.before_request(only_admins)


@dataclass(frozen=True)
class Choice:
    """A list to choose from."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    default: str = "0"


NEVER_ALWAYS = (("0", "Never"), ("1", "Always"))
CHOICES = (
    Choice(
        "lti_coursevisible",
        "Tool configuration usage",
        (
            ("0", "Do not show; use only when a matching tool URL is entered"),
            ("1", "Show as preconfigured tool when adding an external tool"),
            ("2", "Show in activity chooser and as a preconfigured tool"),
        ),
        default="1",
    ),
    Choice(
        "lti_launchcontainer",
        "Default launch container",
        (
            ("2", "Embed"),
            ("3", "Embed, without blocks"),
            ("5", "Existing window"),
            ("4", "New window"),
        ),
        default="3",
    ),
    Choice(
        "ltiservice_gradesynchronization",
        "IMS LTI Assignment and Grade Services",
        (
            ("0", "Do not use this service"),
            ("1", "Use this service for grade sync only"),
            ("2", "Use this service for grade sync and column management"),
        ),
    ),
    Choice(
        "ltiservice_memberships",
        "IMS LTI Names and Role Provisioning",
        (
            ("0", "Do not use this service"),
            (
                "1",
                "Use this service to retrieve members' information as per privacy "
                "settings",
            ),
        ),
    ),
    Choice("lti_sendname", "Share launcher's name with tool", NEVER_ALWAYS),
    Choice("lti_sendemailaddr", "Share launcher's email with tool", NEVER_ALWAYS),
    Choice(
        "lti_acceptgrades",
        "Accept grades from the tool",
        (
            *NEVER_ALWAYS,
            ("2", "As specified in Deep Linking definition or Delegate to teacher"),
        ),
        default="2",
    ),
)
"""In the order they are asked."""
PERSONAL = {"name": "lti_sendname", "email": "lti_sendemailaddr"}


@routes.get("/mod/lti/typessettings.php")
def tool_form() -> str:
    """Show the form as Moodle prefills it."""
    return page("toolform", choices=CHOICES)


@routes.post("/mod/lti/typessettings.php")
def save_tool() -> Response:
    """Register a tool by hand: active at once."""
    world = here().world
    tool = read(next_id(world.tools), request.form)
    with world.change():
        world.add(tool)
    return redirect("/mod/lti/toolconfigure.php", 303)


def read(number: int, given: Mapping[str, str]) -> Tool:
    """Return the tool that somebody typed in."""
    tool = Tool(
        id=number,
        name=given["lti_typename"],
        client_id=f"byHand{number:09d}",
        deployment_id=str(number),
        login_url=given["lti_initiatelogin"],
        launch_url=given["lti_toolurl"],
        jwks_url=given["lti_publickeyset"],
        redirect_uris=given["lti_redirectionuris"].split(),
        description=given.get("lti_description", ""),
        icon_url=given.get("lti_icon", ""),
        deep_link_url=_deep_link(given),
    )
    lines = given.get("lti_customparameters", "").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    tool.custom = {name.strip(): value.strip() for name, _, value in pairs}
    tool.claims = [claim for claim, name in PERSONAL.items() if given.get(name) == "1"]
    tool.scopes = [scope for scope in ALL_SCOPES if _is_on(scope, given)]
    tool.in_chooser = given.get("lti_coursevisible") == "2"
    return tool


def _deep_link(given: Mapping[str, str]) -> str:
    if not given.get("lti_contentitem"):
        return ""
    return given.get("lti_toolurl_ContentItemSelectionRequest", "")


def _is_on(scope: str, given: Mapping[str, str]) -> bool:
    if "/lti-nrps/" in scope:
        return given.get("ltiservice_memberships") == "1"
    return given.get("ltiservice_gradesynchronization") == "2"
