"""What the calls of a client have cost so far."""

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """Counts for a report; several threads and clients may add to one."""

    calls: int = 0
    """Requests sent, repeated ones too."""
    received: int = 0
    """Bytes of the answers, unpacked."""
    waited: float = 0.0
    """Seconds for which the LMS, or our care for it, held us back."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def add(self, *, calls: int = 0, received: int = 0, waited: float = 0.0) -> None:
        """Add to the counts."""
        with self._lock:
            self.calls += calls
            self.received += received
            self.waited += waited
