"""Mentors who are to complete a course before they are paired (P6)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import NotAllowed
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import Participant, Program
from lti_mentor.people.models import Person
from lti_mentor.skills.models import CompletionState, CourseCompletion


def unprepared(
    session: Session, program: Program, parts: Iterable[Participant]
) -> set[int]:
    """Return the person ids of those who still lack the program's preparation.

    The LMS's word on the course counts, or that of whoever leads the program.
    """
    if program.preparation_id is None:
        return set()
    done = set(
        session.scalars(
            select(CourseCompletion.person_id).where(
                CourseCompletion.context_id == program.preparation_id,
                CourseCompletion.state == CompletionState.COMPLETE,
            )
        )
    )
    missing = (part.person_id for part in parts if part.prepared_at is None)
    return {person_id for person_id in missing if person_id not in done}


def say_prepared(
    session: Session, participant: Participant, *, by: Person, is_so: bool
) -> None:
    """Keep that a mentor is prepared, though the LMS does not say so.

    Raises:
        NotAllowed: Said by somebody who does not lead the program.
    """
    if not queries.leads(session, participant.program, by):
        raise NotAllowed("program.not_yours")
    participant.prepared_at = now() if is_so else None
