"""Closing day and what comes after: settle, excuse, extend, withdraw, reopen (P26)."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.people.models import Person
from lti_mentor.practice.models import FINAL, PracticeWork, Turn, WorkState
from lti_mentor.practice.record import complete, tell
from lti_mentor.practice.rights import must_be_learner, must_instruct


def settle(session: Session, work: PracticeWork, by: Person) -> None:
    """Close open work with the score it has (the instructor, on closing day).

    Raises:
        NotAllowed: No instructor of this course.
        Conflict: It is closed already.
    """
    must_instruct(session, work, by)
    complete(session, work, by, Verb.SETTLED_PRACTICE)
    work.settled_as_it_stands = True


def take_over(session: Session, work: PracticeWork, by: Person) -> None:
    """Let the instructor review what waits for a mentor; nothing else changes.

    Raises:
        NotAllowed: No instructor of this course.
    """
    must_instruct(session, work, by)
    if work.turn is Turn.MENTOR:
        work.pass_turn(Turn.INSTRUCTOR)


def excuse(session: Session, work: PracticeWork, by: Person) -> None:
    """Let a learner off; no score is written.

    Raises:
        NotAllowed: No instructor of this course.
        Conflict: It is closed already.
    """
    must_instruct(session, work, by)
    work.advance(WorkState.EXCUSED)
    tell(session, Verb.SETTLED_PRACTICE, work, by, excused=True)


def withdraw(session: Session, work: PracticeWork, by: Person) -> None:
    """Leave a practice for good (the learner); no score is written.

    Raises:
        NotAllowed: Not the learner.
        Conflict: It is closed already.
    """
    must_be_learner(work, by)
    work.advance(WorkState.WITHDRAWN)
    tell(session, Verb.SETTLED_PRACTICE, work, by, withdrawn=True)


def extend(session: Session, work: PracticeWork, by: Person, due_at: datetime) -> None:
    """Give a learner more time; expired work goes on where it stopped.

    Raises:
        NotAllowed: No instructor of this course.
        Conflict: It is closed already.
        Invalid: The new date has passed.
    """
    must_instruct(session, work, by)
    if work.state in FINAL:
        raise Conflict("practice.closed", now=work.state)
    if due_at <= now():
        raise Invalid("brief.due_past")
    work.due_at = due_at
    if work.state is WorkState.EXPIRED:
        work.advance(_where_it_stopped(work))


def _where_it_stopped(work: PracticeWork) -> WorkState:
    plan, done = work.plan, [a for a in work.applications if a.verified_at]
    if plan is None or not (plan.agreed_at or plan.is_waived):
        return WorkState.PLANNING
    if len(done) >= work.brief.applications_required:
        return WorkState.REFLECTING
    if len(done) < len(work.applications):
        return WorkState.REVISING
    return WorkState.PRACTISING


def reopen(session: Session, work: PracticeWork, by: Person) -> None:
    """Let a learner improve the last application of a completed work.

    Raises:
        NotAllowed: No instructor of this course.
        Conflict: It is not completed, or there is nothing to improve.
    """
    must_instruct(session, work, by)
    if not work.applications:
        raise Conflict("practice.nothing_to_reopen")
    work.advance(WorkState.REVISING)
    work.completed_at, work.settled_as_it_stands = None, False
