"""How hard we push one LMS: one pace for each host, shared by all threads."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

COMFORT = 150.0
"""Keep Canvas's X-Rate-Limit-Remaining above this (a request costs 50 up front)."""

OUTFLOW = 10.0
"""Units a second by which Canvas's bucket empties itself (Canvas docs, throttling)."""

LONGEST_PAUSE = 60.0
"""Seconds; nobody may make us wait longer in one go."""


@dataclass(slots=True)
class Pace:
    """Spaces requests, bounds how many are under way, and rests when told to."""

    parallel: int = 2
    """Requests under way at the same time."""
    interval: float = 0.0
    """Least seconds between the starts of two requests."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next_at: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _places: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = threading.BoundedSemaphore(self.parallel)

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait until a request may start; hold a place while it runs.

        Gives the seconds for which it was held back.
        """
        with self._places:
            wait = self._claim()
            if wait > 0:
                self.sleep(wait)
            yield wait

    def _claim(self) -> float:
        with self._lock:
            now = self.clock()
            start = max(now, self._next_at)
            self._next_at = start + self.interval
            return start - now

    def rest(self, seconds: float) -> None:
        """Let no request start for so long; never shortens a longer rest."""
        with self._lock:
            until = self.clock() + min(max(seconds, 0.0), LONGEST_PAUSE)
            self._next_at = max(self._next_at, until)

    def remaining(self, units: float) -> None:
        """Slow down while there is still something left in the bucket."""
        if units < COMFORT:
            self.rest((COMFORT - units) / OUTFLOW)


@dataclass(slots=True)
class Paces:
    """One pace for each host; the first who asks says how parallel it may be."""

    _paces: dict[str, Pace] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, host: str, parallel: int) -> Pace:
        """Give the pace of this host."""
        with self._lock:
            return self._paces.setdefault(host, Pace(parallel=parallel))


SHARED = Paces()
"""The paces of this process, so that two clients of one LMS do not add up."""
