"""A learner's way through a practice: plan, apply, be reviewed, reflect."""

from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.mentoring.models import ParticipantState
from lti_mentor.people.models import Person
from lti_mentor.practice import queries
from lti_mentor.practice.closing import excuse, extend, reopen, settle, withdraw
from lti_mentor.practice.models import (
    Application,
    Decision,
    Evidence,
    Plan,
    PracticeAssignment,
    PracticeWork,
    Reflection,
    Review,
    ScoreMode,
    Turn,
    WorkState,
)
from lti_mentor.practice.record import complete, count, rescore, tell, tell_score
from lti_mentor.practice.rights import must_be_learner, must_review
from lti_mentor.practice.scoring import quality
from lti_mentor.practice.words import (
    MAX_TEXT,
    ApplicationWords,
    PlanWords,
    Verdict,
    must_fit,
    must_say,
)
from lti_mentor.skills.models import LevelSource, SkillLevel

__all__ = [
    "MAX_TEXT",
    "ApplicationWords",
    "PlanWords",
    "Verdict",
    "answer_plan",
    "begin",
    "excuse",
    "extend",
    "reflect",
    "reopen",
    "rescore",
    "review",
    "settle",
    "submit_application",
    "submit_plan",
    "waiting_application",
    "withdraw",
]


def begin(
    session: Session, assignment: PracticeAssignment, learner: Person
) -> PracticeWork:
    """Return the learner's work on a practice, beginning it where it is not.

    With a mentor it starts at once; who chose not to be paired is reviewed by the
    instructor at once; anybody else waits for a mentor (D13). Two clicks at once
    begin one work.
    """
    there = queries.work_for(session, assignment, learner)
    if there is not None:
        return there
    work = _new_work(session, assignment, learner)
    try:
        with session.begin_nested():
            session.add(work)
    except IntegrityError:
        there = queries.work_for(session, assignment, learner)
        if there is None:
            raise
        return there
    return work


def _new_work(
    session: Session, assignment: PracticeAssignment, learner: Person
) -> PracticeWork:
    program = assignment.brief.program
    mentorship = mentoring.living_mentorship(session, program, learner)
    participant = mentoring.participant_of(session, program, learner)
    alone = participant and participant.state is ParticipantState.PAIRING_DECLINED
    waits = mentorship is None and not alone
    return PracticeWork(
        assignment=assignment,
        learner=learner,
        mentorship=mentorship,
        state=WorkState.WAITING_MENTOR if waits else WorkState.PLANNING,
        turn=Turn.COORDINATOR if waits else Turn.LEARNER,
        due_at=assignment.brief.due_at,
    )


def submit_plan(
    session: Session, work: PracticeWork, by: Person, words: PlanWords
) -> Plan:
    """Hand in the plan, or a changed one.

    Raises:
        NotAllowed: Not the learner.
        Conflict: It is not the time for a plan.
        Invalid: The occasion or the action is missing, or a text is far too long.
    """
    must_be_learner(work, by)
    words.check()
    work.advance(WorkState.PLAN_REVIEW)
    plan = work.plan or Plan(work=work)
    plan.occasion, plan.action = words.occasion.strip(), words.action.strip()
    plan.obstacle, plan.response = words.obstacle.strip(), words.response.strip()
    plan.planned_for, plan.submitted_at = words.planned_for, now()
    session.add(plan)
    tell(session, Verb.PLANNED, work, by)
    return plan


def answer_plan(
    session: Session, work: PracticeWork, by: Person, *, agreed: bool, note: str = ""
) -> None:
    """Agree to the plan, or send it back with a note.

    Raises:
        NotAllowed: Neither the mentor nor an instructor of the course.
        Conflict: No plan waits.
        Invalid: Sent back without a word of what to change.
    """
    must_review(session, work, by)
    if work.plan is None or work.state is not WorkState.PLAN_REVIEW:
        raise Conflict("practice.no_plan_waits", now=work.state)
    must_fit(note)
    work.plan.note = note.strip()
    if not agreed:
        must_say(note)
        work.advance(WorkState.PLANNING)
        return
    work.plan.agreed_at, work.plan.agreed_by_id = now(), by.id
    work.advance(WorkState.PRACTISING)
    tell(session, Verb.PLAN_AGREED, work, by)
    rescore(session, work)


def submit_application(
    session: Session, work: PracticeWork, by: Person, words: ApplicationWords
) -> Application:
    """Hand in an application with its evidence, or the revised one.

    Raises:
        NotAllowed: Not the learner.
        Conflict: It is not the time for one.
        Invalid: A part is missing or far too long, it lies ahead, or a link is none.
    """
    must_be_learner(work, by)
    words.check()
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
    tell(session, Verb.APPLIED, work, by, number=application.number)
    if application.number == 1 and not revising:
        tell(session, Verb.HANDED_IN, work, by)
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
        NotAllowed: Neither the mentor nor an instructor; nobody reviews their own.
        Conflict: Nothing waits for a review.
        Invalid: A change is asked for without saying which.
    """
    must_review(session, work, by)
    application = waiting_application(work)
    verdict.check()
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
        tell(session, Verb.ASKED_REVISION, work, by, number=application.number)
    else:
        _verify(session, work, application, found)
    return found


def _verify(
    session: Session, work: PracticeWork, application: Application, found: Review
) -> None:
    by = found.reviewer
    reached = _thousandths(quality(work.brief.rubric, found.levels))
    application.verified_at = now()
    application.quality_thousandths = max(reached, application.quality_thousandths or 0)
    _raise_level(session, work, by, reached)
    tell(
        session,
        Verb.VERIFIED,
        work,
        by,
        number=application.number,
        basis=found.basis,
    )
    verified = sum(1 for a in work.applications if a.verified_at)
    enough = verified >= work.brief.applications_required
    if enough and work.reflection is not None:  # it was reopened: nothing is left
        complete(session, work, by, Verb.COMPLETED_PRACTICE)
        return
    work.advance(WorkState.REFLECTING if enough else WorkState.PRACTISING)
    count(session, work)
    if work.brief.mode is ScoreMode.PROGRESSIVE:
        tell_score(session, work)


def _thousandths(share: Decimal) -> int:
    return int((share * 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _raise_level(
    session: Session, work: PracticeWork, by: Person, reached: int
) -> None:
    if work.brief.skill_id is None:
        return
    session.add(
        SkillLevel(
            person_id=work.learner_id,
            skill_id=work.brief.skill_id,
            source=LevelSource.MENTOR,
            level=reached / 1000,
            is_mastered=reached >= 1000,
            observed_at=now(),
            said_by_id=by.id,
        )
    )


def reflect(
    session: Session, work: PracticeWork, by: Person, learned: str, next_time: str = ""
) -> Reflection:
    """Write the reflection; with it the practice is completed.

    Raises:
        NotAllowed: Not the learner.
        Conflict: Not everything is verified yet.
        Invalid: Nothing was learned, or far too much.
    """
    must_be_learner(work, by)
    must_say(learned)
    must_fit(learned, next_time)
    if work.state is not WorkState.REFLECTING:
        raise Conflict("practice.step", now=work.state, wanted=WorkState.COMPLETED)
    reflection = Reflection(
        work=work, learned=learned.strip(), next_time=next_time.strip()
    )
    session.add(reflection)
    tell(session, Verb.REFLECTED, work, by)
    complete(session, work, by, Verb.COMPLETED_PRACTICE)
    return reflection
