"""Two people's own page: say yes, agree, write to each other."""

from typing import Any

from flask import request
from marshmallow import fields

from lti_mentor.db import Base
from lti_mentor.errors import Invalid
from lti_mentor.mentoring import queries, service
from lti_mentor.mentoring.models import LIVING, Mentorship
from lti_mentor.practice import queries as practice
from lti_mentor.web import db
from lti_mentor.web.couple import (
    MEANWHILE,
    PAGE,
    again,
    meanwhile,
    mine,
    page,
    subjects,
)
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, blueprint, done, render, scope

bp = blueprint("mentorship", __name__)
for _problem in MEANWHILE:
    bp.register_error_handler(_problem, meanwhile)


@bp.get("/mentorships/<mentorship>")
def show(mentorship: str) -> Answer:
    """Everything of two people on one page, the next step first."""
    return render(PAGE, **page(mine(mentorship)))


@bp.post("/mentorships/<mentorship>/accept")
def accept(mentorship: str) -> Answer:
    """Say yes; who has not joined yet does that first."""
    found = mine(mentorship)
    if not queries.has_consented(db.session(), scope().person, found.program):
        program = found.program.public_id
        return done("learner.join", program=program, accept=mentorship)
    service.accept(db.session(), found, scope().person)
    began = "began" if found.state in LIVING else "accepted"
    return done("mentorship.show", began, mentorship=mentorship)


@bp.post("/mentorships/<mentorship>/decline")
def decline(mentorship: str) -> Answer:
    """Say no."""
    service.decline(db.session(), mine(mentorship), scope().person)
    return done("home.show", "declined")


class AgreementForm(Form):
    """What the two want to reach and how they meet."""

    goals = text()
    meeting = text(required=False)


@bp.post("/mentorships/<mentorship>/agreement")
def sign(mentorship: str) -> Answer:
    """Sign the agreement as it is written in the form."""
    found = mine(mentorship)
    try:
        service.sign(db.session(), found, scope().person, **read(AgreementForm))
    except FormError as wrong:
        return again(found, wrong.errors)
    except Invalid as wrong:
        return again(found, as_error(wrong))
    return done("mentorship.show", "signed", mentorship=mentorship)


class MessageForm(Form):
    """One message, and what it asks about."""

    text = text()
    about = fields.String(load_default="")


@bp.post("/mentorships/<mentorship>/messages")
def post(mentorship: str) -> Answer:
    """Write to the other one."""
    found = mine(mentorship)
    try:
        sent = read(MessageForm)
        subject = _subject(found, sent["about"])
        service.post(db.session(), found, scope().person, sent["text"], subject)
    except FormError as wrong:
        return again(found, wrong.errors)
    except Invalid as wrong:
        return again(found, as_error(wrong))
    return done("mentorship.show", "sent", mentorship=mentorship)


def _subject(found: Mentorship, public_id: str) -> Base | None:
    """Return what of the two's own practice a message asks about; else nothing."""
    if not public_id:
        return None
    works = practice.works_of_mentorship(db.session(), found)
    rows: list[Any] = [row for row, _words in subjects(works)]
    return next((row for row in rows if str(row.public_id) == public_id), None)


@bp.post("/mentorships/<mentorship>/contact")
def contact(mentorship: str) -> Answer:
    """Tell the other one how to reach this person, or take it back."""
    found = mine(mentorship)
    given = request.form.get("contact", "")
    try:
        service.share_contact(db.session(), found, scope().person, given)
    except Invalid as wrong:
        return again(found, {"contact": as_error(wrong)[""]})
    return done("mentorship.show", "contact", mentorship=mentorship)
