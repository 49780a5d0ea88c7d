"""From a draft of pairs to offers both sides may answer (P10)."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring import apart, approval, preparation, queries, waiting
from lti_mentor.mentoring.models import (
    MatchRun,
    Mentorship,
    Part,
    Participant,
    ParticipantState,
    Program,
    ProgramKind,
    Proposal,
    RunState,
)
from lti_mentor.people.models import Membership, Person

_OUT = frozenset({ParticipantState.LEFT, ParticipantState.PAIRING_DECLINED})


def drop(proposal: Proposal, *, dropped: bool) -> None:
    """Take a pair out of a draft, or put it back.

    Raises:
        Conflict: The run is no draft any more.
    """
    if proposal.run.state is not RunState.DRAFT:
        raise Conflict("run.not_a_draft")
    proposal.is_dropped = dropped


def publish(session: Session, run: MatchRun, by: Person) -> list[Mentorship]:
    """Offer every kept pair of a draft to both sides.

    A pair is left out when it no longer holds: the mentee got an offer meanwhile,
    the mentor is full or paused, one of them left, or somebody asked that the two
    be kept apart. The program's row is locked, so that two publishes, also of
    overlapping drafts, never offer two mentors.

    Raises:
        NotAllowed: Neither the coordinator nor staff of one of the courses.
        Conflict: The run is no draft any more, or the program rests.
    """
    session.refresh(run.program, with_for_update=True)
    session.refresh(run)
    if not queries.leads(session, run.program, by):
        raise NotAllowed("program.not_yours")
    approval.require_running(run.program)
    if run.state is not RunState.DRAFT:
        raise Conflict("run.not_a_draft")
    kept = _still_holding(session, run)
    places = courses_of(session, run.program, [pair.mentee_id for pair in kept])
    offered = [_offer(run.program, places, pair) for pair in kept]
    session.add_all(offered)
    if offered:
        _next_time_first(session, run.program)
    run.state, run.published_at = RunState.PUBLISHED, now()
    record(
        session,
        Verb.PUBLISHED,
        run,
        registration=run.program.registration,
        actor=by,
        context=next((place.context for place in run.program.audience), None),
        pairs=len(offered),
    )
    return offered


def _next_time_first(session: Session, program: Program) -> None:
    """Who waits and got nobody while others did goes first from now on."""
    session.flush()
    for part in waiting.line(session, program):
        part.goes_first_since = part.goes_first_since or now()


def _still_holding(session: Session, run: MatchRun) -> list[Proposal]:
    """Best pairs first, so that they get a mentor's last places."""
    going = queries.open_mentorships(session, run.program)
    taken = {m.mentee_id for m in going}
    load = Counter(m.mentor_id for m in going)
    parts = _parts(session, run.program)
    missing = preparation.unprepared(session, run.program, parts.values())
    never = apart.pairs(session, run.program)
    kept = []
    for pair in sorted(queries.proposals(session, run), key=_best_first):
        two = frozenset({pair.mentee_id, pair.mentor_id})
        if pair.is_dropped or pair.mentee_id in taken or two in never:
            continue
        if pair.mentor_id in missing and not pair.is_pinned:
            continue
        if not all(takes_part(parts.get(person)) for person in two):
            continue
        if pair.is_pinned or _has_room(parts.get(pair.mentor_id), load[pair.mentor_id]):
            kept.append(pair)
            load[pair.mentor_id] += 1
    return kept


def _best_first(pair: Proposal) -> tuple[bool, int, int]:
    return not pair.is_pinned, -pair.score, pair.id


def takes_part(part: Participant | None) -> bool:
    """Say whether somebody may be paired: here, and not "not now"."""
    if part is None:
        return True
    pausing = part.paused_until is not None and part.paused_until > now()
    return part.state not in _OUT and not pausing


def _has_room(part: Participant | None, load: int) -> bool:
    return part is None or load < capacity_of(part)


def capacity_of(part: Participant) -> int:
    """Return how many mentees somebody takes; peers help one unless they said more."""
    if part.part is Part.MENTEE:
        return max(part.capacity, 1) if part.program.kind is ProgramKind.PEER else 0
    return part.capacity


def _parts(session: Session, program: Program) -> dict[int, Participant]:
    rows = session.scalars(select(Participant).filter_by(program_id=program.id))
    return {row.person_id: row for row in rows}


def courses_of(
    session: Session, program: Program, people: Sequence[int]
) -> dict[int, int]:
    """Return for each person the course of the program that they are in."""
    courses = [place.context_id for place in program.audience]
    seats = select(Membership.person_id, Membership.context_id).where(
        Membership.context_id.in_(courses), Membership.person_id.in_(people)
    )
    found = dict.fromkeys(people, courses[0]) if courses else {}
    rows = [(person, course) for person, course in session.execute(seats)]
    # the program's first course is written last, so that it wins
    return found | dict(sorted(rows, key=lambda row: -courses.index(row[1])))


def _offer(program: Program, places: dict[int, int], pair: Proposal) -> Mentorship:
    return Mentorship(
        registration_id=program.registration_id,
        program=program,
        context_id=places.get(pair.mentee_id),
        mentor=pair.mentor,
        mentee=pair.mentee,
        reasons=pair.reasons,
        band=pair.band,
        answer_by=now() + timedelta(days=program.answer_days),
    )
