"""How often one session may ask: a page gone wild, or a stolen bearer, slows nobody.

Counted in this process, a minute at a time. Sessions only: a whole campus may come from
one address, so what arrives before there is a session is for the proxy to slow down.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from lti_mentor.clock import now
from lti_mentor.errors import MentorError

MOST = 300
"""Requests of a session in a window."""
WINDOW = timedelta(minutes=1)
MOST_KNOWN = 10_000
"""Sessions counted at a time; older counts are forgotten."""


class TooMany(MentorError):
    """Asked too often; `retry_after` seconds from now it may be asked again."""

    status = 429


@dataclass(slots=True)
class _Count:
    began: datetime
    asked: int = 0


@dataclass(slots=True)
class Pace:
    """Counts what each session asks; one for the process, shared by its threads."""

    most: int = MOST
    _counts: dict[UUID, _Count] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, handle: UUID) -> None:
        """Count one request.

        Raises:
            TooMany: It is one too many in this minute (`request.too_many`).
        """
        moment = now()
        with self._lock:
            count = self._counts.get(handle)
            if count is None or moment - count.began >= WINDOW:
                count = self._begin(handle, moment)
            count.asked += 1
        if count.asked > self.most:
            rest = (count.began + WINDOW - moment).total_seconds()
            raise TooMany("request.too_many", retry_after=max(1, round(rest)))

    def _begin(self, handle: UUID, moment: datetime) -> _Count:
        if len(self._counts) >= MOST_KNOWN:
            self._counts = {
                known: count
                for known, count in self._counts.items()
                if moment - count.began < WINDOW
            }
        made = self._counts[handle] = _Count(moment)
        return made
