"""Offering, taking, moving and holding a talk."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.jobs import service as jobs
from lti_mentor.mentoring.models import LIVING, Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import (
    MAX_TIMES,
    MentoringSession,
    OfferedTime,
    SessionState,
)

RESCORE = "practice.rescore"
"""Job that counts a held session into the scores it belongs to."""
OBJECTION = timedelta(days=3)
"""How long the other one may object to "we met"; silence counts it (P13)."""
_TWO = joinedload(MentoringSession.mentorship)
_CLAIMS = frozenset({SessionState.CLAIMED, SessionState.DISPUTED})


def offer(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    times: Sequence[datetime],
    *,
    minutes: int = 30,
    place: str = "",
) -> MentoringSession:
    """Offer up to three times for a talk.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: No time, too many, one in the past, or a strange length.
    """
    if not mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)
    _check(times, minutes)
    meeting = MentoringSession(
        mentorship=mentorship,
        offered_by=by,
        minutes=minutes,
        place=place.strip()[:500],
        times=[OfferedTime(starts_at=at) for at in sorted(set(times))],
    )
    session.add(meeting)
    session.flush()
    _tell(session, Verb.OFFERED_SESSION, meeting, by)
    return meeting


def _check(times: Sequence[datetime], minutes: int) -> None:
    if not 1 <= len(set(times)) <= MAX_TIMES:
        raise Invalid("session.times", most=MAX_TIMES)
    if any(at <= now() for at in times):
        raise Invalid("session.past")
    if not 10 <= minutes <= 240:
        raise Invalid("session.minutes")


def book(session: Session, chosen: OfferedTime, by: Person) -> MentoringSession:
    """Take one of the offered times; the one who offered cannot.

    Raises:
        NotAllowed: Not the other one of the two.
        Conflict: The offer is gone, the time has passed, or the two have ended.
    """
    meeting = chosen.session
    _must_be_party(meeting, by)
    if meeting.mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=meeting.mentorship.state)
    if by.id == meeting.offered_by_id:
        raise NotAllowed("session.your_own_offer")
    if chosen.starts_at <= now():
        raise Conflict("session.past")
    meeting.advance(SessionState.BOOKED)
    meeting.starts_at = chosen.starts_at
    _tell(session, Verb.BOOKED_SESSION, meeting, by)
    return meeting


def say_we_met(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Say that the talk took place; the second voice makes it count.

    Who objected before may still agree.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not a booked talk, or lies ahead.
    """
    _must_be_party(meeting, by)
    if meeting.state in _CLAIMS and meeting.claimed_by_id != by.id:
        _hold(session, meeting, by)
        return
    if meeting.starts_at is not None and meeting.starts_at > now():
        raise Conflict("session.ahead")
    if meeting.state is SessionState.CLAIMED:
        return
    meeting.advance(SessionState.CLAIMED)
    meeting.claimed_by_id, meeting.claimed_at = by.id, now()


def object_to(meeting: MentoringSession, by: Person) -> None:
    """Say that the claimed talk did not take place.

    Raises:
        NotAllowed: Not the other one of the two.
        Conflict: Nobody claims it.
    """
    _must_be_party(meeting, by)
    if meeting.claimed_by_id == by.id:
        raise NotAllowed("session.your_own_claim")
    meeting.advance(SessionState.DISPUTED)


def say_missed(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Say that the other one did not come; ends a dispute with nobody at fault.

    A mentor's absence never costs the learner (P16).

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not a booked or disputed talk, or lies ahead.
    """
    _must_be_party(meeting, by)
    disputed = meeting.state is SessionState.DISPUTED
    if meeting.starts_at is not None and meeting.starts_at > now():
        raise Conflict("session.ahead")
    meeting.advance(SessionState.MISSED)
    other = meeting.mentorship.partner_of(by)
    meeting.missed_by_id = None if disputed else other.id
    meeting.sequence += 1
    _tell(session, Verb.CANCELLED_SESSION, meeting, by, missed=True)
    _rescore(session, meeting)


def cancel(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Call off an offer or a booked talk.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is over already.
    """
    _must_be_party(meeting, by)
    offered = meeting.state is SessionState.OFFERED
    meeting.advance(SessionState.WITHDRAWN if offered else SessionState.CANCELLED)
    meeting.missed_by_id = None if offered else by.id
    meeting.sequence += 1
    _tell(session, Verb.CANCELLED_SESSION, meeting, by)
    if not offered:
        _rescore(session, meeting)


def call_off(session: Session, mentorship: Mentorship) -> int:
    """Call off what two people who have ended still had ahead; return how many."""
    ahead = select(MentoringSession).where(
        MentoringSession.mentorship_id == mentorship.id,
        or_(
            MentoringSession.state == SessionState.OFFERED,
            and_(
                MentoringSession.state == SessionState.BOOKED,
                MentoringSession.starts_at > now(),
            ),
        ),
    )
    meetings = session.scalars(ahead).all()
    for meeting in meetings:
        offered = meeting.state is SessionState.OFFERED
        meeting.advance(SessionState.WITHDRAWN if offered else SessionState.CANCELLED)
        meeting.sequence += 1
        _tell(session, Verb.CANCELLED_SESSION, meeting, None)
    return len(meetings)


def settle_silence(session: Session) -> int:
    """Count talks nobody objected to, and expire offers whose times all passed."""
    claimed = (
        select(MentoringSession)
        .where(
            MentoringSession.state == SessionState.CLAIMED,
            MentoringSession.claimed_at < now() - OBJECTION,
        )
        .options(_TWO, _TWO.joinedload(Mentorship.mentee))
        .with_for_update(skip_locked=True, of=MentoringSession)
    )
    met = session.scalars(claimed).all()
    for meeting in met:
        _hold(session, meeting, None)
    ahead = select(OfferedTime.session_id).where(OfferedTime.starts_at > now())
    offered = select(MentoringSession).where(
        MentoringSession.state == SessionState.OFFERED,
        MentoringSession.id.not_in(ahead),
    )
    stale = session.scalars(offered).all()
    for meeting in stale:
        meeting.advance(SessionState.EXPIRED)
    return len(met) + len(stale)


def _hold(session: Session, meeting: MentoringSession, by: Person | None) -> None:
    meeting.advance(SessionState.HELD)
    meeting.held_at = now()
    _tell(session, Verb.HELD_SESSION, meeting, by, minutes=meeting.minutes)
    _rescore(session, meeting)


def _rescore(session: Session, meeting: MentoringSession) -> None:
    mentorship = meeting.mentorship
    jobs.enqueue(
        session,
        RESCORE,
        key=str(mentorship.public_id),
        payload={"mentorship": str(mentorship.public_id)},
        registration_id=mentorship.registration_id,
    )


def _must_be_party(meeting: MentoringSession, by: Person) -> None:
    if not meeting.mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")


def _tell(
    session: Session,
    verb: Verb,
    meeting: MentoringSession,
    by: Person | None,
    **data: object,
) -> None:
    mentorship = meeting.mentorship
    record(
        session,
        verb,
        meeting,
        registration=mentorship.registration,
        actor=by,
        learner=mentorship.mentee,
        context=mentorship.context,
        **data,
    )
