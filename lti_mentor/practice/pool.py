"""Reviewing in nobody's stead: work without a mentor, handed to one of the program."""

from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict, Missing
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import Exclusion, Part, ParticipantState
from lti_mentor.people.models import Person
from lti_mentor.practice.models import FINAL, PracticeWork, Turn
from lti_mentor.practice.rights import must_instruct


def reviewers_for(session: Session, work: PracticeWork) -> Sequence[Person]:
    """Return mentors of the program who take part and may review this learner."""
    program = work.brief.program
    one, other = Exclusion.one_id, Exclusion.other_id
    apart = set(
        session.scalars(
            select(case((one == work.learner_id, other), else_=one)).where(
                Exclusion.program_id == program.id,
                (one == work.learner_id) | (other == work.learner_id),
            )
        )
    )
    return [
        part.person
        for part in mentoring.participants(session, program, Part.MENTOR)
        if part.state is ParticipantState.ACTIVE
        and part.person_id not in {*apart, work.learner_id}
    ]


def hand_over(
    session: Session, work: PracticeWork, reviewer: Person | None, by: Person
) -> None:
    """Let a mentor of the program review a work; None = the instructor does again.

    Raises:
        NotAllowed: Not said by an instructor of its course.
        Conflict: It has a mentor, or is closed.
        Missing: Nobody who may review it.
    """
    must_instruct(session, work, by)
    if work.mentorship_id is not None or work.state in FINAL:
        raise Conflict("practice.has_reviewer", now=work.state)
    if reviewer is not None and reviewer not in reviewers_for(session, work):
        raise Missing("person.missing")
    work.pool_reviewer = reviewer
    session.flush()
    if work.turn in {Turn.INSTRUCTOR, Turn.MENTOR}:
        work.pass_turn(work.owner_of(work.state))
