"""Site administration: tools, registration, rights, the integration's token."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo.moodle.pages import NotEnrolled, page, somebody
from lti_mentor.demo.moodle.registration import new_token, update_token
from lti_mentor.demo.moodle.roles import SITE, hub_is_open
from lti_mentor.demo.moodle.webservice.site import ADVERTISED
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows

routes = Blueprint("admin", __name__)


@routes.before_request
def only_admins() -> None:
    """Let nobody else in."""
    if not somebody().admin:
        raise NotEnrolled(SITE)


@routes.get("/admin/search.php")
def administration() -> str:
    """Show what an administrator can do here."""
    return page("admin", open_home=hub_is_open(here().world))


@routes.post("/admin/roles/define.php")
def open_site_home() -> Response:
    """Grant mod/lti:view to everybody on the site home, or take it back."""
    world = here().world
    with world.change():
        world.extra["site_home_tools"] = not hub_is_open(world)
    return redirect("/admin/search.php", 303)


@routes.get("/admin/webservice/tokens.php")
def tokens() -> str:
    """Show the tokens of web services and what their service holds."""
    world = here().world
    kept = [
        (token, world.people[row["person"]], row)
        for token, row in world.extra.get("tokens", {}).items()
    ]
    return page("tokens", tokens=kept, functions=ADVERTISED)


@routes.get("/mod/lti/toolconfigure.php")
def manage_tools() -> str:
    """Show the registered tools and where a new one is added."""
    tools = list(here().world.tools.values())
    used = {tool.id: len(rows(here().world.links, tool=tool.id)) for tool in tools}
    return page("tools", tools=tools, used=used)


@routes.post("/mod/lti/toolconfigure.php")
def change_tool() -> Response:
    """Activate a tool, put it into every chooser, or delete it."""
    world, given = here().world, request.form
    tool = world.tools[int(given["tool"])]
    with world.change():
        if given["do"] == "activate":
            tool.active = True
        elif given["do"] == "chooser":
            tool.in_chooser = not tool.in_chooser
        elif given["do"] == "delete":
            del world.tools[tool.id]
    return redirect("/mod/lti/toolconfigure.php", 303)


@routes.get("/mod/lti/startltiadvregistration.php")
def start_registration() -> Response | str:
    """Send the frame to the tool's registration page.

    For a tool of a domain that is already there, ask first whether to update it.
    """
    url = request.args["url"]
    domain = urlsplit(url).netloc
    same = [
        tool
        for tool in here().world.tools.values()
        if urlsplit(tool.launch_url).netloc == domain
    ]
    if same and "type" not in request.args:
        return page("again", tools=same, url=url)
    number = request.args.get("type", 0, type=int)
    tool = here().world.tools.get(number)
    query = {
        "openid_configuration": here().url + "/mod/lti/openid-configuration.php",
        "registration_token": update_token(tool) if tool else new_token(),
    }
    return redirect(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}")
