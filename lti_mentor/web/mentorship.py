"""Two people's own page: say yes, agree, talk, meet."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import get_timezone
from flask_babel import gettext as _
from marshmallow import fields, validate

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.errors import Invalid
from lti_mentor.mentoring import queries, service
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.practice import queries as practice
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling import service as sessions
from lti_mentor.scheduling.calendar import calendar_file
from lti_mentor.scheduling.models import MentoringSession, OfferedTime, SessionState
from lti_mentor.web import db, sentences
from lti_mentor.web.forms import Form, FormError, LocalDateTime, as_error, read, text
from lti_mentor.web.names import named
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("mentorship", __name__)

END_REASONS = ("no_time", "reached_goal", "other_mentor", "not_helpful", "private")
"""Why somebody ends it; told to nobody but counted."""


def _mine(public_id: str) -> Mentorship:
    return queries.mentorship_of(db.session(), scope().person, public_id)


@bp.get("/mentorships/<mentorship>")
def show(mentorship: str) -> Answer:
    """Everything of two people on one page, the next step first."""
    return render("mentorship/show.html", **_data(_mine(mentorship)))


def _data(found: Mentorship) -> dict[str, Any]:
    session, me = db.session(), scope().person
    program, meetings = found.program, scheduling.sessions_of(session, found)
    return {
        "mentorship": found,
        "me": me,
        "partner": found.partner_of(me),
        "i_am_mentor": me.id == found.mentor_id,
        "partner_part": queries.participant_of(session, program, found.partner_of(me)),
        "i_accepted": _signed(found, me.id, "accepted_at"),
        "i_signed": _signed(found, me.id, "signed_at"),
        "consented": queries.has_consented(session, me, program),
        "is_offered": found.state is MentorshipState.OFFERED,
        "is_living": found.state in LIVING,
        "state": sentences.MENTORSHIPS[found.state],
        "why": sentences.why(found.reasons, to_mentor=me.id == found.mentor_id),
        "meetings": meetings,
        "offered_to_me": any(_asks(meeting, me.id) for meeting in meetings),
        "works": practice.works_of_mentorship(session, found),
        "works_words": sentences.WORKS,
        "messages": queries.thread(session, found),
        "end_reasons": _end_reasons(),
        "now": now(),
        "errors": {},
        "value": {},
    }


def _signed(found: Mentorship, person_id: int, what: str) -> bool:
    side = "mentor" if person_id == found.mentor_id else "mentee"
    return getattr(found, f"{side}_{what}") is not None


def _asks(meeting: MentoringSession, person_id: int) -> bool:
    is_open = meeting.state is SessionState.OFFERED
    return is_open and meeting.offered_by_id != person_id


def _end_reasons() -> list[tuple[str, str]]:
    words = {
        "no_time": _("No time at the moment"),
        "reached_goal": _("We reached what we wanted"),
        "other_mentor": _("I would like somebody else"),
        "not_helpful": _("It does not help me"),
        "private": _("I would rather not say"),
    }
    return [(reason, words[reason]) for reason in END_REASONS]


@bp.post("/mentorships/<mentorship>/accept")
def accept(mentorship: str) -> Answer:
    """Say yes; who has not joined yet does that first."""
    found = _mine(mentorship)
    if not queries.has_consented(db.session(), scope().person, found.program):
        program = found.program.public_id
        return done("learner.join", program=program, accept=mentorship)
    service.accept(db.session(), found, scope().person)
    began = "began" if found.state in LIVING else "accepted"
    return done("mentorship.show", began, mentorship=mentorship)


@bp.post("/mentorships/<mentorship>/decline")
def decline(mentorship: str) -> Answer:
    """Say no."""
    service.decline(db.session(), _mine(mentorship), scope().person)
    return done("home.show", "declined")


class AgreementForm(Form):
    """What the two want to reach and how they meet."""

    goals = text()
    meeting = text(required=False)


@bp.post("/mentorships/<mentorship>/agreement")
def sign(mentorship: str) -> Answer:
    """Sign the agreement as it is written in the form."""
    found = _mine(mentorship)
    try:
        service.sign(db.session(), found, scope().person, **read(AgreementForm))
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("mentorship.show", "signed", mentorship=mentorship)


class MessageForm(Form):
    """One message."""

    text = text()


@bp.post("/mentorships/<mentorship>/messages")
def post(mentorship: str) -> Answer:
    """Write to the other one."""
    found = _mine(mentorship)
    try:
        service.post(db.session(), found, scope().person, read(MessageForm)["text"])
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("mentorship.show", "sent", mentorship=mentorship)


class EndForm(Form):
    """Why it ends."""

    reason = fields.String(required=True, validate=validate.OneOf(END_REASONS))


@bp.post("/mentorships/<mentorship>/end")
def end(mentorship: str) -> Answer:
    """End it without blame."""
    found = _mine(mentorship)
    try:
        reason = read(EndForm)["reason"]
    except FormError as wrong:
        return _again(found, wrong.errors)
    service.end(db.session(), found, scope().person, reason)
    return done("home.show", "ended")


class OfferForm(Form):
    """Up to three times in the reader's own zone."""

    time1 = LocalDateTime(required=True)
    time2 = LocalDateTime(load_default=None)
    time3 = LocalDateTime(load_default=None)
    minutes = fields.Integer(load_default=30)
    place = text(required=False)


