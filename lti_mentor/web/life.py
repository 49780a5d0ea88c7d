"""Not working for you: rest, check whether it fits, conclude, end, report (P11)."""

from typing import Any

from flask import Response, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from lti_mentor.errors import Invalid
from lti_mentor.mentoring import concerns, queries, service
from lti_mentor.mentoring.models import (
    LIVING,
    ConcernKind,
    Degree,
    Mentorship,
    MentorshipState,
)
from lti_mentor.web import db, sentences
from lti_mentor.web.couple import MEANWHILE, meanwhile, mine, said
from lti_mentor.web.forms import Form, FormError, as_error, end_of_day, read, text
from lti_mentor.web.names import named
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("life", __name__)
for _problem in MEANWHILE:
    bp.register_error_handler(_problem, meanwhile)

PAGE = "mentorship/life.html"
END_REASONS: dict[str, LazyString] = {
    "no_time": _l("No time at the moment"),
    "reached_goal": _l("We reached what we wanted"),
    "other_mentor": _l("I would like somebody else"),
    "not_helpful": _l("It does not help me"),
    "private": _l("I would rather not say"),
}
"""Why somebody ends it; told to nobody but counted."""
DEGREES: dict[Degree, LazyString] = {
    Degree.YES: _l("Yes"),
    Degree.PARTLY: _l("Partly"),
    Degree.NO: _l("No"),
}
KINDS: dict[ConcernKind, LazyString] = {
    ConcernKind.DISRESPECT: _l("I was treated without respect"),
    ConcernKind.BOUNDARIES: _l("A boundary was crossed"),
    ConcernKind.UNSAFE: _l("I do not feel safe, or I worry about somebody"),
    ConcernKind.OTHER: _l("Something else"),
}
"""What a report may be about."""


@bp.get("/mentorships/<mentorship>/life")
def show(mentorship: str) -> Answer:
    """Show what somebody can do when it does not go as it should, or is done."""
    return render(PAGE, **_data(mine(mentorship)))


def _data(found: Mentorship) -> dict[str, Any]:
    session, me = db.session(), scope().person
    partner = found.partner_of(me)
    voice = queries.voices(session, found).get(me.id)
    readers = concerns.readers(session, found.program, partner)
    return {
        "mentorship": found,
        "partner": partner,
        "state": sentences.MENTORSHIPS[found.state],
        "is": found.state.value,
        "is_living": found.state in LIVING,
        "i_closed": found.state is MentorshipState.CONCLUDING
        and said(found, me, "closed_at"),
        "voice": voice,
        "degrees": [(one.value, words) for one, words in DEGREES.items()],
        "yes_no": [("yes", _("Yes")), ("no", _("No, I would rather change"))],
        "end_reasons": list(END_REASONS.items()),
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "readers": [named(one) for one in readers],
        "reported": concerns.of_reporter(session, found, me),
        "messages": queries.thread(session, found),
        "me": me,
        "errors": {},
        "value": {},
    }


def _again(found: Mentorship, errors: Any) -> Response:
    return refuse(PAGE, errors, **(_data(found) | {"value": request.form}))


class PauseForm(Form):
    """Until when; nothing = until one of the two goes on."""

    until = fields.Date(load_default=None)


@bp.post("/mentorships/<mentorship>/pause")
def pause(mentorship: str) -> Answer:
    """Let it rest."""
    found, me = mine(mentorship), scope().person
    try:
        until = read(PauseForm)["until"]
        zone = me.zone or found.program.zone
        moment = end_of_day(until, zone) if until else None
        service.pause(db.session(), found, me, moment)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, {"until": as_error(wrong)[""]})
    return done("mentorship.show", "rests", mentorship=mentorship)


@bp.post("/mentorships/<mentorship>/resume")
def resume(mentorship: str) -> Answer:
    """Go on."""
    service.resume(db.session(), mine(mentorship), scope().person)
    return done("mentorship.show", "goes_on", mentorship=mentorship)


class FitForm(Form):
    """Two questions, for nobody else to read."""

    helps = fields.Enum(Degree, by_value=True, load_default=None)
    goes_on = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))


@bp.post("/mentorships/<mentorship>/fit")
def fit(mentorship: str) -> Answer:
    """Keep whether it fits; a no ends it without blame."""
    found = mine(mentorship)
    try:
        sent = read(FitForm)
    except FormError as wrong:
        return _again(found, wrong.errors)
    goes_on = sent["goes_on"] == "yes"
    service.check_fit(
        db.session(), found, scope().person, helps=sent["helps"], goes_on=goes_on
    )
    if goes_on:
        return done("mentorship.show", "fits", mentorship=mentorship)
    return done("home.show", "changed")


@bp.post("/mentorships/<mentorship>/conclude")
def conclude(mentorship: str) -> Answer:
    """Begin the end."""
    service.conclude(db.session(), mine(mentorship), scope().person)
    return done("life.show", "concluded", mentorship=mentorship)


class ClosingForm(Form):
    """Three questions, each optional."""

    reached = fields.Enum(Degree, by_value=True, load_default=None)
    takes_along = text(required=False)
    thanks = text(required=False)


@bp.post("/mentorships/<mentorship>/closing")
def closing(mentorship: str) -> Answer:
    """Keep the closing answers."""
    found = mine(mentorship)
    try:
        words = service.ClosingWords(**read(ClosingForm))
        service.answer_closing(db.session(), found, scope().person, words)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("mentorship.show", "looked_back", mentorship=mentorship)


class EndForm(Form):
    """Why it ends."""

    reason = fields.String(required=True, validate=validate.OneOf([*END_REASONS]))


@bp.post("/mentorships/<mentorship>/end")
def end(mentorship: str) -> Answer:
    """End it without blame."""
    found = mine(mentorship)
    try:
        reason = read(EndForm)["reason"]
    except FormError as wrong:
        return _again(found, wrong.errors)
    service.end(db.session(), found, scope().person, reason)
    return done("home.show", "ended")


class ReportForm(Form):
    """What happened, in as many words and messages as somebody wants to show."""

    kind = fields.Enum(ConcernKind, by_value=True, required=True)
    words = text(required=False)
    messages = fields.List(fields.String(), load_default=list)


@bp.post("/mentorships/<mentorship>/report")
def report(mentorship: str) -> Answer:
    """Stop it at once, and tell whoever leads the program."""
    found = mine(mentorship)
    try:
        words = concerns.ConcernWords(**read(ReportForm))
        concerns.report(db.session(), found, scope().person, words)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("life.show", "reported", mentorship=mentorship)
