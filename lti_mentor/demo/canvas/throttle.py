"""Canvas's leaky bucket.

Source: Canvas app/middleware/request_throttle.rb: high-water mark 600, outflow 10 a
second, 50 charged for each request in flight and given back at its end, then the real
cost; a token request costs 200 more. One bucket per token, for LTI per client_id.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MARK = 600.0
"""Above this a request is turned away."""
OUTFLOW = 10.0
"""What leaks out in a second."""
UP_FRONT = 50.0
"""Charged while a request is in flight."""
TOKEN_COST = 200.0
"""What a token request costs beyond its own work."""
COST = 0.1
"""What an ordinary request costs here."""


@dataclass
class Throttle:
    """The buckets of one Canvas."""

    clock: Callable[[], float] = time.monotonic
    levels: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Bucket -> level and when it was measured."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, bucket: str) -> bool:
        """Begin a request; False when the bucket is above its mark."""
        with self.lock:
            level = self._level(bucket)
            if level > MARK:
                return False
            self.levels[bucket] = (level + UP_FRONT, self.clock())
            return True

    def leave(self, bucket: str, cost: float = COST) -> float:
        """End a request and return what remains below the mark."""
        with self.lock:
            level = max(0.0, self._level(bucket) - UP_FRONT) + cost
            self.levels[bucket] = (level, self.clock())
            return MARK - level

    def fill(self, bucket: str, level: float) -> None:
        """Set a bucket's level, for tests of what happens near the mark."""
        with self.lock:
            self.levels[bucket] = (level, self.clock())

    def _level(self, bucket: str) -> float:
        level, then = self.levels.get(bucket, (0.0, self.clock()))
        return max(0.0, level - OUTFLOW * (self.clock() - then))
