"""Finding the people of a pasted list, by address or by whole name (P29)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.people import family
from lti_mentor.people.models import Context, Membership, Person, Role

MOST_LINES = 2000
"""How many lines of a list are read."""
_ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a pasted list, line by line."""

    found: Sequence[tuple[Person, Context]]
    """Each once, with the newest earlier offering they learned in, else this one."""
    unknown: Sequence[str]
    """Lines nobody goes by."""
    several: Sequence[str]
    """Lines more than one person goes by: nobody is guessed."""
    twice: Sequence[str]
    """Lines that name somebody a line before named."""


def match(session: Session, context: Context, text: str) -> Matched:
    """Find learners of a course and its other offerings; three queries."""
    places = _places(session, context)
    people, by_address, by_name = _known(session, places)
    seen: dict[int, tuple[Person, Context]] = {}
    unknown: list[str] = []
    several: list[str] = []
    twice: list[str] = []
    for line in lines(text):
        ids = _ids(line, by_address, by_name)
        if len(ids) != 1:
            (several if ids else unknown).append(line)
            continue
        (person_id,) = ids
        if person_id in seen:
            twice.append(line)
        seen[person_id] = people[person_id]
    return Matched(list(seen.values()), unknown, several, twice)


def lines(text: str) -> list[str]:
    """Return the lines of a list that say something; addresses may share a line."""
    rows = chain.from_iterable(map(_entries, text.splitlines()))
    return [row for row in rows if row][:MOST_LINES]


def _entries(line: str) -> Iterable[str]:
    addresses = _ADDRESS.findall(line)
    return addresses if len(addresses) > 1 else [line.strip(" \t,;\"'")]


def _ids(
    line: str, by_address: dict[str, set[int]], by_name: dict[str, set[int]]
) -> set[int]:
    address = _ADDRESS.search(line)
    if address:
        return by_address.get(address[0].casefold(), set())
    named = by_name.get(_plain(line), set())
    if not named and line.count(",") == 1:
        last, first = line.split(",")
        named = by_name.get(_plain(f"{first} {last}"), set())
    return named


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _places(session: Session, context: Context) -> list[Context]:
    """Return the earlier offerings, the newest first, then this course."""
    began = context.starts_at
    before = [
        one.context
        for one in family.offerings(session, context)
        if not (began and one.context.starts_at and one.context.starts_at >= began)
    ]
    return [*before, context]


def _known(
    session: Session, places: Sequence[Context]
) -> tuple[dict[int, tuple[Person, Context]], dict[str, set[int]], dict[str, set[int]]]:
    order = {place.id: place for place in places}
    query = (
        select(Person, Membership.context_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_id.in_(order),
            Membership.role == Role.LEARNER,
            Person.is_test.is_(False),
        )
    )
    rank = {place: n for n, place in enumerate(order)}
    people: dict[int, tuple[Person, Context]] = {}
    by_address: dict[str, set[int]] = defaultdict(set)
    by_name: dict[str, set[int]] = defaultdict(set)
    rows = [(row[0], row[1]) for row in session.execute(query)]
    for person, place in sorted(rows, key=lambda row: rank[row[1]]):
        people.setdefault(person.id, (person, order[place]))
        if person.email:
            by_address[person.email.casefold()].add(person.id)
        if person.name.strip():
            by_name[_plain(person.name)].add(person.id)
    return people, by_address, by_name
