"""Calendar events and planner notes.

Source: Canvas app/controllers/calendar_events_api_controller.rb and
planner_notes_controller.rb. Course events are seen by the whole course; a user's
calendar takes that user's own token.
"""

from typing import Any

from flask import Response, jsonify, request

from lti_mentor.demo.canvas.errors import gone, listed
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.canvas.pages.home import events_for
from lti_mentor.demo.canvas.paging import answer
from lti_mentor.demo.canvas.rest.access import blueprint, caller, unauthorized
from lti_mentor.demo.canvas.rest.work import field
from lti_mentor.demo.canvas.store import Event
from lti_mentor.demo.canvas.times import now_iso, tidy
from lti_mentor.demo.world import next_id

routes = blueprint("dates")


@routes.get("/calendar_events")
def index() -> Response:
    """List the caller's events; by default their own calendar's."""
    codes = request.args.getlist("context_codes[]") or [f"user_{caller().id}"]
    mine = events_for(canvas(), caller())
    return answer([event_json(one) for one in mine if one.context in codes])


@routes.post("/calendar_events")
def create() -> tuple[Response, int]:
    """Add an event to one's own or, for teachers, a course's calendar."""
    context = str(field("calendar_event", "context_code") or "")
    _may_write(context)
    start = tidy(field("calendar_event", "start_at"))
    if start is None:
        raise listed(400, "start_at is invalid")
    store = canvas().store
    with store.change():
        event = Event(next_id(store.events), context, "", start)
        _take_fields(event)
        store.add(event)
    return jsonify(event_json(event)), 201


@routes.get("/calendar_events/<int:id>")
def show(id: int) -> Response:
    """Return one event."""
    return jsonify(event_json(_event(id)))


@routes.put("/calendar_events/<int:id>")
def update(id: int) -> Response:
    """Change an event."""
    event = _event(id)
    _may_write(event.context)
    with canvas().store.change():
        _take_fields(event)
    return jsonify(event_json(event))


@routes.delete("/calendar_events/<int:id>")
def delete(id: int) -> Response:
    """Remove an event; it is shown once more, as deleted."""
    event = _event(id)
    _may_write(event.context)
    with canvas().store.change():
        del canvas().store.events[id]
    return jsonify(event_json(event) | {"workflow_state": "deleted"})


@routes.post("/planner_notes")
def planner_note() -> tuple[Response, int]:
    """Add a note to the planner of the token's own user."""
    body = request.get_json(silent=True) or request.form.to_dict()
    due = tidy(body.get("todo_date"))
    if not body.get("title") or due is None:
        raise listed(400, "title and todo_date are required")
    store = canvas().store
    with store.change():
        number = next_id(store.events)
        title, details = body["title"], body.get("details", "")
        store.add(Event(number, f"user_{caller().id}", title, due, description=details))
    shown = {
        "id": number,
        "title": title,
        "description": details,
        "user_id": caller().id,
        "workflow_state": "active",
        "course_id": body.get("course_id"),
        "todo_date": due,
    }
    return jsonify(shown), 201


def event_json(event: Event) -> dict[str, Any]:
    """Return an event."""
    url = f"{canvas().url}/api/v1/calendar_events/{event.id}"
    return {
        "id": event.id,
        "title": event.title,
        "start_at": event.start,
        "end_at": event.end or event.start,
        "description": event.description or None,
        "location_name": event.place or None,
        "location_address": None,
        "context_code": event.context,
        "workflow_state": "active",
        "hidden": False,
        "parent_event_id": None,
        "child_events_count": 0,
        "child_events": [],
        "url": url,
        "html_url": f"{canvas().url}/calendar?event_id={event.id}",
        "all_day": False,
        "all_day_date": None,
        "created_at": now_iso(),
        "updated_at": now_iso(),
    }


def _take_fields(event: Event) -> None:
    """Take up the fields that were sent."""
    names = {"title": "title", "description": "description", "location_name": "place"}
    for wire, name in names.items():
        sent = field("calendar_event", wire)
        if sent is not None:
            setattr(event, name, str(sent))
    for wire, name in {"start_at": "start", "end_at": "end"}.items():
        sent = tidy(field("calendar_event", wire))
        if sent is not None:
            setattr(event, name, sent)


def _event(number: int) -> Event:
    for event in events_for(canvas(), caller()):
        if event.id == number:
            return event
    raise gone()


def _may_write(context: str) -> None:
    """Refuse other people's calendars, and courses one does not teach."""
    kind, _, number = context.partition("_")
    mine = kind == "user" and number == str(caller().id)
    teaches = (
        kind == "course"
        and number.isdecimal()
        and canvas().is_staff(int(number), caller())
    )
    if not mine and not teaches:
        raise unauthorized()
