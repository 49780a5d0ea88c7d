"""The learner's workspace: plan, applications with evidence, reflection, score."""

from typing import Any

from flask import Response, request
from marshmallow import ValidationError, fields, validate, validates_schema

from lti_mentor.errors import Invalid, Missing
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.practice import queries, service
from lti_mentor.practice.models import EvidenceKind, PracticeWork, WorkState
from lti_mentor.practice.scoring import components
from lti_mentor.reports import receipts
from lti_mentor.web import db, sentences
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope
from lti_mentor.web.workspace import score_rows, step_of, steps

bp = blueprint("practice", __name__)
LONG = validate.Length(max=service.MAX_TEXT)


def _mine(public_id: str) -> PracticeWork:
    return queries.work_of(db.session(), scope().person, public_id)


@bp.get("/submission")
def under_review() -> Answer:
    """Open the work a platform shows for review: staff's desk, or one's own work."""
    who, session = scope(), db.session()
    if who.resource_link is None:
        raise Missing("practice.not_placed")
    named = who.launch.get("for_user") or who.person.sub
    work = queries.work_at(session, who.resource_link, named)
    if work.learner_id == who.person.id:
        return done("practice.show", work=work.public_id)
    if who.is_staff:
        return done("mentor.desk", work=work.public_id)
    raise Missing("practice.not_yours")


@bp.get("/work/<work>")
def show(work: str) -> Answer:
    """Show where this practice stands and what comes next."""
    return render("learner/work.html", **_data(_mine(work)))


def _data(work: PracticeWork) -> dict[str, Any]:
    session = db.session()
    return {
        "work": work,
        "brief": work.brief,
        "step": step_of(work),
        "offer": _offer(work),
        "steps": steps(work),
        "state": sentences.WORKS[work.state],
        "score": score_rows(components(queries.facts_of(session, work))),
        "bases": sentences.BASES,
        "receipts": receipts.of_work(session, work),
        "errors": {},
        "value": {},
    }


def _offer(work: PracticeWork) -> Mentorship | None:
    """Return the proposed mentor a waiting practice depends on, unless answered."""
    if work.state is not WorkState.WAITING_MENTOR:
        return None
    program, me = work.brief.program, scope().person
    offers = mentoring.offers_to(db.session(), program, me)
    unanswered = (
        o for o in offers if o.mentee_id == me.id and not o.mentee_accepted_at
    )
    return next(unanswered, None)


def _again(work: PracticeWork, errors: Any) -> Response:
    data = _data(work) | {"value": request.form}
    return refuse("learner/work.html", errors, **data)


class PlanForm(Form):
    """When ..., I will ...; if ..., then ..."""

    occasion = fields.String(required=True, validate=LONG)
    action = fields.String(required=True, validate=LONG)
    obstacle = text(required=False)
    response = text(required=False)
    planned_for = fields.Date(load_default=None)


@bp.post("/work/<work>/plan")
def plan(work: str) -> Answer:
    """Hand in the plan."""
    found = _mine(work)
    try:
        sent = read(PlanForm)
        words = service.PlanWords(**sent)
        service.submit_plan(db.session(), found, scope().person, words)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("practice.show", "plan_sent", work=work)


class ApplicationForm(Form):
    """What happened, and what shows it."""

    happened_on = fields.Date(required=True)
    situation = fields.String(required=True, validate=LONG)
    did = fields.String(required=True, validate=LONG)
    result = fields.String(required=True, validate=LONG)
    evidence_text = text(required=False)
    evidence_link = fields.Url(load_default="", schemes={"http", "https"})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _shown(self, _data: Any, sent: dict[str, Any], **_kwargs: Any) -> None:
        if not sent.get("evidence_text") and not sent.get("evidence_link"):
            raise ValidationError("missing", "evidence_text")


@bp.post("/work/<work>/applications")
def apply(work: str) -> Answer:
    """Hand in an application, or the changed one."""
    found = _mine(work)
    try:
        service.submit_application(
            db.session(), found, scope().person, _application(read(ApplicationForm))
        )
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("practice.show", "applied", work=work)


def _application(sent: dict[str, Any]) -> service.ApplicationWords:
    evidence = (
        (EvidenceKind.TEXT, sent.pop("evidence_text", "")),
        (EvidenceKind.LINK, sent.pop("evidence_link", "")),
    )
    return service.ApplicationWords(**sent, evidence=evidence)


class ReflectionForm(Form):
    """What somebody takes from it."""

    learned = fields.String(required=True, validate=LONG)
    next_time = text(required=False)


@bp.post("/work/<work>/reflection")
def reflect(work: str) -> Answer:
    """Write the reflection and complete the practice."""
    found = _mine(work)
    try:
        sent = read(ReflectionForm)
        service.reflect(db.session(), found, scope().person, **sent)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("practice.show", "completed", work=work)
