"""Talks of two people: offer, take, move, call off, say that they met, note it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import get_timezone
from flask_babel import gettext as _
from marshmallow import fields

from lti_mentor.db import get_public
from lti_mentor.errors import Conflict, Invalid, Missing
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.scheduling import queries, service
from lti_mentor.scheduling.calendar import Entry, calendar_file
from lti_mentor.scheduling.models import MentoringSession, OfferedTime
from lti_mentor.web import db
from lti_mentor.web.couple import MEANWHILE, again, meanwhile, mine
from lti_mentor.web.forms import Form, FormError, LocalDateTime, as_error, read, text
from lti_mentor.web.names import named
from lti_mentor.web.pages import Answer, blueprint, done, mentorships, scope

bp = blueprint("talks", __name__)
for _problem in MEANWHILE:
    bp.register_error_handler(_problem, meanwhile)


class TimesForm(Form):
    """Times that were suggested, and times of one's own in the reader's zone."""

    suggested = fields.List(
        fields.AwareDateTime(format="iso", default_timezone=UTC), load_default=list
    )
    time1 = LocalDateTime(load_default=None)
    time2 = LocalDateTime(load_default=None)
    time3 = LocalDateTime(load_default=None)


class OfferForm(TimesForm):
    """A talk: when, how long, where, about what, with whom else."""

    minutes = fields.Integer(load_default=30)
    place = text(required=False)
    agenda = text(required=False)
    others = fields.List(fields.String(), load_default=list)


def _times(sent: dict[str, Any]) -> list[datetime]:
    own = [sent[f"time{n}"] for n in (1, 2, 3) if sent[f"time{n}"]]
    return list(dict.fromkeys([*sent["suggested"], *own]))


@bp.post("/mentorships/<mentorship>/sessions")
def offer(mentorship: str) -> Answer:
    """Offer times for a talk, to one or to several mentees at once."""
    found = mine(mentorship)
    try:
        sent = read(OfferForm)
        words = service.TalkWords(sent["minutes"], sent["place"], sent["agenda"])
        _offer(found, _times(sent), words, sent["others"])
    except FormError as wrong:
        return again(found, wrong.errors)
    except Invalid as wrong:
        return again(found, as_error(wrong))
    return done("mentorship.show", "offered", mentorship=mentorship)


def _offer(
    found: Mentorship,
    times: list[datetime],
    words: service.TalkWords,
    others: list[str],
) -> None:
    session, me = db.session(), scope().person
    if not others:
        service.offer(session, found, me, times, words)
        return
    if len(times) != 1:
        raise Invalid("session.one_time_together")
    also = [one for one in mentorships() if str(one.public_id) in others]
    invited = list(dict.fromkeys([found, *also]))
    service.offer_together(session, invited, me, times[0], words)


def _meeting(public_id: str) -> MentoringSession:
    return queries.session_of(db.session(), scope().person, public_id)


def _back(meeting: MentoringSession, code: str) -> Answer:
    return done("mentorship.show", code, mentorship=meeting.mentorship.public_id)


@bp.post("/sessions/<meeting>/book")
def book(meeting: str) -> Answer:
    """Take one of the offered times."""
    found = _meeting(meeting)
    is_move = found.move_by_id is not None
    service.book(db.session(), _chosen(found), scope().person)
    return _back(found, "moved" if is_move else "booked")


def _chosen(found: MentoringSession) -> OfferedTime:
    session, of_this = db.session(), OfferedTime.session_id == found.id
    try:
        return get_public(session, OfferedTime, request.form.get("time", ""), of_this)
    except Missing:  # others were offered since the page was opened
        raise Conflict("session.time_gone") from None


@bp.post("/sessions/<meeting>/move")
def move(meeting: str) -> Answer:
    """Ask for another time."""
    found = _meeting(meeting)
    try:
        service.move(db.session(), found, scope().person, _times(read(TimesForm)))
    except FormError as wrong:
        return again(found.mentorship, {"": next(iter(wrong.errors.values()))})
    except Invalid as wrong:
        return again(found.mentorship, as_error(wrong))
    return _back(found, "move_asked")


@bp.post("/sessions/<meeting>/keep")
def keep(meeting: str) -> Answer:
    """Stay with the booked time."""
    found = _meeting(meeting)
    service.keep_time(db.session(), found, scope().person)
    return _back(found, "kept")


@bp.post("/sessions/<meeting>/met")
def met(meeting: str) -> Answer:
    """Say that the talk took place."""
    found = _meeting(meeting)
    service.say_we_met(db.session(), found, scope().person)
    return _back(found, "held" if found.held_at else "met")


@bp.post("/sessions/<meeting>/missed")
def missed(meeting: str) -> Answer:
    """Say that the other one did not come, or give way in a dispute."""
    found = _meeting(meeting)
    service.say_missed(db.session(), found, scope().person)
    return _back(found, "missed")


@bp.post("/sessions/<meeting>/object")
def object_to(meeting: str) -> Answer:
    """Contradict what the other one says of the talk."""
    found = _meeting(meeting)
    service.object_to(db.session(), found, scope().person)
    return _back(found, "objected")


@bp.post("/sessions/<meeting>/cancel")
def cancel(meeting: str) -> Answer:
    """Call it off."""
    found = _meeting(meeting)
    service.cancel(db.session(), found, scope().person)
    return _back(found, "cancelled")


@bp.post("/sessions/<meeting>/attendance")
def attendance(meeting: str) -> Answer:
    """Say who of several mentees was there."""
    found = _meeting(meeting)
    rows = _rows(found)
    there = set(request.form.getlist("present"))
    present = {row.id for row in rows if str(row.public_id) in there}
    service.take_attendance(db.session(), rows, scope().person, present)
    return _back(found, "attendance")


def _rows(found: MentoringSession) -> list[MentoringSession]:
    """Return all rows of a shared talk, for its mentor."""
    if found.shared_id is None or not found.is_led_by(scope().person):
        raise Missing("mentoring_session.missing")
    return queries.together(db.session(), [found])[found.shared_id]


@bp.post("/sessions/<meeting>/notes")
def notes(meeting: str) -> Answer:
    """Write down what stays of a talk."""
    found = _meeting(meeting)
    given = {name: request.form.get(name, "") for name in ("shared", "own")}
    try:
        service.write_note(db.session(), found, scope().person, **given)
    except Invalid as wrong:
        return again(found.mentorship, as_error(wrong))
    return _back(found, "noted")


@bp.get("/sessions/<meeting>/calendar.ics")
def calendar(meeting: str) -> Answer:
    """Give the talk as a calendar file in the reader's zone."""
    found, me = _meeting(meeting), scope().person
    zone = ZoneInfo(str(get_timezone() or "UTC")).key
    try:
        entry = queries.entry_for(db.session(), found, me)
    except Conflict:
        raise Invalid("session.not_booked") from None
    body = calendar_file(entry, title=title_of(entry), zone=zone)
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="talk.ics"'
    return answer


def title_of(entry: Entry) -> str:
    """Return what a talk is called in a calendar of its reader's own."""
    names = ", ".join(map(named, entry.others))
    return str(_("Talk with %(name)s", name=names))
