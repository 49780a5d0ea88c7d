"""What needs whoever leads a program: reports, disputed talks, people who are gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from lti_mentor.db import get_public
from lti_mentor.errors import Invalid
from lti_mentor.mentoring import absence, concerns, queries, view
from lti_mentor.mentoring import later as put_off
from lti_mentor.mentoring.models import Mentorship, Program
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling import service as sessions
from lti_mentor.scheduling.models import MentoringSession
from lti_mentor.web import db
from lti_mentor.web.forms import as_error
from lti_mentor.web.life import KINDS
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope, url

bp = blueprint("inbox", __name__)
PAGE = "coordinator/inbox.html"


def led() -> list[Program]:
    """Return the programs whoever is asking leads: by name, or as this course's."""
    who, session = scope(), db.session()
    found = list(view.programs_led_by(session, who.person))
    if who.may_run_programs and who.course is not None:
        found += [
            program
            for program in queries.programs_in(session, who.course)
            if program.is_of_one_course and program not in found
        ]
    return found


@bp.get("/inbox")
def show() -> Answer:
    """Show what two people cannot settle by themselves."""
    return render(PAGE, errors={}, **_data())


def _data() -> dict[str, Any]:
    session, me, programs = db.session(), scope().person, led()
    reports = concerns.read_by(session, me, programs)
    disputes = scheduling.disputed_in(session, programs)
    gone = _gone(programs)
    later = put_off.put_off_by(session, me)
    open_reports = [one for one in reports if one.answered_at is None]
    due = [one for one in disputes if one.public_id not in later]
    absent = [one for one in gone if one[0].public_id not in later]
    parts: dict[str, Sequence[object]] = {
        "reports": open_reports,
        "disputes": due,
        "gone": absent,
    }
    return {
        "concerns": reports,
        "disputes": due,
        "gone": absent,
        "later": _later(disputes, gone, later),
        "days": put_off.DAYS,
        "count": sum(len(part) for part in parts.values()),
        "first": next((name for name, part in parts.items() if part), ""),
        "kinds": KINDS,
    }


def _later(
    disputes: Sequence[MentoringSession],
    gone: Sequence[tuple[Mentorship, absence.Absence]],
    until: Mapping[UUID, datetime],
) -> list[dict[str, Any]]:
    """Return what was put off, the soonest first, with the way to bring it back."""
    talks = [(t.mentorship, t.public_id, _late_talk(t)) for t in disputes]
    pairs = [(pair, pair.public_id, _late_pair(pair)) for pair, _ in gone]
    found = [
        {"pair": pair, "until": until[thing], "back": back}
        for pair, thing, back in (*talks, *pairs)
        if thing in until
    ]
    return sorted(found, key=lambda one: one["until"])


def _late_talk(meeting: MentoringSession) -> str:
    return url("inbox.later_talk", meeting=meeting.public_id)


def _late_pair(pair: Mentorship) -> str:
    return url("inbox.later", mentorship=pair.public_id)


def _gone(
    programs: Sequence[Program],
) -> list[tuple[Mentorship, absence.Absence]]:
    session = db.session()
    pairs = queries.with_a_gap(session, programs, absence.GONE)
    found = absence.absent(session, pairs)
    return [(pair, found[pair.id]) for pair in pairs if pair.id in found]


def waiting() -> int:
    """Return how much waits for whoever is asking, for cards of other pages."""
    count = _data()["count"]
    return int(count)


@bp.post("/inbox/reports/<concern>")
def answer(concern: str) -> Answer:
    """Answer a report."""
    session, me = db.session(), scope().person
    found = concerns.concern_for(session, me, concern)
    try:
        concerns.answer(session, found, me, request.form.get("answer", ""))
    except Invalid as wrong:
        return _again(as_error(wrong))
    return done("inbox.show", "concern_answered")


def _again(errors: Any) -> Response:
    return refuse(PAGE, errors, **_data())


@bp.post("/inbox/talks/<meeting>")
def settle(meeting: str) -> Answer:
    """Decide whether two people met."""
    found = scheduling.disputed_one(db.session(), led(), meeting)
    is_held = request.form.get("held") == "yes"
    sessions.settle_dispute(db.session(), found, scope().person, held=is_held)
    return done("inbox.show", "dispute_settled")


@bp.post("/inbox/talks/<meeting>/later")
def later_talk(meeting: str) -> Answer:
    """Look at a dispute another day, or now after all."""
    found = scheduling.disputed_one(db.session(), led(), meeting)
    return _put_off(found.public_id)


@bp.post("/inbox/mentorships/<mentorship>/later")
def later(mentorship: str) -> Answer:
    """Look another day at two people of whom one is gone, or now after all."""
    return _put_off(_led_pair(mentorship).public_id)


def _put_off(thing: UUID) -> Answer:
    said = request.form.get("days", "")
    days = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else -1
    put_off.put_off(db.session(), scope().person, thing, days)
    return done("inbox.show", "put_off" if days else "back_again")


def _led_pair(public_id: str) -> Mentorship:
    ids = [program.id for program in led()]
    is_led = Mentorship.program_id.in_(ids)
    return get_public(db.session(), Mentorship, public_id, is_led)


@bp.post("/inbox/mentorships/<mentorship>")
def gone(mentorship: str) -> Answer:
    """Let two people go on although one is gone, or end it in their stead."""
    session, found = db.session(), _led_pair(mentorship)
    decide = absence.end_for if request.form.get("do") == "end" else absence.keep_on
    decide(session, found, scope().person)
    return done("inbox.show", "left_settled")
