"""A course in which the tool is not switched on yet: a calm page, and a wish (P30)."""

from flask import g, request

from lti_mentor.errors import NotAllowed
from lti_mentor.mentoring import queries
from lti_mentor.people import organisation
from lti_mentor.people.models import Context
from lti_mentor.people.scope import Scope
from lti_mentor.platforms.models import Reach
from lti_mentor.web import db
from lti_mentor.web.pages import Answer, blueprint, done, render, scope
from lti_mentor.web.security import SAFE

bp = blueprint("closed", __name__)
SHUT = frozenset({"board", "programs", "program_settings", "report", "deep_link"})
"""Blueprints that work on a course: where the tool is off, they do not."""


@bp.before_app_request
def guard() -> Answer | None:
    """Lead staff of a course where it is off to the page that says so."""
    if "scope" not in g:
        return None
    g.is_closed = is_closed(scope())
    if not g.is_closed or request.blueprint not in SHUT:
        return None
    if request.method not in SAFE:
        raise NotAllowed("course.off")
    return done("closed.show")


def is_closed(who: Scope) -> bool:
    """Say whether the tool is off in this launch's course; what runs there goes on."""
    if "is_closed" in g:
        return bool(g.is_closed)
    course = who.course
    if course is None or who.registration.reach is Reach.EVERYWHERE:
        return False
    session = db.session()
    is_on = organisation.is_on(session, course)
    return not is_on and not queries.programs_in(session, course)


@bp.get("/not-here")
def show() -> Answer:
    """Say that it is off here, and whom to ask."""
    who, session = scope(), db.session()
    return render(
        "closed/show.html",
        course=who.course,
        is_closed=is_closed(who),
        admins=organisation.holders(session, who.registration, "is_org_admin")
        if who.is_staff
        else [],
    )


@bp.post("/not-here")
def ask() -> Answer:
    """Ask the organisation's admins to switch it on here."""
    organisation.ask(_closed_course(), scope().person)
    return done("closed.show", "asked")


def _closed_course() -> Context:
    who = scope()
    course = who.require_course()
    if not (who.may_run_course and is_closed(who)):
        raise NotAllowed("course.not_closed")
    return course
