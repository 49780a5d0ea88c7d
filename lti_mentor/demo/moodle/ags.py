"""Grade columns and scores: Assignment and Grade Services as Moodle 4.5 does it."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from lti_mentor.demo.moodle import gradebook, urls
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.wire import Refused, answer
from lti_mentor.demo.rows import GradeItem, Score, Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import first, next_id, rows

MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
"""A time Moodle takes; one without a zone is the server's (measured)."""
NEEDED = ("userId", "timestamp", "activityProgress", "gradingProgress")
"""What every score must say."""


def list_items(media_type: str, course: int, tool: Tool) -> Response:
    """Answer the tool's columns in this course.

    With `limit` the Link header uses curly quotes and `&amp;` (measured).
    """
    _course(course)
    items = rows(here().world.grade_items, course=course, tool=tool.id)
    shown = [_wire(item, tool) for item in items if _asked_for(item)]
    limit = request.args.get("limit", 0, type=int)
    start = request.args.get("from", 0, type=int)
    page = shown[start : start + limit] if limit else shown
    response = answer(page, media_type)
    if limit:
        response.headers["Link"] = _curly_links(course, tool, start, limit, len(shown))
    return response


def create_item(media_type: str, course: int, tool: Tool) -> Response:
    """Make a column of its own; unknown fields are echoed and forgotten."""
    _course(course)
    body = _body()
    if not body.get("label") or "scoreMaximum" not in body:
        raise Refused(400, "No label or Score Maximum")
    link_id = body.get("resourceLinkId")
    if link_id is not None and not _link_is_ours(str(link_id), course, tool):
        raise Refused(403, "Forbidden")
    world = here().world
    with world.change():
        item = GradeItem(
            id=next_id(world.grade_items),
            course=course,
            label=body["label"],
            maximum=float(body["scoreMaximum"]),
            tool=tool.id,
            resource_link=int(link_id) if link_id is not None else None,
            resource_id=str(body.get("resourceId", "")),
            tag=str(body.get("tag", "")),
        )
        world.add(item)
    return answer({**body, "id": urls.line_item(item, tool)}, media_type, 201)


def read_item(media_type: str, course: int, item: int, tool: Tool) -> Response:
    """Answer one column."""
    return answer(_wire(_item(course, item, tool), tool), media_type)


def update_item(media_type: str, course: int, item: int, tool: Tool) -> Response:
    """Change a column; what the body leaves out is emptied (read in source)."""
    row, body = _item(course, item, tool), _body()
    if not body.get("label") or "scoreMaximum" not in body:
        raise Refused(400, "Bad Request")
    with here().world.change():
        row.label, row.maximum = body["label"], float(body["scoreMaximum"])
        row.resource_id = str(body.get("resourceId", ""))
        row.tag = str(body.get("tag", ""))
    return answer({**body, "id": urls.line_item(row, tool)}, media_type)


def delete_item(_media_type: str, course: int, item: int, tool: Tool) -> Response:
    """Remove a column, even the activity's own, with its grades (measured)."""
    row, world = _item(course, item, tool), here().world
    with world.change():
        del world.grade_items[row.id]
        for score in rows(world.scores, item=row.id):
            del world.scores[score.key]
    response = answer(None, "")
    response.status = "204 OK"
    del response.headers["Content-Type"]
    return response


def post_score(media_type: str, course: int, item: int, tool: Tool) -> Response:
    """Take a score: answered 200 with nothing in it.

    A score that is not FullyGraded erases the grade, and one that is not later
    than the kept second is refused (Moodle 4.5.6, measured).
    """
    row, body = _item(course, item, tool), _body()
    person, at = _who_and_when(row, body, media_type)
    world = here().world
    with world.change():
        kept = world.scores.get((row.id, person))
        if kept and kept.at >= at:
            words = "Refusing score with an earlier timestamp for item"
            raise Refused(409, f"{words} {row.id} and user {person}", media_type)
        comment = str(body.get("comment") or (kept.comment if kept else ""))
        gradebook.write(
            world, Score(row.id, person, _value(row, body), at, comment, "lti")
        )
    return answer(None, media_type)


def read_results(media_type: str, course: int, item: int, tool: Tool) -> Response:
    """Answer the grades; `limit` crashes into an HTML page (measured)."""
    row = _item(course, item, tool)
    if "limit" in request.args:
        return error_page("Call to undefined function")
    scores = rows(here().world.scores, item=row.id)
    wanted = request.args.get("user_id")
    if wanted is not None:
        scores = [score for score in scores if str(score.person) == wanted]
    return answer([_result(row, score, tool) for score in scores], media_type)


