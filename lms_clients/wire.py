"""Reading what an LMS sent, field by field, without trusting its shape.

A `Record` is one JSON object; its readers convert what an LMS may well send
(numbers as text, 0 for "never", null) and refuse what it must not. Errors name
the field, never the value.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lms_clients.errors import Malformed


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object, known in errors by the name of the call it came from."""

    name: str
    raw: dict[str, Any] = field(repr=False)

    def id(self, key: str) -> str:
        """Read an id, which may be a number or a text, but not be missing."""
        value = self.raw.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
            raise self._odd(key)
        return str(value)

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text; without a default it must be there."""
        value = self.raw.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self._odd(key)
        return value

    def maybe_text(self, key: str) -> str | None:
        """Read a text where empty and absent mean the same."""
        return self.text(key, "").strip() or None

    def maybe_id(self, key: str) -> str | None:
        """Read an id that may be absent, null or 0."""
        return self.id(key) if self.raw.get(key) else None

    def number(self, key: str) -> float | None:
        """Read a number, also when sent as text; null and absent are None."""
        value = self.raw.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise self._odd(key)
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise self._odd(key) from None
        if not math.isfinite(number):
            raise self._odd(key)
        return number

    def flag(self, key: str) -> bool:
        """Read a boolean, also as 0 and 1; absent and null are False."""
        value = self.raw.get(key)
        if value not in (None, False, True):
            raise self._odd(key)
        return bool(value)

    def epoch(self, key: str) -> datetime | None:
        """Read seconds since 1970, where 0 and null mean never."""
        seconds = self.number(key)
        try:
            return datetime.fromtimestamp(seconds, UTC) if seconds else None
        except (ValueError, OverflowError, OSError):
            raise self._odd(key) from None

    def moment(self, key: str) -> datetime | None:
        """Read an ISO 8601 time; one without a zone is not accepted."""
        text = self.maybe_text(key)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._odd(key) from None
        if moment.tzinfo is None:
            raise self._odd(key)
        return moment.astimezone(UTC)

    def record(self, key: str) -> "Record":
        """Read an object inside; absent and null are an empty one."""
        value = self.raw.get(key)
        return record(self.name, {} if value is None else value, key)

    def records(self, key: str) -> Iterator["Record"]:
        """Read a list of objects inside; absent and null are an empty one."""
        value = self.raw.get(key)
        return records(self.name, [] if value is None else value, key)

    def _odd(self, key: str) -> Malformed:
        return Malformed(f"{self.name}: odd field {key!r}", code="odd_field")


def record(name: str, value: object, key: str = "answer") -> Record:
    """Take a JSON value for an object."""
    if not isinstance(value, dict):
        raise Malformed(f"{name}: {key!r} is no object", code="odd_shape")
    return Record(name, value)


def records(name: str, value: object, key: str = "answer") -> Iterator[Record]:
    """Take a JSON value for a list of objects; checked before the first is used."""
    if not isinstance(value, list):
        raise Malformed(f"{name}: {key!r} is no list", code="odd_shape")
    return (record(name, item, key) for item in value)
