"""Who may do what with a learner's work; pages ask first, the verbs ask again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.errors import NotAllowed
from lti_mentor.mentoring.models import LIVING
from lti_mentor.people.models import Membership, Person, Role
from lti_mentor.practice.models import PracticeWork


def must_be_learner(work: PracticeWork, by: Person) -> None:
    """Let only the learner through.

    Raises:
        NotAllowed: It is somebody else's work.
    """
    if by.id != work.learner_id:
        raise NotAllowed("practice.not_yours")


def must_review(session: Session, work: PracticeWork, by: Person) -> None:
    """Let the mentor, or who reviews instead, and the course's instructors through.

    Raises:
        NotAllowed: Anybody else, and the learner above all.
    """
    if by.id == work.learner_id:
        raise NotAllowed("practice.own_work")
    if not _reviews(work, by):
        must_instruct(session, work, by)


def must_instruct(session: Session, work: PracticeWork, by: Person) -> None:
    """Let the instructors of the work's course through; assistants do not grade.

    Raises:
        NotAllowed: Anybody else.
    """
    seat = select(Membership.id).where(
        Membership.context_id == work.assignment.context_id,
        Membership.person_id == by.id,
        Membership.role == Role.INSTRUCTOR,
        Membership.is_active,
    )
    if session.scalar(seat) is None or by.id == work.learner_id:
        raise NotAllowed("practice.not_yours_to_review")


def _reviews(work: PracticeWork, by: Person) -> bool:
    mentorship = work.mentorship
    if mentorship is None:
        return work.pool_reviewer_id == by.id
    return mentorship.mentor_id == by.id and mentorship.state in LIVING
