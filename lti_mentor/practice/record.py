"""Writing down what happened to a work, and what its score is now."""

from sqlalchemy.orm import Session

from lti_mentor.activity import service as activity
from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.people.models import Person
from lti_mentor.practice import queries
from lti_mentor.practice.models import FINAL, PracticeWork, ScoreMode, WorkState
from lti_mentor.practice.scoring import score


def tell(
    session: Session, verb: Verb, work: PracticeWork, by: Person | None, **data: object
) -> None:
    """Write down what `by` did with a work (None = time did)."""
    activity.record(
        session,
        verb,
        work,
        registration=work.assignment.context.registration,
        actor=by,
        learner=work.learner,
        context=work.assignment.context,
        **data,
    )


def count(session: Session, work: PracticeWork) -> bool:
    """Bring the score up to what is true now; say whether it rose.

    It never falls by our rules (P16).
    """
    session.flush()
    reached = int(score(queries.facts_of(session, work)) * 100)
    rose = reached > work.score_hundredths
    work.score_hundredths = max(reached, work.score_hundredths)
    return rose


def rescore(session: Session, work: PracticeWork) -> None:
    """Count again; a score that was told already and rose is told again.

    So it is with a completed work whose talk was confirmed late.
    """
    if count(session, work) and _was_told(work):
        tell_score(session, work)


def _was_told(work: PracticeWork) -> bool:
    if work.state is WorkState.COMPLETED:
        return True
    progressive = work.brief.mode is ScoreMode.PROGRESSIVE
    verified = any(a.verified_at for a in work.applications)
    return progressive and verified and work.state not in FINAL


def tell_score(session: Session, work: PracticeWork) -> None:
    """Have the gradebook told the score as it is now."""
    tell(
        session,
        Verb.SCORED,
        work,
        None,
        points=str(work.score),
        maximum=work.brief.maximum,
        final=work.state is WorkState.COMPLETED,
    )


def complete(session: Session, work: PracticeWork, by: Person, verb: Verb) -> None:
    """Close a work with its score, told once.

    Raises:
        Conflict: It is closed already.
    """
    work.advance(WorkState.COMPLETED)
    work.completed_at = now()
    count(session, work)
    tell(session, verb, work, by)
    tell_score(session, work)
