"""The campus as its pages see it: two LMSs, a record store, their addresses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lti_mentor.demo.faults import Faults
from lti_mentor.demo.keys import KeyRing
from lti_mentor.demo.lti import AccessTokens, ToolKeys
from lti_mentor.demo.world import World


class Lms:
    """One LMS: its rows, its keys and what goes wrong in it."""

    def __init__(self, kind: str, name: str, world: World) -> None:
        self.kind = kind
        """moodle or canvas."""
        self.name = name
        self.world = world
        self.url = ""
        """Where it is served, without a slash at the end."""
        self.faults = Faults()
        self.keys = KeyRing(world)
        self.tokens = AccessTokens()
        self.tool_keys = ToolKeys()
        self.memory: dict[str, dict[str, Any]] = {}
        """What ends with the process: pending launches and the like, by kind."""

    def recall(self, kind: str) -> dict[str, Any]:
        """Return the short-lived values of one kind."""
        return self.memory.setdefault(kind, {})


@dataclass
class RecordStore:
    """Where xAPI statements go, and with which Basic credentials."""

    url: str
    key: str
    secret: str


@dataclass
class Campus:
    """Both LMSs and the record store; also a context manager that stops them."""

    moodle: Lms
    canvas: Lms
    records: World
    lrs: RecordStore
    portal_url: str = ""
    mail_port: int = 0
    """Where the campus's mail server listens, beside the portal."""
    tool_url: str = ""
    """The tool both LMSs know from the start; empty when none."""
    state: Path | None = None
    platforms: list[dict[str, str]] = field(default_factory=list)
    """What the tool must know about each LMS that knows it."""
    closers: list[Callable[[], None]] = field(default_factory=list)
    """What ends the servers."""

    @property
    def faults(self) -> dict[str, Faults]:
        """The switches of both LMSs."""
        return {lms.kind: lms.faults for lms in self.both}

    @property
    def both(self) -> list[Lms]:
        """Moodle and Canvas, in this order."""
        return [self.moodle, self.canvas]

    def lms(self, kind: str) -> Lms:
        """Return the LMS of this kind."""
        return {"moodle": self.moodle, "canvas": self.canvas}[kind]

    def world(self, kind: str) -> World:
        """Return the rows of moodle, canvas or records."""
        return self.records if kind == "records" else self.lms(kind).world

    def stop(self) -> None:
        """End the servers; the state stays where it was written."""
        while self.closers:
            self.closers.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
