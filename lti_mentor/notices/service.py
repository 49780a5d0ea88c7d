"""Sending notices: claim, render, send, settle; no transaction while sending.

A worker that dies between sending and settling sends again, with the same Message-ID:
what somebody must know comes twice rather than never.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.config import Mail
from lti_mentor.db import transaction
from lti_mentor.errors import Outside
from lti_mentor.jobs.service import back_off
from lti_mentor.notices.kinds import WORDS
from lti_mentor.notices.models import NoMail, Notice, NoticeState
from lti_mentor.notices.rendering import Desk, render
from lti_mentor.notices.smtp import Door, Reply
from lti_mentor.notices.subjects import Subject, subject_of
from lti_mentor.people.models import Person
from lti_mentor.people.reach import is_shut_out
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.platforms.service import set_health

log = logging.getLogger(__name__)

BATCH = 50
"""Messages of one claim, over one connection."""
TOO_LATE = timedelta(days=3)
"""What could not be told for so long is news no more."""
Sessions = Callable[[], Session]
Doors = Callable[[Mail], Door]


@dataclass(frozen=True, slots=True)
class Post:
    """What sending needs: the database, our address, and a mail server if any."""

    sessions: Sessions
    public_url: str
    mail: Mail | None
    open: Doors = Door


def send(post: Post, registration_id: int) -> datetime | None:
    """Send a batch; return now where more waits, None where nothing does.

    Raises:
        Outside: The mail server failed; what was not settled waits.
    """
    letters, more = _claim(post, registration_id)
    if letters and post.mail is not None:
        _send_all(post, post.mail, registration_id, letters)
    return now() if more else None


def _claim(post: Post, registration_id: int) -> tuple[list["_Letter"], bool]:
    """Take the oldest that are due; the job's lease keeps other workers away."""
    with post.sessions() as session, transaction(session):
        registration = session.get(Registration, registration_id)
        if registration is None or _rests(registration):
            return [], False
        due = or_(Notice.not_before.is_(None), Notice.not_before <= now())
        query = select(Notice).where(
            Notice.registration_id == registration_id,
            Notice.state == NoticeState.WAITING,
            due,
        )
        found = session.scalars(query.order_by(Notice.id).limit(BATCH)).all()
        letters = [_letter(session, notice, post) for notice in found]
    return [one for one in letters if one is not None], len(found) == BATCH


def _rests(registration: Registration) -> bool:
    """Say whether nothing leaves for now; a copy is no pause, it never sends."""
    return not registration.is_active or (
        registration.writes_paused and not registration.is_copy
    )


@dataclass(frozen=True, slots=True)
class _Letter:
    notice_id: int
    message: EmailMessage


def _letter(session: Session, notice: Notice, post: Post) -> _Letter | None:
    """Render a notice, or settle one that is not to be sent."""
    subject, words = subject_of(session, notice), WORDS[notice.kind]
    if notice.created_at < now() - TOO_LATE:
        _settle(notice, NoticeState.SUPERSEDED, "mail.too_late")
    elif subject is None or not words.is_so(subject, notice.person):
        _settle(notice, NoticeState.SUPERSEDED, "mail.no_longer_so")
    elif (why := _why_not(session, notice, post.mail)) or post.mail is None:
        _settle(notice, NoticeState.REFUSED, why)
    else:
        desk = Desk(post.mail, post.public_url)
        return _written(session, notice, subject, desk)
    return None


def _written(
    session: Session, notice: Notice, subject: Subject, desk: Desk
) -> _Letter | None:
    notice.tries += 1
    notice.tried_at = now()
    try:
        return _Letter(notice.id, render(session, notice, subject, desk))
    except ValueError:  # what the LMS told is no address
        _refuse_address(notice.person)
        _settle(notice, NoticeState.REFUSED, "mail.bad_address")
        return None


def _why_not(session: Session, notice: Notice, mail: Mail | None) -> str | None:
    """Return why this person is sent nothing, None where they are."""
    person, is_necessary = notice.person, WORDS[notice.kind].is_necessary
    reasons: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("mail.copy", lambda: notice.registration.is_copy),
        ("mail.off", lambda: mail is None),
        ("mail.no_address", lambda: person.is_test or not person.address),
        ("mail.suspended", lambda: is_shut_out(session, person)),
        ("mail.unwanted", lambda: not is_necessary and wants_few(session, person)),
    )
    return next((code for code, is_so in reasons if is_so()), None)


def wants_few(session: Session, person: Person) -> bool:
    """Say whether somebody wants only what is necessary."""
    query = select(NoMail.id).where(NoMail.person_id == person.id)
    return session.scalar(query) is not None


def _settle(notice: Notice, state: NoticeState, reason: str | None) -> None:
    notice.state, notice.reason = state, reason


def _send_all(
    post: Post, mail: Mail, registration_id: int, letters: list[_Letter]
) -> None:
    try:
        with post.open(mail) as door:
            for letter in letters:
                reply = door.send(letter.message)
                with post.sessions() as session, transaction(session):
                    _note(session.get_one(Notice, letter.notice_id), reply)
    except Outside as failure:
        _note_failure(post, registration_id, failure)
        raise
    note_health(post, registration_id, Health.OK, "mail.taken", str(reply))


def _note(notice: Notice, reply: Reply) -> None:
    """Write down what was said; only its numbers, its words name people."""
    log.info("mail.answered %s %s %s", notice.kind, notice.public_id, reply)
    if reply.is_sent:
        notice.sent_at = now()
        _settle(notice, NoticeState.SENT, None)
    elif reply.is_final:
        if reply.is_about_address:
            _refuse_address(notice.person)
        _settle(notice, NoticeState.REFUSED, f"mail.refused {reply}")
    else:
        notice.reason = f"mail.later {reply}"
        notice.not_before = now() + back_off(notice.tries)


def _refuse_address(person: Person) -> None:
    person.refused_email = person.email


def _note_failure(post: Post, registration_id: int, failure: Outside) -> None:
    status = failure.details.get("status")
    answer = str(status) if status else None
    note_health(post, registration_id, Health.FAILED, failure.code, answer)


def note_health(
    post: Post, registration_id: int, state: Health, code: str, answer: str | None
) -> None:
    """Write what the mail server last said into Setup and health."""
    with post.sessions() as session, transaction(session):
        registration = session.get_one(Registration, registration_id)
        if not registration.is_active:
            return
        set_health(session, registration, Feature.MAIL, state, code, answer=answer)


def check(post: Post, registration_id: int) -> None:
    """Ask the mail server whether it is there and takes our sign-in (P1)."""
    if post.mail is None:
        note_health(post, registration_id, Health.OFF, "mail.off", None)
        return
    try:
        with post.open(post.mail) as door:
            said = door.greet()
    except Outside as failure:
        _note_failure(post, registration_id, failure)
        return
    note_health(post, registration_id, Health.OK, "mail.ready", str(said))
