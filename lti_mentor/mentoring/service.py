"""What people do with drafts of pairs and with mentorships."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.activity.service import record
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.jobs import service as jobs
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.drafts import drop, publish
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState, Message
from lti_mentor.people.models import Person

__all__ = [
    "MAX_MESSAGE",
    "MENTORSHIP_BEGAN",
    "MENTORSHIP_CLOSED",
    "accept",
    "complete",
    "conclude",
    "decline",
    "drop",
    "end",
    "expire_offers",
    "pause",
    "post",
    "publish",
    "resume",
    "sign",
]

MENTORSHIP_BEGAN = "practice.mentorship_began"
"""Job that gives waiting practice to the mentor who has just arrived."""
MENTORSHIP_CLOSED = "practice.mentorship_closed"
"""Job that hands the open work of an ended mentorship to the instructor."""
MAX_MESSAGE = 10_000
"""Characters of one message, and of one part of an agreement."""
_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


def accept(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say yes; when both have, the mentorship begins. A second yes changes nothing.

    Raises:
        NotAllowed: Not one of the two, or they have not agreed to take part.
        Conflict: It is no longer an offer, or the mentee works with somebody else.
    """
    _must_be_party(mentorship, by)
    if mentorship.state in LIVING:
        return
    if mentorship.state is not MentorshipState.OFFERED:
        raise Conflict("mentorship.not_offered", now=mentorship.state)
    if not queries.has_consented(session, by, mentorship.program):
        raise NotAllowed("consent.missing")
    if queries.living_mentorship(session, mentorship.program, mentorship.mentee):
        raise Conflict("mentorship.mentee_taken")
    answer = "mentor" if by.id == mentorship.mentor_id else "mentee"
    if getattr(mentorship, f"{answer}_accepted_at") is not None:
        return
    setattr(mentorship, f"{answer}_accepted_at", now())
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
        Invalid: There is no goal in it, or far too much text.
    """
    _must_be_living(mentorship, by)
    words = (goals.strip(), meeting.strip())
    if not words[0]:
        raise Invalid("agreement.goals_missing")
    if max(map(len, words)) > MAX_MESSAGE:
        raise Invalid("text.too_long", most=MAX_MESSAGE)
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


def pause(mentorship: Mentorship, by: Person) -> None:
    """Let it rest for a while.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
    """
    _must_be_party(mentorship, by)
    mentorship.advance(MentorshipState.PAUSED)


def resume(mentorship: Mentorship, by: Person) -> None:
    """Go on after a pause.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It does not rest.
    """
    _must_be_party(mentorship, by)
    if mentorship.state is not MentorshipState.PAUSED:
        raise Conflict("mentorship.not_paused", now=mentorship.state)
    mentorship.advance(MentorshipState.ACTIVE)


def conclude(mentorship: Mentorship, by: Person) -> None:
    """Begin the end: the goals are reached, the closing questions are asked.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
    """
    _must_be_party(mentorship, by)
    mentorship.advance(MentorshipState.CONCLUDING)


def complete(session: Session, mentorship: Mentorship, by: Person) -> None:
    """End it as planned.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It was not concluded before.
    """
    _must_be_party(mentorship, by)
    _close(session, mentorship, by, MentorshipState.COMPLETED, "completed")


def end(session: Session, mentorship: Mentorship, by: Person, reason: str) -> None:
    """End it early; work under way goes on with the instructor.

    `reason` is a code, never what somebody typed: it goes into records (D21).

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
        Invalid: The reason is no code.
    """
    _must_be_party(mentorship, by)
    if not _CODE.fullmatch(reason):
        raise Invalid("mentorship.reason")
    _close(session, mentorship, by, MentorshipState.ENDED, reason)


def _close(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    state: MentorshipState,
    reason: str,
) -> None:
    mentorship.advance(state)
    mentorship.ended_at, mentorship.end_reason = now(), reason
    _tell(session, Verb.ENDED_MENTORSHIP, mentorship, by, reason=reason)
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
    rows = session.scalars(late.with_for_update(skip_locked=True)).all()
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
