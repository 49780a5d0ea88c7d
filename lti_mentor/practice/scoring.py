"""The score of a practice, by one rule, in Decimal (P16).

score = maximum * sum(weight * component) / sum(weight), over the components that
apply. What a silent or absent mentor kept from happening drops out, so that it
never costs the learner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

WEIGHTS: dict[str, int] = {"plan": 10, "applied": 60, "sessions": 15, "reflection": 15}
"""Default weights; a brief may set its own."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts, counted; everything a score is made of."""

    maximum: int
    applications_required: int
    qualities: Sequence[Decimal]
    """Quality 0..1 of each verified application."""
    sessions_required: int
    sessions_held: int
    sessions_excused: int
    """Required talks that a mentor missed, cancelled, or could not be there for."""
    plan_agreed: bool
    plan_waived: bool
    reflected: bool
    weights: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Component:
    """One row of the table that shows where a score comes from."""

    name: str
    weight: Decimal
    share: Decimal | None
    """0..1; None = does not apply here and drops out."""


def components(facts: Facts) -> list[Component]:
    """Return the rows of the score table, in the order people do things."""
    shares = {
        "plan": _plan(facts),
        "applied": _applied(facts),
        "sessions": _sessions(facts),
        "reflection": Decimal(int(facts.reflected)),
    }
    weights = {**WEIGHTS, **facts.weights}
    return [Component(n, Decimal(str(weights[n])), shares[n]) for n in WEIGHTS]


def score(facts: Facts) -> Decimal:
    """Return the points so far, 0..maximum, rounded half up to two places."""
    applying = [c for c in components(facts) if c.share is not None]
    weight = sum((c.weight for c in applying), Decimal(0))
    if not weight:
        return Decimal(0).quantize(CENT)
    reached = sum((c.weight * (c.share or 0) for c in applying), Decimal(0))
    points = Decimal(facts.maximum) * reached / weight
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


def quality(rubric: Sequence[Mapping[str, Any]], levels: Mapping[str, Any]) -> Decimal:
    """Return the quality 0..1 of a verified application on its rubric.

    Without a rubric, verified means 1. A criterion with a single level counts as met.
    """
    if not rubric:
        return Decimal(1)
    shares = [_share(criterion, levels) for criterion in rubric]
    return sum(shares, Decimal(0)) / len(shares)


def _share(criterion: Mapping[str, Any], levels: Mapping[str, Any]) -> Decimal:
    top = len(criterion["levels"]) - 1
    if top < 1:
        return Decimal(1)
    reached = min(max(int(levels.get(criterion["key"], 0)), 0), top)
    return Decimal(reached) / top


def _plan(facts: Facts) -> Decimal | None:
    if facts.plan_waived:
        return None
    return Decimal(int(facts.plan_agreed))


def _applied(facts: Facts) -> Decimal:
    best = sorted(facts.qualities, reverse=True)[: facts.applications_required]
    return sum(best, Decimal(0)) / facts.applications_required


def _sessions(facts: Facts) -> Decimal | None:
    required = max(0, facts.sessions_required - facts.sessions_excused)
    if not required:
        return None
    return min(Decimal(1), Decimal(facts.sessions_held) / required)
