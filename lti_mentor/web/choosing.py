"""Learners wish for mentors; whoever is asked answers, asks back, or says "not now"."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response as Redirect

from lti_mentor.errors import Invalid
from lti_mentor.matching.cards import Card, cards
from lti_mentor.mentoring import answering, apart, choosing, queries, waiting
from lti_mentor.mentoring.models import (
    LIVING,
    MAX_CHOICES,
    Choice,
    Mentorship,
    MentorshipState,
    Participant,
    ParticipantState,
    Program,
)
from lti_mentor.web import db, sentences
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.learner import mine
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("choosing", __name__)
RANK = "rank-"
"""Begins the name of the field that says which place a mentor has."""
TWICE = _("Two people stand in the same place. Give each their own.")
NOBODY = _("Choose at least one person.")


@bp.get("/programs/<program>/choose")
def show(program: str) -> Answer:
    """Show who could be asked and why, and what became of earlier wishes."""
    found, participant = mine(program)
    later = _first_elsewhere(found, participant)
    return later or render("learner/choose.html", **_data(found, participant))


def _first_elsewhere(program: Program, participant: Participant) -> Redirect | None:
    """Lead who has not joined, or works with somebody already, where they belong."""
    session = db.session()
    if not program.learners_choose:
        return done("learner.show")
    living = queries.living_mentorship(session, program, participant.person)
    if living is not None:
        return done("mentorship.show", mentorship=living.public_id)
    is_in = participant.state is ParticipantState.ACTIVE and queries.has_consented(
        session, participant.person, program
    )
    return None if is_in else done("learner.join", program=program.public_id)


def _data(program: Program, participant: Participant) -> dict[str, Any]:
    session = db.session()
    found = cards(session, participant)
    wishes = choosing.choices(session, program, participant.person)
    ids = [card.part.person_id for card in found]
    return {
        "program": program,
        "cards": found,
        "most": MAX_CHOICES,
        "days": answering.days_to_answer(session, program.registration, ids),
        "wishes": wishes,
        "ranks": {one.mentor_id: str(one.rank) for one in wishes if _is_open(one)},
        "words": next((one.words for one in wishes), ""),
        "asked": choosing.waiting_for(session, program, participant.person),
        "place": waiting.place(session, participant),
        "states": sentences.WISHES,
        "lines": {
            card.part.person_id: [reason.as_json() for reason in card.reasons]
            for card in found
        },
        "why": sentences.why,
        "errors": {},
        "value": {},
    }


def _is_open(wish: Choice) -> bool:
    return wish.mentorship is None or wish.mentorship.state is MentorshipState.OFFERED


@bp.post("/programs/<program>/choose")
def send(program: str) -> Answer:
    """Keep the order and ask the first who has a place."""
    found, participant = mine(program)
    later = _first_elsewhere(found, participant)
    if later:
        return later
    try:
        wishes = _wishes(cards(db.session(), participant))
        words = request.form.get("said", "").replace("\x00", "")
        asked = choosing.choose(db.session(), participant, wishes, words=words)
    except FormError as wrong:
        return _again(found, participant, wrong.errors)
    except Invalid as wrong:
        return _again(found, participant, as_error(wrong))
    return done("choosing.show", "asked_mentor" if asked else "chose", program=program)


def _wishes(offered: list[Card]) -> list[choosing.Wish]:
    """Read who stands where; whoever is on no card cannot be wished for."""
    ranked: dict[int, Card] = {}
    for card in offered:
        place = request.form.get(f"{RANK}{card.part.public_id}", "")
        if not place:
            continue
        rank = int(place) if place in {"1", "2", "3", "4", "5"} else 0
        if rank in ranked or not rank:
            raise FormError({f"{RANK}{card.part.public_id}": TWICE})
        ranked[rank] = card
    if not ranked:
        raise FormError({"": NOBODY})
    return [_wish(ranked[rank]) for rank in sorted(ranked)]


def _wish(card: Card) -> choosing.Wish:
    said = [reason.as_json() for reason in card.reasons]
    return choosing.Wish(card.part.person, said, card.band)


def _again(
    program: Program, participant: Participant, errors: Mapping[str, Any]
) -> Response:
    data = _data(program, participant) | {"value": request.form}
    return refuse("learner/choose.html", errors, **data)


def _asked(public_id: str) -> Mentorship:
    return queries.mentorship_of(db.session(), scope().person, public_id)


def _back(public_id: str, code: str) -> Redirect:
    return done("mentorship.show", code, mentorship=public_id)


@bp.post("/mentorships/<mentorship>/withdraw")
def withdraw(mentorship: str) -> Answer:
    """Take one's own request back."""
    found = _asked(mentorship)
    choosing.withdraw(db.session(), found, scope().person)
    return done("choosing.show", "withdrawn", program=found.program.public_id)


