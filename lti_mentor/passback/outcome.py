"""How a delivery ended, and words of others made fit to be kept."""

import re
from dataclasses import dataclass
from typing import Any

from lti_mentor.activity.models import Delivery, DeliveryState
from lti_mentor.clock import now

_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_LONG = re.compile(r"[A-Za-z0-9_\-.]{40,}")
"""Tokens and the like: nothing a person says is that long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to write on a delivery."""

    state: DeliveryState
    code: str
    words: str | None = None
    sent: dict[str, Any] | None = None


def settle(delivery: Delivery, outcome: Outcome) -> None:
    """Write down how it ended; waiting means that it will be tried again."""
    delivery.state = outcome.state
    delivery.code = outcome.code
    delivery.words = redacted(outcome.words)
    delivery.sent = outcome.sent or delivery.sent
    if outcome.state is not DeliveryState.WAITING:
        delivery.settled_at = now()


def skipped(code: str) -> Outcome:
    """Rightly not sent."""
    return Outcome(DeliveryState.SKIPPED, code)


def dead(code: str, words: str | None = None) -> Outcome:
    """Refused for good."""
    return Outcome(DeliveryState.DEAD, code, words)


def waiting(code: str, words: str | None = None) -> Outcome:
    """Not settled: to be tried again."""
    return Outcome(DeliveryState.WAITING, code, words)


def redacted(words: str | None) -> str | None:
    """Take mail addresses, queries and tokens out of another server's words."""
    if not words:
        return None
    words = _ADDRESS.sub("…", words)
    words = _QUERY.sub(r"\1?…", words)
    return _LONG.sub("…", " ".join(words.split()))[:300]
