"""A learner's way through a practice: plan, apply, be reviewed, reflect."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import ParticipantState
from lti_mentor.people.models import Person
from lti_mentor.practice import queries
from lti_mentor.practice.models import (
    FINAL,
    Application,
    Basis,
    Decision,
    Evidence,
    EvidenceKind,
    Plan,
    PracticeAssignment,
    PracticeWork,
    Reflection,
    Review,
    ScoreMode,
    Turn,
    WorkState,
)
from lti_mentor.practice.scoring import quality, score
from lti_mentor.skills.models import LevelSource, SkillLevel

MAX_TEXT = 20_000
"""Characters of one field somebody writes."""


@dataclass(frozen=True, slots=True)
class PlanWords:
    """An if-then plan as typed."""

    occasion: str
    action: str
    obstacle: str = ""
    response: str = ""
    planned_for: date | None = None


@dataclass(frozen=True, slots=True)
class ApplicationWords:
    """An application as typed, with what shows it."""

    happened_on: date
    situation: str
    did: str
    result: str
    evidence: Sequence[tuple[EvidenceKind, str]] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says."""

    decision: Decision
    basis: Basis
    levels: dict[str, Any] = field(default_factory=dict)
    comment: str = ""


def begin(
    session: Session, assignment: PracticeAssignment, learner: Person
) -> PracticeWork:
    """Return the learner's work on a practice, beginning it where it is not.

    With a mentor it starts at once; who chose not to be paired is reviewed by the
    instructor at once; anybody else waits for a mentor (D13).
    """
    there = queries.work_for(session, assignment, learner)
    if there is not None:
        return there
    program = assignment.brief.program
    mentorship = mentoring.living_mentorship(session, program, learner)
    participant = mentoring.participant_of(session, program, learner)
    alone = participant and participant.state is ParticipantState.PAIRING_DECLINED
    waits = mentorship is None and not alone
    work = PracticeWork(
        assignment=assignment,
        learner=learner,
        mentorship=mentorship,
        state=WorkState.WAITING_MENTOR if waits else WorkState.PLANNING,
        turn=Turn.COORDINATOR if waits else Turn.LEARNER,
        due_at=assignment.brief.due_at,
    )
    session.add(work)
    session.flush()
    return work


def submit_plan(
    session: Session, work: PracticeWork, by: Person, words: PlanWords
) -> Plan:
    """Hand in the plan, or a changed one.

    Raises:
        NotAllowed: Not the learner.
        Conflict: It is not the time for a plan.
        Invalid: The occasion or the action is missing, or a text is far too long.
    """
    _must_be_learner(work, by)
    _must_say(words.occasion, words.action)
    _must_fit(words.occasion, words.action, words.obstacle, words.response)
    work.advance(WorkState.PLAN_REVIEW)
    plan = work.plan or Plan(work=work)
    plan.occasion, plan.action = words.occasion.strip(), words.action.strip()
    plan.obstacle, plan.response = words.obstacle.strip(), words.response.strip()
    plan.planned_for, plan.submitted_at = words.planned_for, now()
    session.add(plan)
    _tell(session, Verb.PLANNED, work, by)
    return plan


def answer_plan(
    session: Session, work: PracticeWork, by: Person, *, agreed: bool, note: str = ""
) -> None:
    """Agree to the plan, or send it back with a note.

    Raises:
        Conflict: No plan waits.
        Invalid: Sent back without a word of what to change.
    """
    if work.plan is None or work.state is not WorkState.PLAN_REVIEW:
        raise Conflict("practice.no_plan_waits", now=work.state)
    _must_fit(note)
    work.plan.note = note.strip()
    if not agreed:
        _must_say(note)
        work.advance(WorkState.PLANNING)
        return
    work.plan.agreed_at, work.plan.agreed_by_id = now(), by.id
    work.advance(WorkState.PRACTISING)
    _tell(session, Verb.PLAN_AGREED, work, by)
    rescore(session, work)


def submit_application(
    session: Session, work: PracticeWork, by: Person, words: ApplicationWords
) -> Application:
    """Hand in an application with its evidence, or the revised one.

    Raises:
        NotAllowed: Not the learner.
        Conflict: It is not the time for one.
        Invalid: A part is missing, a text far too long, or it lies ahead.
    """
    _must_be_learner(work, by)
    _must_say(words.situation, words.did, words.result)
    _must_fit(words.situation, words.did, words.result, *(e for _, e in words.evidence))
    if words.happened_on > now().date():
        raise Invalid("application.ahead")
    revising = work.state is WorkState.REVISING
    work.advance(WorkState.IN_REVIEW)
    application = work.applications[-1] if revising else _next_application(work)
    application.happened_on = words.happened_on
    application.situation = words.situation.strip()
    application.did, application.result = words.did.strip(), words.result.strip()
    application.submitted_at = now()
    application.evidence = [
        Evidence(kind=kind, content=content.strip())
        for kind, content in words.evidence
        if content.strip()
    ]
    session.add(application)
    _tell(session, Verb.APPLIED, work, by, number=application.number)
    if application.number == 1 and not revising:
        _tell(session, Verb.HANDED_IN, work, by)
    return application


def _next_application(work: PracticeWork) -> Application:
    return Application(work=work, number=len(work.applications) + 1)


def waiting_application(work: PracticeWork) -> Application:
    """Return the application that waits for a review.

    Raises:
        Conflict: None does.
    """
    if work.state is not WorkState.IN_REVIEW or not work.applications:
        raise Conflict("practice.nothing_to_review", now=work.state)
    return work.applications[-1]


