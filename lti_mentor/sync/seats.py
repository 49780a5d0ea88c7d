"""Who sits in a course, by its lists: kept page by page, judged when all was read."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from lti_mentor import db
from lti_mentor.clock import now
from lti_mentor.people.models import Context, Membership, Person, Role, Standing
from lti_mentor.sync.listed import Listed


def standing(context: Context, *, is_active: bool) -> Standing:
    """Return how a listed person belongs to the course.

    Canvas closes the enrolments of a course that is over; elsewhere, and before,
    who is listed and not let in is suspended.
    """
    if is_active:
        return Standing.ACTIVE
    return Standing.CONCLUDED if context.concluded_at else Standing.SUSPENDED


@dataclass(frozen=True, slots=True)
class Seat:
    """What a row says of one person in the course."""

    person: Listed
    role: Role
    standing: Standing
    accessed_at: datetime | None = None
    is_known_better: bool = False
    """Another list says more of them: kept only where they have no seat yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """Of whom the LMS's API has said how they belong to a course, in this reading.

    One source a fact, or two lists that differ would rewrite it at every reading:
    of these people name, role and standing are the API's, of others LTI's roster's.
    """

    mailed: dict[str, bool] = field(default_factory=dict)
    """By the API's id, whether it told an address."""
    is_lost: bool = False
    """A worker that is gone read the list: nobody of the API is judged by another."""

    def names(self, lms_id: str | None) -> bool:
        """Say whether the API's word counts for this person."""
        return lms_id is not None and (self.is_lost or lms_id in self.mailed)

    def mails(self, lms_id: str | None) -> bool:
        """Say whether the address is the API's, too."""
        return self.names(lms_id) and self.mailed.get(lms_id or "", True)


NOBODY = Told()
"""No list of the API: LTI's roster says everything."""


def keep(session: Session, context: Context, taken: Collection[Seat]) -> None:
    """Keep who sits in a course; a role from a launch wins over the roster's.

    They have been saved (`Known.save`).
    """
    new: dict[int, dict[str, Any]] = {}
    changed: dict[int, dict[str, Any]] = {}
    for one in taken:
        told: dict[str, Any] = {"role": one.role, "standing": one.standing}
        if one.accessed_at:
            told["accessed_at"] = one.accessed_at
        row = one.person.row
        if row is None or row.seat_id is None:
            new[one.person.id] = told
        elif not one.is_known_better and (news := _news(row, told)):
            changed[row.seat_id] = news
    _insert(session, context, new)
    _renew(session, changed)
    session.flush()


def _news(row: Any, told: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in told.items()
        if getattr(row, name) != value and not (name == "role" and row.from_launch)
    }


def _renew(session: Session, changed: dict[int, dict[str, Any]]) -> None:
    if not changed:
        return
    for row in session.scalars(select(Membership).where(Membership.id.in_(changed))):
        db.keep(row, **changed[row.id], seen_at=now())


def _insert(session: Session, context: Context, new: dict[int, dict[str, Any]]) -> None:
    """Add memberships, all in one statement."""
    rows = [
        {"context_id": context.id, "person_id": id_, "accessed_at": None, **told}
        for id_, told in new.items()
    ]
    if rows:
        session.execute(insert(Membership), [{**r, "from_launch": False} for r in rows])


def unseat(
    session: Session,
    context: Context,
    is_gone: Callable[[str | None, str | None], bool],
) -> None:
    """After a complete list: who is gone, by subject and LMS id, is never deleted.

    When the course is over, the platform drops people from its lists: they have not
    left. Staff who launched stay (`judged`): managers work in courses they are not
    enrolled in.
    """
    people = judged(session, context)
    left = [one.id for one in people if is_gone(one.sub, one.lms_user_id)]
    gone = Standing.CONCLUDED if context.concluded_at else Standing.LEFT
    for some in batched(left):
        for row in session.scalars(select(Membership).where(Membership.id.in_(some))):
            row.standing = gone


def judged(session: Session, context: Context) -> Sequence[Any]:
    """Return who is in the course now and leaves it when no list names them.

    Staff who launched are in the course whatever a list says.
    """
    may_leave = or_(Membership.from_launch.is_(False), Membership.role == Role.LEARNER)
    query = (
        select(
            Membership.id,
            Person.sub,
            Person.lms_user_id,
            Person.created_at,
            Person.is_test,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.context_id == context.id, Membership.is_active, may_leave)
    )
    return session.execute(query).all()


def batched(ids: list[int], size: int = 500) -> Iterator[list[int]]:
    """Yield so many ids at a time, fewer than a statement may name."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def unlisted(session: Session, context: Context, seen: Collection[str]) -> list[str]:
    """Return the LMS ids of those who would have left: active, and not seen."""
    ids = (one.lms_user_id for one in judged(session, context))
    return [id_ for id_ in ids if id_ and id_ not in seen]
