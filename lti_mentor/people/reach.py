"""By which ways somebody can be reached, and who by none (P25)."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lti_mentor.people.models import (
    Context,
    ContextKind,
    Membership,
    Person,
    ResourceLink,
    Standing,
)


def has_no_way_in() -> ColumnElement[bool]:
    """Return the condition for people never here whom no mail reaches either."""
    unreachable = or_(
        Person.email.is_(None),
        Person.email == "",
        Person.email.is_not_distinct_from(Person.refused_email),  # never null
    )
    return Person.last_seen.is_(None) & unreachable & Person.is_test.is_(False)


def without_way_in(people: ColumnElement[bool]) -> Select[Person]:
    """Return the query for those of these people nobody can tell anything, by name."""
    query = select(Person).where(people, has_no_way_in())
    return query.order_by(Person.name, Person.id)


def is_shut_out(session: Session, person: Person) -> bool:
    """Say whether the LMS has suspended somebody wherever they are listed now."""
    query = select(Membership.standing).where(Membership.person_id == person.id)
    found = set(session.scalars(query))
    return Standing.SUSPENDED in found and Standing.ACTIVE not in found


def door(session: Session, person: Person, wanted: Context | None) -> str | None:
    """Return the LMS page that opens the tool for somebody, of this course if any.

    Next comes any other course of theirs, then the hub, which is open to everybody.
    """
    theirs = select(Membership.context_id).where(
        Membership.person_id == person.id,
        Membership.standing.in_([Standing.ACTIVE, Standing.CONCLUDED]),
    )
    query = (
        select(ResourceLink.page_url, Context)
        .join(Context, Context.id == ResourceLink.context_id)
        .where(
            Context.registration_id == person.registration_id,
            or_(Context.id.in_(theirs), Context.kind == ContextKind.HUB),
            ResourceLink.page_url.is_not(None),
        )
        .order_by(ResourceLink.id.desc())
    )
    pages = [(page, place) for page, place in session.execute(query)]
    pages.sort(key=lambda found: _far(found[1], wanted))
    return pages[0][0] if pages else None


def _far(place: Context, wanted: Context | None) -> tuple[bool, bool]:
    """Return how far a place is from the one that was wanted; the sort is stable."""
    is_wanted = wanted is not None and place.id == wanted.id
    return not is_wanted, place.kind is ContextKind.HUB
