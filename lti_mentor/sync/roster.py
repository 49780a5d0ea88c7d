"""Who is in a course, as LTI's own roster (NRPS) says: no LMS token needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.platforms.models import LMSKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the roster."""

    sub: str
    role: Role
    name: str = ""
    email: str | None = None
    lms_user_id: str | None = None
    """The LMS API's id where the roster tells it; Moodle's is the sub."""
    is_active: bool = True
    is_test: bool = False

    @property
    def id(self) -> str:
        """Return what tells this line from every other."""
        return self.sub


def keep(session: Session, context: Context, rows: Sequence[Entry]) -> None:
    """Keep a page of the roster; a role from a launch wins."""
    for row in rows:
        person = _person(session, context, row)
        person.name = row.name or person.name
        person.email = row.email or person.email
        person.is_test = person.is_test or row.is_test
        session.flush()
        _seat(session, context, person, row)


def _person(session: Session, context: Context, row: Entry) -> Person:
    is_moodle = context.registration.lms_kind is LMSKind.MOODLE
    lms_user_id = row.lms_user_id or (row.sub if is_moodle else None)
    tenant = context.registration_id
    by_sub = select(Person).filter_by(registration_id=tenant, sub=row.sub)
    person = session.scalars(by_sub).one_or_none()
    if person is None and lms_user_id is not None:
        by_id = select(Person).filter_by(
            registration_id=tenant, lms_user_id=lms_user_id
        )
        person = session.scalars(by_id).one_or_none()
    if person is None:
        person = Person(registration_id=tenant)
        session.add(person)
    person.sub = row.sub
    person.lms_user_id = person.lms_user_id or lms_user_id
    return person


def _seat(session: Session, context: Context, person: Person, row: Entry) -> None:
    known = select(Membership).filter_by(context_id=context.id, person_id=person.id)
    membership = session.scalars(known).one_or_none()
    if membership is None:
        membership = Membership(
            context_id=context.id, person_id=person.id, role=row.role
        )
        session.add(membership)
    if not membership.from_launch:
        membership.role = row.role
    membership.is_active = row.is_active
    membership.seen_at = now()


def end(session: Session, context: Context, subs: set[str]) -> None:
    """After a complete roster: who is not on it is inactive, never deleted.

    Moodle leaves out who is suspended, expired or gone alike (measured, 4.5.6).
    """
    query = select(Membership).filter_by(context_id=context.id, is_active=True)
    for membership in session.scalars(query):
        person = membership.person
        is_staff_by_launch = membership.from_launch and membership.role != Role.LEARNER
        if person.sub and person.sub not in subs and not is_staff_by_launch:
            membership.is_active = False