class WordsForm(Form):
    """A question, or its reply."""

    said = text()


@bp.get("/mentorships/<mentorship>/question")
def question(mentorship: str) -> Answer:
    """Show what was asked and replied before the answer, and the field for it."""
    return _question(_asked(mentorship), {})


def _question(found: Mentorship, errors: Mapping[str, Any]) -> Answer:
    me = scope().person
    data = {
        "mentorship": found,
        "partner": found.partner_of(me),
        "i_am_mentor": me.id == found.mentor_id,
        "is_open": found.state is MentorshipState.OFFERED,
        "messages": queries.thread(db.session(), found),
        "pauses": [(str(n), sentences.pause_of(n)) for n in sentences.PAUSE_WEEKS],
        "value": request.form if errors else {},
    }
    if errors:
        return refuse("mentorship/question.html", errors, **data)
    if found.state in LIVING:
        return done("mentorship.show", mentorship=found.public_id)
    return render("mentorship/question.html", errors={}, **data)


@bp.post("/mentorships/<mentorship>/question")
def say(mentorship: str) -> Answer:
    """Ask one thing before answering, or reply to it."""
    found, me = _asked(mentorship), scope().person
    is_mentor = me.id == found.mentor_id
    verb = choosing.ask if is_mentor else choosing.reply
    try:
        verb(db.session(), found, me, read(WordsForm)["said"])
    except FormError as wrong:
        return _question(found, wrong.errors)
    except Invalid as wrong:
        return _question(found, as_error(wrong))
    return _back(mentorship, "asked_back" if is_mentor else "replied")


class NotNowForm(Form):
    """For how long."""

    weeks = fields.Integer(required=True, validate=validate.Range(1, 52))


@bp.post("/mentorships/<mentorship>/not-now")
def not_now(mentorship: str) -> Answer:
    """Say no to all that waits in this program, and rest for a while."""
    found = _asked(mentorship)
    try:
        weeks = read(NotNowForm)["weeks"]
    except FormError as wrong:
        return _question(found, wrong.errors)
    choosing.decline_and_pause(db.session(), found, scope().person, weeks=weeks)
    return done("mentor.turn", "not_now")


class AvoidForm(Form):
    """A name as the LMS shows it, or an address."""

    said = text()


@bp.get("/programs/<program>/private")
def private(program: str) -> Answer:
    """Show whom one would rather not be paired with; nobody else ever sees it."""
    found, participant = mine(program)
    return render("learner/private.html", **_private(found, participant))


def _private(program: Program, participant: Participant) -> dict[str, Any]:
    return {
        "program": program,
        "avoided": apart.of(db.session(), program, participant.person),
        "errors": {},
        "value": {},
    }


@bp.post("/programs/<program>/private")
def avoid(program: str) -> Answer:
    """Keep somebody away from oneself, or forget that."""
    found, participant = mine(program)
    session, person = db.session(), participant.person
    if request.form.get("back") == "yes":
        apart.forget(session, found, person, request.form.get("said", ""))
        return done("choosing.private", "avoid_back", program=program)
    try:
        apart.avoid(session, found, person, read(AvoidForm)["said"])
    except FormError as wrong:
        errors: Mapping[str, Any] = wrong.errors
    except Invalid as wrong:
        errors = as_error(wrong)
    else:
        return done("choosing.private", "avoided", program=program)
    data = _private(found, participant) | {"value": request.form}
    return refuse("learner/private.html", errors, **data)
