"""Asking the mentors a learner wished for, one after the other (P10)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.mentoring import apart, drafts, preparation, queries, waiting
from lti_mentor.mentoring.models import (
    OPEN,
    VERSIONS,
    Choice,
    Consent,
    Mentorship,
    MentorshipState,
    Origin,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramKind,
    ProgramState,
    Purpose,
)
from lti_mentor.mentoring.steps import tell
from lti_mentor.people.models import Person


def listed(session: Session, program: Program) -> Sequence[Participant]:
    """Return whom learners of a program may choose from: prepared, there, and willing.

    Willing = their newest answer to today's wording is a yes (D14). Full ones are
    among them: a place may become free.
    """
    newest = (
        select(func.max(Consent.id))
        .where(
            Consent.program_id == program.id,
            Consent.purpose == Purpose.BE_CHOSEN,
        )
        .group_by(Consent.person_id)
    )
    willing = select(Consent.person_id).where(
        Consent.id.in_(newest),
        Consent.answer,
        Consent.text_version == VERSIONS[Purpose.BE_CHOSEN],
    )
    query = _mentors(program).where(
        Participant.state == ParticipantState.ACTIVE,
        Participant.set_up_at.is_not(None),
        or_(Participant.paused_until.is_(None), Participant.paused_until <= now()),
        Participant.person_id.in_(willing),
    )
    found = session.scalars(query).all()
    missing = preparation.unprepared(session, program, found)
    return [part for part in found if part.person_id not in missing]


def _mentors(program: Program) -> Select[Participant]:
    helps: list[ColumnElement[bool]] = [Participant.program_id == program.id]
    if program.kind is not ProgramKind.PEER:
        helps.append(Participant.part == Part.MENTOR)
    return select(Participant).where(*helps).options(joinedload(Participant.person))


def load(session: Session, program: Program) -> Counter[int]:
    """Return how many places of each mentor are taken, by person id."""
    rows = session.execute(
        select(Mentorship.mentor_id, func.count().label("places"))
        .where(Mentorship.program_id == program.id, Mentorship.state.in_(OPEN))
        .group_by(Mentorship.mentor_id)
    )
    return Counter({row.mentor_id: row.places for row in rows})


def ask_next(session: Session, program: Program) -> list[Mentorship]:
    """Ask for everybody who chose and has nobody, who waits longest first.

    Each one's best wish with a free place is asked. The program's row is locked: of
    two learners who take a last place at once, the second one's next wish is asked.
    """
    session.flush()
    session.refresh(program, with_for_update=True)
    if program.state is not ProgramState.RUNNING:
        return []
    wishes = _open_wishes(session, program)
    if not wishes:
        return []
    rooms = _rooms(session, program)
    never = apart.pairs(session, program)
    chosen: dict[int, Choice] = {}
    for wish in wishes:
        is_free = rooms[wish.mentor_id] > 0 and wish.mentee_id not in chosen
        if is_free and frozenset({wish.mentee_id, wish.mentor_id}) not in never:
            chosen[wish.mentee_id] = wish
            rooms[wish.mentor_id] -= 1
    places = drafts.courses_of(session, program, list(chosen))
    return [_ask(session, wish, places) for wish in chosen.values()]


def _rooms(session: Session, program: Program) -> Counter[int]:
    taken = load(session, program)
    return Counter(
        {
            part.person_id: drafts.capacity_of(part) - taken[part.person_id]
            for part in listed(session, program)
        }
    )


def _open_wishes(session: Session, program: Program) -> Sequence[Choice]:
    has_somebody = exists().where(
        Mentorship.program_id == program.id,
        Mentorship.mentee_id == Choice.mentee_id,
        Mentorship.state.in_(OPEN),
    )
    query = (
        select(Choice)
        .join(
            Participant,
            (Participant.program_id == Choice.program_id)
            & (Participant.person_id == Choice.mentee_id),
        )
        .where(
            Choice.program_id == program.id,
            Choice.mentorship_id.is_(None),
            Participant.state == ParticipantState.ACTIVE,
            or_(Participant.paused_until.is_(None), Participant.paused_until <= now()),
            ~has_somebody,
        )
        .order_by(*waiting.ORDER, Choice.rank)
    )
    return session.scalars(query).all()


def _ask(session: Session, wish: Choice, places: dict[int, int]) -> Mentorship:
    program, moment = wish.program, now()
    request = Mentorship(
        registration_id=program.registration_id,
        program=program,
        context_id=places.get(wish.mentee_id),
        mentor=wish.mentor,
        mentee=wish.mentee,
        origin=Origin.REQUEST,
        rank=wish.rank,
        reasons=wish.reasons,
        band=wish.band,
        goals=wish.words,
        mentee_accepted_at=moment,
        answer_by=moment + timedelta(days=program.answer_days),
    )
    wish.mentorship = request
    session.add(request)
    session.flush()
    session.refresh(request, ["registration", "context"])
    tell(session, Verb.REQUESTED, request, wish.mentee, rank=wish.rank)
    return request


def settle(session: Session, begun: Mentorship) -> None:
    """Take back what else was asked for a learner who has found somebody."""
    others = (
        select(Mentorship)
        .where(
            Mentorship.program_id == begun.program_id,
            Mentorship.mentee_id == begun.mentee_id,
            Mentorship.state == MentorshipState.OFFERED,
            Mentorship.id != begun.id,
        )
        # one that is being accepted at this moment is refused by its own unit
        .with_for_update(skip_locked=True)
    )
    withdraw_all(session, session.scalars(others).all())
    forget(session, begun.program, begun.mentee)
    part = queries.participant_of(session, begun.program, begun.mentee)
    if part is not None:
        waiting.end(part)
    ask_next(session, begun.program)


def withdraw_all(session: Session, offers: Iterable[Mentorship]) -> None:
    """Take offers back; nobody did anything wrong."""
    for offer in offers:
        offer.advance(MentorshipState.WITHDRAWN)
        offer.ended_at = now()
        tell(session, Verb.WITHDREW, offer, None)


def refused(session: Session, offer: Mentorship, by: Person | None) -> None:
    """After a no or a silence (None) the next wish is asked.

    A learner who had said yes goes first from now on.
    """
    is_own = by is not None and by.id == offer.mentee_id
    part = queries.participant_of(session, offer.program, offer.mentee)
    if part is not None and not is_own and offer.mentee_accepted_at is not None:
        part.goes_first_since = part.goes_first_since or now()
    ask_next(session, offer.program)


def forget(session: Session, program: Program, mentee: Person) -> None:
    """Drop a learner's wishes that were not asked yet."""
    session.execute(
        delete(Choice).where(
            Choice.program_id == program.id,
            Choice.mentee_id == mentee.id,
            Choice.mentorship_id.is_(None),
        )
    )
