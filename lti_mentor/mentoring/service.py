"""What people do with drafts of pairs and with mentorships."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.jobs import service as jobs
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import (
    LIVING,
    MatchRun,
    Mentorship,
    MentorshipState,
    Message,
    Program,
    Proposal,
    RunState,
)
from lti_mentor.people.models import Context, Person

MENTORSHIP_BEGAN = "practice.mentorship_began"
"""Job that gives waiting practice to the mentor who has just arrived."""
MENTORSHIP_CLOSED = "practice.mentorship_closed"
"""Job that hands the open work of an ended mentorship to the instructor."""
MAX_MESSAGE = 10_000
"""Characters of one message."""


def drop(proposal: Proposal, *, dropped: bool) -> None:
    """Take a pair out of a draft, or put it back.

    Raises:
        Conflict: The run is no draft any more.
    """
    if proposal.run.state is not RunState.DRAFT:
        raise Conflict("run.not_a_draft")
    proposal.is_dropped = dropped


def publish(session: Session, run: MatchRun, by: Person) -> list[Mentorship]:
    """Offer every kept pair of a draft to both sides.

    A mentee who got an open mentorship meanwhile is left out, so that two publishes
    of overlapping drafts never offer two mentors.

    Raises:
        Conflict: The run is no draft any more.
    """
    if run.state is not RunState.DRAFT:
        raise Conflict("run.not_a_draft")
    taken = {m.mentee_id for m in queries.open_mentorships(session, run.program)}
    kept = [
        proposal
        for proposal in queries.proposals(session, run)
        if not proposal.is_dropped and proposal.mentee_id not in taken
    ]
    context = run.program.audience[0].context
    offered = [_offer(session, run.program, context, pair) for pair in kept]
    run.state, run.published_at = RunState.PUBLISHED, now()
    record(
        session,
        Verb.PUBLISHED,
        run,
        registration=run.program.registration,
        actor=by,
        context=context,
        pairs=len(offered),
    )
    return offered


def _offer(
    session: Session, program: Program, context: Context, pair: Proposal
) -> Mentorship:
    mentorship = Mentorship(
        registration_id=program.registration_id,
        program=program,
        context=context,
        mentor=pair.mentor,
        mentee=pair.mentee,
        reasons=pair.reasons,
        band=pair.band,
        answer_by=now() + timedelta(days=program.answer_days),
    )
    session.add(mentorship)
    return mentorship


def accept(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say yes; when both have, the mentorship begins. A second yes changes nothing.

    Raises:
        NotAllowed: Not one of the two, or they have not agreed to take part.
        Conflict: It is no longer an offer.
    """
    _must_be_party(mentorship, by)
    if mentorship.state in LIVING:
        return
    if mentorship.state is not MentorshipState.OFFERED:
        raise Conflict("mentorship.not_offered", now=mentorship.state)
    if not queries.has_consented(session, by, mentorship.program):
        raise NotAllowed("consent.missing")
    if by.id == mentorship.mentor_id:
        mentorship.mentor_accepted_at = mentorship.mentor_accepted_at or now()
    else:
        mentorship.mentee_accepted_at = mentorship.mentee_accepted_at or now()
    _tell(session, Verb.ACCEPTED, mentorship, by)
    if mentorship.mentor_accepted_at and mentorship.mentee_accepted_at:
        _begin(session, mentorship, by)


def _begin(session: Session, mentorship: Mentorship, by: Person) -> None:
    mentorship.advance(MentorshipState.ACTIVE)
    mentorship.began_at = now()
    _tell(session, Verb.BEGAN_MENTORSHIP, mentorship, by)
    _queue(session, MENTORSHIP_BEGAN, mentorship)


def decline(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say no; nobody is told why.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is no longer an offer.
    """
    _must_be_party(mentorship, by)
    mentorship.advance(MentorshipState.DECLINED)
    mentorship.ended_at = now()
    _tell(session, Verb.DECLINED, mentorship, by)


def sign(
    session: Session, mentorship: Mentorship, by: Person, *, goals: str, meeting: str
) -> None:
    """Sign the agreement; changing its words takes the other's signature back.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: There is no goal in it.
    """
    _must_be_living(mentorship, by)
    words = (goals.strip(), meeting.strip())
    if not words[0]:
        raise Invalid("agreement.goals_missing")
    if words != (mentorship.goals, mentorship.meeting_note):
        mentorship.goals, mentorship.meeting_note = words
        mentorship.mentor_signed_at = mentorship.mentee_signed_at = None
    was_agreed = mentorship.is_agreed
    if by.id == mentorship.mentor_id:
        mentorship.mentor_signed_at = mentorship.mentor_signed_at or now()
    else:
        mentorship.mentee_signed_at = mentorship.mentee_signed_at or now()
    if mentorship.is_agreed and not was_agreed:
        _tell(session, Verb.AGREED, mentorship, by)


def end(session: Session, mentorship: Mentorship, by: Person, reason: str) -> None:
    """End it early; work under way goes on with the instructor.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
    """
    _must_be_party(mentorship, by)
    mentorship.advance(MentorshipState.ENDED)
    mentorship.ended_at = now()
    mentorship.end_reason = reason[:40]
    _tell(session, Verb.ENDED_MENTORSHIP, mentorship, by, reason=reason[:40])
    _queue(session, MENTORSHIP_CLOSED, mentorship)


def post(session: Session, mentorship: Mentorship, by: Person, text: str) -> Message:
    """Write to the other one.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: Empty, or far too long.
    """
    _must_be_living(mentorship, by)
    text = text.strip()
    if not text or len(text) > MAX_MESSAGE:
        raise Invalid("message.length", most=MAX_MESSAGE)
    message = Message(mentorship_id=mentorship.id, author=by, text=text)
    session.add(message)
    return message


def expire_offers(session: Session) -> int:
    """Close offers whose answer date has passed; return how many."""
    late = select(Mentorship).where(
        Mentorship.state == MentorshipState.OFFERED, Mentorship.answer_by < now()
    )
    rows = session.scalars(late).all()
    for mentorship in rows:
        mentorship.advance(MentorshipState.EXPIRED)
        mentorship.ended_at = now()
    return len(rows)


def _must_be_party(mentorship: Mentorship, by: Person) -> None:
    if not mentorship.is_party(by):
        raise NotAllowed("mentorship.not_yours")


def _must_be_living(mentorship: Mentorship, by: Person) -> None:
    _must_be_party(mentorship, by)
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)


def _queue(session: Session, kind: str, mentorship: Mentorship) -> None:
    jobs.enqueue(
        session,
        kind,
        key=str(mentorship.public_id),
        payload={"mentorship": str(mentorship.public_id)},
        registration_id=mentorship.registration_id,
    )


def _tell(
    session: Session, verb: Verb, mentorship: Mentorship, by: Person, **data: object
) -> None:
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
