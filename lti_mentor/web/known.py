"""What the LMS does not know: skills typed here, and what counts as done (P29)."""

from typing import Any

from flask import request
from flask_babel import format_percent, get_timezone, to_user_timezone
from flask_babel import lazy_gettext as _
from marshmallow import fields, validate

from lti_mentor.errors import Invalid
from lti_mentor.people.models import Context
from lti_mentor.skills import done as completion
from lti_mentor.skills import listed, queries, typed
from lti_mentor.skills.models import DoneKind, DoneRule, SkillSource
from lti_mentor.sync import service
from lti_mentor.web import db
from lti_mentor.web.forms import DATE, Form, FormError, as_error, end_of_day, read, text
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("known", __name__)
PAGE = "instructor/known.html"
GRADE = _("Please give a number from 1 to 100.")
NAMES = _("Please put at least one address or name of this course on the list.")


def _deciding() -> Context:
    """Return the course whose skills and rule this person may decide on."""
    course = scope().require_course()
    scope().require(scope().may_run_programs, "scope.not_instructor")
    return course


@bp.get("/course/known")
def show() -> Answer:
    """Show what is known, and ask for what is not."""
    return render(PAGE, **_data(scope().require_course()))


def _data(course: Context) -> dict[str, Any]:
    session = db.session()
    rule = completion.rule_of(session, course)
    mine = [(str(s.public_id), s.label) for s in queries.typed_in(session, course)]
    empty = [("", "")] * max(0, typed.MOST - len(mine))
    everything = queries.skills_of(session, course)
    told, by_rule = completion.counted(session, [course.id])
    return {
        "course": course,
        "lms_skills": [s for s in everything if s.source is SkillSource.LMS],
        "lines": [*mine, *empty],
        "rule": rule,
        "told": told,
        "by_rule": completion.done_by(session, rule) if rule else by_rule,
        "has_api": bool(course.registration.lms_token and course.lms_id),
        "may_decide": scope().may_run_programs,
        "value": _values(rule),
        "percent": format_percent(rule.grade) if rule and rule.grade else "",
        "matched": None,
        "errors": {},
    }


def _values(rule: DoneRule | None) -> dict[str, Any]:
    """Return the form's fields as the rule has them."""
    if rule is None:
        return {}
    local = to_user_timezone(rule.day).date().isoformat() if rule.day else ""
    grade = f"{rule.grade * 100:g}" if rule.grade else ""
    return {"kind": rule.kind.value, "grade": grade, "day": local}


class SkillsForm(Form):
    """Up to five lines, each with the id of the skill that stood in it."""

    ids = fields.List(fields.String(), load_default=list)
    labels = fields.List(
        fields.String(validate=validate.Length(max=255)), load_default=list
    )


@bp.post("/course/known/skills")
def keep_skills() -> Answer:
    """Keep the typed skills."""
    course = _deciding()
    try:
        sent = read(SkillsForm)
        lines = list(zip(sent["ids"], sent["labels"], strict=False))
        typed.keep(db.session(), course, scope().person, lines)
    except FormError as wrong:
        return _again(course, wrong.errors)
    except Invalid as wrong:
        return _again(course, as_error(wrong))
    return done("known.show", "skills_kept")


class DoneForm(Form):
    """By what a course counts as done."""

    kind = fields.Enum(DoneKind, by_value=True, required=True)
    grade = fields.Integer(load_default=None, validate=validate.Range(1, 100))
    day = fields.Date(load_default=None)
    names = text(required=False)
    do = fields.String(load_default="")


@bp.post("/course/known/done")
def say() -> Answer:
    """Keep what counts as done; of a list, show first whom it names."""
    course = _deciding()
    try:
        sent = read(DoneForm)
        matched = _matched(course, sent)
        if matched is not None and sent["do"] != "keep":
            return render(PAGE, **(_data(course) | _typed() | {"matched": matched}))
        said = _said(sent, matched)
        completion.say(db.session(), course, scope().person, said)
    except FormError as wrong:
        return _again(course, wrong.errors)
    if said.kind is DoneKind.GRADE:
        service.request(db.session(), course)
    return done("known.show", "done_said")


def _matched(course: Context, sent: dict[str, Any]) -> listed.Matched | None:
    if sent["kind"] is not DoneKind.NAMES:
        return None
    return listed.match(db.session(), course, sent["names"])


def _said(sent: dict[str, Any], matched: listed.Matched | None) -> completion.Said:
    """Return the answer, complete for its kind.

    Raises:
        FormError: What this kind needs is not there.
    """
    kind: DoneKind = sent["kind"]
    if kind is DoneKind.GRADE:
        if sent["grade"] is None:
            raise FormError({"grade": GRADE})
        return completion.Said(kind, grade=sent["grade"] / 100)
    if kind is DoneKind.DATE:
        if sent["day"] is None:
            raise FormError({"day": DATE})
        day = end_of_day(sent["day"], str(get_timezone() or "UTC"))
        return completion.Said(kind, day=day)
    if matched is None or not matched.found:
        raise FormError({"names": NAMES})
    return completion.Said(kind, named=matched.found)


@bp.post("/course/known/done/undo")
def unsay() -> Answer:
    """Take back what counts as done."""
    course = _deciding()
    completion.unsay(db.session(), course, scope().person)
    return done("known.show", "done_unsaid")


def _again(course: Context, errors: Any) -> Answer:
    return refuse(PAGE, errors, **(_data(course) | _typed()))


def _typed() -> dict[str, Any]:
    """Return what was typed, so that a refused form loses nothing."""
    kept: dict[str, Any] = {}
    if "labels" in request.form:
        ids = request.form.getlist("ids")
        kept["lines"] = list(zip(ids, request.form.getlist("labels"), strict=False))
    if "kind" in request.form or "names" in request.form:
        kept["value"] = request.form
    return kept
