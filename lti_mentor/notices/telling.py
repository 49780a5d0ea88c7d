"""Writing notices: whom a change is told, and what time asks."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.jobs import service as jobs
from lti_mentor.mentoring.models import (
    MatchRun,
    Mentorship,
    MentorshipState,
)
from lti_mentor.notices import subjects
from lti_mentor.notices.kinds import TOLD, Who
from lti_mentor.notices.models import Kind, Notice, NoticeState
from lti_mentor.notices.subjects import Subject
from lti_mentor.people.models import Person
from lti_mentor.platforms.models import Registration
from lti_mentor.practice.models import PracticeWork
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling.models import MentoringSession, SessionState

SEND = "notices.send"
"""Job kind that sends one registration's notices."""
AT_ONCE = 500
"""Pairs that are told in one transaction."""
ASKED_AFTER = timedelta(hours=1)
"""How long after a talk's end the two are asked whether it took place."""
ASKED_UNTIL = timedelta(days=3)
KEPT = timedelta(days=90)
"""How long a settled notice stays; its buttons answer for a third of that."""


def tell(session: Session, activity: Activity) -> int:
    """Write the notices of one activity; return how many. Safe to repeat.

    Of a publish it tells some at a time: call it until it returns 0.
    """
    if activity.verb is Verb.PUBLISHED:
        return _tell_pairs(session, activity.object_id)
    kind, who = TOLD[activity.verb]
    subject = subjects.found(session, activity.object_type, activity.object_id)
    if subject is None:
        return 0
    told = _recipients(subject, who, activity.actor_id)
    causes = {one: _cause(session, activity, subject, one) for one in told}
    return sum(
        write(session, kind, subject, [one], cause=cause)
        for one, cause in causes.items()
    )


def _cause(
    session: Session, activity: Activity, subject: Subject, person: Person
) -> str:
    """Return what a notice is written for: a talk with several is one to its mentor.

    What they do with it is an activity for each mentee, and one mail to themselves.
    """
    own = str(activity.public_id)
    if not isinstance(subject, MentoringSession) or person.id != activity.actor_id:
        return own
    if not subject.is_led_by(person):
        return own
    entry = scheduling.entry_for(session, subject, person)
    return f"{entry.uid}/{entry.sequence}/{subject.state}"


def write(
    session: Session,
    kind: Kind,
    subject: Subject,
    people: Iterable[Person],
    *,
    cause: str,
) -> int:
    """Write a notice to each of these people, once for a cause, and have it sent."""
    known = select(Notice.person_id).where(Notice.kind == kind, Notice.cause == cause)
    there = set(session.scalars(known))
    fresh = {person.id: person for person in people if person.id not in there}
    for person in fresh.values():
        session.add(
            Notice(
                registration_id=person.registration_id,
                person=person,
                kind=kind,
                cause=cause,
                subject_type=subject.__tablename__,
                subject_id=subject.public_id,
            )
        )
    for registration_id in {person.registration_id for person in fresh.values()}:
        queue(session, registration_id)
    return len(fresh)


def queue(session: Session, registration_id: int) -> None:
    """Ask the worker to send what waits for one organisation's people."""
    key = str(registration_id)
    jobs.enqueue(session, SEND, key=key, registration_id=registration_id)


def ask_whether_met(session: Session) -> int:
    """Ask both of a booked talk that is over whether it took place; how many talks."""
    asked = exists().where(
        Notice.kind == Kind.MET_YET, Notice.subject_id == MentoringSession.public_id
    )
    moment = now() - ASKED_AFTER
    over = (
        select(MentoringSession)
        .where(
            MentoringSession.state == SessionState.BOOKED,
            MentoringSession.starts_at < moment,
            MentoringSession.starts_at > moment - ASKED_UNTIL,
            ~asked,
        )
        .options(joinedload(MentoringSession.mentorship))
    )
    ended = [one for one in session.scalars(over) if _ended(one)]
    for meeting in ended:
        pair = meeting.mentorship
        cause = f"met/{meeting.public_id}/{meeting.sequence}"
        write(session, Kind.MET_YET, meeting, (pair.mentor, pair.mentee), cause=cause)
    return len(ended)


def _ended(meeting: MentoringSession) -> bool:
    assert meeting.starts_at is not None  # noqa: S101 - the query asked for it
    return meeting.starts_at + timedelta(minutes=meeting.minutes) + ASKED_AFTER < now()


def sweep(session: Session) -> int:
    """Queue every organisation for whose people something waits; return how many."""
    due = (Notice.not_before.is_(None)) | (Notice.not_before <= now())
    places = session.scalars(
        select(Notice.registration_id)
        .join(Registration)
        .where(
            Notice.state == NoticeState.WAITING,
            due,
            Registration.is_active,
            Registration.writes_paused.is_(False),
        )
        .distinct()
    ).all()
    for registration_id in places:
        queue(session, registration_id)
    return len(places)


def forget(session: Session) -> None:
    """Delete what was settled long ago; whom it was sent to is nobody's business."""
    session.execute(
        delete(Notice).where(
            Notice.state != NoticeState.WAITING, Notice.created_at < now() - KEPT
        )
    )


def _recipients(subject: Subject, who: Who, actor_id: int | None) -> Sequence[Person]:
    """Return whom to tell: the other one is both of them where time did it."""
    if isinstance(subject, PracticeWork):
        told = subject.learner if who is Who.LEARNER else subject.reviewer
        return [told] if told and told.id != actor_id else []
    pair = subjects.pair_of(subject)
    if pair is None:
        return []
    two = (pair.mentor, pair.mentee)
    return [one for one in two if who is Who.BOTH or one.id != actor_id]


def _tell_pairs(session: Session, run_id: UUID) -> int:
    """Tell pairs of a program that wait for an answer and were told nothing yet."""
    told = exists().where(
        Notice.kind == Kind.PROPOSED, Notice.subject_id == Mentorship.public_id
    )
    waiting = (
        select(Mentorship)
        .join(MatchRun, MatchRun.program_id == Mentorship.program_id)
        .where(
            MatchRun.public_id == run_id,
            Mentorship.state == MentorshipState.OFFERED,
            ~told,
        )
        .options(joinedload(Mentorship.mentor), joinedload(Mentorship.mentee))
        .order_by(Mentorship.id)
        .limit(AT_ONCE)
    )
    pairs = session.scalars(waiting).all()
    for pair in pairs:
        session.add_all(_proposals(pair))
    if pairs:
        queue(session, pairs[0].registration_id)
    return len(pairs)


def _proposals(pair: Mentorship) -> list[Notice]:
    return [
        Notice(
            registration_id=pair.registration_id,
            person=person,
            kind=Kind.PROPOSED,
            cause=f"proposed/{pair.public_id}",
            subject_type=Mentorship.__tablename__,
            subject_id=pair.public_id,
        )
        for person in (pair.mentor, pair.mentee)
    ]
