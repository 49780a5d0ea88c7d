"""Dashboard, calendar, inbox, and the pages without a person."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, session
from werkzeug.wrappers import Response

from lti_mentor.demo import shell
from lti_mentor.demo.canvas.errors import gone
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.launching import at_placement
from lti_mentor.demo.canvas.store import Event
from lti_mentor.demo.canvas.visits import admin, visitor
from lti_mentor.demo.rows import Person

routes = Blueprint("canvas_home", __name__)


@routes.get("/")
def home() -> str:
    """Show the visitor's courses, or whom the visitor may become."""
    if shell.me() is None:
        return render_template("canvas/sign_in.html", groups=_crowd(canvas()))
    courses = canvas().my_courses(visitor())
    return render_template("canvas/dashboard.html", courses=courses)


@routes.get("/login/canvas")
def sign_in() -> str:
    """Show whom the visitor may become."""
    return render_template("canvas/sign_in.html", groups=_crowd(canvas()))


@routes.post("/users/<int:number>/masquerade")
def masquerade(number: int) -> Response:
    """Let an admin act as somebody; their launches say so."""
    actor = admin()
    if number not in canvas().world.people:
        raise gone()
    session.update(person=number, masquerader=actor.id)
    return redirect("/")


@routes.get("/calendar")
def calendar() -> str:
    """Show the visitor's dates, soonest first."""
    person, institution = visitor(), canvas()
    events = events_for(institution, person)
    return render_template("canvas/calendar.html", events=events)


@routes.get("/conversations")
def conversations() -> str:
    """Show the visitor's inbox, newest first."""
    person, institution = visitor(), canvas()
    threads = list(institution.store.conversations.values())
    mine = [one for one in threads if person.id in one.people]
    return render_template("canvas/inbox.html", conversations=mine[::-1])


@routes.get("/post_message_forwarding")
def forwarding() -> str:
    """Keep a tool's data for it: the frame beside the tool's own.

    Source: Canvas app/controllers/lti/platform_storage_controller.rb.
    """
    return render_template("canvas/forwarding.html")


def events_for(institution: Institution, person: Person) -> list[Event]:
    """Return the events of somebody's own calendar and courses."""
    codes = {f"course_{course.id}" for course in institution.my_courses(person)}
    codes.add(f"user_{person.id}")
    mine = [one for one in institution.store.events.values() if one.context in codes]
    return sorted(mine, key=lambda event: event.start or "")


def everywhere() -> dict[str, Any]:
    """Return what every page's template needs."""
    institution, person = canvas(), shell.me()
    return {
        "user_tools": at_placement(institution, "user_navigation", None)
        if person
        else [],
        "account_tools": at_placement(institution, "account_navigation", None)
        if person and person.admin
        else [],
        "acting": institution.world.people.get(session.get("masquerader", 0)),
        "name_of": _name_of(institution),
        "silent": not institution.says("canvas_storage_answers"),
    }


def _name_of(institution: Institution) -> Callable[[int], str]:
    """Return a function from a person's id to the name."""
    return lambda number: institution.world.people[number].name


def _crowd(institution: Institution) -> dict[str, list[Person]]:
    teaching = {r.person for r in institution.enrolments() if r.role != "learner"}
    people = list(institution.world.people.values())
    staff = [one for one in people if one.admin or one.id in teaching]
    learners = [one for one in people if one not in staff]
    return {"Staff": staff, "Learners and graduates": learners}
