"""Conversations.

Source: Canvas app/controllers/conversations_controller.rb. A private thread with the
same people is used again and its new subject ignored, unless `force_new`.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import Refused, gone
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.paging import answer
from lti_mentor.demo.canvas.rest.access import blueprint, caller
from lti_mentor.demo.canvas.store import Conversation
from lti_mentor.demo.canvas.times import now_iso
from lti_mentor.demo.world import next_id

routes = blueprint("inbox")


@routes.get("/conversations")
def index() -> Response:
    """List the caller's threads, newest first."""
    threads = list(canvas().store.conversations.values())[::-1]
    return answer([_shown(one) for one in threads if caller().id in one.people])


@routes.get("/conversations/<int:id>")
def show(id: int) -> Response:
    """Return one thread with its messages."""
    thread = canvas().store.conversations.get(id)
    if thread is None or caller().id not in thread.people:
        raise gone()
    return jsonify(_shown(thread) | {"messages": thread.messages[::-1]})


@routes.post("/conversations")
def create() -> tuple[Response, int]:
    """Send a message: one thread for all, or one for each recipient."""
    body = _body()
    recipients = _recipients(body["recipients"])
    if not str(body.get("body") or "").strip():
        raise _invalid("body", "blank")
    if len(str(body.get("subject") or "")) > 255:
        raise _invalid("subject", "too_long")
    together = str(body.get("group_conversation", "")).lower() in ("true", "1")
    groups = [recipients] if together else [[one] for one in recipients]
    with canvas().store.change():
        threads = [_send(body, group) for group in groups]
    if body.get("mode") == "async":
        return jsonify([]), 202
    return jsonify([_shown(one) for one in threads]), 201


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if isinstance(body, dict):
        return {"recipients": [], **body}
    return request.form.to_dict() | {"recipients": request.form.getlist("recipients[]")}


def _invalid(attribute: str, kind: str) -> Refused:
    return Refused(
        400, [{"attribute": attribute, "type": kind, "message": kind.replace("_", " ")}]
    )


def _recipients(references: list[Any]) -> list[int]:
    """Return whom to write to; a course stands for all its people."""
    found: list[int] = []
    for reference in map(str, references):
        if reference.startswith("course_"):
            course = int(reference.removeprefix("course_"))
            active = canvas().enrolments(course, status="active")
            found += [one.person for one in active]
        elif reference.isdecimal() and int(reference) in canvas().world.people:
            found.append(int(reference))
        else:
            raise _invalid("recipients", "invalid")
    others = [one for one in dict.fromkeys(found) if one != caller().id]
    if not others:
        raise _invalid("recipients", "blank")
    return others


def _send(body: dict[str, Any], people: list[int]) -> Conversation:
    store, everybody = canvas().store, sorted([caller().id, *people])
    fresh = str(body.get("force_new", "")).lower() in ("true", "1")
    same = [one for one in store.conversations.values() if one.people == everybody]
    if same and not fresh:
        thread = same[-1]
    else:
        thread = Conversation(
            id=next_id(store.conversations),
            subject=str(body.get("subject") or ""),
            people=everybody,
            context=str(body.get("context_code") or ""),
        )
        store.add(thread)
    message = {
        "id": thread.id * 1000 + len(thread.messages) + 1,
        "created_at": now_iso(),
        "body": str(body["body"]),
        "author_id": caller().id,
        "generated": False,
    }
    thread.messages.append(message)
    return thread


def _shown(thread: Conversation) -> dict[str, Any]:
    people = canvas().world.people
    return {
        "id": thread.id,
        "subject": thread.subject,
        "workflow_state": "read",
        "last_message": thread.messages[-1]["body"],
        "message_count": len(thread.messages),
        "private": len(thread.people) == 2,
        "audience": [one for one in thread.people if one != caller().id],
        "participants": [{"id": n, "name": people[n].name} for n in thread.people],
        "context_code": thread.context or None,
    }