@bp.post("/mentorships/<mentorship>/sessions")
def offer(mentorship: str) -> Answer:
    """Offer times for a talk."""
    found = _mine(mentorship)
    try:
        sent = read(OfferForm)
        times = [sent[f"time{n}"] for n in (1, 2, 3) if sent[f"time{n}"]]
        sessions.offer(
            db.session(),
            found,
            scope().person,
            times,
            sessions.TalkWords(sent["minutes"], sent["place"]),
        )
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done("mentorship.show", "offered", mentorship=mentorship)


def _again(found: Mentorship, errors: Any) -> Response:
    data = _data(found) | {"value": request.form}
    return refuse("mentorship/show.html", errors, **data)


def _meeting(public_id: str) -> MentoringSession:
    return scheduling.session_of(db.session(), scope().person, public_id)


def _back(meeting: MentoringSession, code: str) -> Answer:
    return done("mentorship.show", code, mentorship=meeting.mentorship.public_id)


@bp.post("/sessions/<meeting>/book")
def book(meeting: str) -> Answer:
    """Take one of the offered times."""
    found = _meeting(meeting)
    chosen = get_public(
        db.session(),
        OfferedTime,
        request.form.get("time", ""),
        OfferedTime.session_id == found.id,
    )
    sessions.book(db.session(), chosen, scope().person)
    return _back(found, "booked")


@bp.post("/sessions/<meeting>/met")
def met(meeting: str) -> Answer:
    """Say that the talk took place."""
    found = _meeting(meeting)
    sessions.say_we_met(db.session(), found, scope().person)
    return _back(found, "held" if found.held_at else "met")


@bp.post("/sessions/<meeting>/object")
def object_to(meeting: str) -> Answer:
    """Say that it did not."""
    found = _meeting(meeting)
    sessions.object_to(db.session(), found, scope().person)
    return _back(found, "objected")


@bp.post("/sessions/<meeting>/cancel")
def cancel(meeting: str) -> Answer:
    """Call it off."""
    found = _meeting(meeting)
    sessions.cancel(db.session(), found, scope().person)
    return _back(found, "cancelled")


@bp.get("/sessions/<meeting>/calendar.ics")
def calendar(meeting: str) -> Answer:
    """Give the talk as a calendar file in the reader's zone."""
    found = _meeting(meeting)
    partner = found.mentorship.partner_of(scope().person)
    zone = ZoneInfo(str(get_timezone() or "UTC")).key
    title = _("Talk with %(name)s", name=named(partner))
    try:
        body = calendar_file(found, title=title, zone=zone)
    except ValueError:
        raise Invalid("session.not_booked") from None
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="talk.ics"'
    return answer
