"""What one LMS of the campus knows: tables of rows, one lock, one JSON file."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from lti_mentor.demo.rows import (
    TABLES,
    Activity,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    Enrolment,
    GradeItem,
    Group,
    Key,
    Mail,
    Message,
    Person,
    Proficiency,
    ResourceLink,
    Score,
    SigningKey,
    Skill,
    Statement,
    Submission,
    Tool,
)

RowType = TypeVar("RowType")


class Places(dict[Key, Enrolment]):
    """Enrolments; those of a course or person are found without a look at all."""

    def __init__(self) -> None:
        super().__init__()
        self._by_course: dict[int, dict[Key, Enrolment]] = defaultdict(dict)
        self._by_person: dict[int, dict[Key, Enrolment]] = defaultdict(dict)

    def __setitem__(self, key: Key, row: Enrolment) -> None:
        super().__setitem__(key, row)
        self._by_course[row.course][key] = self._by_person[row.person][key] = row

    def __delitem__(self, key: Key) -> None:
        row = self[key]
        super().__delitem__(key)
        del self._by_course[row.course][key], self._by_person[row.person][key]

    def among(self, wanted: dict[str, Any]) -> Iterable[Enrolment]:
        """Return the few rows that can have these values."""
        if "person" in wanted:
            return self._by_person.get(wanted["person"], {}).values()
        if "course" in wanted:
            return self._by_course.get(wanted["course"], {}).values()
        return self.values()


class World:
    """One LMS's rows; change them only inside `with world.change()`."""

    def __init__(self, kind: str, file: Path | None = None) -> None:
        self.kind = kind
        """moodle, canvas or records."""
        self.file = file
        """Where it is kept between two runs; None keeps it in memory only."""
        self.lock = threading.RLock()
        self.people: dict[int, Person] = {}
        self.courses: dict[int, Course] = {}
        self.enrolments = Places()
        self.activities: dict[int, Activity] = {}
        self.completions: dict[Key, Completion] = {}
        self.course_completions: dict[Key, CourseCompletion] = {}
        self.skills: dict[int, Skill] = {}
        self.proficiencies: dict[tuple[int, int, int], Proficiency] = {}
        self.grade_items: dict[int, GradeItem] = {}
        self.scores: dict[Key, Score] = {}
        self.links: dict[int, ResourceLink] = {}
        self.submissions: dict[Key, Submission] = {}
        self.events: dict[int, CalendarEvent] = {}
        self.messages: dict[int, Message] = {}
        self.groups: dict[int, Group] = {}
        self.tools: dict[int, Tool] = {}
        self.statements: dict[str, Statement] = {}
        self.mails: dict[int, Mail] = {}
        self.keys: dict[str, SigningKey] = {}
        self.extra: dict[str, Any] = {}
        """What only one dialect keeps; JSON values."""

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock; on the way out write the file."""
        with self.lock:
            yield
            self.save()

    def add(self, row: Any) -> None:
        """Put a row into its table, replacing one of the same key."""
        getattr(self, TABLES[type(row)])[row.key] = row

    def save(self) -> None:
        """Write everything to the file, whole or not at all."""
        if self.file is None:
            return
        content: dict[str, Any] = {"extra": self.extra}
        for table in TABLES.values():
            content[table] = [asdict(row) for row in getattr(self, table).values()]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps(content))
        draft.replace(self.file)

    def load(self) -> bool:
        """Read the file of an earlier run; False when there is none."""
        if self.file is None or not self.file.exists():
            return False
        content = json.loads(self.file.read_text())
        self.extra = content["extra"]
        for kind, table in TABLES.items():
            for row in content.get(table, []):
                self.add(kind(**_int_keys(row)))
        return True


def next_id(table: dict[int, Any]) -> int:
    """Return the id a new row of this table gets."""
    return max(table, default=0) + 1


def rows(table: dict[Any, RowType], **wanted: object) -> list[RowType]:
    """Return the rows whose fields have these values, in their order."""
    some: Iterable[Any] = (
        table.among(wanted) if isinstance(table, Places) else table.values()
    )
    return [
        row
        for row in list(some)
        if all(getattr(row, name) == value for name, value in wanted.items())
    ]


def first(table: dict[Any, RowType], **wanted: object) -> RowType | None:
    """Return the first row whose fields have these values."""
    return next(iter(rows(table, **wanted)), None)


def _int_keys(row: dict[str, Any]) -> dict[str, Any]:
    if "sections" in row:
        row["sections"] = {int(key): title for key, title in row["sections"].items()}
    return row