def _course(course: int) -> None:
    if course not in here().world.courses:
        raise Refused(404, f"Not Found: Course {course} doesn't exist")


def _item(course: int, number: int, tool: Tool) -> GradeItem:
    """Return a column the tool may touch.

    Moodle takes a foreign activity's column for the tool's when their numbers
    agree within their kinds (assign 1 and lti 1): measured.
    """
    _course(course)
    item = here().world.grade_items.get(number)
    if item is None or item.course != course:
        raise Refused(404, f"Not Found: Grade item {number} doesn't exist")
    if item.tool != tool.id and _mistaken_link(item, tool) is None:
        raise Refused(403, "Forbidden")
    return item


def _mistaken_link(item: GradeItem, tool: Tool) -> int | None:
    activity = here().world.activities.get(item.activity or 0)
    link = here().world.links.get(activity.instance) if activity else None
    return link.id if link and link.tool == tool.id else None


def _link_is_ours(number: str, course: int, tool: Tool) -> bool:
    link = here().world.links.get(int(number) if number.isdigit() else 0)
    return link is not None and (link.course, link.tool) == (course, tool.id)


def _own_link(item: GradeItem) -> int | None:
    if item.activity is None:
        return item.resource_link
    link = first(here().world.links, activity=item.activity)
    return link.id if link else None


def _wire(item: GradeItem, tool: Tool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": urls.line_item(item, tool),
        "label": item.label,
        "scoreMaximum": gradebook.plain(item.maximum),
    }
    if item.tool == tool.id:
        body["resourceId"] = item.resource_id
    body["tag"] = item.tag
    link = _own_link(item) or (item.activity and _mistaken_link(item, tool))
    if link:
        body |= {"resourceLinkId": str(link), "ltiLinkId": str(link)}
    return body


def _asked_for(item: GradeItem) -> bool:
    asked = request.args
    return (
        asked.get("tag") in (None, item.tag)
        and asked.get("resource_id") in (None, item.resource_id)
        and asked.get("resource_link_id") in (None, str(_own_link(item)))
    )


def _curly_links(course: int, tool: Tool, start: int, limit: int, size: int) -> str:
    base = f"{urls.line_items(course, tool)}&amp;limit={limit}&amp;from="
    pages = {"first": 0, "canonical": start}
    if start + limit < size:
        pages["next"] = start + limit
    pages["last"] = max(size - size % limit, 0)
    links = [f"<{base}{at}>; rel=\u201c{rel}\u201d" for rel, at in pages.items()]
    return ", ".join(links).encode().decode("latin-1")


def _body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refused(400, "Bad Request")
    return body


def _who_and_when(
    item: GradeItem, body: dict[str, Any], media_type: str
) -> tuple[int, int]:
    """Return person and second of a score that may be kept.

    The refusal's status line repeats the whole body, names and all (measured).
    """
    stamp = body.get("timestamp")
    whole = all(name in body for name in NEEDED)
    scored = "scoreGiven" not in body or "scoreMaximum" in body
    timed = isinstance(stamp, str) and MOMENT.fullmatch(stamp) is not None
    if not (whole and scored and timed and _is_gradable(item.course, body["userId"])):
        echo = request.get_data(as_text=True).replace("\n", " ").replace("\r", " ")
        raise Refused(400, "Incorrect score received" + echo, media_type)
    moment = datetime.fromisoformat(str(stamp))
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(str(body["userId"])), int(zoned.timestamp())


def _is_gradable(course: int, person: Any) -> bool:
    """Say whether this is a learner of the course, active, suspended or expired."""
    number = int(person) if str(person).isdigit() else 0
    enrolment = here().world.enrolments.get((course, number))
    return enrolment is not None and enrolment.role == "learner"


def _value(item: GradeItem, body: dict[str, Any]) -> float | None:
    given = body.get("scoreGiven")
    if given is None or body["gradingProgress"] != "FullyGraded":
        return None
    return float(given) * item.maximum / float(body["scoreMaximum"])


def _result(item: GradeItem, score: Score, tool: Tool) -> dict[str, Any]:
    base = urls.line_item(item, tool)
    results = base.replace("/lineitem?", "/lineitem/results?")
    body: dict[str, Any] = {
        "id": f"{results}&user_id={score.person}",
        "userId": str(score.person),
    }
    if score.value is None:
        return body
    return body | {
        "resultScore": gradebook.plain(score.value),
        "resultMaximum": gradebook.plain(item.maximum),
        "comment": score.comment,
        "scoreOf": base,
        "timestamp": datetime.fromtimestamp(score.at, UTC).isoformat(),
    }
