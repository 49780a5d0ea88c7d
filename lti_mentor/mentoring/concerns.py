"""Reporting somebody: it stops at once, and only chosen words are shown (P11)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.errors import Conflict, Invalid, Missing
from lti_mentor.mentoring import programs, queries, service
from lti_mentor.mentoring.models import (
    LIVING,
    Concern,
    ConcernKind,
    Mentorship,
    MentorshipState,
    Program,
    ProgramContext,
)
from lti_mentor.mentoring.steps import close, goes_first, lock, must_be_party
from lti_mentor.people.models import Membership, Person, Role

MAX_WORDS = 10_000


@dataclass(frozen=True, slots=True)
class ConcernWords:
    """What a reporter says, and which messages they show (by public id)."""

    kind: ConcernKind
    words: str = ""
    messages: Collection[str] = ()


def report(
    session: Session, mentorship: Mentorship, by: Person, said: ConcernWords
) -> Concern:
    """Stop it at once and tell whoever leads the program; twice is once.

    The mentorship ends, the two are never paired again, and the other one learns only
    that it ended.

    Raises:
        NotAllowed: Not one of the two.
        Invalid: Far too much text.
    """
    must_be_party(mentorship, by)
    if len(said.words) > MAX_WORDS:
        raise Invalid("text.too_long", most=MAX_WORDS)
    lock(session, mentorship)
    there = select(Concern).filter_by(mentorship_id=mentorship.id, by_id=by.id)
    if (found := session.scalars(there).one_or_none()) is not None:
        return found
    shown = [
        message
        for message in queries.thread(session, mentorship)
        if str(message.public_id) in said.messages
    ]
    found = Concern(
        mentorship=mentorship,
        by=by,
        about=mentorship.partner_of(by),
        kind=said.kind,
        words=said.words.strip(),
        attached=shown,
    )
    session.add(found)
    _stop(session, mentorship, by)
    session.flush()
    return found


def _stop(session: Session, mentorship: Mentorship, by: Person) -> None:
    other = mentorship.partner_of(by)
    programs.exclude(session, mentorship.program, by, other, by=by)
    if mentorship.state is MentorshipState.OFFERED:
        service.decline(session, mentorship, by)
    elif mentorship.state in LIVING:
        close(session, mentorship, by, MentorshipState.ENDED, "reported")
        if by.id == mentorship.mentee_id:
            goes_first(session, mentorship)


def readers(session: Session, program: Program, about: Person) -> list[Person]:
    """Return who reads reports about somebody: never themselves.

    Coordinator and stand-in; where neither is left, the other instructors of the
    program's only course.
    """
    named = [program.coordinator, program.stand_in]
    found = [one for one in named if one is not None and one.id != about.id]
    if found or not program.is_of_one_course:
        return found
    teaching = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(ProgramContext, ProgramContext.context_id == Membership.context_id)
        .where(
            ProgramContext.program_id == program.id,
            Membership.role == Role.INSTRUCTOR,
            Membership.is_active,
            Person.id != about.id,
        )
        .order_by(Person.id)
    )
    return list(session.scalars(teaching))


def read_by(
    session: Session, person: Person, programs_led: Sequence[Program]
) -> list[Concern]:
    """Return the reports of these programs that somebody may read, open ones first."""
    query = (
        select(Concern)
        .join(Mentorship)
        .where(
            Mentorship.program_id.in_([program.id for program in programs_led]),
            Concern.about_id != person.id,
            Concern.by_id != person.id,
        )
        .order_by(Concern.answered_at.is_not(None), Concern.id)
        .options(
            joinedload(Concern.by),
            joinedload(Concern.about),
            joinedload(Concern.mentorship).joinedload(Mentorship.program),
            selectinload(Concern.attached),
        )
    )
    return [one for one in session.scalars(query) if _reads(session, person, one)]


def _reads(session: Session, person: Person, concern: Concern) -> bool:
    program = concern.mentorship.program
    return person.id in {
        reader.id for reader in readers(session, program, concern.about)
    }


def of_reporter(
    session: Session, mentorship: Mentorship, person: Person
) -> Concern | None:
    """Return what somebody reported in a mentorship, if they did."""
    query = select(Concern).filter_by(mentorship_id=mentorship.id, by_id=person.id)
    return session.scalars(query).one_or_none()


def concern_for(session: Session, person: Person, public_id: str) -> Concern:
    """Return a report that somebody may read.

    Raises:
        Missing: No such report, or not for them.
    """
    found = get_public(session, Concern, public_id)
    if found.by_id == person.id or not _reads(session, person, found):
        raise Missing("concern.missing")
    return found


def answer(session: Session, concern: Concern, by: Person, words: str) -> None:
    """Close a report with a word to whoever made it.

    Raises:
        Missing: Not for them to answer.
        Conflict: Somebody has answered.
        Invalid: Nothing said, or far too much.
    """
    if not _reads(session, by, concern):
        raise Missing("concern.missing")
    if not words.strip() or len(words) > MAX_WORDS:
        raise Invalid("text.missing" if not words.strip() else "text.too_long")
    session.flush()
    session.refresh(concern, with_for_update=True)
    if concern.answered_at is not None:
        raise Conflict("concern.answered")
    concern.answered_at, concern.answered_by_id = now(), by.id
    concern.answer = words.strip()