def review(
    session: Session, work: PracticeWork, by: Person, verdict: Verdict
) -> Review:
    """Verify the waiting application, or ask for one change.

    Raises:
        Conflict: Nothing waits for a review.
        NotAllowed: Nobody reviews their own work.
        Invalid: A change is asked for without saying which.
    """
    if by.id == work.learner_id:
        raise NotAllowed("practice.own_work")
    application = waiting_application(work)
    _must_fit(verdict.comment)
    if verdict.decision is Decision.REVISE:
        _must_say(verdict.comment)
    found = Review(
        application=application,
        reviewer=by,
        basis=verdict.basis,
        levels=verdict.levels,
        decision=verdict.decision,
        comment=verdict.comment.strip(),
    )
    session.add(found)
    if verdict.decision is Decision.REVISE:
        work.advance(WorkState.REVISING)
        _tell(session, Verb.ASKED_REVISION, work, by, number=application.number)
    else:
        _verify(session, work, application, found)
    return found


def _verify(
    session: Session, work: PracticeWork, application: Application, found: Review
) -> None:
    application.verified_at = now()
    reached = int(quality(work.brief.rubric, found.levels) * 1000)
    application.quality_thousandths = max(reached, application.quality_thousandths or 0)
    verified = sum(1 for a in work.applications if a.verified_at)
    enough = verified >= work.brief.applications_required
    work.advance(WorkState.REFLECTING if enough else WorkState.PRACTISING)
    if work.brief.skill_id is not None:
        session.add(
            SkillLevel(
                person_id=work.learner_id,
                skill_id=work.brief.skill_id,
                source=LevelSource.MENTOR,
                level=reached / 1000,
                is_mastered=reached >= 1000,
                said_by_id=found.reviewer.id,
            )
        )
    _tell(
        session,
        Verb.VERIFIED,
        work,
        found.reviewer,
        number=application.number,
        basis=found.basis,
    )
    rescore(session, work)


def reflect(
    session: Session, work: PracticeWork, by: Person, learned: str, next_time: str = ""
) -> Reflection:
    """Write the reflection; with it the practice is completed.

    Raises:
        NotAllowed: Not the learner.
        Conflict: Not everything is verified yet.
        Invalid: Nothing was learned, or far too much.
    """
    _must_be_learner(work, by)
    _must_say(learned)
    _must_fit(learned, next_time)
    if work.state is not WorkState.REFLECTING:
        raise Conflict("practice.step", now=work.state, wanted=WorkState.COMPLETED)
    reflection = Reflection(
        work=work, learned=learned.strip(), next_time=next_time.strip()
    )
    session.add(reflection)
    _tell(session, Verb.REFLECTED, work, by)
    _complete(session, work, by, Verb.COMPLETED_PRACTICE)
    return reflection


def settle(session: Session, work: PracticeWork, by: Person) -> None:
    """Close open work with the score it has (staff, on closing day).

    Raises:
        Conflict: It is closed already.
    """
    work.settled_as_it_stands = True
    _complete(session, work, by, Verb.SETTLED_PRACTICE)


def excuse(session: Session, work: PracticeWork, by: Person) -> None:
    """Let a learner off; no score is written.

    Raises:
        Conflict: It is closed already.
    """
    work.advance(WorkState.EXCUSED)
    _tell(session, Verb.SETTLED_PRACTICE, work, by, excused=True)


def rescore(session: Session, work: PracticeWork) -> None:
    """Bring the score up to what is true now; it never falls by our rules (P16).

    A completed work whose score rose (a talk confirmed late) is told again.
    """
    session.flush()
    reached = int(score(queries.facts_of(session, work)) * 100)
    rose = reached > work.score_hundredths
    work.score_hundredths = max(reached, work.score_hundredths)
    closed = work.state is WorkState.COMPLETED
    verified = any(a.verified_at for a in work.applications)
    progressive = work.brief.mode is ScoreMode.PROGRESSIVE and verified
    if rose and (closed or (progressive and work.state not in FINAL)):
        _tell_score(session, work)


def _complete(session: Session, work: PracticeWork, by: Person, verb: Verb) -> None:
    work.advance(WorkState.COMPLETED)
    work.completed_at = now()
    session.flush()
    reached = int(score(queries.facts_of(session, work)) * 100)
    work.score_hundredths = max(reached, work.score_hundredths)
    _tell(session, verb, work, by)
    _tell_score(session, work)


def _tell_score(session: Session, work: PracticeWork) -> None:
    final = work.state is WorkState.COMPLETED
    _tell(
        session,
        Verb.SCORED,
        work,
        None,
        points=str(work.score),
        maximum=work.brief.maximum,
        final=final,
    )


def _must_be_learner(work: PracticeWork, by: Person) -> None:
    if by.id != work.learner_id:
        raise NotAllowed("practice.not_yours")


def _must_say(*texts: str) -> None:
    if not all(text.strip() for text in texts):
        raise Invalid("text.missing")


def _must_fit(*texts: str) -> None:
    if any(len(text) > MAX_TEXT for text in texts):
        raise Invalid("text.too_long", most=MAX_TEXT)


def _tell(
    session: Session, verb: Verb, work: PracticeWork, by: Person | None, **data: object
) -> None:
    record(
        session,
        verb,
        work,
        registration=work.assignment.context.registration,
        actor=by,
        learner=work.learner,
        context=work.assignment.context,
        **data,
    )
