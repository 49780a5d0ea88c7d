"""Whose turn it is in a mentorship: exactly one owner for every open state (P12)."""

import enum

from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.people.models import Person


class Owner(enum.StrEnum):
    """Who is to act."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    COORDINATOR = "coordinator"
    NONE = "none"


S = MentorshipState
ASKED = {
    S.OFFERED: ("accepted_at", Owner.MENTOR, Owner.MENTEE),
    S.ACTIVE: ("signed_at", Owner.MENTEE, Owner.MENTOR),
    S.CONCLUDING: ("closed_at", Owner.MENTEE, Owner.MENTOR),
}
"""What both are asked in a state, and who of them first."""


def owner_of(mentorship: Mentorship, *, has_left: bool = False) -> Owner:
    """Return who is to act; where one of the two has left, whoever leads decides.

    Before it begins: who has not answered, the mentor first, and the mentee where
    the mentor has asked something back. Under way: who has not
    signed, else the mentee, who leads their own learning. Resting: who asked for it.
    At its end: who has not gone through the closing questions.
    """
    if mentorship.state in LIVING and has_left:
        return Owner.COORDINATOR
    if mentorship.state is S.PAUSED:
        is_mentors = mentorship.paused_by_id == mentorship.mentor_id
        return Owner.MENTOR if is_mentors else Owner.MENTEE
    if mentorship.is_asked_back:
        return Owner.MENTEE
    asked = ASKED.get(mentorship.state)
    return _first_open(mentorship, *asked) if asked else Owner.NONE


def _first_open(
    mentorship: Mentorship, column: str, first: Owner, other: Owner
) -> Owner:
    """Return the first of the two who has not; when both have, the first again."""
    for side in (first, other):
        if getattr(mentorship, f"{side}_{column}") is None:
            return side
    return first


def person_of(mentorship: Mentorship, owner: Owner) -> Person | None:
    """Return the person behind an owner."""
    people = {
        Owner.MENTOR: mentorship.mentor,
        Owner.MENTEE: mentorship.mentee,
        Owner.COORDINATOR: mentorship.program.coordinator,
    }
    return people.get(owner)
