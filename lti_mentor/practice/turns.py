"""Nobody is stuck: what happens when a mentor comes, goes, or stays silent."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.practice import queries
from lti_mentor.practice.models import FINAL, PracticeWork, Turn, WorkState
from lti_mentor.practice.service import rescore


def mentor_came(session: Session, mentorship: Mentorship) -> int:
    """Give the mentee's open work in this program to the mentor; return how many."""
    waiting = [
        work
        for work in queries.waiting_works(session, mentorship.program_id)
        if work.learner_id == mentorship.mentee_id and work.state not in FINAL
    ]
    for work in waiting:
        work.mentorship = mentorship
        session.flush()
        if work.state is WorkState.WAITING_MENTOR:
            work.advance(WorkState.PLANNING)
        elif work.turn is Turn.INSTRUCTOR:
            work.pass_turn(work.owner_of(work.state))
    return len(waiting)


def mentor_left(session: Session, mentorship: Mentorship) -> int:
    """Hand open work of an ended mentorship to the instructor; return how many."""
    left = [
        work
        for work in queries.works_of_mentorship(session, mentorship)
        if work.state not in FINAL
    ]
    for work in left:
        work.mentorship = None
        work.mentorship_id = None
        if work.turn is Turn.MENTOR:
            work.pass_turn(Turn.INSTRUCTOR)
        rescore(session, work)
    return len(left)


def rescore_mentorship(session: Session, mentorship: Mentorship) -> int:
    """Count a talk into the scores of two people's work; return how many works."""
    works = queries.works_of_mentorship(session, mentorship)
    for work in works:
        rescore(session, work)
    return len(works)


def move_on(session: Session) -> int:
    """Move on whatever waited longer than its practice allows; return how many.

    No mentor yet: the learner plans and the instructor reviews. A silent mentor's
    plan counts as passed and drops out of the score; an unreviewed application goes
    to the instructor (P14).
    """
    open_turns = select(PracticeWork).where(
        PracticeWork.turn.in_([Turn.COORDINATOR, Turn.MENTOR])
    )
    moved = [work for work in session.scalars(open_turns) if _is_late(work)]
    for work in moved:
        _STEP[work.state](work)
        rescore(session, work)
    return len(moved)


def _is_late(work: PracticeWork) -> bool:
    patience = timedelta(days=work.brief.answer_days)
    return work.state in _STEP and work.turn_since < now() - patience


def _plan_alone(work: PracticeWork) -> None:
    work.advance(WorkState.PLANNING)


def _waive_plan(work: PracticeWork) -> None:
    if work.plan is not None:
        work.plan.is_waived = True
    work.advance(WorkState.PRACTISING)


def _ask_instructor(work: PracticeWork) -> None:
    work.pass_turn(Turn.INSTRUCTOR)


_STEP = {
    WorkState.WAITING_MENTOR: _plan_alone,
    WorkState.PLAN_REVIEW: _waive_plan,
    WorkState.IN_REVIEW: _ask_instructor,
}
