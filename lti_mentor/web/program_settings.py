"""What is preset in a program, opened: matching, cadence, courses, how they know."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from marshmallow import fields, validate

from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing
from lti_mentor.mentoring import fitting, preparation, settings
from lti_mentor.mentoring.models import (
    Part,
    Participant,
    Program,
    ProgramState,
)
from lti_mentor.mentoring.presets import MEASURES
from lti_mentor.people import queries as people
from lti_mentor.people.models import Context
from lti_mentor.skills import queries as skills
from lti_mentor.web import db, sentences
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope
from lti_mentor.web.programs import led

bp = blueprint("program_settings", __name__)
BASE = "base_"
"""Begins the name of the field for what a measure says before."""
STEPS = {
    "pause": ProgramState.PAUSED,
    "resume": ProgramState.RUNNING,
    "archive": ProgramState.ARCHIVED,
}


def _share() -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(0, 100))


class SettingsForm(Form):
    """Everything that was preset."""

    name = text()
    weeks = fields.Integer(required=True, validate=validate.Range(1, 52))
    cadence_days = fields.Integer(required=True, validate=validate.Range(1, 60))
    default_capacity = fields.Integer(required=True, validate=validate.Range(1, 20))
    answer_days = fields.Integer(required=True, validate=validate.Range(1, 30))
    pairing = fields.String(
        load_default="staff", validate=validate.OneOf(["staff", "learners"])
    )
    measures = fields.List(
        fields.String(validate=validate.OneOf(MEASURES)), load_default=list
    )
    preparation = text(required=False)
    base_practised = _share()
    base_still_using = _share()
    base_level = _share()
    base_served = _share()


@bp.get("/programs/<program>/settings")
def show(program: str) -> Answer:
    """Show everything that was preset."""
    return render("instructor/program_settings.html", **_data(led(program)))


def _data(program: Program) -> dict[str, Any]:
    here = {place.context_id for place in program.audience}
    return {
        "program": program,
        "courses": [place.context for place in program.audience],
        "may_add": program.is_led_by(scope().person),
        "others": [course for course in _taught() if course.id not in here],
        "preparations": [
            (str(course.public_id), course.title or course.label)
            for course in _taught()
        ],
        "measures": [(code, sentences.MEASURES[code]) for code in MEASURES],
        "fit": fitting.fit(db.session(), program),
        "errors": {},
        "value": {},
    }


def _taught() -> list[Context]:
    return [course for course, _page in people.taught(db.session(), scope().person)]


def _of_mine(public_id: str) -> Context:
    found = [one for one in _taught() if str(one.public_id) == public_id]
    if not found:
        raise Missing("context.missing")
    return found[0]


@bp.post("/programs/<program>/settings")
def change(program: str) -> Answer:
    """Keep what was changed."""
    found = led(program)
    try:
        changes = _changes(found, read(SettingsForm))
        settings.change(db.session(), found, changes, by=scope().person)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("program_settings.show", "settings", program=program)


def _changes(program: Program, sent: dict[str, Any]) -> settings.Changes:
    named = sent.pop("preparation")
    kept = program.preparation
    is_kept = kept is not None and named == str(kept.public_id)
    course = kept if is_kept else _of_mine(named) if named else None
    told = {code: sent.pop(f"{BASE}{code}") for code in MEASURES}
    return settings.Changes(
        learners_choose=sent.pop("pairing") == "learners",
        measures=tuple(sent.pop("measures")),
        baseline={code: said for code, said in told.items() if said is not None},
        preparation=course,
        **sent,
    )


def _again(program: Program, errors: Mapping[str, Any]) -> Response:
    data = _data(program) | {"value": request.form}
    return refuse("instructor/program_settings.html", errors, **data)


@bp.post("/programs/<program>/state")
def move(program: str) -> Answer:
    """Let it rest, go on, or put it away."""
    found, step = led(program), STEPS.get(request.form.get("do", ""))
    if step is None:
        raise Invalid("program.step")
    settings.move(db.session(), found, step, by=scope().person)
    return done("programs.show", f"program_{step.value}", program=program)


@bp.post("/programs/<program>/duplicate")
def duplicate(program: str) -> Answer:
    """Begin another one with the same settings, and look at them."""
    found = led(program)
    name = _("%(name)s, again", name=found.name)
    twin = settings.duplicate(db.session(), found, name, by=scope().person)
    return done("program_settings.show", "duplicated", program=twin.public_id)


@bp.post("/programs/<program>/courses")
def courses(program: str) -> Answer:
    """Open it to one more course one teaches, or close it to one."""
    found, session, me = led(program), db.session(), scope().person
    dropped = request.form.get("drop", "")
    if dropped:
        places = [place.context for place in found.audience]
        course = next((c for c in places if str(c.public_id) == dropped), None)
        if course is None:
            raise Missing("context.missing")
        settings.drop_course(session, found, course, by=me)
    else:
        added = request.form.get("add", "")
        if not added:
            raise Invalid("program.step")
        course = _of_mine(added)
        settings.add_course(session, found, course, by=me)
    return done("program_settings.show", "settings", program=program)


@bp.post("/programs/<program>/prepared/<part>")
def prepared(program: str, part: str) -> Answer:
    """Say that a mentor is prepared, or that they are not."""
    found = led(program)
    mentor = get_public(
        db.session(),
        Participant,
        part,
        Participant.program_id == found.id,
        Participant.part == Part.MENTOR,
    )
    is_so = request.form.get("back") != "yes"
    preparation.say_prepared(db.session(), mentor, by=scope().person, is_so=is_so)
    return done("programs.show", "settings", program=program)


@bp.get("/programs/fits")
def fits() -> Answer:
    """Count who would fit what is ticked, while somebody starts a program."""
    who = scope()
    who.require(who.may_run_programs, "scope.not_instructor")
    course, wanted = who.require_course(), set(request.args.getlist("skills"))
    known = skills.skills_of(db.session(), course)
    chosen = [skill for skill in known if str(skill.public_id) in wanted]
    counted = fitting.fit(db.session(), fitting.planned(course, chosen))
    return render("instructor/fits.html", fit=counted)
