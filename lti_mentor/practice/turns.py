"""Nobody is stuck: what happens when a mentor comes, goes, or stays silent."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.clock import now
from lti_mentor.mentoring.models import (
    LIVING,
    Mentorship,
    Participant,
    ParticipantState,
)
from lti_mentor.practice import queries
from lti_mentor.practice.models import (
    FINAL,
    LEARNERS_TURN,
    PracticeAssignment,
    PracticeBrief,
    PracticeWork,
    Turn,
    WorkState,
)
from lti_mentor.practice.record import rescore
from lti_mentor.scheduling import service as scheduling


def mentor_came(session: Session, mentorship: Mentorship) -> int:
    """Give the mentee's open work in this program to the mentor; return how many.

    Safe to repeat; a mentorship that ended meanwhile gets nothing.
    """
    if mentorship.state not in LIVING:
        return 0
    waiting = queries.unmentored_works(
        session, mentorship.program_id, mentorship.mentee_id
    )
    for work in waiting:
        work.mentorship, work.pool_reviewer = mentorship, None
        session.flush()
        if work.state is WorkState.WAITING_MENTOR:
            work.advance(WorkState.PLANNING)
        elif work.turn is Turn.INSTRUCTOR:
            work.pass_turn(work.owner_of(work.state))
    return len(waiting)


def mentor_left(session: Session, mentorship: Mentorship) -> int:
    """Hand open work of an ended mentorship to the instructor; return how many.

    Talks that lie ahead are called off. Safe to repeat.
    """
    scheduling.call_off(session, mentorship)
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
    """Count a talk into the mentee's work in this program; return how many works.

    Also into work that went to the instructor when the mentorship ended.
    """
    works = queries.works_in_program(
        session, mentorship.program_id, mentorship.mentee_id
    )
    for work in works:
        rescore(session, work)
    return len(works)


def move_on(session: Session) -> int:
    """Move on whatever waited longer than its practice allows; return how many.

    No mentor yet: the learner plans and the instructor reviews. A plan nobody
    answers counts as passed and drops out of the score; an application the mentor
    does not review goes to the instructor (P14). Who chose not to be paired waits
    for nobody (D13).
    """
    moved = [work for work in _waiting(session) if _is_late(work)]
    moved += [work for work in _declined(session) if work not in moved]
    for work in moved:
        _STEP[work.state](work)
        rescore(session, work)
    return len(moved)


def _waiting(session: Session) -> Sequence[PracticeWork]:
    """Rows another worker holds are its own business (`skip_locked`)."""
    query = (
        select(PracticeWork)
        .where(
            or_(
                PracticeWork.state.in_(
                    [WorkState.WAITING_MENTOR, WorkState.PLAN_REVIEW]
                ),
                and_(
                    PracticeWork.state == WorkState.IN_REVIEW,
                    PracticeWork.turn == Turn.MENTOR,
                ),
            ),
            PracticeWork.turn_since < now() - SHORTEST,
        )
        .order_by(PracticeWork.id)
        .options(
            joinedload(PracticeWork.assignment).joinedload(PracticeAssignment.brief)
        )
        .with_for_update(skip_locked=True, of=PracticeWork)
    )
    return session.scalars(query).all()


SHORTEST = timedelta(days=1)
"""No practice gives less time for an answer."""


def _is_late(work: PracticeWork) -> bool:
    return work.turn_since < now() - timedelta(days=work.brief.answer_days)


def _declined(session: Session) -> Sequence[PracticeWork]:
    query = (
        select(PracticeWork)
        .join(PracticeAssignment)
        .join(PracticeBrief)
        .join(
            Participant,
            and_(
                Participant.program_id == PracticeBrief.program_id,
                Participant.person_id == PracticeWork.learner_id,
            ),
        )
        .where(
            PracticeWork.state == WorkState.WAITING_MENTOR,
            Participant.state == ParticipantState.PAIRING_DECLINED,
        )
    )
    return session.scalars(query).all()


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


def expire_due(session: Session) -> int:
    """Ask the instructor about work a full answer time past its date; how many.

    Late work is the LMS's to judge, so a date alone closes nothing; who is silent
    that long is extended, excused or settled by the instructor (P26).
    """
    query = (
        select(PracticeWork)
        .where(PracticeWork.state.in_(LEARNERS_TURN), PracticeWork.due_at < now())
        .order_by(PracticeWork.id)
        .options(
            joinedload(PracticeWork.assignment).joinedload(PracticeAssignment.brief)
        )
    )
    silent = [work for work in session.scalars(query) if _is_long_over(work)]
    for work in silent:
        work.advance(WorkState.EXPIRED)
    return len(silent)


def _is_long_over(work: PracticeWork) -> bool:
    over = now() - timedelta(days=work.brief.answer_days)
    return work.due_at is not None and work.due_at < over
