"""Who looks after an organisation's installation, by name (P30)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.people import sessions
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms import places
from lti_mentor.platforms.models import Registration, Starting

RIGHTS = ("is_org_admin", "is_reader", "may_start")
"""What somebody may be named for: a column of Person each."""


def holders(
    session: Session, registration: Registration, right: str
) -> Sequence[Person]:
    """Return who was named for this right, by name."""
    query = select(Person).where(
        Person.registration_id == registration.id, _column(right)
    )
    return session.scalars(query.order_by(Person.name, Person.id)).all()


def first_admin(session: Session, person: Person) -> None:
    """Name whoever installs: the first administrator of the LMS who comes in."""
    if not holders(session, person.registration, "is_org_admin"):
        person.is_org_admin = True


def find(session: Session, registration: Registration, words: str) -> Person:
    """Return the one person the tool has met under this whole name or address.

    Nobody is listed: an organisation admin sees no learners' names (D4).

    Raises:
        Invalid: Nobody (`organisation.nobody`) or several (`organisation.several`).
    """
    wanted = words.strip()
    small = wanted.lower()
    same = or_(
        func.lower(Person.email) == small,
        func.lower(Person.name) == small,
        Person.name == wanted,  # SQLite knows small letters of English only
    )
    query = select(Person).where(
        Person.registration_id == registration.id, Person.sub.is_not(None), same
    )
    found = session.scalars(query.limit(2)).all() if wanted else []
    if not found:
        raise Invalid("organisation.nobody")
    if len(found) > 1:
        raise Invalid("organisation.several")
    return found[0]


def name(person: Person, right: str) -> None:
    """Give somebody a right."""
    _column(right)
    setattr(person, right, True)


def unname(session: Session, person: Person, right: str) -> None:
    """Take a right back; open sessions end, so that it holds at once.

    Raises:
        Conflict: Nobody would be left to look after it (`organisation.last_admin`).
    """
    column = _column(right)
    others = select(func.count(Person.id)).where(
        Person.registration_id == person.registration_id, column, Person.id != person.id
    )
    if right == "is_org_admin" and not session.scalar(others):
        raise Conflict("organisation.last_admin")
    setattr(person, right, False)
    session.flush()
    if right == "is_org_admin":
        sessions.end_admins(session, person)


def is_on(session: Session, context: Context) -> bool:
    """Say whether the tool is switched on in a course."""
    return places.is_on(
        session, context.registration, str(context.public_id), context.group_id
    )


def may_start(person: Person) -> bool:
    """Say whether a teacher may start programs, be it with approval."""
    is_named_only = person.registration.starting is Starting.NAMED
    return person.may_start or person.is_org_admin or not is_named_only


def ask(context: Context, person: Person) -> None:
    """Ask to have the tool switched on in a course; asking again changes nothing."""
    if context.asked_by is None:
        context.asked_by, context.asked_at = person, now()
        context.asked_answer = ""


def answer(context: Context, words: str = "") -> None:
    """Settle such a wish; `words` say why it stays off."""
    context.asked_by, context.asked_at = None, None
    context.asked_answer = words.strip()[:500]


def asking(session: Session, registration: Registration) -> Sequence[Context]:
    """Return the courses somebody asked for, the oldest first."""
    query = select(Context).where(
        Context.registration_id == registration.id, Context.asked_by_id.is_not(None)
    )
    return session.scalars(query.order_by(Context.asked_at)).all()


def groups(session: Session, registration: Registration) -> list[tuple[str, str, int]]:
    """Return the sub-accounts or categories met so far: id, name, courses in them."""
    query = (
        select(Context.group_id, func.max(Context.group_name), func.count(Context.id))
        .where(
            Context.registration_id == registration.id, Context.group_id.is_not(None)
        )
        .group_by(Context.group_id)
        .order_by(func.max(Context.group_name), Context.group_id)
    )
    return [(row[0] or "", row[1], row[2]) for row in session.execute(query)]


def _column(right: str) -> ColumnElement[bool]:
    if right not in RIGHTS:
        raise Invalid("organisation.right")
    found: ColumnElement[bool] = getattr(Person, right)
    return found
