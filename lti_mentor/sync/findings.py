"""What one try of one feature said, and what it is tried with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lms_clients import LMSClient
from lti_mentor.errors import MentorError
from lti_mentor.lti.services import Services
from lti_mentor.outbound import Outbound
from lti_mentor.platforms.menus import settings_for
from lti_mentor.platforms.models import Feature, Health, LMSKind


@dataclass(frozen=True, slots=True)
class Finding:
    """What one try said."""

    feature: Feature
    state: Health
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How people came in lately: browser, in a frame or a window, how often."""

    browser: str
    container: str
    count: int


@dataclass(frozen=True, slots=True)
class Door:
    """Where one installation takes our wish to be told, and what it can tell."""

    url: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What our own tables say, read before anything is asked."""

    kind: LMSKind
    public_url: str
    jwks_url: str
    own_keys: frozenset[str]
    """Ids of the keys that our own address should publish."""
    roster_url: str | None = None
    course: str | None = None
    """The LMS's id of the course that things are tried on."""
    lrs: tuple[str, str, str] | None = field(default=None, repr=False)
    """Address, key and secret of the record store."""
    last_launch: datetime | None = None
    ways: tuple[Way, ...] = ()
    waiting_deployments: int = 0
    doors: tuple[Door, ...] = ()
    is_written_to: bool = True
    is_held: bool = False
    """A launch from another platform waits for an admin's word."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways out: our own client, the platform's services, the LMS's API."""

    http: Outbound
    lti: Services
    client: LMSClient | None = None


def refused(feature: Feature, problem: MentorError, **details: Any) -> Finding:
    """Return that somebody refused or did not answer, by code and status."""
    words = said(problem)
    return Finding(feature, Health.FAILED, f"{feature}.refused", details, words)


def said(problem: MentorError) -> str:
    """Return an error in one line: its code, its status, where it was met."""
    status, host = problem.details.get("status"), problem.details.get("host")
    facts = [f"HTTP {status}" if status else "", str(host or "")]
    shown = ", ".join(fact for fact in facts if fact)
    return f"{problem.code} ({shown})" if shown else problem.code


def missing(kind: LMSKind, scopes: list[str]) -> dict[str, list[str]]:
    """Return these scopes, what the LMS calls them, and where it grants them."""
    found = settings_for(kind, scopes)
    names, menus = [s.name for s in found], [s.menu for s in found]
    return {"missing": names, "menu": menus, "scopes": scopes}
