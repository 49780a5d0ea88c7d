"""Pages that hold a tool: course tab, account, user, selection dialog.

The tool stands in the frame `tool_content`; beside it is the frame that keeps its
data (Canvas app/views/lti/_lti_message.html.erb).
"""

from typing import Any

from flask import Blueprint, render_template, request

from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.launching import (
    DEEP_LINK_PLACEMENTS,
    Launch,
    at_placement,
    placement_launch,
)
from lti_mentor.demo.canvas.login import begin
from lti_mentor.demo.canvas.pages.courses import page
from lti_mentor.demo.canvas.visits import (
    admin,
    course_of,
    masquerader,
    teacher_of,
    visitor,
)
from lti_mentor.demo.rows import Course, Person, Tool

routes = Blueprint("canvas_tools", __name__)


@routes.get("/courses/<int:course_id>/external_tools/<int:tool_id>")
def in_course(course_id: int, tool_id: int) -> str:
    """Open the tool from the course's navigation."""
    if canvas().says("canvas_launches_without_people"):
        return _for_nobody(course_id, tool_id)
    person, course = course_of(course_id)
    launch = _launch("course_navigation", tool_id, person, course)
    fields = begin(canvas(), launch)
    return page("canvas/tool.html", person, course, **frame(launch.tool, fields))


@routes.get("/courses/<int:course_id>/external_tools/retrieve")
def retrieve(course_id: int) -> str:
    """Open the address a tool asked for in a window of its own.

    Source: Canvas doc/api/lti_window_post_message.md, requestFullWindowLaunch: Canvas
    adds `platform_redirect_url` and `full_win_launch_requested=1`.
    """
    person, course = course_of(course_id)
    url = request.args.get("url", "")
    tool = _tool_for(course_id, url)
    launch = _launch("course_navigation", tool.id, person, course)
    joint = "&" if "?" in url else "?"
    back = f"{canvas().url}/courses/{course_id}/external_tools/{tool.id}"
    launch.target = (
        f"{url}{joint}full_win_launch_requested=1&platform_redirect_url={back}"
    )
    fields = begin(canvas(), launch)
    return render_template("canvas/post.html", action=tool.login_url, fields=fields)


@routes.get("/courses/<int:course_id>/external_tools/<int:tool_id>/resource_selection")
def resource_selection(course_id: int, tool_id: int) -> str:
    """Open the tool's content selection inside the dialog."""
    person, course = teacher_of(course_id)
    placement = request.args.get("placement", "assignment_selection")
    if placement not in DEEP_LINK_PLACEMENTS:
        raise gone()
    launch = _launch(placement, tool_id, person, course)
    fields = begin(canvas(), launch)
    return render_template("canvas/dialog.html", **frame(launch.tool, fields))


@routes.get("/accounts/1/external_tools/<int:tool_id>")
def in_account(tool_id: int) -> str:
    """Open the tool from the account's navigation."""
    launch = _launch("account_navigation", tool_id, admin(), None)
    fields = begin(canvas(), launch)
    return render_template("canvas/tool.html", **frame(launch.tool, fields))


@routes.get("/users/<int:person_id>/external_tools/<int:tool_id>")
def of_user(person_id: int, tool_id: int) -> str:
    """Open the tool from the visitor's own menu."""
    person = visitor()
    if person.id != person_id:
        raise gone()
    launch = _launch("user_navigation", tool_id, person, None)
    fields = begin(canvas(), launch)
    return render_template("canvas/tool.html", **frame(launch.tool, fields))


def frame(tool: Tool, fields: dict[str, str]) -> dict[str, Any]:
    """Return what a page with a tool's frame needs."""
    return {"tool": tool, "action": tool.login_url, "fields": fields}


def _launch(
    placement: str, tool_id: int, person: Person, course: Course | None
) -> Launch:
    known = at_placement(canvas(), placement, course.id if course else None)
    tool = next((tool for tool, _ in known if tool.id == tool_id), None)
    if tool is None:
        raise gone()
    launch = placement_launch(canvas(), tool, placement, person=person, course=course)
    launch.masquerader = masquerader()
    return launch


def _tool_for(course_id: int, url: str) -> Tool:
    """Return the tool of the course at whose domain an address is."""
    for tool, _ in at_placement(canvas(), "course_navigation", course_id):
        if url.split("://", 1)[-1].split("/", 1)[0] == tool.settings.get("domain"):
            return tool
    raise gone()


def _for_nobody(course_id: int, tool_id: int) -> str:
    """Open the tool from a public course, without a person."""
    institution = canvas()
    tool = institution.world.tools[tool_id]
    course = institution.world.courses[course_id]
    launch = placement_launch(
        institution, tool, "course_navigation", person=None, course=course
    )
    fields = begin(institution, launch)
    return render_template("canvas/dialog.html", **frame(tool, fields))
