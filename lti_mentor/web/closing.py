"""Closing day: open practice of a course, settled on one page (P26)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import request
from marshmallow import fields, validate

from lti_mentor.errors import Invalid
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.people.models import Context, Person
from lti_mentor.practice import closing as practice
from lti_mentor.practice import overview, queries
from lti_mentor.practice.models import FINAL, PracticeWork, WorkState
from lti_mentor.web import db, sentences
from lti_mentor.web.forms import DATE, Form, FormError, as_error, end_of_day, read
from lti_mentor.web.pages import (
    Answer,
    blueprint,
    done,
    page_number,
    refuse,
    render,
    scope,
)

bp = blueprint("closing", __name__)
PAGE = "instructor/closing.html"
AT_ONCE = 100
"""Works on one page, and settled at once."""
Step = Callable[[PracticeWork, Person], None]
STEPS: Mapping[str, Step] = {
    "verify": lambda work, by: practice.take_over(db.session(), work, by),
    "excuse": lambda work, by: practice.excuse(db.session(), work, by),
    "settle": lambda work, by: practice.settle(db.session(), work, by),
}
"""What can be done with each of the chosen; more time needs a day as well."""


def _course() -> Context:
    """Return the course whose instructor is asking."""
    scope().require(scope().may_run_course, "scope.not_instructor")
    return scope().require_course()


@bp.get("/closing")
def show() -> Answer:
    """Show everything that is open."""
    return render(PAGE, errors={}, value={}, chosen=[], **_data(_course()))


def _data(course: Context) -> dict[str, Any]:
    session = db.session()
    works = overview.works(
        session,
        course,
        scope().sections,
        states=frozenset(WorkState) - FINAL,
        number=page_number(),
        size=AT_ONCE,
    )
    return {
        "works": works,
        "living": mentoring.count_living_in(session, course),
        "states": sentences.WORKS,
        "turns": sentences.TURNS,
    }


class ClosingForm(Form):
    """What happens to which works."""

    work = fields.List(fields.String(), load_default=list)
    do = fields.String(required=True, validate=validate.OneOf([*STEPS, "extend"]))
    until = fields.Date(load_default=None)


@bp.post("/closing")
def settle() -> Answer:
    """Do the same with all that were chosen; what was closed meanwhile stays."""
    course = _course()
    try:
        sent = read(ClosingForm)
        step = STEPS.get(sent["do"]) or _extending(sent["until"])
    except FormError as wrong:
        return _again(course, wrong.errors)
    session = db.session()
    chosen = [
        queries.work_in(session, course, one, scope().sections) for one in sent["work"]
    ]
    try:
        for work in chosen:
            if work.state not in FINAL:
                step(work, scope().person)
    except Invalid as wrong:
        return _again(course, {"until": as_error(wrong)[""]})
    return done("closing.show", "closing_day")


def _extending(until: date | None) -> Step:
    if until is None:
        raise FormError({"until": DATE})
    moment = end_of_day(until, scope().person.zone or "UTC")
    return lambda work, by: practice.extend(db.session(), work, by, moment)


def _again(course: Context, errors: Any) -> Answer:
    chosen = request.form.getlist("work")
    data = _data(course) | {"value": request.form, "chosen": chosen}
    return refuse(PAGE, errors, **data)
