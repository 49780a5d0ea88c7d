"""Finding persons, courses and what they were launched from."""

from collections.abc import Collection, Iterable, Sequence
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lti_mentor.people.models import (
    STAFF,
    Context,
    ContextKind,
    LineItem,
    Membership,
    Person,
    ResourceLink,
    Role,
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
    session: Session,
    registration: Registration,
    public_ids: Iterable[str],
    seen: ColumnElement[bool],
) -> dict[str, Person]:
    """Return people by their public ids, as far as they may be seen: one query."""
    wanted = [UUID(public_id) for public_id in public_ids]
    found = session.scalars(
        select(Person).where(
            Person.registration_id == registration.id,
            Person.public_id.in_(wanted),
            seen,
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


def courses(session: Session, registration: Registration) -> Sequence[Context]:
    """Return the courses of a registration, by title; hubs are none."""
    query = select(Context).where(
        Context.registration_id == registration.id, Context.kind == ContextKind.COURSE
    )
    return session.scalars(query.order_by(Context.title, Context.id)).all()


def observed(
    session: Session, context: Context, named: Collection[str]
) -> Sequence[Person]:
    """Return the learners of a course that somebody accompanies.

    Older Canvas names them by what LTI 1.1 called them, newer by their subject.
    """
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id == context.id,
            Membership.role == Role.LEARNER,
            Membership.is_active,
            or_(Person.sub.in_(named), Person.legacy_id.in_(named)),
        )
        .order_by(Person.name, Person.id)
    )
    return session.scalars(query).all()


def taught(session: Session, person: Person) -> list[tuple[Context, str | None]]:
    """Return running courses somebody is staff of, each with a page that opens us."""
    page = (
        select(func.max(ResourceLink.page_url))
        .where(ResourceLink.context_id == Context.id)
        .scalar_subquery()
    )
    query = (
        select(Context, page)
        .join(Membership, Membership.context_id == Context.id)
        .where(
            Membership.person_id == person.id,
            Membership.role.in_(STAFF),
            Membership.is_active,
            Context.kind == ContextKind.COURSE,
            Context.concluded_at.is_(None),
        )
        .order_by(Context.title, Context.id)
    )
    return [(course, address) for course, address in session.execute(query)]
