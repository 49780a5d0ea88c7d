"""The people of a page of a list, found and kept in a few statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from lti_mentor.db import keep
from lti_mentor.people.models import Context, Membership, Person
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
    row: Row[Any] | None = None
    """What was known of them, and of their seat in the course (`SEAT`)."""

    @classmethod
    def of(cls, row: Row[Any]) -> "Listed":
        """Return who is in a row."""
        found = cls(*row[:ALL])
        found.row = row
        return found

    def news(self) -> dict[str, Any]:
        """Return the columns that differ from what was known."""
        values = _values(self)
        known = self.row[1:ALL] if self.row else [object()] * len(COLUMNS)
        if values == known:
            return {}
        both = zip(COLUMNS, values, known, strict=True)
        return {name: value for name, value, before in both if value != before}


COLUMNS = tuple(one.name for one in fields(Listed) if one.name not in {"id", "row"})
ALL = len(COLUMNS) + 1
"""A row's columns that are the person's."""
SEAT = ("role", "standing", "accessed_at", "from_launch")
_values = attrgetter(*COLUMNS)


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
    """Return the people of this registration who have one of these ids; one query.

    It tells their seats in this course, too.
    """
    asked = {
        "course": context.id,
        "tenant": context.registration_id,
        "lms_ids": list(set(lms_ids)),
        "subs": list(set(subs)),
    }
    rows = session.execute(_PAGE, asked)
    found = Known([Listed.of(row) for row in rows])
    for person in found.everybody:
        found.note(person)
    return found


def by_lms_id(session: Session, context: Context, ids: Iterable[str]) -> dict[str, int]:
    """Return our id of the people that have these ids of the LMS API; one query."""
    asked = {"tenant": context.registration_id, "lms_ids": list(set(ids))}
    return {row.lms_user_id: row.id for row in session.execute(_IDS, asked)}


def describe(person: Listed, name: str, email: str | None) -> None:
    """Keep the name and address the LMS tells; what it does not tell stays."""
    keep(person, name=name[:255], email=email if email and len(email) <= 255 else None)


def _page_query() -> Any:
    person, seat = Person.__table__.c, Membership.__table__
    here = (seat.c.person_id == person.id) & (seat.c.context_id == bindparam("course"))
    return (
        select(
            person.id,
            *(person[name] for name in COLUMNS),
            seat.c.id.label("seat_id"),
            *(seat.c[name] for name in SEAT),
        )
        .select_from(Person.__table__.outerjoin(seat, here))
        .where(
            person.registration_id == bindparam("tenant"),
            or_(
                person.lms_user_id.in_(bindparam("lms_ids", expanding=True)),
                person.sub.in_(bindparam("subs", expanding=True)),
            ),
        )
    )


_PAGE = _page_query()
_IDS = select(Person.__table__.c.lms_user_id, Person.__table__.c.id).where(
    Person.__table__.c.registration_id == bindparam("tenant"),
    Person.__table__.c.lms_user_id.in_(bindparam("lms_ids", expanding=True)),
)
"""Both are asked for every page: written once, they are compiled once."""
