"""Other offerings of a course: found, named, left out (P27)."""

from typing import Any

from flask_babel import format_date
from marshmallow import fields

from lti_mentor.people import family
from lti_mentor.people.models import Context
from lti_mentor.skills import done as completion
from lti_mentor.skills import granting
from lti_mentor.sync import adopting, queries, service
from lti_mentor.web import db
from lti_mentor.web.forms import Form, FormError, read
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("family", __name__)
LISTED = "lms:"
"""Stands before the LMS's id of a course nobody has opened the tool in."""


def _deciding() -> Context:
    """Return the course whose offerings this person may decide on."""
    course = scope().require_course()
    scope().require(scope().may_run_programs, "scope.not_instructor")
    return course


@bp.get("/course/family")
def show() -> Answer:
    """Show the other offerings, and what could be one."""
    return render("instructor/family.html", **_data(scope().require_course()))


def _data(course: Context) -> dict[str, Any]:
    session = db.session()
    found = family.offerings(session, course)
    ours = family.addable(session, course, scope().person)
    known = {one.context.lms_id for one in found} | {row.lms_id for row in ours}
    listing = queries.newest_listing(session, course)
    others = listing.others if listing else []
    return {
        "course": course,
        "offerings": found,
        "graduates": completion.graduates(session, [one.context.id for one in found]),
        "left_out": family.left_out(session, course),
        "addable": ours,
        "listed": [other for other in others if other["id"] not in known],
        "mark": LISTED,
        "short": format_date,
        "looking": adopting.under_way(session, course),
        "has_api": bool(course.registration.lms_token),
        "may_decide": scope().may_run_programs,
        "errors": {},
    }


class AddForm(Form):
    """Which course; `lms:...` for one of the LMS's list."""

    course = fields.String(required=True)


@bp.post("/course/family")
def add() -> Answer:
    """Say that another course is an offering of this one."""
    course, session, me = _deciding(), db.session(), scope().person
    try:
        named = read(AddForm)["course"]
    except FormError as wrong:
        return refuse("instructor/family.html", wrong.errors, **_data(course))
    if named.startswith(LISTED):
        adopting.request(session, course, me, named.removeprefix(LISTED))
        return done("family.show", "offering_looked_at")
    other = family.addable_one(session, course, me, named)
    _say(course, other, is_one=True)
    return done("family.show", "offering_added")


@bp.post("/course/family/<offering>/remove")
def remove(offering: str) -> Answer:
    """Say that another course is none."""
    course = _deciding()
    _say(course, family.offering(db.session(), course, offering), is_one=False)
    return done("family.show", "offering_removed")


@bp.post("/course/family/<offering>/restore")
def restore(offering: str) -> Answer:
    """Take that back."""
    course = _deciding()
    _say(course, family.offering(db.session(), course, offering), is_one=True)
    return done("family.show", "offering_added")


def _say(course: Context, other: Context, *, is_one: bool) -> None:
    """Keep the word, and let everything that hangs on it follow."""
    session = db.session()
    if not adopting.name(session, course, other, scope().person, is_one=is_one):
        return
    granting.grant(session, course)
    if is_one:
        service.queue(session, course)
