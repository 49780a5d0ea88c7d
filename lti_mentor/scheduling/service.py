"""Taking, moving and calling off a talk; offering and attendance are told beside it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.attendance import (
    count_silent,
    object_to,
    say_missed,
    say_we_met,
    settle_dispute,
    take_attendance,
    write_note,
)
from lti_mentor.scheduling.models import (
    MentoringSession,
    OfferedTime,
    SessionState,
)
from lti_mentor.scheduling.offering import (
    TalkWords,
    as_offered,
    check_times,
    must_be_living,
    offer,
)
from lti_mentor.scheduling.queries import OBJECTION
from lti_mentor.scheduling.steps import RESCORE, lock, must_be_party, rescore, tell
from lti_mentor.scheduling.together import AHEAD, led_by, move_all, offer_together

__all__ = [
    "OBJECTION",
    "RESCORE",
    "TalkWords",
    "book",
    "call_off",
    "cancel",
    "keep_time",
    "move",
    "object_to",
    "offer",
    "offer_together",
    "say_missed",
    "say_we_met",
    "settle_dispute",
    "settle_silence",
    "take_attendance",
    "write_note",
]
UNSAID = timedelta(days=7)
"""How long after a talk somebody may say at once whether it took place."""


def book(session: Session, chosen: OfferedTime, by: Person) -> MentoringSession:
    """Take one of the offered times, also of a talk that is to move; twice is once.

    Raises:
        NotAllowed: Not the other one of the two.
        Conflict: The offer is gone, the time has passed, or the two have ended.
    """
    meeting = chosen.session
    must_be_party(meeting, by)
    lock(session, meeting)
    must_be_living(meeting.mentorship, by)
    if chosen not in meeting.times:  # others were offered while this one was read
        raise Conflict("session.time_gone")
    at = chosen.starts_at
    moves = meeting.state is SessionState.BOOKED and meeting.move_by_id is not None
    asked_by = meeting.move_by_id if moves else meeting.offered_by_id
    if by.id == asked_by:
        raise NotAllowed("session.your_own_offer")
    if not moves and meeting.starts_at == at and meeting.state is SessionState.BOOKED:
        return meeting
    if at <= now():
        raise Conflict("session.past")
    if moves:
        meeting.sequence += 1
        meeting.move_by_id = None
    else:
        meeting.advance(SessionState.BOOKED)
    meeting.starts_at = at
    verb = Verb.MOVED_SESSION if moves else Verb.BOOKED_SESSION
    tell(session, verb, meeting, by)
    return meeting


def move(
    session: Session, meeting: MentoringSession, by: Person, times: Sequence[datetime]
) -> None:
    """Ask for another time of a booked talk; the old one holds until one is taken.

    A talk with several moves for all of them at once, and only by its mentor.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not booked, has begun, or is shared and theirs to leave only.
        Invalid: No time, too many, or one in the past.
    """
    must_be_party(meeting, by)
    must_be_living(meeting.mentorship, by)
    check_times(times)
    rows = led_by(session, meeting, by)
    if meeting.is_led_by(by):
        _must_be_ahead(rows)
        move_all(session, rows, by, times)
        return
    if meeting.state is not SessionState.BOOKED:
        raise Conflict("session.not_booked_now", now=meeting.state)
    if meeting.shared_id is not None:
        raise Conflict("session.shared")
    if meeting.starts_at is not None and meeting.starts_at <= now():
        raise Conflict("session.begun")
    meeting.times = as_offered(times)
    meeting.move_by_id = by.id
    session.flush()
    tell(session, Verb.OFFERED_SESSION, meeting, by, moves=True)


def _must_be_ahead(rows: Sequence[MentoringSession]) -> None:
    if rows[0].state not in AHEAD:
        raise Conflict("session.not_booked_now", now=rows[0].state)


def keep_time(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Stay with the booked time; twice is once.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not booked.
    """
    must_be_party(meeting, by)
    lock(session, meeting)
    if meeting.state is not SessionState.BOOKED:
        raise Conflict("session.not_booked_now", now=meeting.state)
    meeting.move_by_id = None


def cancel(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Call off an offer or a booked talk; twice is once.

    The mentor calls a shared talk off for everybody, a mentee only leaves it.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is over already.
    """
    must_be_party(meeting, by)
    for row in led_by(session, meeting, by):
        _cancel(session, row, by)


def _cancel(session: Session, meeting: MentoringSession, by: Person) -> None:
    if meeting.state in {SessionState.CANCELLED, SessionState.WITHDRAWN}:
        return
    offered = meeting.state is SessionState.OFFERED
    meeting.advance(SessionState.WITHDRAWN if offered else SessionState.CANCELLED)
    meeting.missed_by_id = None if offered else by.id
    meeting.sequence += 1
    tell(session, Verb.CANCELLED_SESSION, meeting, by)
    if not offered:
        rescore(session, meeting)


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
        tell(session, Verb.CANCELLED_SESSION, meeting, None)
    return len(meetings)


def settle_silence(session: Session) -> int:
    """Do what time does with talks; return how many changed.

    What one said and nobody objected to counts; offers end with their last time, a
    wish for another time with the talk's hour; and of a talk that nobody said a word
    about for a week nobody is asked any more. Either may still say that they met.
    """
    met = count_silent(session)
    return met + _end_moves(session) + _expire_offers(session) + _end_unsaid(session)


def _expire_offers(session: Session) -> int:
    ahead = select(OfferedTime.session_id).where(OfferedTime.starts_at > now())
    offered = select(MentoringSession).where(
        MentoringSession.state == SessionState.OFFERED,
        MentoringSession.id.not_in(ahead),
    )
    return _each(session, offered, lambda one: one.advance(SessionState.EXPIRED))


def _end_moves(session: Session) -> int:
    ahead = select(OfferedTime.session_id).where(OfferedTime.starts_at > now())
    asked = select(MentoringSession).where(
        MentoringSession.state == SessionState.BOOKED,
        MentoringSession.move_by_id.is_not(None),
        or_(MentoringSession.starts_at <= now(), MentoringSession.id.not_in(ahead)),
    )

    def stay(meeting: MentoringSession) -> None:
        meeting.move_by_id = None

    return _each(session, asked, stay)


def _end_unsaid(session: Session) -> int:
    over = select(MentoringSession).where(
        MentoringSession.state == SessionState.BOOKED,
        MentoringSession.starts_at < now() - UNSAID,
    )
    return _each(session, over, lambda one: one.advance(SessionState.EXPIRED))


def _each(
    session: Session,
    wanted: Select[MentoringSession],
    do: Callable[[MentoringSession], None],
) -> int:
    """Do it to each row that nobody else holds at this moment; the next round comes."""
    rows = session.scalars(
        wanted.with_for_update(skip_locked=True, of=MentoringSession)
    ).all()
    for row in rows:
        do(row)
    return len(rows)
