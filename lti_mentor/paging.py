"""Long lists, a page at a time: what a person looks at, never the whole table."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
SIZE = 50
"""Rows of one page: read in a minute, sent and drawn in a moment."""


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """Some rows of a list, and how many it has."""

    rows: list[T]
    total: int
    number: int = 1
    """Which page this is, from 1."""
    size: int = SIZE

    @property
    def pages(self) -> int:
        """Count the pages; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Return the place of the first row in the list, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Return the place of the last row in the list."""
        return min(self.number * self.size, self.total)


def page_of(
    session: Session, query: Select[Any], number: int = 1, size: int = SIZE
) -> Paged[Any]:
    """Return one page of a query for rows of one kind; two statements.

    A page beyond the end is the last one: rows go away while somebody reads.
    """
    total = count_of(session, query)
    last = max(1, -(-total // size))
    number = min(max(1, number), last)
    some = query.limit(size).offset((number - 1) * size)
    return Paged(list(session.scalars(some).unique()), total, number, size)


def count_of(session: Session, query: Select[Any]) -> int:
    """Return how many rows a query for rows of one kind has.

    Ids alone are asked for: what else the rows bring is not needed to count them.
    """
    kind = query.column_descriptions[0]["entity"]
    ids = query.order_by(None).with_only_columns(kind.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0
