"""What notices are about: the rows, who the other one is, what is still so."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.notices.models import Notice
from lti_mentor.people.models import Context, Person
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.scheduling.models import MentoringSession, SessionState

Subject = Mentorship | MentoringSession | PracticeWork | Person
KINDS: dict[str, type[Subject]] = {
    kind.__tablename__: kind
    for kind in (Mentorship, MentoringSession, PracticeWork, Person)
}

ANSWERED = frozenset(
    {
        WorkState.PRACTISING,
        WorkState.REVISING,
        WorkState.REFLECTING,
        WorkState.COMPLETED,
    }
)
"""Where a work stands once somebody has looked at it."""


def subject_of(session: Session, notice: Notice) -> Subject | None:
    """Return what a notice is about, as it is now."""
    return found(session, notice.subject_type, notice.subject_id)


def found(session: Session, table: str, public_id: UUID) -> Subject | None:
    """Return the row of one of these tables; None for any other, or none."""
    kind = KINDS.get(table)
    if kind is None:
        return None
    query: Select[Any] = select(kind).where(kind.public_id == public_id)
    row: Subject | None = session.scalars(query).one_or_none()
    return row


def pair_of(subject: Subject) -> Mentorship | None:
    """Return the mentorship it belongs to."""
    if isinstance(subject, Mentorship):
        return subject
    if isinstance(subject, MentoringSession | PracticeWork):
        return subject.mentorship
    return None


def course_of(subject: Subject) -> Context | None:
    """Return the course it belongs to."""
    if isinstance(subject, PracticeWork):
        return subject.assignment.context
    pair = pair_of(subject)
    return pair.context if pair else None


def other_of(subject: Subject, person: Person) -> Person | None:
    """Return the other one of two people."""
    if isinstance(subject, PracticeWork):
        is_learner = person.id == subject.learner_id
        return subject.reviewer if is_learner else subject.learner
    pair = pair_of(subject)
    return pair.partner_of(person) if pair else None


def is_open_offer(subject: Subject, person: Person) -> bool:
    """Say whether a proposed mentorship waits for this person's answer."""
    if not isinstance(subject, Mentorship):
        return False
    if subject.state is not MentorshipState.OFFERED or not subject.is_party(person):
        return False
    is_mentor = person.id == subject.mentor_id
    answered = subject.mentor_accepted_at if is_mentor else subject.mentee_accepted_at
    return answered is None


def is_living(subject: Subject, _person: Person) -> bool:
    """Say whether two people work together."""
    return isinstance(subject, Mentorship) and subject.state in LIVING


def is_over(subject: Subject, _person: Person) -> bool:
    """Say whether a mentorship, or an offer of one, has ended."""
    open_ = LIVING | {MentorshipState.OFFERED}
    return isinstance(subject, Mentorship) and subject.state not in open_


def asks_for_a_time(subject: Subject, person: Person) -> bool:
    """Say whether offered times wait for this person to take one."""
    if not isinstance(subject, MentoringSession):
        return False
    if subject.state is SessionState.BOOKED:
        return subject.move_by_id not in {None, person.id}
    is_mine = subject.offered_by_id == person.id
    return subject.state is SessionState.OFFERED and not is_mine


def is_booked(subject: Subject, _person: Person) -> bool:
    """Say whether a talk is to take place."""
    if not isinstance(subject, MentoringSession):
        return False
    return subject.state is SessionState.BOOKED


def is_called_off(subject: Subject, _person: Person) -> bool:
    """Say whether a talk that had a time was called off."""
    if not isinstance(subject, MentoringSession):
        return False
    return subject.state is SessionState.CANCELLED and subject.starts_at is not None


def is_claimed_by_the_other(subject: Subject, person: Person) -> bool:
    """Say whether the other one says that a talk took place."""
    if not isinstance(subject, MentoringSession):
        return False
    is_claimed = subject.state is SessionState.CLAIMED
    return is_claimed and subject.claimed_by_id != person.id


def is_a_plan_to_answer(subject: Subject, person: Person) -> bool:
    """Say whether a plan waits for this reviewer."""
    return _waits_for(subject, person, WorkState.PLAN_REVIEW)


def is_work_to_review(subject: Subject, person: Person) -> bool:
    """Say whether an application waits for this reviewer."""
    return _waits_for(subject, person, WorkState.IN_REVIEW)


def _waits_for(subject: Subject, person: Person, state: WorkState) -> bool:
    if not isinstance(subject, PracticeWork) or subject.reviewer is None:
        return False
    is_theirs = subject.turn is Turn.MENTOR and subject.reviewer.id == person.id
    return is_theirs and subject.state is state


def is_the_learners_turn(subject: Subject, person: Person) -> bool:
    """Say whether a work has come back to its learner."""
    if not isinstance(subject, PracticeWork):
        return False
    return subject.turn is Turn.LEARNER and subject.learner_id == person.id


def is_answered_work(subject: Subject, person: Person) -> bool:
    """Say whether what this learner handed in has its answer."""
    if not isinstance(subject, PracticeWork):
        return False
    return subject.learner_id == person.id and subject.state in ANSWERED


def always(_subject: Subject, _person: Person) -> bool:
    """Say that it stays so."""
    return True
