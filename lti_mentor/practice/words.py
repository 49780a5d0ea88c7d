"""What people hand in for a practice, as typed, and what may not be missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.practice.models import Basis, Decision, EvidenceKind

MAX_TEXT = 20_000
"""Characters of one field somebody writes."""
MAX_EVIDENCE = 20
"""Pieces of evidence of one application."""
FIRST_ZONE = timedelta(hours=14)
"""How far the earliest zone on earth is ahead of UTC: its today is today."""


@dataclass(frozen=True, slots=True)
class PlanWords:
    """An if-then plan as typed."""

    occasion: str
    action: str
    obstacle: str = ""
    response: str = ""
    planned_for: date | None = None

    def check(self) -> None:
        """Refuse a plan without occasion or action.

        Raises:
            Invalid: A part is missing, or far too long.
        """
        must_say(self.occasion, self.action)
        must_fit(self.occasion, self.action, self.obstacle, self.response)


@dataclass(frozen=True, slots=True)
class ApplicationWords:
    """An application as typed, with what shows it."""

    happened_on: date
    situation: str
    did: str
    result: str
    evidence: Sequence[tuple[EvidenceKind, str]] = ()

    def check(self) -> None:
        """Refuse what is incomplete, lies ahead, or shows something unsafe.

        Raises:
            Invalid: A part is missing or far too long, the day is not here yet
                anywhere on earth, or a link leads elsewhere than to a web page.
        """
        must_say(self.situation, self.did, self.result)
        must_fit(self.situation, self.did, self.result, *(e for _, e in self.evidence))
        if self.happened_on > (now() + FIRST_ZONE).date():
            raise Invalid("application.ahead")
        if len(self.evidence) > MAX_EVIDENCE:
            raise Invalid("evidence.too_many", most=MAX_EVIDENCE)
        for kind, content in self.evidence:
            if kind is not EvidenceKind.TEXT and content.strip():
                _must_be_web_page(content.strip())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says."""

    decision: Decision
    basis: Basis
    levels: dict[str, Any] = field(default_factory=dict)
    comment: str = ""

    def check(self) -> None:
        """Refuse a change that is asked for without saying which.

        Raises:
            Invalid: No comment beside `revise`, a comment far too long, or a level
                that is no number.
        """
        must_fit(self.comment)
        if self.decision is Decision.REVISE:
            must_say(self.comment)
        if not all(str(level).isdecimal() for level in self.levels.values()):
            raise Invalid("review.levels")


def must_say(*texts: str) -> None:
    """Refuse empty texts.

    Raises:
        Invalid: One of them is empty.
    """
    if not all(text.strip() for text in texts):
        raise Invalid("text.missing")


def must_fit(*texts: str) -> None:
    """Refuse texts nobody types.

    Raises:
        Invalid: One of them is far too long.
    """
    if any(len(text) > MAX_TEXT for text in texts):
        raise Invalid("text.too_long", most=MAX_TEXT)


def _must_be_web_page(address: str) -> None:
    """A link is followed by reviewers: `javascript:` would run as they."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Invalid("evidence.link") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Invalid("evidence.link")
