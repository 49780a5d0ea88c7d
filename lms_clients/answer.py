"""What came back: reading it, and telling which error it is."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from lms_clients.errors import (
    Forbidden,
    LMSError,
    Malformed,
    NotFound,
    Rejected,
    Throttled,
    Unauthorized,
    Unreachable,
)

STATUS_ERRORS: dict[int, type[LMSError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    410: NotFound,
    429: Throttled,
}
"""Other 4xx are `Rejected`, 5xx and everything odd `Unreachable`."""


NEXT = re.compile(
    r';\s*rel=("([^"]*\s)?next(\s[^"]*)?"|next\s*([;,]|$))', re.IGNORECASE
)
"""The parameter by which a link of a Link header says that it is the next page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, in memory; header names in lower case."""

    name: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Read the body as JSON, whatever its content type claims.

        Raises:
            Malformed: It is HTML, XML, cut off or otherwise no JSON.
        """
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass
        kind = "xml" if self.body.lstrip().startswith(b"<?xml") else "not_json"
        raise Malformed(f"{self.name}: no JSON", status=self.status, code=kind)

    def number(self, header: str) -> float | None:
        """Read a header that holds a number."""
        text = self.headers.get(header, "")
        return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d+)?", text) else None

    @property
    def next_link(self) -> str | None:
        """The `rel="next"` of the Link header, opaque."""
        for link in re.finditer(r"<([^>]*)>([^<]*)", self.headers.get("link", "")):
            if NEXT.search(link[2]):
                return link[1]
        return None


def error_for(name: str, answer: Answer) -> LMSError:
    """Tell which error an unsuccessful answer is; its words stay out of it."""
    status = answer.status
    kind = STATUS_ERRORS.get(status, Unreachable)
    if 400 <= status < 500 and status not in STATUS_ERRORS:
        kind = Rejected
    if status == 403 and b"rate limit exceeded" in answer.body[:500].lower():
        kind = Throttled  # Canvas said 403 where others say 429
    if status == 408:
        kind = Unreachable
    return kind(
        f"{name}: answered {status}", status=status, retry_after=_retry_after(answer)
    )


def _retry_after(answer: Answer) -> float | None:
    """Seconds to wait: given as a number, or as a date next to the answer's own."""
    seconds = answer.number("retry-after")
    if seconds is not None:
        return max(seconds, 0.0)
    try:
        until = parsedate_to_datetime(answer.headers["retry-after"])
        now = parsedate_to_datetime(answer.headers["date"])
        return max((until - now).total_seconds(), 0.0)
    except (KeyError, ValueError, TypeError):
        return None


def _no_constant(name: str) -> None:
    raise ValueError(name)
