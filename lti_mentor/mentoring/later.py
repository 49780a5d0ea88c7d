"""What whoever leads a program looks at another day (P12): put off, never forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.mentoring.models import PutOff
from lti_mentor.people.models import Person

DAYS = (1, 3, 7)
"""For how long something may be put off: two people wait for it meanwhile."""


def put_off(session: Session, person: Person, thing: UUID, days: int) -> None:
    """Let something (public id) come back to somebody in so many days; 0 = now.

    Raises:
        Invalid: For longer than anybody should wait, or for no time there is.
    """
    if days not in (0, *DAYS):
        raise Invalid("later.days")
    session.execute(delete(PutOff).filter_by(person_id=person.id, object_id=thing))
    if days:
        until = now() + timedelta(days=days)
        session.add(PutOff(person_id=person.id, object_id=thing, until=until))
        session.flush()


def put_off_by(session: Session, person: Person) -> dict[UUID, datetime]:
    """Return what somebody has put off (public ids), and until when."""
    query = select(PutOff.object_id, PutOff.until).where(
        PutOff.person_id == person.id, PutOff.until > now()
    )
    return {row.object_id: row.until for row in session.execute(query)}
