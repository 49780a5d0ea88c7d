"""A small Caliper 1.2 endpoint: envelopes over HTTP, held to the profiles' tables.

Answers as the specification asks of endpoints: 400 for an envelope that is none, 401
without the bearer, 415 for another content type, 422 for events it cannot take.
"""

import hmac
import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.shell import campus

VERSION = "http://purl.imsglobal.org/ctx/caliper/v1p2"
ENVELOPE = {"sensor", "sendTime", "dataVersion", "data"}
REQUIRED = ("@context", "id", "type", "actor", "action", "object", "eventTime")
TABLES: dict[str, tuple[set[str], str, str | None]] = {
    "AssignableEvent": (
        {"Started", "Submitted", "Reviewed", "Completed", "Activated", "Deactivated"},
        "AssignableDigitalResource",
        "Attempt",
    ),
    "FeedbackEvent": ({"Commented"}, "Attempt", "Comment"),
    "GradeEvent": ({"Graded"}, "Attempt", "Score"),
    "ToolUseEvent": ({"Used"}, "SoftwareApplication", None),
}
"""Actions, type of the object and of what is generated, by event."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

routes = Blueprint("caliper", __name__, url_prefix="/caliper")


@routes.post("")
def post() -> tuple[Response, int]:
    """Keep an envelope's events, all or none; one that is known changes nothing."""
    status, reason = _checked()
    if reason:
        return jsonify(message=reason), status
    world = campus().records
    with world.change():
        kept = world.extra.setdefault("caliper", {})
        for event in request.json["data"]:
            kept.setdefault(event["id"], event)
    return jsonify(), 200


def _checked() -> tuple[int, str]:
    bearer = request.headers.get("Authorization", "")
    if not hmac.compare_digest(
        bearer.encode(), f"Bearer {campus().lrs.secret}".encode()
    ):
        return 401, "no or another bearer"
    if request.mimetype != "application/json":
        return 415, "application/json is wanted"
    envelope = request.get_json(silent=True)
    if not isinstance(envelope, dict) or envelope.keys() != ENVELOPE:
        return 400, "no envelope"
    if envelope["dataVersion"] != VERSION or not isinstance(envelope["data"], list):
        return 400, "another version"
    return 422, next(filter(None, map(_wrong, envelope["data"])), "")


def _wrong(event: dict[str, Any]) -> str:
    """Say what is wrong with an event; the empty text where nothing is."""
    missing = [name for name in REQUIRED if not event.get(name)]
    if missing:
        return f"{missing[0]} is missing"
    if event["type"] not in TABLES:
        return f"{event['type']} is unknown here"
    if not INSTANT.fullmatch(event["eventTime"]):
        return "eventTime is no instant"
    return _outside_table(event, *TABLES[event["type"]])


def _outside_table(
    event: dict[str, Any], actions: set[str], thing: str, made: str | None
) -> str:
    if event["action"] not in actions:
        return f"{event['action']} is no action of {event['type']}"
    if event["object"].get("type") != thing:
        return f"a {event['type']} is about a {thing}"
    if made and event.get("generated", {}).get("type") != made:
        return f"a {event['type']} generates a {made}"
    return ""
