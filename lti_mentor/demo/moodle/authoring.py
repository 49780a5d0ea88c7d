"""Adding an activity: the chooser, the form, and choosing content in the tool."""

import json
from typing import Any

import jwt
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lti_mentor.demo.lti import (
    DEEP_LINK,
    ToolKeysError,
    UnknownKidError,
    verify_deep_link,
)
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.launch import Pending, begin, repost
from lti_mentor.demo.moodle.pages import NotEnrolled, asked_course, page
from lti_mentor.demo.moodle.roles import SITE, may_edit
from lti_mentor.demo.rows import Activity, Course, GradeItem, ResourceLink, Tool
from lti_mentor.demo.shell import here, me, visitor
from lti_mentor.demo.world import next_id

routes = Blueprint("authoring", __name__)

Item = dict[str, Any]
"""One content item of a deep-linking answer."""


def edited_course(name: str = "course") -> Course:
    """Return the course the page changes.

    Raises:
        NotEnrolled: The visitor may not change it.
    """
    course = asked_course(name)
    if not may_edit(here().world, course.id, me()):
        raise NotEnrolled(course.id)
    return course


def choosable(course: Course) -> list[Tool]:
    """Return the tools in a course's activity chooser.

    Dynamic registration puts a tool in none: the admin or the course's teacher
    switches it on (Moodle 4.5.6, measured).
    """
    return [
        tool
        for tool in here().world.tools.values()
        if tool.active and (tool.in_chooser or course.id in tool.choosers)
    ]


@routes.get("/course/modchooser.php")
def chooser() -> str:
    """Show what can be added to the course."""
    course = edited_course()
    section = request.args.get("section", 0, type=int)
    return page("chooser", course, tools=choosable(course), section=section)


@routes.get("/mod/lti/coursetools.php")
def course_tools() -> str:
    """Show the tools of the course and whether its chooser has them."""
    course = edited_course("id")
    tools = [tool for tool in here().world.tools.values() if tool.active]
    return page("coursetools", course, tools=tools)


@routes.post("/mod/lti/coursetools.php")
def toggle_tool() -> AnyResponse:
    """Put a tool into the course's chooser or take it out."""
    course, world = edited_course("id"), here().world
    tool = world.tools[int(request.form["tool"])]
    with world.change():
        if course.id in tool.choosers:
            tool.choosers.remove(course.id)
        else:
            tool.choosers.append(course.id)
    return redirect(f"/mod/lti/coursetools.php?id={course.id}", 303)


@routes.get("/course/modedit.php")
def form() -> str:
    """Show the form of a new activity."""
    course = edited_course()
    tool = here().world.tools[request.args.get("type", 0, type=int)]
    section = request.args.get("section", 0, type=int)
    return page("modedit", course, tool=tool, section=section)


@routes.post("/course/modedit.php")
def save() -> AnyResponse:
    """Add the activity, or all that were chosen at once."""
    course, given = edited_course(), request.form
    tool = here().world.tools[int(given["type"])]
    several: list[Item] = json.loads(given.get("items") or "[]")
    with here().world.change():
        for item in several:
            add(course, tool, item, {"section": given.get("section", "0")})
        if not several:
            add(course, tool, _from_form(), given.to_dict())
    return redirect(
        "/" if course.id == SITE else f"/course/view.php?id={course.id}", 303
    )


def _from_form() -> Item:
    given = request.form
    lines = [line.partition("=") for line in given.get("custom", "").splitlines()]
    item: Item = {
        "title": given["name"],
        "text": given.get("intro", ""),
        "url": given.get("toolurl", ""),
        "custom": {key.strip(): value.strip() for key, mark, value in lines if mark},
    }
    if given.get("grade"):
        item["lineItem"] = {
            "scoreMaximum": float(given["grade"]),
            "resourceId": given.get("resourceid", ""),
            "tag": given.get("tag", ""),
        }
    return item


def add(course: Course, tool: Tool, item: Item, given: dict[str, str]) -> Activity:
    """Make the activity, its link and its column.

    Dates, window preferences and the column's label are lost: the column is named
    after the title. Items of any type become tool activities (Moodle 4.5.6, measured).
    """
    world = here().world
    number = next_id(world.links)
    activity = Activity(
        id=next_id(world.activities),
        course=course.id,
        kind="lti",
        instance=number,
        title=item.get("title") or tool.name,
        section=int(given.get("section") or 0),
        intro=item.get("text") or "",
        completes=given.get("completion") or "none",
        stealth=bool(given.get("stealth")),
        idnumber=given.get("idnumber", ""),
    )
    link = ResourceLink(
        number, course.id, tool.id, activity.title, activity.id, item.get("url") or ""
    )
    link.custom = {k: str(v) for k, v in (item.get("custom") or {}).items()}
    link.text = activity.intro
    world.add(activity)
    world.add(link)
    if "lineItem" in item:
        world.add(_column(activity, tool, item["lineItem"], given))
    return activity


def _column(
    activity: Activity, tool: Tool, line_item: Item, given: dict[str, str]
) -> GradeItem:
    return GradeItem(
        id=next_id(here().world.grade_items),
        course=activity.course,
        label=activity.title,
        maximum=float(line_item.get("scoreMaximum", 100)),
        pass_at=float(given.get("gradepass") or 0),
        activity=activity.id,
        tool=tool.id,
        resource_id=str(line_item.get("resourceId") or ""),
        tag=str(line_item.get("tag") or ""),
    )


@routes.route("/mod/lti/contentitem.php", methods=["GET", "POST"])
def choose_content() -> Response:
    """Begin to choose content in the tool."""
    course = edited_course()
    tool = here().world.tools[request.values.get("id", 0, type=int)]
    pending = Pending(
        visitor=visitor(),
        tool=tool.id,
        course=course.id,
        title=request.values.get("title", ""),
        text=request.values.get("text", ""),
    )
    return begin(tool, pending, tool.deep_link_url)


@routes.post("/mod/lti/contentitem_return.php")
def chosen() -> Response | str:
    """Take the tool's answer and hand it to the form; nothing is saved yet.

    The post comes from another site, without the session cookie: the first answer
    is a page that posts again (Moodle 4.5.6, measured).
    """
    if me() is None and "repost" not in request.form:
        return repost()
    edited_course()
    tool = here().world.tools[request.args.get("id", 0, type=int)]
    try:
        claims = verify_deep_link(
            here().tool_keys, request.form.get("JWT", ""), tool, here().url
        )
    except (ToolKeysError, UnknownKidError, jwt.PyJWTError):
        return error_page("Error in the tool's answer")
    items = claims.get(DEEP_LINK + "content_items", [])
    message = claims.get(DEEP_LINK + "msg") or claims.get(DEEP_LINK + "errormsg") or ""
    return page("chosen", None, items=items, message=message)
