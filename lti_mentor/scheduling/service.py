"""Offering, taking, moving and calling off a talk; attendance is told beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring.models import LIVING, Mentorship
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
    MAX_TIMES,
    MentoringSession,
    OfferedTime,
    SessionState,
)
from lti_mentor.scheduling.queries import OBJECTION
from lti_mentor.scheduling.steps import RESCORE, lock, must_be_party, rescore, tell

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
MAX_AGENDA = 2_000
"""Characters of an agenda."""


@dataclass(frozen=True, slots=True)
class TalkWords:
    """How long, where and about what."""

    minutes: int = 30
    place: str = ""
    agenda: str = ""

    def check(self) -> None:
        """Stop a strange length or far too much text.

        Raises:
            Invalid: It is so.
        """
        if not 10 <= self.minutes <= 240:
            raise Invalid("session.minutes")
        if len(self.agenda) > MAX_AGENDA:
            raise Invalid("text.too_long", most=MAX_AGENDA)


def offer(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    times: Sequence[datetime],
    words: TalkWords | None = None,
) -> MentoringSession:
    """Offer up to three times for a talk; the same offer twice is one.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: No time, too many, one in the past, or a strange length.
    """
    _must_be_living(mentorship, by)
    words = words or TalkWords()
    words.check()
    _check(times)
    session.flush()
    session.refresh(mentorship, with_for_update=True)
    if (there := _same_offer(session, mentorship, by, times)) is not None:
        return there
    return _offer(session, mentorship, by, times, words)


def _offer(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    times: Sequence[datetime],
    words: TalkWords,
) -> MentoringSession:
    meeting = MentoringSession(
        mentorship=mentorship,
        offered_by=by,
        minutes=words.minutes,
        place=words.place.strip()[:500],
        agenda=words.agenda.strip(),
        times=[OfferedTime(starts_at=at) for at in sorted(set(times))],
    )
    session.add(meeting)
    session.flush()
    tell(session, Verb.OFFERED_SESSION, meeting, by)
    return meeting


def _same_offer(
    session: Session, mentorship: Mentorship, by: Person, times: Sequence[datetime]
) -> MentoringSession | None:
    """Return an open offer of the same person that names the same times."""
    query = select(MentoringSession).filter_by(
        mentorship_id=mentorship.id, offered_by_id=by.id, state=SessionState.OFFERED
    )
    wanted = set(times)
    rows = session.scalars(query)
    return next((m for m in rows if {t.starts_at for t in m.times} == wanted), None)


def offer_together(
    session: Session,
    mentorships: Sequence[Mentorship],
    by: Person,
    at: datetime,
    words: TalkWords,
) -> list[MentoringSession]:
    """Offer one talk to several of a mentor's mentees; each answers for themselves.

    Raises:
        NotAllowed: Not the mentor of all of them.
        Conflict: One of them has ended.
        Invalid: Fewer than two, a time in the past, or a strange length.
    """
    if len(mentorships) < 2:
        raise Invalid("session.together")
    words.check()
    _check([at])
    for mentorship in mentorships:
        _must_be_living(mentorship, by)
        if mentorship.mentor_id != by.id:
            raise NotAllowed("mentorship.not_yours")
    there = [_same_offer(session, one, by, [at]) for one in mentorships]
    if all(there):
        return [meeting for meeting in there if meeting is not None]
    offered = [_offer(session, one, by, [at], words) for one in mentorships]
    shared = uuid4()
    for meeting in offered:
        meeting.shared_id = shared
    return offered


def _must_be_living(mentorship: Mentorship, by: Person) -> None:
    if not mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)


def _check(times: Sequence[datetime]) -> None:
    if not 1 <= len(set(times)) <= MAX_TIMES:
        raise Invalid("session.times", most=MAX_TIMES)
    if any(at <= now() for at in times):
        raise Invalid("session.past")


def book(session: Session, chosen: OfferedTime, by: Person) -> MentoringSession:
    """Take one of the offered times, also of a talk that is to move; twice is once.

    Raises:
        NotAllowed: Not the other one of the two.
        Conflict: The offer is gone, the time has passed, or the two have ended.
    """
    meeting = chosen.session
    must_be_party(meeting, by)
    at = chosen.starts_at
    lock(session, meeting)
    _must_be_living(meeting.mentorship, by)
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

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not booked, has begun, or is shared with others.
        Invalid: No time, too many, or one in the past.
    """
    must_be_party(meeting, by)
    _check(times)
    lock(session, meeting)
    if meeting.state is not SessionState.BOOKED:
        raise Conflict("session.not_booked_now", now=meeting.state)
    if meeting.shared_id is not None:
        raise Conflict("session.shared")
    if meeting.starts_at is not None and meeting.starts_at <= now():
        raise Conflict("session.begun")
    meeting.times = [OfferedTime(starts_at=at) for at in sorted(set(times))]
    meeting.move_by_id = by.id
    session.flush()
    tell(session, Verb.OFFERED_SESSION, meeting, by, moves=True)


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

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is over already.
    """
    must_be_party(meeting, by)
    lock(session, meeting)
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
    """Count talks nobody objected to, and expire offers whose times all passed."""
    met = count_silent(session)
    ahead = select(OfferedTime.session_id).where(OfferedTime.starts_at > now())
    offered = select(MentoringSession).where(
        MentoringSession.state == SessionState.OFFERED,
        MentoringSession.id.not_in(ahead),
    )
    stale = session.scalars(offered).all()
    for meeting in stale:
        meeting.advance(SessionState.EXPIRED)
    return met + len(stale)
