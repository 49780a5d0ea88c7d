"""The first page of the campus: choose an LMS and become somebody."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_mentor.demo import caliper, lrs, mailbox, shell
from lti_mentor.demo.campus import Campus, Lms
from lti_mentor.demo.rows import Person
from lti_mentor.demo.world import World, rows

routes = Blueprint("portal", __name__)

STORY = {
    "Lena Ortiz": "learns negotiation",
    "Mateo Silva": "graduated last term",
    "Ines Keller": "teaches both courses",
    "Ada Admin": "administers the site",
}
"""The people of the guided story and what they are here."""
GRADEBOOKS = {
    "moodle": "/grade/report/grader/index.php?id={course}",
    "canvas": "/courses/{course}/gradebook",
}
"""Where each LMS shows all grades of a course."""
GROUPS = ["story", "staff", "graduates", "learners"]
"""The groups of people in their order on the page."""


def create_app(campus: Campus) -> Flask:
    """Return the portal with the record store."""
    app = shell.create_app("lti_mentor.demo.portal", campus)
    app.register_blueprint(routes)
    app.register_blueprint(lrs.routes)
    app.register_blueprint(mailbox.routes)
    app.register_blueprint(caliper.routes)
    return app


@routes.get("/")
def home() -> str:
    """Show both LMSs and their people."""
    return render_template(
        "portal.html",
        people=[(lms, _crowd(lms)) for lms in shell.campus().both],
        story=STORY,
        mails=len(shell.campus().records.mails),
        gradebooks={lms.kind: _gradebooks(lms) for lms in shell.campus().both},
    )


@routes.get("/platforms.json")
def platforms() -> Response:
    """Tell the tool what it must know to be registered; 503 while that is not yet."""
    campus = shell.campus()
    if campus.tool_url and not campus.platforms:
        return Response(status=503, headers={"Retry-After": "1"})
    store = campus.lrs
    return jsonify(
        platforms=campus.platforms,
        lrs={"url": store.url, "key": store.key, "secret": store.secret},
        caliper={"url": f"{campus.portal_url}/caliper", "key": store.secret},
    )


@routes.get("/records")
def records() -> str:
    """Show what the record store and the Caliper endpoint hold, newest first."""
    world = shell.campus().records
    statements, events = world.statements.values(), world.extra.get("caliper", {})
    return render_template(
        "records.html",
        statements=[*statements][::-1],
        events=[*events.values()][::-1],
    )


@routes.post("/switches/<kind>")
def switches(kind: str) -> Response:
    """Turn switches of one LMS: JSON, or a form field per switch.

    Besides the faults: `rotated` signs with a new key, `forgotten` ends all access
    tokens, `concluded` names the course (by its short name) that is over.
    """
    lms = shell.campus().lms(kind)
    given = request.get_json(silent=True) or _flags()
    if given.pop("rotated", False):
        lms.keys.rotate()
    if given.pop("forgotten", False):
        lms.tokens.expire()
    code = given.pop("concluded", "")
    with lms.world.change():
        for course in rows(lms.world.courses, code=code):
            course.concluded = True
    lms.faults.set(**given)
    return redirect("/")


def _flags() -> dict[str, Any]:
    """Return a form's switches: `on` is true, anything else stays a word."""
    return {
        name: {"on": True, "off": False}.get(value, value)
        for name, value in request.form.items()
    }


def _crowd(lms: Lms) -> dict[str, list[Person]]:
    """Return the people to become, by what they are here."""
    groups: dict[str, list[Person]] = {name: [] for name in GROUPS}
    for person in lms.world.people.values():
        group = _group(lms.world, person)
        if group:
            groups[group].append(person)
    order = list(STORY)
    groups["story"].sort(key=lambda person: order.index(person.name))
    return groups


def _gradebooks(lms: Lms) -> list[tuple[str, str]]:
    """Return title and address of each gradebook, opened as its teacher."""
    world, path = lms.world, GRADEBOOKS[lms.kind]
    return [
        (
            world.courses[row.course].title,
            f"{lms.url}/become/{row.person}?"
            + urlencode({"next": path.format(course=row.course)}),
        )
        for row in rows(world.enrolments, role="instructor")
    ]


def _group(world: World, person: Person) -> str:
    if person.name in STORY:
        return "story"
    places = rows(world.enrolments, person=person.id)
    if person.admin or person.manager or any(row.role != "learner" for row in places):
        return "staff"
    if any(row.key in world.course_completions for row in places):
        return "graduates"
    return "learners" if places else ""
