"""Finding persons, courses and what they were launched from."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.people.models import (
    Context,
    LineItem,
    Membership,
    Person,
    ResourceLink,
)
from lti_mentor.platforms.models import Registration


def person_by_sub(
    session: Session, registration: Registration, sub: str
) -> Person | None:
    """Return the person the platform calls by this subject."""
    return session.scalars(
        select(Person).where(
            Person.registration_id == registration.id, Person.sub == sub
        )
    ).first()


def person_by_lms_id(
    session: Session, registration: Registration, lms_user_id: str
) -> Person | None:
    """Return the person the LMS API calls by this id."""
    return session.scalars(
        select(Person).where(
            Person.registration_id == registration.id,
            Person.lms_user_id == lms_user_id,
        )
    ).first()


def persons(
    session: Session, registration: Registration, public_ids: Iterable[str]
) -> dict[str, Person]:
    """Return people of a registration by their public ids: one query."""
    wanted = [UUID(public_id) for public_id in public_ids]
    found = session.scalars(
        select(Person).where(
            Person.registration_id == registration.id, Person.public_id.in_(wanted)
        )
    )
    return {str(person.public_id): person for person in found}


def context_by_lti_id(
    session: Session, registration: Registration, lti_id: str
) -> Context | None:
    """Return the course that launches call by this id."""
    return session.scalars(
        select(Context).where(
            Context.registration_id == registration.id, Context.lti_id == lti_id
        )
    ).first()


def context_by_lms_id(
    session: Session, registration: Registration, lms_id: str
) -> Context | None:
    """Return the course that the LMS API calls by this id."""
    return session.scalars(
        select(Context).where(
            Context.registration_id == registration.id, Context.lms_id == lms_id
        )
    ).first()


def membership(session: Session, context: Context, person: Person) -> Membership | None:
    """Return a person's membership of a course, active or not."""
    return session.scalars(
        select(Membership).where(
            Membership.context_id == context.id, Membership.person_id == person.id
        )
    ).first()


def resource_link(
    session: Session, context: Context, lti_id: str
) -> ResourceLink | None:
    """Return a place in a course by the platform's id."""
    return session.scalars(
        select(ResourceLink).where(
            ResourceLink.context_id == context.id, ResourceLink.lti_id == lti_id
        )
    ).first()


def line_item(session: Session, context: Context, url: str) -> LineItem | None:
    """Return a gradebook column, also where the platform changed its host name.

    Canvas writes one line item with its vanity or its principal domain.
    """
    rows = session.scalars(select(LineItem).where(LineItem.context_id == context.id))
    wanted = urlsplit(url)[2:]
    return next((row for row in rows if urlsplit(row.url)[2:] == wanted), None)
