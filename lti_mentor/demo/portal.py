"""The first page of the campus: choose an LMS and become somebody."""

from flask import Blueprint, Flask, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_mentor.demo import lrs, shell
from lti_mentor.demo.campus import Campus, Lms
from lti_mentor.demo.rows import Person

routes = Blueprint("portal", __name__)

FIRST_NAMED = ["Lena Ortiz", "Mateo Silva", "Ines Keller", "Ada Admin"]
"""The people of the guided story, offered first."""


def create_app(campus: Campus) -> Flask:
    """Return the portal with the record store."""
    app = shell.create_app("lti_mentor.demo.portal", campus)
    app.register_blueprint(routes)
    app.register_blueprint(lrs.routes)
    return app


@routes.get("/")
def home() -> str:
    """Show both LMSs and their people."""
    return render_template(
        "portal.html", people=[(lms, _crowd(lms)) for lms in shell.campus().both]
    )


@routes.get("/platforms.json")
def platforms() -> Response:
    """Tell the tool what it must know to be registered."""
    campus = shell.campus()
    store = campus.lrs
    return jsonify(
        platforms=campus.platforms,
        lrs={"url": store.url, "key": store.key, "secret": store.secret},
    )


@routes.get("/records")
def records() -> str:
    """Show the statements of the record store, newest first."""
    rows = list(shell.campus().records.statements.values())
    return render_template("records.html", statements=rows[::-1])


@routes.post("/switches/<kind>")
def switches(kind: str) -> Response:
    """Turn switches of one LMS: JSON or a form field per switch."""
    faults = shell.campus().lms(kind).faults
    faults.set(**(request.get_json(silent=True) or _flags()))
    return redirect("/")


def _flags() -> dict[str, bool]:
    return {name: value == "on" for name, value in request.form.items()}


def _crowd(lms: Lms) -> dict[str, list[Person]]:
    """Return the people to become: the story's first, then by what they do."""
    world = lms.world
    teaching = {
        row.person for row in world.enrolments.values() if row.role != "learner"
    }
    groups: dict[str, list[Person]] = {"story": [], "staff": [], "learners": []}
    for person in world.people.values():
        if person.name in FIRST_NAMED:
            groups["story"].append(person)
        elif person.id in teaching or person.admin or person.manager:
            groups["staff"].append(person)
        else:
            groups["learners"].append(person)
    groups["story"].sort(key=lambda person: FIRST_NAMED.index(person.name))
    return groups
