"""What every step of a talk does: who may, one at a time, and what is told."""

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.errors import NotAllowed
from lti_mentor.jobs import service as jobs
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import MentoringSession

RESCORE = "practice.rescore"
"""Job that counts a held session into the scores it belongs to."""


def lock(session: Session, meeting: MentoringSession) -> None:
    """Read it anew and keep others out: two who click at once come one by one."""
    session.flush()
    session.refresh(meeting, with_for_update=True)


def must_be_party(meeting: MentoringSession, by: Person) -> None:
    """Let only the two through.

    Raises:
        NotAllowed: Somebody else.
    """
    if not meeting.mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")


def rescore(session: Session, meeting: MentoringSession) -> None:
    """Ask for the scores that this talk belongs to."""
    mentorship = meeting.mentorship
    jobs.enqueue(
        session,
        RESCORE,
        key=str(mentorship.public_id),
        payload={"mentorship": str(mentorship.public_id)},
        registration_id=mentorship.registration_id,
    )


def tell(
    session: Session,
    verb: Verb,
    meeting: MentoringSession,
    by: Person | None,
    **data: object,
) -> None:
    """Write down what somebody did with a talk (None = time did)."""
    mentorship = meeting.mentorship
    record(
        session,
        verb,
        meeting,
        registration=mentorship.registration,
        actor=by,
        learner=mentorship.mentee,
        context=mentorship.context,
        **data,
    )
