"""Assignment and Grade Services: line items.

Source: Canvas app/controllers/lti/ims/line_items_controller.rb and
app/models/lti/line_item.rb.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.canvas.errors import Refused, advantage, gone
from lti_mentor.demo.canvas.guard import course_for, tool_key
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.links import link_for_url
from lti_mentor.demo.canvas.paging import paged
from lti_mentor.demo.canvas.store import Assignment, DeveloperKey, LineItem
from lti_mentor.demo.canvas.times import tidy
from lti_mentor.demo.lti import LINEITEM, LINEITEM_READ
from lti_mentor.demo.world import next_id

routes = Blueprint("canvas_line_items", __name__)

LIST_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
"""Content type of a list."""
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
"""Content type of one."""
SUBMISSION_TYPE = "https://canvas.instructure.com/lti/submission_type"
"""Canvas's extension: what a new assignment asks for."""
LAUNCH_URL = "https://canvas.instructure.com/lti/launch_url"
"""Canvas's extension: what the assignment opens, when asked for."""
PATH = "/api/lti/courses/<int:course_id>/line_items"


@routes.get(PATH)
def index(course_id: int) -> Response:
    """List the tool's own line items, filtered by tag and resource."""
    key = tool_key(LINEITEM, LINEITEM_READ)
    course_for(key, course_id)
    filters = {
        "tag": request.args.get("tag"),
        "resource_id": request.args.get("resource_id"),
        "link": request.args.get("resource_link_id"),
    }
    found = [
        item
        for item in canvas().store.line_items.values()
        if item.course == course_id
        and item.client_id == key.client_id
        and all(v is None or getattr(item, n) == v for n, v in filters.items())
    ]
    page, headers = paged(found)
    return _typed([to_json(item) for item in page], LIST_TYPE, headers=headers)


@routes.post(PATH)
def create(course_id: int) -> Response:
    """Make a line item; the same twice makes two (nothing is unique)."""
    key = tool_key(LINEITEM)
    course_for(key, course_id)
    institution, body = canvas(), _body()
    for name in ("scoreMaximum", "label"):
        if body.get(name) is None:
            raise advantage(400, "bad_request", f"{name} is missing")
    with institution.store.change():
        if body.get("resourceLinkId"):
            assignment = _linked(institution, key, course_id, body["resourceLinkId"])
        else:
            assignment = _new_assignment(institution, key, course_id, body)
        item = LineItem(
            id=next_id(institution.store.line_items),
            course=course_id,
            assignment=assignment.id,
            client_id=key.client_id,
            label=body["label"],
            maximum=float(body["scoreMaximum"]),
            tag=body.get("tag") or "",
            resource_id=body.get("resourceId") or "",
            link=assignment.link,
            coupled=False,
            submission_type=body.get(SUBMISSION_TYPE),
        )
        institution.store.add(item)
    return _typed(to_json(item), ITEM_TYPE, status=201)


@routes.get(PATH + "/<int:item_id>")
def show(course_id: int, item_id: int) -> Response:
    """Return one line item."""
    key = tool_key(LINEITEM, LINEITEM_READ)
    return _typed(to_json(mine(key, course_id, item_id)), ITEM_TYPE)


@routes.put(PATH + "/<int:item_id>")
def update(course_id: int, item_id: int) -> Response:
    """Change only what is sent; the first line item renames its assignment."""
    key = tool_key(LINEITEM)
    item, body = mine(key, course_id, item_id), _body()
    institution = canvas()
    with institution.store.change():
        item.label = body.get("label", item.label)
        item.maximum = float(body.get("scoreMaximum", item.maximum))
        item.tag = body.get("tag", item.tag)
        item.resource_id = body.get("resourceId", item.resource_id)
        if is_first(institution, item):
            assignment = institution.store.assignments[item.assignment]
            assignment.title, assignment.points = item.label, item.maximum
            _set_dates(assignment, body)
    return _typed(to_json(item), ITEM_TYPE)


@routes.delete(PATH + "/<int:item_id>")
def destroy(course_id: int, item_id: int) -> Response:
    """Delete a line item the tool made, with its assignment; others are 401."""
    key = tool_key(LINEITEM)
    item = mine(key, course_id, item_id)
    if item.coupled:
        raise Refused(401)
    institution = canvas()
    with institution.store.change():
        if is_first(institution, item):
            delete_assignment(institution, item.assignment)
        institution.store.line_items.pop(item.id, None)
    return Response(status=204)


