"""Who could be paired, as plain frozen values: all that a match depends on.

Ids are public uuid strings. Nothing here knows a database row, a name or a grade.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from types import MappingProxyType

from lti_mentor.matching.weights import Weights

WEEK_HOURS = 168
"""Hours of a week, counted from Monday 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class Need:
    """A skill somebody has not reached yet."""

    skill: str
    gap: float
    """How far the level is below the target, 0..1; 0 = no need."""
    priority: int = 2
    """1 nice, 2 normal, 3 first."""

    def __post_init__(self) -> None:
        _share("gap", self.gap)
        if self.priority not in {1, 2, 3}:
            raise ValueError("priority is 1, 2 or 3")


@dataclass(frozen=True, slots=True)
class Strength:
    """A skill a mentor has, as the newest source says."""

    skill: str
    level: float
    """0..1; 1 = mastery."""
    observed: date | None = None
    """When the source saw it; null = unknown, counts as long ago."""
    source: str = "lms"
    """lms, mentor, endorsed or self: decides what the why-line says."""

    def __post_init__(self) -> None:
        _share("level", self.level)


@dataclass(frozen=True, slots=True)
class _Somebody:
    id: str
    hours: frozenset[int] = frozenset()
    """Hours of the week with time, 0..167 from Monday 00:00 UTC; empty = unknown."""
    languages: frozenset[str] = frozenset()
    """Languages they can talk in; empty = unknown, fits everybody."""
    ways: frozenset[tuple[str, str]] = frozenset()
    """How they like to work: (item, choice), at most one choice an item."""
    contexts: frozenset[str] = frozenset()
    """Course, course family, unit: sharing any one of them counts."""
    blocked: frozenset[str] = frozenset()
    """People they must not be paired with; obeyed for both, told to nobody."""
    prefers: tuple[str, ...] = ()
    """Partners they ranked, best first."""

    def __post_init__(self) -> None:
        if not all(0 <= hour < WEEK_HOURS for hour in self.hours):
            raise ValueError("an hour of the week is 0..167")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentee(_Somebody):
    """A learner who would like a mentor."""

    needs: tuple[Need, ...] = ()
    goes_first: bool = False
    """Went without before: where places are few, theirs is the first (P10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor(_Somebody):
    """Somebody who could help."""

    strengths: tuple[Strength, ...] = ()
    capacity: int = 2
    """Mentees they can take now, those they already have not counted."""
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Everything one match is computed from."""

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    on: date
    """The day that recency is counted from."""
    weights: Weights = field(default_factory=Weights)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    """(mentee, mentor) who must not be paired: conflict of interest, reporting line,
    a mentorship between them that ended badly."""
    pinned: tuple[tuple[str, str], ...] = ()
    """(mentee, mentor) that staff decided."""
    mastery: float = 1.0
    """Level from which a mentor can help with a skill."""
    hours_needed: int = 2
    """Shared hours a week that are plenty."""
    hours_required: int = 0
    """Shared hours a week without which two are not paired; 0 = only a wish."""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Skill id -> what people call it; for why-lines, changes no pair."""

    def __post_init__(self) -> None:
        _share("mastery", self.mastery)
        for side in (self.mentees, self.mentors):
            if len({person.id for person in side}) != len(side):
                raise ValueError("somebody is in the pool twice")
        pins = set(self.pinned)
        if len({mentee for mentee, _ in pins}) != len(pins):
            raise ValueError("a learner is pinned to two mentors")

    def fingerprint(self) -> str:
        """Return a hash of all that decides the pairs, whatever the order given."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        del said["labels"]
        said["mentees"] = sorted(self.mentees, key=lambda person: person.id)
        said["mentors"] = sorted(self.mentors, key=lambda person: person.id)
        said["pinned"] = sorted(set(self.pinned))
        text = json.dumps(said, default=_plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    raise TypeError(type(value).__name__)


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is a share, 0..1")
