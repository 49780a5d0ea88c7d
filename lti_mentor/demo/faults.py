"""What goes wrong on purpose, and which of two uncertain truths holds."""

import random
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Faults:
    """The switches of one LMS; everything is off at first."""

    slow: float = 0.0
    """Seconds before each service answer."""
    down: bool = False
    """Services answer 503 with an HTML page."""
    throttled: int = 0
    """So many service calls more are turned away as too many."""
    wrong: bool = False
    """Services answer 200 with something that is no answer."""
    closed: bool = False
    """The LMS's own API is switched off; Moodle answers 403 and not a word."""
    expired: bool = False
    """id_tokens and access tokens are handed out already expired."""
    unknown_key: bool = False
    """id_tokens name a key that nobody published."""
    no_scopes: list[str] = field(default_factory=list)
    """Scopes the admin has taken back."""
    loses: float = 0.0
    """Share of service calls that are done, but answered 500."""
    cuts: float = 0.0
    """Share of service calls that are done, but whose answer breaks off."""
    path: str = "/"
    """Only service paths that start so meet a fault."""
    truths: dict[str, bool] = field(default_factory=dict)
    """Guesses about the real LMS: name -> whether it holds here."""

    def set(self, **switches: Any) -> None:
        """Turn switches; an unknown name is a guess about the LMS."""
        known = {switch.name for switch in fields(self)}
        for name, value in switches.items():
            if name in known:
                setattr(self, name, value)
            else:
                self.truths[name] = bool(value)

    def clear(self) -> None:
        """Turn everything off."""
        self.__init__()  # type: ignore[misc]

    def holds(self, guess: str, *, default: bool) -> bool:
        """Say whether an uncertain statement about the LMS is true here."""
        return self.truths.get(guess, default)

    def throttle(self, path: str) -> bool:
        """Say whether this call is turned away, using up one of those to be."""
        if not self.throttled or not path.startswith(self.path):
            return False
        self.throttled -= 1
        return True

    def spoils(self, path: str) -> str:
        """Return what happens to the answer of a call that was done, or nothing."""
        if not path.startswith(self.path):
            return ""
        dice = random.random()  # noqa: S311 - decides a fault, guards nothing
        if dice < self.loses:
            return "lost"
        return "cut" if dice < self.loses + self.cuts else ""

    def takes(self, path: str) -> str:
        """Return which fault meets a service call to this path, or nothing.

        One of throttled (which uses up one call), down and wrong.
        """
        if self.throttle(path):
            return "throttled"
        if not path.startswith(self.path):
            return ""
        if self.down:
            return "down"
        return "wrong" if self.wrong else ""
