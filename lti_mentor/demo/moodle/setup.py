"""What a Moodle that knows the tool from the start looks like."""

import time

from lti_mentor.demo.campus import Campus
from lti_mentor.demo.lti import ALL_SCOPES
from lti_mentor.demo.moodle.roles import SITE
from lti_mentor.demo.moodle.webservice.account import keep_token
from lti_mentor.demo.rows import Activity, Course, ResourceLink, Tool
from lti_mentor.demo.world import World, next_id

CLIENT_ID = "campusPractice1"
"""Moodle's client ids have 15 characters."""
TOKEN = "5ca1ab1e0ddba11c0ffee0facade0123"  # noqa: S105
"""The integration account's token for web services."""


def prepare(world: World) -> None:
    """Give the integration account its token and graduates their plans, once."""
    if world.extra.get("tokens"):
        return
    caller = next(row for row in world.people.values() if row.given == "Mentor")
    keep_token(world, TOKEN, caller.id)
    graduates = list(world.course_completions.values())
    due = max((row.end for row in world.courses.values()), default=0)
    with world.change():
        world.extra.setdefault(
            "plans",
            [
                {
                    "id": number,
                    "name": f"{world.courses[row.course].family} path",
                    "person": row.person,
                    "skills": world.courses[row.course].skills,
                    "due": due,
                }
                for number, row in enumerate(graduates, start=1)
            ],
        )


def register(campus: Campus, tool_url: str) -> Tool:
    """Make the tool known and active, in every activity chooser."""
    tool = Tool(
        id=1,
        name="Mentorship",
        client_id=CLIENT_ID,
        deployment_id="1",
        login_url=tool_url + "/lti/login",
        launch_url=tool_url + "/lti/launch",
        jwks_url=tool_url + "/lti/jwks",
        redirect_uris=[tool_url + "/lti/launch"],
        deep_link_url=tool_url + "/lti/deep-link",
        description="Apply what you learned, with a mentor.",
        scopes=list(ALL_SCOPES),
        claims=["name", "email"],
    )
    world = campus.moodle.world
    with world.change():
        world.add(tool)
        world.extra["site_home_tools"] = True
        for course in list(world.courses.values()):
            if course.id == SITE or course.end > time.time():
                _place_hub(world, tool, course)
    return tool


def _place_hub(world: World, tool: Tool, course: Course) -> None:
    """Put the tool where everybody finds it: on the home page, or behind a tab."""
    number, hidden = next_id(world.links), course.id != SITE
    activity = Activity(
        id=next_id(world.activities),
        course=course.id,
        kind="lti",
        instance=number,
        title="Mentorship",
        section=0,
        intro="Find your mentor, plan your practice.",
        stealth=hidden,
        idnumber="mentor-hub" if hidden else "",
    )
    link = ResourceLink(number, course.id, tool.id, activity.title, activity.id)
    link.text = activity.intro
    world.add(activity)
    world.add(link)


def platform(campus: Campus) -> dict[str, str]:
    """Return what the tool must know about this Moodle."""
    url = campus.moodle.url
    tool = next(iter(campus.moodle.world.tools.values()))
    return {
        "name": campus.moodle.name,
        "issuer": url,
        "client_id": tool.client_id,
        "auth_url": url + "/mod/lti/auth.php",
        "token_url": url + "/mod/lti/token.php",
        "jwks_url": url + "/mod/lti/certs.php",
        "deployment_id": tool.deployment_id,
        "origin": url,
        "lms_kind": "moodle",
        "lms_url": url,
        "lms_token": TOKEN,
    }
