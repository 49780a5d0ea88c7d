"""Which page is the step that a mail spoke of: opened by the next launch (D8)."""

from sqlalchemy.orm import Session

from lti_mentor.lti.claims import Launch, MessageType
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.notices import answers
from lti_mentor.notices.subjects import Subject, subject_of
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import Person
from lti_mentor.practice.models import PracticeWork
from lti_mentor.scheduling.models import MentoringSession


def remembered(session: Session, arrival: Arrival, known: Launch) -> str | None:
    """Return the page this person followed a link to, below `/s/<handle>/`, once.

    Who acts as somebody else takes no step away from them; content selection and the
    like have pages of their own.
    """
    if arrival.is_read_only or known.message is not MessageType.RESOURCE:
        return None
    notice = answers.remembered(session, arrival.person)
    return step_of(subject_of(session, notice), arrival.person) if notice else None


def step_of(subject: Subject | None, person: Person) -> str | None:
    """Return the page of what a notice is about, as this person sees it."""
    if isinstance(subject, Mentorship):
        return f"mentorships/{subject.public_id}"
    if isinstance(subject, MentoringSession):
        return f"mentorships/{subject.mentorship.public_id}"
    if isinstance(subject, PracticeWork):
        room = "work" if person.id == subject.learner_id else "review"
        return f"{room}/{subject.public_id}"
    return None
