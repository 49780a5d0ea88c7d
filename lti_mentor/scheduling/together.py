"""One talk of a mentor with several mentees: a row each, offered and moved as one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import MentoringSession, SessionState
from lti_mentor.scheduling.offering import (
    TalkWords,
    as_offered,
    check_times,
    make_offer,
    must_be_living,
    same_offer,
)
from lti_mentor.scheduling.steps import lock, tell

AHEAD = frozenset({SessionState.OFFERED, SessionState.BOOKED})
"""States in which somebody is still invited."""


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
    check_times([at])
    session.flush()
    for mentorship in sorted(mentorships, key=lambda one: one.id):
        session.refresh(mentorship, with_for_update=True)  # always in the same order
        must_be_living(mentorship, by)
        if mentorship.mentor_id != by.id:
            raise NotAllowed("mentorship.not_yours")
    there = [same_offer(session, one, by, [at]) for one in mentorships]
    if all(there):
        return [meeting for meeting in there if meeting is not None]
    offered = [make_offer(session, one, by, [at], words) for one in mentorships]
    shared = uuid4()
    for meeting in offered:
        meeting.shared_id = shared
    return offered


def led_by(
    session: Session, meeting: MentoringSession, by: Person
) -> list[MentoringSession]:
    """Lock what a step of this person is about; return the rows that are still ahead.

    What its mentor does with a shared talk is about everybody who is invited; what a
    mentee does, about themselves. Rows are locked in one order, so that nobody waits
    for somebody who waits for them.
    """
    if not meeting.is_led_by(by):
        lock(session, meeting)
        return [meeting]
    query = (
        select(MentoringSession)
        .filter_by(shared_id=meeting.shared_id)
        .order_by(MentoringSession.id)
    )
    rows = session.scalars(query).all()
    for row in rows:
        lock(session, row)
    return [row for row in rows if row.state in AHEAD] or [meeting]


def move_all(
    session: Session,
    rows: Sequence[MentoringSession],
    by: Person,
    times: Sequence[datetime],
) -> None:
    """Put a shared talk to another time, for everybody at once; twice is once.

    Who had taken the old time has the new one, and may leave; who had not answered
    is asked about the new one.

    Raises:
        Conflict: It has begun.
        Invalid: More than one time: they would not come at the same.
    """
    if len(set(times)) != 1:
        raise Invalid("session.one_time_together")
    at = times[0]
    if any(row.starts_at is not None and row.starts_at <= now() for row in rows):
        raise Conflict("session.begun")
    for row in rows:
        if [time.starts_at for time in row.times] != [at]:
            _move(session, row, by, at)


def _move(session: Session, row: MentoringSession, by: Person, at: datetime) -> None:
    is_booked = row.state is SessionState.BOOKED
    row.times = as_offered([at])
    if is_booked:
        row.starts_at = at
        row.sequence += 1
    session.flush()
    tell(session, Verb.MOVED_SESSION if is_booked else Verb.OFFERED_SESSION, row, by)
