"""Finding and keeping the people of a page of rows, in a few statements."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import keep
from lti_mentor.people.models import Context, Membership, Person, Role, Standing
from lti_mentor.platforms.models import LMSKind


@dataclass(slots=True)
class Listed:
    """Somebody of a page of a list, as columns: most pages tell what we know already.

    Whose id is 0 is new here.
    """

    id: int = 0
    sub: str | None = None
    lms_user_id: str | None = None
    name: str = ""
    email: str | None = None
    username: str | None = None
    legacy_id: str | None = None
    zone: str | None = None
    is_test: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    was: "Listed | None" = None

    @classmethod
    def of(cls, row: Any) -> "Listed":
        """Return who is in a row, and what was known of them."""
        found = cls(*row)
        found.was = cls(*row)
        return found

    def news(self) -> dict[str, Any]:
        """Return the columns that differ from what was known."""
        values = {name: getattr(self, name) for name in COLUMNS}
        if self.was is None:
            return values
        return {n: v for n, v in values.items() if getattr(self.was, n) != v}


COLUMNS = tuple(one.name for one in fields(Listed) if one.name not in {"id", "was"})


@dataclass(slots=True)
class Known:
    """The people of one page, found by either of their ids (D3)."""

    everybody: list[Listed] = field(default_factory=list)
    by_sub: dict[str, Listed] = field(default_factory=dict)
    by_lms_id: dict[str, Listed] = field(default_factory=dict)

    def find(self, sub: str | None, lms_id: str | None) -> Listed | None:
        """Return who has this subject, else who has this id."""
        return self.by_sub.get(sub or "") or self.by_lms_id.get(lms_id or "")

    def add(self) -> Listed:
        """Return somebody new."""
        person = Listed()
        self.everybody.append(person)
        return person

    def learn(self, person: Listed, sub: str | None, lms_id: str | None) -> None:
        """Give a person the ids they lack, unless somebody else has them.

        Two rows of one person, one made by a launch and one by the LMS API, are
        joined by the next launch, never by a reading.
        """
        if sub and person.sub is None and sub not in self.by_sub:
            person.sub = sub
        if lms_id and person.lms_user_id is None and lms_id not in self.by_lms_id:
            person.lms_user_id = lms_id
        self.note(person)

    def note(self, person: Listed) -> None:
        """Remember a person under the ids they have."""
        if person.sub:
            self.by_sub[person.sub] = person
        if person.lms_user_id:
            self.by_lms_id[person.lms_user_id] = person

    def save(self, session: Session, context: Context) -> None:
        """Write what is new; everybody has an id afterwards. Mostly nothing is."""
        new: list[tuple[Listed, Person]] = []
        changed: dict[int, dict[str, Any]] = {}
        for one in self.everybody:
            if not one.id:
                row = Person(registration_id=context.registration_id, **one.news())
                new.append((one, row))
            elif news := one.news():
                changed[one.id] = news
        session.add_all(row for _, row in new)
        if changed:
            rows = select(Person).where(Person.id.in_(changed))
            for person in session.scalars(rows):
                keep(person, **changed[person.id])
        session.flush()
        for one, row in new:
            one.id = row.id


def subject_of(context: Context, lms_id: str) -> str | None:
    """Return the launch subject that goes with an LMS id, where that is known.

    Moodle's web-service id is the subject of its launches; Canvas's is not (D3).
    """
    is_moodle = context.registration.lms_kind is LMSKind.MOODLE
    return lms_id if is_moodle else None


def known(
    session: Session,
    context: Context,
    lms_ids: Collection[str],
    subs: Collection[str] = (),
) -> Known:
    """Return the people of this registration who have one of these ids; one query."""
    columns = [getattr(Person, name) for name in COLUMNS]
    query = select(Person.id, *columns).where(
        Person.registration_id == context.registration_id,
        or_(Person.lms_user_id.in_(set(lms_ids)), Person.sub.in_(set(subs))),
    )
    found = Known([Listed.of(row) for row in session.execute(query)])
    for person in found.everybody:
        found.note(person)
    return found


def by_lms_id(session: Session, context: Context, ids: Iterable[str]) -> dict[str, int]:
    """Return our id of the people that have these ids of the LMS API; one query."""
    query = select(Person.lms_user_id, Person.id).where(
        Person.registration_id == context.registration_id,
        Person.lms_user_id.in_(set(ids)),
    )
    return {lms_id or "": id_ for lms_id, id_ in session.execute(query)}


def describe(person: Listed, name: str, email: str | None) -> None:
    """Keep the name and address the LMS tells; what it does not tell stays."""
    keep(person, name=name[:255], email=email if email and len(email) <= 255 else None)


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


def seat(session: Session, context: Context, seats: Collection[Seat]) -> None:
    """Keep who sits in a course; a role from a launch wins over the roster's.

    They have been saved (`Known.save`).
    """
    there = _seats(session, context, {one.person.id for one in seats})
    new: dict[int, dict[str, Any]] = {}
    changed: dict[int, dict[str, Any]] = {}
    for one in seats:
        told: dict[str, Any] = {"role": one.role, "standing": one.standing}
        if one.accessed_at:
            told["accessed_at"] = one.accessed_at
        row = there.get(one.person.id)
        if row is None:
            new[one.person.id] = told
        elif not one.is_known_better and (news := _news(row, told)):
            changed[row.id] = news
    _insert(session, context, new)
    _renew(session, changed)
    session.flush()


def _seats(
    session: Session, context: Context, people: Collection[int]
) -> dict[int, Any]:
    """Return what is compared of each seat, as columns: most rows change nothing."""
    query = select(
        Membership.id,
        Membership.person_id,
        Membership.role,
        Membership.standing,
        Membership.accessed_at,
        Membership.from_launch,
    ).where(Membership.context_id == context.id, Membership.person_id.in_(people))
    return {row.person_id: row for row in session.execute(query)}


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
        keep(row, **changed[row.id], seen_at=now())


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
    left. Staff who launched stay: managers work in courses they are not enrolled in.
    """
    query = (
        select(Membership.id, Person.sub, Person.lms_user_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.context_id == context.id, Membership.is_active, _MAY_LEAVE)
    )
    left = [id_ for id_, sub, lms_id in session.execute(query) if is_gone(sub, lms_id)]
    gone = Standing.CONCLUDED if context.concluded_at else Standing.LEFT
    for some in batched(left):
        for row in session.scalars(select(Membership).where(Membership.id.in_(some))):
            row.standing = gone


_MAY_LEAVE = or_(Membership.from_launch.is_(False), Membership.role == Role.LEARNER)
"""Staff who launched are in the course whatever a list says."""


def batched(ids: list[int], size: int = 500) -> Iterator[list[int]]:
    """Yield so many ids at a time, fewer than a statement may name."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def unlisted(session: Session, context: Context, seen: Collection[str]) -> list[str]:
    """Return the LMS ids of those who would have left: active, and not seen."""
    query = (
        select(Person.lms_user_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id == context.id,
            Membership.is_active,
            _MAY_LEAVE,
        )
    )
    return [id_ for id_ in session.scalars(query) if id_ and id_ not in seen]
