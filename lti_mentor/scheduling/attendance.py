"""Whether a talk took place: one says so, the other has three days to object (P13)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import MentoringSession, SessionNote, SessionState
from lti_mentor.scheduling.queries import OBJECTION
from lti_mentor.scheduling.steps import lock, must_be_party, rescore, tell

MAX_NOTE = 10_000
"""Characters of one note."""
_TWO = joinedload(MentoringSession.mentorship)
S = SessionState


def say_we_met(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Say that the talk took place; the second voice makes it count.

    Who objected before may still agree, and so may who said that nobody came.

    Raises:
        NotAllowed: Not one of the two, or the other's word is asked for.
        Conflict: It is not a booked talk, or lies ahead.
    """
    must_be_party(meeting, by)
    lock(session, meeting)
    if meeting.state is S.HELD:
        return
    if meeting.state is S.DISPUTED:
        _must_concede(by, may=_said_not(meeting))
        hold(session, meeting, by)
        return
    if meeting.state is S.CLAIMED and meeting.claimed_by_id != by.id:
        hold(session, meeting, by)
        return
    _must_be_past(meeting)
    if meeting.state is S.CLAIMED:
        return
    meeting.advance(S.CLAIMED)
    meeting.claimed_by_id, meeting.claimed_at = by.id, now()
    meeting.move_by_id = None
    tell(session, Verb.CLAIMED_SESSION, meeting, by)


def object_to(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Contradict what the other one said of the talk, within three days.

    From then on both may still give way, and whoever leads the program decides.

    Raises:
        NotAllowed: It is their own word.
        Conflict: Nobody said anything, or too long ago.
    """
    must_be_party(meeting, by)
    lock(session, meeting)
    if meeting.claimed_by_id == by.id:
        raise NotAllowed("session.your_own_claim")
    if meeting.state is S.DISPUTED:
        return
    said_at = meeting.claimed_at
    if said_at is not None and said_at < now() - OBJECTION:
        raise Conflict("session.too_late", now=meeting.state)
    if said_at is None and meeting.state is S.MISSED:
        raise Conflict("session.step", now=meeting.state)
    meeting.advance(S.DISPUTED)
    tell(session, Verb.DISPUTED_SESSION, meeting, by)


def say_missed(session: Session, meeting: MentoringSession, by: Person) -> None:
    """Say that the other one did not come, or give way in a dispute.

    The other one has three days to object. A mentor's absence never costs the
    learner (P16); a dispute about "we met" ends with nobody at fault.

    Raises:
        NotAllowed: Not one of the two, or the other's word is asked for.
        Conflict: It is not a booked or disputed talk, or lies ahead.
    """
    must_be_party(meeting, by)
    lock(session, meeting)
    if meeting.state is S.MISSED:
        return
    if meeting.state is S.DISPUTED:
        _must_concede(by, may=_said_met(meeting))
    else:
        _must_be_past(meeting)
        meeting.missed_by_id = meeting.mentorship.partner_of(by).id
        meeting.claimed_by_id, meeting.claimed_at = by.id, now()
    _miss(session, meeting, by)


def settle_dispute(
    session: Session, meeting: MentoringSession, by: Person, *, held: bool
) -> None:
    """Decide where the two disagree (whoever leads the program).

    Raises:
        NotAllowed: Somebody who does not lead it, or is one of the two.
        Conflict: The two agree, or somebody has decided.
    """
    if not mentoring.leads(session, meeting.mentorship.program, by):
        raise NotAllowed("program.not_yours")
    if meeting.mentorship.is_party(by):
        raise NotAllowed("session.your_own_dispute")
    lock(session, meeting)
    if meeting.state is not S.DISPUTED:
        raise Conflict("session.settled", now=meeting.state)
    if held:
        hold(session, meeting, by)
    else:
        _miss(session, meeting, by)


def take_attendance(
    session: Session, rows: Sequence[MentoringSession], by: Person, present: set[int]
) -> None:
    """Say of each mentee of one shared talk whether they were there (the mentor).

    Raises:
        NotAllowed: Not their mentor.
        Conflict: It lies ahead.
    """
    for row in rows:
        if row.mentorship.mentor_id != by.id:
            raise NotAllowed("mentorship.not_yours")
        lock(session, row)
        if row.state is S.BOOKED:
            said = say_we_met if row.id in present else say_missed
            said(session, row, by)


def write_note(
    session: Session, meeting: MentoringSession, by: Person, *, shared: str, own: str
) -> None:
    """Keep what somebody wrote down: for both, and for themselves alone.

    Raises:
        NotAllowed: Not one of the two.
        Invalid: Far too much text.
    """
    must_be_party(meeting, by)
    if max(len(shared), len(own)) > MAX_NOTE:
        raise Invalid("text.too_long", most=MAX_NOTE)
    lock(session, meeting)
    there = select(SessionNote).filter_by(session_id=meeting.id, author_id=by.id)
    note = session.scalars(there).one_or_none()
    if note is None:
        note = SessionNote(session_id=meeting.id, author=by)
        session.add(note)
    note.shared, note.private = shared.strip(), own.strip()


def count_silent(session: Session) -> int:
    """Count talks that one said took place and nobody objected to; return how many."""
    claimed = (
        select(MentoringSession)
        .where(
            MentoringSession.state == S.CLAIMED,
            MentoringSession.claimed_at < now() - OBJECTION,
        )
        .options(_TWO, _TWO.joinedload(Mentorship.mentee))
        .with_for_update(skip_locked=True, of=MentoringSession)
    )
    met = session.scalars(claimed).all()
    for meeting in met:
        hold(session, meeting, None)
    return len(met)


def hold(session: Session, meeting: MentoringSession, by: Person | None) -> None:
    """Let it count (None = three days of silence did)."""
    meeting.advance(S.HELD)
    meeting.held_at, meeting.missed_by_id = now(), None
    tell(session, Verb.HELD_SESSION, meeting, by, minutes=meeting.minutes)
    rescore(session, meeting)


def _miss(session: Session, meeting: MentoringSession, by: Person) -> None:
    meeting.advance(S.MISSED)
    meeting.sequence += 1
    tell(session, Verb.CANCELLED_SESSION, meeting, by, missed=True)
    rescore(session, meeting)


def _said_met(meeting: MentoringSession) -> int | None:
    """Return who of the two says, in a dispute, that they met."""
    return meeting.missed_by_id or meeting.claimed_by_id


def _said_not(meeting: MentoringSession) -> int | None:
    """Return who of the two says that they did not."""
    pair = meeting.mentorship
    met = _said_met(meeting)
    return pair.mentee_id if met == pair.mentor_id else pair.mentor_id


def _must_concede(by: Person, *, may: int | None) -> None:
    """In a dispute each may only give way to the other."""
    if by.id != may:
        raise NotAllowed("session.your_own_claim")


def _must_be_past(meeting: MentoringSession) -> None:
    if meeting.starts_at is None:
        raise Conflict("session.step", now=meeting.state, wanted=S.CLAIMED)
    if meeting.starts_at > now():
        raise Conflict("session.ahead")
