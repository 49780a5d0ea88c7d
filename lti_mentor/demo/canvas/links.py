"""Resource links and the assignments made from what a tool offers."""

import uuid
from typing import Any

from lti_mentor.demo.canvas.errors import listed
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import Assignment, LineItem, Link
from lti_mentor.demo.canvas.times import tidy
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.world import next_id


def link_for_url(
    institution: Institution, client_id: str, assignment: Assignment, url: str
) -> Link:
    """Let an assignment open a tool at an address; the link gets a UUID."""
    tool = next(
        one
        for one in institution.world.tools.values()
        if one.client_id == client_id
        and one.settings.get("course") in (None, assignment.course)
    )
    return link_assignment(institution, tool, assignment, {"url": url})


def link_assignment(
    institution: Institution, tool: Tool, assignment: Assignment, item: dict[str, Any]
) -> Link:
    """Let an assignment open a content item of a tool."""
    custom = {str(name): str(value) for name, value in item.get("custom", {}).items()}
    link = Link(
        uuid=str(uuid.uuid4()),
        course=assignment.course,
        tool=tool.id,
        title=item.get("title") or assignment.title,
        url=item.get("url") or tool.launch_url,
        custom=custom,
        assignment=assignment.id,
    )
    assignment.link, assignment.kind = link.uuid, "external_tool"
    institution.store.add(link)
    return link


def draft_of(institution: Institution, item: dict[str, Any]) -> dict[str, Any]:
    """Return the assignment fields a content item fills in.

    Source: Canvas app/controllers/concerns/deep_linking_modules.rb: title from
    lineItem.label, points from scoreMaximum (required), due from submission, unlock
    and lock from available.
    """
    column = item.get("lineItem") or {}
    if not institution.says("canvas_deep_link_makes_columns"):
        column = {}
    if column and column.get("scoreMaximum") is None:
        raise listed(400, "lineItem.scoreMaximum is a required field")
    available, submission = item.get("available") or {}, item.get("submission") or {}
    return {
        "title": column.get("label") or item.get("title") or "Unnamed assignment",
        "description": item.get("text") or "",
        "points": float(column.get("scoreMaximum", 0)),
        "due": tidy(submission.get("endDateTime")),
        "unlock": tidy(available.get("startDateTime")),
        "lock": tidy(available.get("endDateTime")),
    }


def create_assignment(
    institution: Institution,
    course_id: int,
    tool: Tool,
    item: dict[str, Any],
    fields: dict[str, Any],
) -> Assignment:
    """Save the assignment a teacher made of a content item, with its column.

    The resource link appears only now, not at the tool's answer.
    """
    store, column = institution.store, item.get("lineItem") or {}
    assignment = Assignment(next_id(store.assignments), course_id, **fields)
    store.add(assignment)
    link = link_assignment(institution, tool, assignment, item)
    store.add(
        LineItem(
            id=next_id(store.line_items),
            course=course_id,
            assignment=assignment.id,
            client_id=tool.client_id,
            label=assignment.title,
            maximum=assignment.points,
            tag=column.get("tag") or "",
            resource_id=column.get("resourceId") or "",
            link=link.uuid,
        )
    )
    return assignment
