"""Your turn: what waits for a mentor, one card at a time, and the review desk."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_babel import ngettext
from marshmallow import fields, validate

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing
from lti_mentor.mentoring import programs, queries
from lti_mentor.mentoring.models import LIVING, MentorshipState, Part, Participant
from lti_mentor.people.models import Person
from lti_mentor.practice import pool, service
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import (
    FINAL,
    Basis,
    Decision,
    PracticeWork,
    Turn,
    WorkState,
)
from lti_mentor.reports import contribution
from lti_mentor.web import db, sentences, turns
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.names import named
from lti_mentor.web.pages import (
    Answer,
    blueprint,
    done,
    mentorships,
    refuse,
    render,
    scope,
)

bp = blueprint("mentor", __name__)
MINUTES = {WorkState.PLAN_REVIEW: 3, WorkState.IN_REVIEW: 6}
"""About how long an answer takes."""
BUTTONS = frozenset({"answer", "decision"})
"""Fields that are buttons: an error in them has no place to lead to."""
PAUSE_WEEKS = (2, 4, 8)


@bp.get("/turn")
def turn() -> Answer:
    """Say who is waiting and about how long the answers take."""
    return render("mentor/turn.html", errors={}, **_turn_data())


def _turn_data() -> dict[str, Any]:
    who, session = scope(), db.session()
    mine = [m for m in mentorships() if m.mentor_id == who.person.id]
    living, desk = [m for m in mine if m.state in LIVING], turns.desk()
    waiting = desk.waiting
    return {
        "waiting": waiting,
        "minutes": sum(MINUTES.get(work.state, 5) for work in waiting),
        "each": MINUTES,
        "offers": [m for m in mine if m.state is MentorshipState.OFFERED],
        "living": living,
        "lines": {m.id: turns.of_mentorship(m, who.person, desk) for m in living},
        "past": [m for m in mine if m.state not in LIVING | {MentorshipState.OFFERED}],
        "parts": _parts(),
        "contribution": contribution.of(session, who.person),
        "why": sentences.why_me,
        "states": sentences.WORKS,
        "mentorships": sentences.MENTORSHIPS,
        "pauses": _pauses(),
        "now": now(),
    }


def _pauses() -> list[tuple[str, str]]:
    return [
        (str(n), ngettext("Not for %(num)d week", "Not for %(num)d weeks", n))
        for n in PAUSE_WEEKS
    ]


def _parts() -> list[Participant]:
    found = queries.parts_of(db.session(), scope().person)
    return [part for part in found if part.part is Part.MENTOR]


def reviewable(public_id: str) -> PracticeWork:
    """Return a work this person may review: as its mentor, or as staff of its course.

    Raises:
        Missing: No such work, or somebody else reviews it.
    """
    who, session = scope(), db.session()
    if who.is_staff and who.course is not None:
        with suppress(Missing):
            return practice.work_in(session, who.course, public_id, who.sections)
    return practice.work_mentored_by(session, who.person, public_id)


@bp.get("/review/<work>")
def desk(work: str) -> Answer:
    """Show brief, work and rubric side by side."""
    return render("mentor/review.html", **_data(reviewable(work)))


def _data(work: PracticeWork) -> dict[str, Any]:
    who = scope()
    is_reviewer = work.reviewer is not None and work.reviewer.id == who.person.id
    may = is_reviewer or (who.may_run_course and work.turn is Turn.INSTRUCTOR)
    waiting = work.applications[-1] if work.applications else None
    return {
        "work": work,
        "brief": work.brief,
        "waiting": waiting if work.state is WorkState.IN_REVIEW else None,
        "plan_waits": work.state is WorkState.PLAN_REVIEW,
        "may_answer": may,
        "state": sentences.WORKS[work.state],
        "turn": sentences.TURNS[work.turn],
        "bases": [(b.value, *words) for b, words in sentences.BASES.items()],
        "basis_words": sentences.BASES,
        "reviewers": [(str(p.public_id), named(p)) for p in _instead(work)],
        "errors": {},
        "value": {},
    }


def _instead(work: PracticeWork) -> Sequence[Person]:
    """Return to whom this work can be handed: an instructor's, without a mentor."""
    is_free = work.mentorship_id is None and work.state not in FINAL
    if not (is_free and scope().may_run_course):
        return []
    return pool.reviewers_for(db.session(), work)


