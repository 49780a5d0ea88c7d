"""What every step of a mentorship does: who may, one at a time, and what is told."""

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.jobs import service as jobs
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.people.models import Person

MENTORSHIP_BEGAN = "practice.mentorship_began"
"""Job that gives waiting practice to the mentor who has just arrived."""
MENTORSHIP_CLOSED = "practice.mentorship_closed"
"""Job that hands the open work of an ended mentorship to the instructor."""


def lock(session: Session, mentorship: Mentorship) -> None:
    """Read it anew and keep others out: two who click at once come one by one."""
    session.flush()
    session.refresh(mentorship, with_for_update=True)


def must_be_party(mentorship: Mentorship, by: Person) -> None:
    """Let only the two through.

    Raises:
        NotAllowed: Somebody else.
    """
    if not mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")


def must_be_living(mentorship: Mentorship, by: Person) -> None:
    """Let only two through who work together now.

    Raises:
        NotAllowed: Somebody else.
        Conflict: The two are not working together.
    """
    must_be_party(mentorship, by)
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)


def side_of(mentorship: Mentorship, person: Person) -> str:
    """Return which of the two somebody is, as columns name it."""
    return "mentor" if person.id == mentorship.mentor_id else "mentee"


def close(
    session: Session,
    mentorship: Mentorship,
    by: Person | None,
    state: MentorshipState,
    reason: str,
) -> None:
    """End it; the reason stays with the row and is told to nobody."""
    mentorship.advance(state)
    mentorship.ended_at, mentorship.end_reason = now(), reason
    tell(session, Verb.ENDED_MENTORSHIP, mentorship, by)
    queue(session, MENTORSHIP_CLOSED, mentorship)


def goes_first(session: Session, mentorship: Mentorship) -> None:
    """Let the mentee wait for the next mentor before others."""
    part = queries.participant_of(session, mentorship.program, mentorship.mentee)
    if part is not None and part.goes_first_since is None:
        part.goes_first_since = now()


def queue(session: Session, kind: str, mentorship: Mentorship) -> None:
    """Ask the worker for what other rooms do about it."""
    jobs.enqueue(
        session,
        kind,
        key=str(mentorship.public_id),
        payload={"mentorship": str(mentorship.public_id)},
        registration_id=mentorship.registration_id,
    )


def tell(
    session: Session,
    verb: Verb,
    mentorship: Mentorship,
    by: Person | None,
    **data: object,
) -> None:
    """Write down what somebody did with a mentorship (None = time did)."""
    record(
        session,
        verb,
        mentorship,
        registration=mentorship.registration,
        actor=by,
        learner=mentorship.mentee,
        context=mentorship.context,
        **data,
    )
