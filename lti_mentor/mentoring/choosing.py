"""What learners and mentors do where learners choose (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import approval, queries, requests, service
from lti_mentor.mentoring.models import (
    LIVING,
    MAX_CHOICES,
    Choice,
    Mentorship,
    MentorshipState,
    Message,
    Origin,
    Participant,
    ParticipantState,
    Program,
)
from lti_mentor.mentoring.steps import lock, must_be_party, tell
from lti_mentor.people.models import Person

MAX_QUESTION = 2000
"""Characters of a question before an answer, and of its reply."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A mentor a learner picked from the cards, with what the card said."""

    mentor: Person
    reasons: list[dict[str, Any]] = field(default_factory=list)
    band: str = ""


def choices(session: Session, program: Program, mentee: Person) -> Sequence[Choice]:
    """Return a learner's wishes in their order, asked or not."""
    query = (
        select(Choice)
        .filter_by(program_id=program.id, mentee_id=mentee.id)
        .order_by(Choice.rank, Choice.id)
        .options(joinedload(Choice.mentor), joinedload(Choice.mentorship))
    )
    return session.scalars(query).all()


def choose(
    session: Session,
    participant: Participant,
    wishes: Sequence[Wish],
    *,
    words: str = "",
) -> Mentorship | None:
    """Keep whom a learner wishes for, best first, and ask the first who has a place.

    Who was asked before stays asked; a new list replaces those not asked yet. Return
    the request that waits for an answer, if one does.

    Raises:
        Conflict: Learners do not choose here, or this one works with somebody.
        NotAllowed: They have not joined, or wish for nobody at all.
        Invalid: Nobody chosen, more than five, or somebody twice.
    """
    program, mentee = participant.program, participant.person
    _may_choose(session, participant)
    named = [wish.mentor.id for wish in wishes]
    if not 1 <= len(named) <= MAX_CHOICES or len(set(named)) != len(named):
        raise Invalid("choice.number", most=MAX_CHOICES)
    if len(words) > MAX_QUESTION:
        raise Invalid("text.too_long", most=MAX_QUESTION)
    # one learner's two clicks come one by one
    session.refresh(program, with_for_update=True)
    _replace(session, participant, wishes, words.strip())
    record(
        session,
        Verb.CHOSE,
        participant,
        registration=program.registration,
        actor=mentee,
        learner=mentee,
        wishes=len(wishes),
    )
    requests.ask_next(session, program)
    return waiting_for(session, program, mentee)


def _may_choose(session: Session, participant: Participant) -> None:
    program = participant.program
    approval.require_running(program)
    if not program.learners_choose:
        raise Conflict("choice.off")
    if participant.state is not ParticipantState.ACTIVE:
        raise NotAllowed("choice.not_joined")
    if not queries.has_consented(session, participant.person, program):
        raise NotAllowed("consent.missing")
    if queries.living_mentorship(session, program, participant.person):
        raise Conflict("mentorship.mentee_taken")


def _replace(
    session: Session, participant: Participant, wishes: Sequence[Wish], words: str
) -> None:
    program, mentee = participant.program, participant.person
    requests.forget(session, program, mentee)
    asked = {one.mentor_id: one for one in choices(session, program, mentee)}
    for rank, wish in enumerate(wishes, 1):
        again = asked.get(wish.mentor.id)
        if again is None:
            again = Choice(program=program, mentee=mentee, mentor=wish.mentor)
            session.add(again)
        elif again.mentorship and again.mentorship.state is MentorshipState.EXPIRED:
            again.mentorship = None  # silence is no no: they may be asked once more
        again.rank, again.words = rank, words
        again.reasons, again.band = wish.reasons, wish.band
    session.flush()


def waiting_for(
    session: Session, program: Program, mentee: Person
) -> Mentorship | None:
    """Return the request or offer of a learner that waits for an answer."""
    query = select(Mentorship).where(
        Mentorship.program_id == program.id,
        Mentorship.mentee_id == mentee.id,
        Mentorship.state == MentorshipState.OFFERED,
    )
    return session.scalars(query.order_by(Mentorship.id).limit(1)).first()


def withdraw(session: Session, request: Mentorship, by: Person) -> None:
    """Take one's own request back; the next wish is asked. Twice is once.

    Raises:
        NotAllowed: Not the one who asked.
        Conflict: They work together by now.
    """
    if by.id != request.mentee_id or request.origin is not Origin.REQUEST:
        raise NotAllowed("mentorship.not_yours")
    lock(session, request)
    if request.state in LIVING:
        raise Conflict("mentorship.not_offered", now=request.state)
    if request.state is MentorshipState.OFFERED:
        requests.withdraw_all(session, [request])
        requests.ask_next(session, request.program)


def ask(session: Session, request: Mentorship, by: Person, text: str) -> None:
    """Ask the learner one thing before answering; the date to answer moves with it.

    Raises:
        NotAllowed: Not the mentor who was asked.
        Conflict: Answered already, or a question was asked before.
        Invalid: Empty, or far too long.
    """
    _must_be_open(session, request, by, request.mentor_id)
    if request.mentor_accepted_at is not None:
        raise Conflict("mentorship.not_offered", now=request.state)
    if request.question_at is not None:
        raise Conflict("question.asked")
    _say(session, request, by, text)
    request.question_at = now()
    request.answer_by = _later(request)
    tell(session, Verb.ASKED_QUESTION, request, by)


def reply(session: Session, request: Mentorship, by: Person, text: str) -> None:
    """Answer the mentor's question; from now on they have time again.

    Raises:
        NotAllowed: Not the learner.
        Conflict: No question waits.
        Invalid: Empty, or far too long.
    """
    _must_be_open(session, request, by, request.mentee_id)
    if request.question_at is None or request.reply_at is not None:
        raise Conflict("question.none")
    _say(session, request, by, text)
    request.reply_at = now()
    request.answer_by = _later(request)


def _must_be_open(
    session: Session, request: Mentorship, by: Person, whose: int
) -> None:
    must_be_party(request, by)
    if by.id != whose:
        raise NotAllowed("mentorship.not_yours")
    lock(session, request)
    if request.state is not MentorshipState.OFFERED:
        raise Conflict("mentorship.not_offered", now=request.state)


def _say(session: Session, request: Mentorship, by: Person, text: str) -> None:
    text = text.strip()
    if not text or len(text) > MAX_QUESTION:
        raise Invalid("message.length", most=MAX_QUESTION)
    session.add(Message(mentorship_id=request.id, author=by, text=text))


def _later(request: Mentorship) -> datetime:
    return max(request.answer_by, now() + timedelta(days=request.program.answer_days))


def decline_and_pause(
    session: Session, request: Mentorship, by: Person, *, weeks: int
) -> None:
    """Say no to everything that waits in this program, and "not now" for a while.

    Raises:
        NotAllowed: Not the mentor who was asked.
        Invalid: A pause that makes no sense.
    """
    must_be_party(request, by)
    if by.id != request.mentor_id:
        raise NotAllowed("mentorship.not_yours")
    if not 1 <= weeks <= 52:
        raise Invalid("participant.pause")
    part = queries.participant_of(session, request.program, by)
    if part is not None:
        part.paused_until = now() + timedelta(weeks=weeks)
    for offer in queries.offers_to(session, request.program, by):
        if offer.mentor_id == by.id and offer.mentor_accepted_at is None:
            service.decline(session, offer, by)
