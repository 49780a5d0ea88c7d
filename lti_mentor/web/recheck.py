"""Before an old session decides pairs or grades, the roster is asked again.

Who was taken out of a course keeps the session of an earlier launch for a while. What
cannot be taken back from others is therefore asked about: an instructor's launch is
enough for a quarter of an hour; after that the platform's roster has to name them as
one still. Where it does not (Moodle lists neither managers nor non-editing teachers as
such) the next launch settles it. A roster that cannot be read stops nobody.

Coordinators, mentors and organisation admins act by our own records, which an LMS role
neither gives nor takes.
"""

import logging
from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from lti_mentor.db import transaction
from lti_mentor.errors import Outside
from lti_mentor.lti import services
from lti_mentor.lti.roles import CourseRole
from lti_mentor.lti.services import Services
from lti_mentor.people import sessions
from lti_mentor.people.models import Role
from lti_mentor.web import tool
from lti_mentor.web.errors import SignedOut

log = logging.getLogger(__name__)

TEACHES = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
PRIVILEGED = frozenset(
    {
        "programs.publish",
        "programs.stand_in",
        "programs.endorse",
        "board.settle",
        "board.excuse",
        "mentor.send_review",
    }
)
"""Pages whose forms publish pairs, name who leads, or make a grade final."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What to ask the platform about one session."""

    session_id: int
    registration: str
    sub: str
    roster: str
    service: Services


def before(session: Session, endpoint: str, token: str, handle: str) -> None:
    """Ask the roster where this request needs it, in units of its own.

    Raises:
        SignedOut: The roster does not name this instructor (`session.unconfirmed`);
            the session has ended.
    """
    if endpoint not in PRIVILEGED:
        return
    with transaction(session):
        question = _question(session, token, handle)
    if question is None:
        return
    try:
        is_listed = _is_listed(question)
    except Outside as failure:
        log.warning(
            "roster not asked code=%s registration=%s correlation=%s",
            *(failure.code, question.registration, g.correlation),
        )
        return
    with transaction(session):
        settle = sessions.confirm if is_listed else sessions.end
        settle(session, question.session_id)
    if not is_listed:
        raise SignedOut("session.unconfirmed")


def _question(session: Session, token: str, handle: str) -> _Question | None:
    """Return what to ask; None where nothing has to be, or can be."""
    row = sessions.authenticate(session, token, handle)
    if row is None or row.role is not Role.INSTRUCTOR or sessions.is_confirmed(row):
        return None
    roster = row.context.memberships_url if row.context else None
    if roster is None or row.person.sub is None:
        return None
    return _Question(
        session_id=row.id,
        registration=str(row.registration.public_id),
        sub=row.person.sub,
        roster=roster,
        service=services.connect(session, row.registration, tool().http),
    )


def _is_listed(question: _Question) -> bool:
    """Say whether the roster names them as somebody who teaches."""
    teachers = question.service.members(question.roster, role=TEACHES)
    return any(
        one.sub == question.sub
        and one.is_active
        and one.standing.role is CourseRole.INSTRUCTOR
        for one in teachers
    )
