"""What a mentor gave: hours, verified applications, people (P32)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.models import Person
from lti_mentor.practice.models import Decision, Review
from lti_mentor.scheduling.models import MentoringSession, SessionState


@dataclass(frozen=True, slots=True)
class Contribution:
    """Counted from held talks and reviews; nothing is estimated."""

    people: int
    """Mentees who worked with them."""
    minutes: int
    """In talks that both say they held."""
    verified: int
    """Applications they verified."""


def of(session: Session, mentor: Person) -> Contribution:
    """Return what somebody gave as a mentor, in all their programs."""
    people = select(func.count(func.distinct(Mentorship.mentee_id))).where(
        Mentorship.mentor_id == mentor.id, Mentorship.began_at.is_not(None)
    )
    minutes = (
        select(func.coalesce(func.sum(MentoringSession.minutes), 0))
        .join(Mentorship)
        .where(
            Mentorship.mentor_id == mentor.id,
            MentoringSession.state == SessionState.HELD,
        )
    )
    verified = select(func.count(func.distinct(Review.application_id))).where(
        Review.reviewer_id == mentor.id, Review.decision == Decision.VERIFIED
    )
    return Contribution(
        people=session.scalar(people) or 0,
        minutes=session.scalar(minutes) or 0,
        verified=session.scalar(verified) or 0,
    )
