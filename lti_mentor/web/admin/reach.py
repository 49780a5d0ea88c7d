"""In which courses the tool is on, and who asked for it elsewhere (P30)."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from lti_mentor.db import get_public
from lti_mentor.errors import Missing
from lti_mentor.people import organisation
from lti_mentor.people import queries as people
from lti_mentor.people.models import Context
from lti_mentor.platforms import places
from lti_mentor.platforms.models import Place, PlaceKind, Reach, Registration, Starting
from lti_mentor.sync import groups
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp, changed, seen
from lti_mentor.web.admin.starting import waiting_programs
from lti_mentor.web.pages import Answer, done, render

HOME = "admin.reach"


@bp.get("/courses")
def reach() -> Answer:
    """Show where the tool is on, who waits for it, and who may start programs."""
    registration, session = seen(), db.session()
    return render(
        "admin/reach.html",
        registration=registration,
        is_everywhere=registration.reach is Reach.EVERYWHERE,
        asking=organisation.asking(session, registration),
        waiting=waiting_programs(registration),
        starters=organisation.holders(session, registration, "may_start"),
        starting=Starting,
        **_places(registration),
    )


def _places(registration: Registration) -> dict[str, Any]:
    session = db.session()
    chosen = places.chosen(session, registration)
    groups, courses = organisation.groups(session, registration), _courses(registration)
    counts = {key: count for key, _name, count in groups}
    on = {(place.kind, place.key) for place in chosen}
    return {
        "chosen": [(place, counts.get(place.key)) for place in chosen],
        "groups": [
            (key, _named(key, name))
            for key, name, _n in groups
            if _free(on, "group", key)
        ],
        "courses": [(k, name) for k, name in courses if _free(on, "course", k)],
    }


def _named(key: str, name: str) -> str:
    """Return what a group is called; Moodle's API tells a category's number only."""
    return name or _("No. %(id)s", id=key)


def _free(on: set[tuple[PlaceKind, str]], kind: str, key: str) -> bool:
    return (PlaceKind(kind), key) not in on


def _courses(registration: Registration) -> list[tuple[str, str]]:
    found = people.courses(db.session(), registration)
    return [(str(one.public_id), one.title or one.label) for one in found]


@bp.post("/courses")
def change_reach() -> Answer:
    """Switch the tool on everywhere, or only where it is chosen."""
    registration = changed()
    is_everywhere = request.form.get("reach") == Reach.EVERYWHERE
    registration.reach = Reach.EVERYWHERE if is_everywhere else Reach.CHOSEN
    groups.request(db.session(), registration)
    return done(HOME, "settings")


@bp.post("/courses/on")
def switch_on() -> Answer:
    """Switch the tool on in a course, or in all courses of a group."""
    registration, session = changed(), db.session()
    kind, key = request.form.get("kind", ""), request.form.get("key", "")
    known = {
        PlaceKind.COURSE: dict(_courses(registration)),
        PlaceKind.GROUP: {
            group: name
            for group, name, _n in organisation.groups(session, registration)
        },
    }
    if kind not in set(PlaceKind) or key not in known[PlaceKind(kind)]:
        raise Missing("place.missing")
    name = known[PlaceKind(kind)][key]
    places.switch_on(session, registration, PlaceKind(kind), key, name)
    return done(HOME, "switched_on")


@bp.post("/courses/off")
def switch_off() -> Answer:
    """Take a course or a group off the list; what runs there goes on."""
    registration, session = changed(), db.session()
    mine = Place.registration_id == registration.id
    place = get_public(session, Place, request.form.get("place", ""), mine)
    places.switch_off(session, registration, str(place.public_id))
    return done(HOME, "switched_off")


@bp.post("/courses/wish")
def answer_wish() -> Answer:
    """Switch the tool on where somebody asked for it, or say why not."""
    registration, session = changed(), db.session()
    mine = Context.registration_id == registration.id
    course = get_public(session, Context, request.form.get("course", ""), mine)
    if request.form.get("answer") != "yes":
        organisation.answer(course, request.form.get("words", ""))
        return done(HOME, "answered")
    name = course.title or course.label
    key = str(course.public_id)
    places.switch_on(session, registration, PlaceKind.COURSE, key, name)
    organisation.answer(course)
    return done(HOME, "switched_on")
