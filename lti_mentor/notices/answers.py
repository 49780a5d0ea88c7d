"""A mail's button and link: looked at without being used, used once, or followed (D8).

The secret leads to one notice, so to one person, one kind and one subject. Looking
changes nothing, whoever fetches the address; the answer is given by pressing the
button on its page. It calls the verb that the page in the course calls, so what is
no longer so is refused the same way.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest
from lti_mentor.db import get_public
from lti_mentor.errors import Conflict, MentorError
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.notices.kinds import Answer
from lti_mentor.notices.models import NoMail, Notice
from lti_mentor.notices.subjects import Subject, course_of, subject_of
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind, OneUseLink, Person
from lti_mentor.people.reach import door, is_shut_out
from lti_mentor.scheduling import attendance
from lti_mentor.scheduling import service as scheduling
from lti_mentor.scheduling.models import MentoringSession, OfferedTime

REMEMBERED = timedelta(hours=24)
"""How long a followed link decides what the next launch opens."""


class Standing(enum.StrEnum):
    """What a button's address is good for."""

    OPEN = "open"
    USED = "used"
    OVER = "over"
    """Expired, or nobody knows it any more."""
    SETTLED = "settled"
    """What it asked has been settled meanwhile."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks, and of which notice."""

    standing: Standing
    answer: Answer | None = None
    notice: Notice | None = None
    payload: Mapping[str, Any] | None = None


def look(session: Session, secret: str) -> Asked:
    """Say what a button's address is good for; nothing changes."""
    found = session.scalars(
        select(OneUseLink).where(
            OneUseLink.digest == digest(secret), OneUseLink.kind == LinkKind.ANSWER
        )
    ).one_or_none()
    if found is None:
        return Asked(Standing.OVER)
    answer = Answer(found.payload["answer"])
    notice = _notice(session, found.payload)
    if found.used_at is not None:
        return Asked(Standing.USED, answer)
    if found.expires_at <= now() or notice is None:
        return Asked(Standing.OVER, answer)
    if answer is not Answer.SILENCE and notice.answered_at is not None:
        return Asked(Standing.USED, answer)
    return Asked(Standing.OPEN, answer, notice, found.payload)


def give(session: Session, secret: str) -> Asked:
    """Give the answer, once; what could not be done any more is `SETTLED`."""
    asked = look(session, secret)
    notice, answer = asked.notice, asked.answer
    if asked.standing is not Standing.OPEN or notice is None or answer is None:
        return asked
    session.refresh(notice, with_for_update=True)  # its buttons one at a time
    is_spent = notice.answered_at is not None and answer is not Answer.SILENCE
    if is_spent or links.use(session, LinkKind.ANSWER, secret) is None:
        return Asked(Standing.USED, answer)
    subject = subject_of(session, notice)
    if subject is None or not _may_answer(session, notice):
        return Asked(Standing.SETTLED, answer)
    try:
        with session.begin_nested():
            _VERBS[answer](session, subject, notice.person, asked.payload or {})
    except MentorError:
        return Asked(Standing.SETTLED, answer)
    if answer is not Answer.SILENCE:
        notice.answered_at = now()
    session.flush()
    return asked


def _may_answer(session: Session, notice: Notice) -> bool:
    registration = notice.registration
    is_open = registration.is_active and not registration.is_copy
    return is_open and not is_shut_out(session, notice.person)


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a link leads: a page of the LMS, where one is known."""

    page: str | None


def follow(session: Session, secret: str) -> Followed | None:
    """Remember the step of a link for the person's next launch (24 h).

    None where the address is unknown or too old.
    """
    payload = links.look(session, LinkKind.STEP, secret)
    notice = _notice(session, payload) if payload else None
    if notice is None:
        return None
    notice.followed_at = now()
    subject = subject_of(session, notice)
    wanted = course_of(subject) if subject else None
    return Followed(door(session, notice.person, wanted))


def remembered(session: Session, person: Person) -> Notice | None:
    """Return the notice whose link this person followed last, once."""
    followed = select(Notice).where(
        Notice.person_id == person.id, Notice.followed_at > now() - REMEMBERED
    )
    found = session.scalars(followed.order_by(Notice.followed_at.desc())).all()
    for notice in found:
        notice.followed_at = None
    return next(iter(found), None)


def _notice(session: Session, payload: Mapping[str, Any]) -> Notice | None:
    try:
        return get_public(session, Notice, payload["notice"])
    except MentorError:
        return None


def _accept(
    session: Session, subject: Subject, by: Person, _payload: Mapping[str, Any]
) -> None:
    mentoring.accept(session, _pair(subject), by)


def _decline(
    session: Session, subject: Subject, by: Person, _payload: Mapping[str, Any]
) -> None:
    mentoring.decline(session, _pair(subject), by)


def _suits(
    session: Session, subject: Subject, by: Person, payload: Mapping[str, Any]
) -> None:
    meeting = _talk(subject)
    mine = OfferedTime.session_id == meeting.id
    chosen = get_public(session, OfferedTime, payload["time"], mine)
    scheduling.book(session, chosen, by)


def _met(
    session: Session, subject: Subject, by: Person, _payload: Mapping[str, Any]
) -> None:
    attendance.say_we_met(session, _talk(subject), by)


def _silence(
    session: Session, _subject: Subject, by: Person, _payload: Mapping[str, Any]
) -> None:
    try:
        with session.begin_nested():
            session.add(NoMail(person_id=by.id))
    except IntegrityError:
        return


_VERBS: Mapping[
    Answer, Callable[[Session, Subject, Person, Mapping[str, Any]], None]
] = {
    Answer.ACCEPT: _accept,
    Answer.DECLINE: _decline,
    Answer.SUITS: _suits,
    Answer.MET: _met,
    Answer.SILENCE: _silence,
}


def _pair(subject: Subject) -> Mentorship:
    if not isinstance(subject, Mentorship):
        raise Conflict("notice.subject")
    return subject


def _talk(subject: Subject) -> MentoringSession:
    if not isinstance(subject, MentoringSession):
        raise Conflict("notice.subject")
    return subject