def mine(key: DeveloperKey, course_id: int, item_id: int) -> LineItem:
    """Return a line item of this course that belongs to the key."""
    course_for(key, course_id)
    item = canvas().store.line_items.get(item_id)
    if item is None or item.course != course_id:
        raise gone()
    if item.client_id != key.client_id:
        text = "Tool does not have permission to view line_item"
        raise advantage(412, "precondition_failed", text)
    return item


def is_first(institution: Institution, item: LineItem) -> bool:
    """Say whether this is the line item that its assignment shows (the oldest)."""
    return item.id == min(
        other.id
        for other in institution.store.line_items.values()
        if other.assignment == item.assignment
    )


def delete_assignment(institution: Institution, number: int) -> None:
    """Delete an assignment with all that hangs on it."""
    store = institution.store
    store.assignments.pop(number, None)
    items = [one.id for one in store.line_items.values() if one.assignment == number]
    for item_id in items:
        del store.line_items[item_id]
    for pair in [pair for pair in store.submissions if pair[0] == number]:
        del store.submissions[pair]
    for result in [r.id for r in store.results.values() if r.line_item in items]:
        del store.results[result]


def url_of(item: LineItem) -> str:
    """Return a line item's id: its address."""
    return f"{canvas().url}/api/lti/courses/{item.course}/line_items/{item.id}"


def to_json(item: LineItem) -> dict[str, Any]:
    """Return a line item as Canvas shows it; empty fields are left out."""
    assignment = canvas().store.assignments[item.assignment]
    shown = {
        "id": url_of(item),
        "scoreMaximum": item.maximum,
        "label": item.label,
        "tag": item.tag or None,
        "resourceId": item.resource_id or None,
        "resourceLinkId": item.link or None,
        "startDateTime": assignment.unlock,
        "endDateTime": assignment.due,
        SUBMISSION_TYPE: item.submission_type,
    }
    if "launch_url" in request.args.getlist("include[]") and item.link:
        shown[LAUNCH_URL] = canvas().store.links[item.link].url
    return {name: value for name, value in shown.items() if value is not None}


def _body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise advantage(400, "bad_request", "invalid JSON")
    return body


def _typed(
    body: Any, mimetype: str, *, status: int = 200, headers: Any = None
) -> Response:
    response = jsonify(body)
    response.status_code, response.mimetype = status, mimetype
    response.headers.update(headers or {})
    return response


def _linked(
    institution: Institution, key: DeveloperKey, course_id: int, uuid: str
) -> Assignment:
    """Return the assignment of a resource link; a course has none of its own."""
    link = institution.store.links.get(uuid)
    if link is None:
        raise gone()
    if institution.world.tools[link.tool].client_id != key.client_id:
        text = "Resource link id points to Tool not associated with this Context"
        raise advantage(422, "unprocessable_entity", text)
    assignment = institution.store.assignments.get(link.assignment or 0)
    if assignment is None or link.course != course_id:
        raise Refused(412)
    return assignment


def _new_assignment(
    institution: Institution, key: DeveloperKey, course_id: int, body: dict[str, Any]
) -> Assignment:
    """Make a published assignment; it opens the tool only when asked to."""
    wanted = body.get(SUBMISSION_TYPE) or {"type": "none"}
    kind = wanted.get("type")
    if kind not in ("none", "external_tool"):
        error = f"Invalid submission_type for new assignment: {kind}"
        raise Refused(400, {"error": error})
    assignment = Assignment(
        id=next_id(institution.store.assignments),
        course=course_id,
        title=body["label"],
        points=float(body["scoreMaximum"]),
        kind=kind,
    )
    _set_dates(assignment, body)
    institution.store.add(assignment)
    if kind == "external_tool":
        url = wanted.get("external_tool_url", "")
        link_for_url(institution, key.client_id, assignment, url)
    return assignment


def _set_dates(assignment: Assignment, body: dict[str, Any]) -> None:
    """Take up the dates that were sent: start is unlock, end is due."""
    if "startDateTime" in body:
        assignment.unlock = tidy(body["startDateTime"])
    if "endDateTime" in body:
        assignment.due = tidy(body["endDateTime"])
