"""Remembering the last roster read, which other lists of the course start from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lms_clients.types import Member


@dataclass(slots=True)
class Roster:
    """The members of the course that was last read to its end."""

    _course_id: str = ""
    _members: list[Member] = field(default_factory=list)

    def noting(self, course_id: str, members: Iterable[Member]) -> Iterator[Member]:
        """Pass members on; a roster that was read to its end is kept."""
        seen: list[Member] = []
        for member in members:
            seen.append(member)
            yield member
        self._course_id, self._members = course_id, seen

    def of(self, course_id: str) -> list[Member]:
        """Give the members if they are of this course, else nobody."""
        return self._members if course_id == self._course_id else []
