"""What people do with drafts of pairs and with mentorships."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Verb
from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import queries, requests
from lti_mentor.mentoring.drafts import drop, publish
from lti_mentor.mentoring.life import (
    ClosingWords,
    answer_closing,
    check_fit,
    complete_silent,
    conclude,
    end,
    pause,
    resume,
    resume_due,
    share_contact,
)
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState, Message
from lti_mentor.mentoring.steps import (
    MENTORSHIP_BEGAN,
    MENTORSHIP_CLOSED,
    lock,
    must_be_living,
    must_be_party,
    queue,
    side_of,
    tell,
)
from lti_mentor.people.models import Person

__all__ = [
    "MAX_MESSAGE",
    "MENTORSHIP_BEGAN",
    "MENTORSHIP_CLOSED",
    "ClosingWords",
    "accept",
    "answer_closing",
    "check_fit",
    "complete_silent",
    "conclude",
    "decline",
    "drop",
    "end",
    "expire_offers",
    "pause",
    "post",
    "publish",
    "resume",
    "resume_due",
    "share_contact",
    "sign",
]

MAX_MESSAGE = 10_000
"""Characters of one message, and of one part of an agreement."""
SAME_CLICK = timedelta(minutes=1)
"""Within which the same words of the same person are one message."""


def accept(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say yes; when both have, the mentorship begins. A second yes changes nothing.

    Raises:
        NotAllowed: Not one of the two, or they have not agreed to take part.
        Conflict: It is no longer an offer, or the mentee works with somebody else.
    """
    must_be_party(mentorship, by)
    lock(session, mentorship)
    if mentorship.state in LIVING:
        return
    if mentorship.state is not MentorshipState.OFFERED:
        raise Conflict("mentorship.not_offered", now=mentorship.state)
    if not queries.has_consented(session, by, mentorship.program):
        raise NotAllowed("consent.missing")
    if queries.living_mentorship(session, mentorship.program, mentorship.mentee):
        raise Conflict("mentorship.mentee_taken")
    column = f"{side_of(mentorship, by)}_accepted_at"
    if getattr(mentorship, column) is not None:
        return
    setattr(mentorship, column, now())
    tell(session, Verb.ACCEPTED, mentorship, by)
    if mentorship.mentor_accepted_at and mentorship.mentee_accepted_at:
        _begin(session, mentorship, by)


def _begin(session: Session, mentorship: Mentorship, by: Person) -> None:
    mentorship.advance(MentorshipState.ACTIVE)
    mentorship.began_at = now()
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:  # the mentee said yes to two at the same moment
        raise Conflict("mentorship.mentee_taken") from None
    tell(session, Verb.BEGAN_MENTORSHIP, mentorship, by)
    queue(session, MENTORSHIP_BEGAN, mentorship)
    requests.settle(session, mentorship)


def decline(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say no; nobody is told why. Twice is once.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is no longer an offer.
    """
    must_be_party(mentorship, by)
    lock(session, mentorship)
    if mentorship.state is MentorshipState.DECLINED:
        return
    mentorship.advance(MentorshipState.DECLINED)
    mentorship.ended_at = now()
    tell(session, Verb.DECLINED, mentorship, by)
    requests.refused(session, mentorship, by)


def sign(
    session: Session, mentorship: Mentorship, by: Person, *, goals: str, meeting: str
) -> None:
    """Sign the agreement; changing its words takes the other's signature back.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: There is no goal in it, or far too much text.
    """
    must_be_living(mentorship, by)
    lock(session, mentorship)
    words = (goals.strip(), meeting.strip())
    if not words[0]:
        raise Invalid("agreement.goals_missing")
    if max(map(len, words)) > MAX_MESSAGE:
        raise Invalid("text.too_long", most=MAX_MESSAGE)
    if words != (mentorship.goals, mentorship.meeting_note):
        mentorship.goals, mentorship.meeting_note = words
        mentorship.mentor_signed_at = mentorship.mentee_signed_at = None
    was_agreed = mentorship.is_agreed
    column = f"{side_of(mentorship, by)}_signed_at"
    setattr(mentorship, column, getattr(mentorship, column) or now())
    if mentorship.is_agreed and not was_agreed:
        tell(session, Verb.AGREED, mentorship, by)


def post(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    text: str,
    about: Base | None = None,
) -> Message:
    """Write to the other one, where wanted about a row that both see.

    The same words once more within a minute are a second click, and the same message.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: Empty, or far too long.
    """
    must_be_living(mentorship, by)
    text = text.strip()
    if not text or len(text) > MAX_MESSAGE:
        raise Invalid("message.length", most=MAX_MESSAGE)
    lock(session, mentorship)
    if (said := _just_said(session, mentorship, by, text)) is not None:
        return said
    subject: Any = about
    message = Message(
        mentorship_id=mentorship.id,
        author=by,
        text=text,
        subject_type=about and about.__tablename__,
        subject_id=about and subject.public_id,
    )
    session.add(message)
    return message


def _just_said(
    session: Session, mentorship: Mentorship, by: Person, text: str
) -> Message | None:
    query = (
        select(Message)
        .where(
            Message.mentorship_id == mentorship.id,
            Message.author_id == by.id,
            Message.text == text,
            Message.at > now() - SAME_CLICK,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def expire_offers(session: Session) -> int:
    """Close offers whose answer date has passed; return how many."""
    late = select(Mentorship).where(
        Mentorship.state == MentorshipState.OFFERED, Mentorship.answer_by < now()
    )
    rows = session.scalars(late.with_for_update(skip_locked=True)).all()
    for mentorship in rows:
        mentorship.advance(MentorshipState.EXPIRED)
        mentorship.ended_at = now()
        requests.refused(session, mentorship, None)
    return len(rows)
