"""Processes that belong together: when one ends, all end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

GRACE = 30.0
"""Seconds a process has to end what it is doing."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Children:
    """Starts processes and ends them all together; a context manager.

    They get no Ctrl-C of their own: this process decides in which order they end.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        """Listen for signals that ask us to end."""
        for number in SIGNALS:
            signal.signal(number, lambda *_: self.stop.set())
        return self

    def start(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        stdout: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start one more."""
        child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            command,
            env={**os.environ, **(env or {})},
            stdout=stdout,
            start_new_session=True,
        )
        self._started.append((name, child))
        return child

    def wait(self) -> str | None:
        """Wait until a signal comes (None) or one ended by itself (its name)."""
        while not self.stop.wait(0.2):
            if name := self.ended():
                return name
        return None

    def ended(self) -> str | None:
        """Return the name of one that ended by itself."""
        gone = (name for name, child in self._started if child.poll() is not None)
        return next(gone, None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them, the last started first; who does not listen is killed."""
        for _, child in reversed(self._started):
            child.terminate()
        end = time.monotonic() + GRACE
        for _, child in reversed(self._started):
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
