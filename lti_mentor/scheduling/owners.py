"""Whose turn it is in a talk: exactly one owner for every open state (P12)."""

from lti_mentor.mentoring.owners import Owner
from lti_mentor.scheduling.models import MentoringSession, SessionState

S = SessionState


def owner_of(meeting: MentoringSession) -> Owner:
    """Return who is to act.

    An offer, a move and a claim wait for the other one; a booked talk for the mentee,
    who says that they met; where the two disagree, whoever leads the program decides.
    """
    if meeting.state is S.DISPUTED:
        return Owner.COORDINATOR
    if meeting.state is S.BOOKED and meeting.move_by_id is None:
        return Owner.MENTEE
    said_by = _said_by(meeting)
    if said_by is None:
        return Owner.NONE
    is_mentors = said_by == meeting.mentorship.mentor_id
    return Owner.MENTEE if is_mentors else Owner.MENTOR


def _said_by(meeting: MentoringSession) -> int | None:
    """Return who spoke last, where the other one is to answer."""
    spoke = {
        S.OFFERED: meeting.offered_by_id,
        S.BOOKED: meeting.move_by_id,
        S.CLAIMED: meeting.claimed_by_id,
    }
    return spoke.get(meeting.state)