def _may_answer(work: PracticeWork) -> None:
    """Stop who does not review it; a second click on an answered one is no such case.

    Raises:
        NotAllowed: Somebody else answers it.
    """
    waits = work.state in MINUTES
    may = _data(work)["may_answer"] or (scope().may_run_course and not waits)
    scope().require(may, "practice.not_your_review")


def _again(work: PracticeWork, errors: Any) -> Response:
    data = _data(work) | {"value": request.form}
    said = {"" if name in BUTTONS else name: words for name, words in errors.items()}
    return refuse("mentor/review.html", said, **data)


class PlanAnswerForm(Form):
    """Agree, or say what to change."""

    answer = fields.String(required=True, validate=validate.OneOf(["agree", "change"]))
    note = text(required=False)


@bp.post("/review/<work>/plan")
def answer_plan(work: str) -> Answer:
    """Answer a plan."""
    found = reviewable(work)
    _may_answer(found)
    try:
        sent = read(PlanAnswerForm)
        agreed = sent["answer"] == "agree"
        service.answer_plan(
            db.session(), found, scope().person, agreed=agreed, note=sent["note"]
        )
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done(_next(), "plan_agreed" if agreed else "plan_returned")


class ReviewForm(Form):
    """Three taps: what I relied on, how well, verify or ask for one change."""

    basis = fields.Enum(Basis, by_value=True, required=True)
    decision = fields.Enum(Decision, by_value=True, required=True)
    comment = text(required=False)


@bp.post("/review/<work>")
def send_review(work: str) -> Answer:
    """Verify, or ask for one change."""
    found = reviewable(work)
    _may_answer(found)
    try:
        sent = read(ReviewForm)
        verdict = service.Verdict(levels=_levels(found), **sent)
        service.review(db.session(), found, scope().person, verdict)
    except FormError as wrong:
        return _again(found, wrong.errors)
    except Invalid as wrong:
        return _again(found, as_error(wrong))
    return done(_next(), sent["decision"].value)


@bp.post("/review/<work>/reviewer")
def hand_over(work: str) -> Answer:
    """Let a mentor of the program review it, or take it back."""
    found = reviewable(work)
    scope().require(scope().may_run_course, "practice.not_your_review")
    wanted = request.form.get("reviewer", "")
    chosen = [one for one in _instead(found) if str(one.public_id) == wanted]
    if wanted and not chosen:
        raise Missing("person.missing")
    pool.hand_over(db.session(), found, next(iter(chosen), None), scope().person)
    return done("mentor.desk", "handed_over" if chosen else "taken_back", work=work)


def _levels(work: PracticeWork) -> dict[str, int]:
    """Return the chosen level of each criterion; the best where none was chosen."""
    levels = {}
    for criterion in work.brief.rubric:
        top = len(criterion["levels"]) - 1
        chosen = request.form.get(f"level_{criterion['key']}", "")
        offered = {str(level): level for level in range(top)}
        levels[criterion["key"]] = offered.get(chosen, top)
    return levels


def _next() -> str:
    return "board.show" if scope().is_staff else "mentor.turn"


class CapacityForm(Form):
    """How many, and when not."""

    capacity = fields.Integer(required=True, validate=validate.Range(0, 20))
    pause = fields.Integer(load_default=0, validate=validate.Range(0, 52))


@bp.post("/parts/<part>")
def settings(part: str) -> Answer:
    """Change capacity, or say "not now"."""
    mine = get_public(
        db.session(), Participant, part, Participant.person_id == scope().person.id
    )
    try:
        sent = read(CapacityForm)
    except FormError as wrong:
        said = {"": next(iter(wrong.errors.values()))}
        return refuse("mentor/turn.html", said, **_turn_data())
    mine.capacity = sent["capacity"]
    until = now() + timedelta(weeks=sent["pause"]) if sent["pause"] else None
    programs.pause(mine, until)
    return done("mentor.turn", "settings")
