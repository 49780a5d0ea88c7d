"""Platform notifications: where a tool wants to hear what happened.

Source: Canvas docs: platform notification service. A notice is a signed JWT, sent
once; nothing is repeated.
"""

import contextlib
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.canvas.claims import COURSE_TYPE, NOTICE_SCOPE, NOTICE_TYPES
from lti_mentor.demo.canvas.errors import advantage, gone
from lti_mentor.demo.canvas.guard import tool_key
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.times import now_iso
from lti_mentor.demo.lti import CLAIM
from lti_mentor.demo.rows import Course, Tool

routes = Blueprint("canvas_notices", __name__)

HELLO = "LtiHelloWorldNotice"
"""Sent to whoever asks for it, so that they see that notices arrive."""
PATH = "/api/lti/notice-handlers/<int:tool_id>"


@routes.get(PATH)
def index(tool_id: int) -> Response:
    """List the handlers of a deployment."""
    tool = _tool(tool_id)
    return jsonify(
        client_id=tool.client_id,
        deployment_id=tool.deployment_id,
        notice_handlers=[_handler(tool, kind) for kind in NOTICE_TYPES],
    )


@routes.put(PATH)
def update(tool_id: int) -> Response:
    """Set the handler of one notice type; an empty one removes it."""
    tool = _tool(tool_id)
    body = request.get_json(force=True, silent=True) or {}
    kind, handler = body.get("notice_type"), body.get("handler", "")
    if kind not in NOTICE_TYPES:
        raise advantage(400, "bad_request", "unknown notice_type")
    if handler and urlsplit(handler).netloc != tool.settings.get("domain"):
        text = "handler url should match tool's domain"
        raise advantage(400, "bad_request", text)
    with canvas().store.change():
        canvas().store.handlers[f"{tool.id} {kind}"] = handler
    if handler and kind == HELLO:
        _send(handler, canvas().lms.keys.sign(_notice(canvas(), tool, HELLO)))
    return jsonify(_handler(tool, kind))


def tell_copied(institution: Institution, old: Course, new: Course) -> None:
    """Tell every tool that asked that a course was copied."""
    for tool in institution.world.tools.values():
        handler = institution.store.handlers.get(f"{tool.id} LtiContextCopyNotice")
        if handler:
            token = institution.lms.keys.sign(_copied(institution, tool, old, new))
            _send(handler, token)


def _send(handler: str, token: str) -> None:
    with contextlib.suppress(requests.RequestException), requests.Session() as web:
        web.post(handler, json={"notices": [{"jwt": token}]}, timeout=5)


def _copied(
    institution: Institution, tool: Tool, old: Course, new: Course
) -> dict[str, Any]:
    return _notice(institution, tool, "LtiContextCopyNotice") | {
        CLAIM + "context": {
            "id": new.opaque,
            "label": new.code,
            "title": new.title,
            "type": [COURSE_TYPE],
        },
        CLAIM + "origin_contexts": [old.opaque],
    }


def _notice(institution: Institution, tool: Tool, kind: str) -> dict[str, Any]:
    at = int(time.time())
    return {
        "iss": institution.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "iat": at,
        "exp": at + 3600,
        "nonce": secrets.token_hex(16),
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": tool.deployment_id,
        CLAIM + "notice": {
            "id": secrets.token_hex(16),
            "timestamp": now_iso(),
            "type": kind,
        },
    }


def _tool(tool_id: int) -> Tool:
    key = tool_key(NOTICE_SCOPE)
    tool = canvas().world.tools.get(tool_id)
    if tool is None or tool.client_id != key.client_id:
        raise gone()
    return tool


def _handler(tool: Tool, kind: str) -> dict[str, str]:
    handler = canvas().store.handlers.get(f"{tool.id} {kind}", "")
    return {"notice_type": kind, "handler": handler}
