"""Offering times for a talk to one other person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring.models import LIVING, Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import (
    MAX_TIMES,
    MentoringSession,
    OfferedTime,
    SessionState,
)
from lti_mentor.scheduling.steps import tell

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
    must_be_living(mentorship, by)
    words = words or TalkWords()
    words.check()
    check_times(times)
    session.flush()
    session.refresh(mentorship, with_for_update=True)
    must_be_living(mentorship, by)
    there = same_offer(session, mentorship, by, times)
    return there or make_offer(session, mentorship, by, times, words)


def make_offer(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    times: Sequence[datetime],
    words: TalkWords,
) -> MentoringSession:
    """Write down an offer that was looked at; it is told to the other one."""
    meeting = MentoringSession(
        mentorship=mentorship,
        offered_by=by,
        minutes=words.minutes,
        place=words.place.strip()[:500],
        agenda=words.agenda.strip(),
        times=as_offered(times),
    )
    session.add(meeting)
    session.flush()
    tell(session, Verb.OFFERED_SESSION, meeting, by)
    return meeting


def as_offered(times: Sequence[datetime]) -> list[OfferedTime]:
    """Return these times as rows, in their order, each once."""
    return [OfferedTime(starts_at=at) for at in sorted(set(times))]


def same_offer(
    session: Session, mentorship: Mentorship, by: Person, times: Sequence[datetime]
) -> MentoringSession | None:
    """Return an open offer of the same person that names the same times."""
    query = select(MentoringSession).filter_by(
        mentorship_id=mentorship.id, offered_by_id=by.id, state=SessionState.OFFERED
    )
    wanted = set(times)
    rows = session.scalars(query)
    return next((m for m in rows if {t.starts_at for t in m.times} == wanted), None)


def must_be_living(mentorship: Mentorship, by: Person) -> None:
    """Let only the two through, and only while they work together.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: They do not.
    """
    if not mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)


def check_times(times: Sequence[datetime]) -> None:
    """Stop offers without a time, with too many, or with one that has passed.

    Raises:
        Invalid: It is so.
    """
    if not 1 <= len(set(times)) <= MAX_TIMES:
        raise Invalid("session.times", most=MAX_TIMES)
    if any(at <= now() for at in times):
        raise Invalid("session.past")
