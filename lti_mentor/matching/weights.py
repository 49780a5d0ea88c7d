"""How much each part of the fit counts: four words instead of numbers."""

import enum
from collections.abc import Collection
from dataclasses import dataclass

from lti_mentor.matching.problem import TOP_SCORE

COMPONENTS = {
    "skill": 50,
    "time": 20,
    "preference": 15,
    "ways": 10,
    "context": 5,
}
"""Parts of the fit, and what each counts when all stand at normal."""


class Weight(enum.StrEnum):
    """How much one part counts, as staff say it."""

    OFF = "off"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


_TIMES = {Weight.OFF: 0, Weight.LOW: 1, Weight.NORMAL: 2, Weight.HIGH: 4}


@dataclass(frozen=True, slots=True)
class Weights:
    """One word for each part of the fit."""

    skill: Weight = Weight.NORMAL
    time: Weight = Weight.NORMAL
    preference: Weight = Weight.NORMAL
    ways: Weight = Weight.NORMAL
    context: Weight = Weight.NORMAL

    def points(self, known: Collection[str]) -> dict[str, int]:
        """Return how many of the 10000 points each part can give.

        Parts that nobody in the pool told anything about give their points to the
        others, so that a full fit is 10000 with whatever is known.
        """
        shares = {
            name: COMPONENTS[name] * _TIMES[Weight(getattr(self, name))]
            for name in COMPONENTS
            if name in known
        }
        whole = sum(shares.values())
        if not whole:
            return dict.fromkeys(COMPONENTS, 0)
        points = dict.fromkeys(COMPONENTS, 0)
        points |= {name: TOP_SCORE * share // whole for name, share in shares.items()}
        # What rounding left over goes to the part that counts most.
        points[max(shares, key=shares.__getitem__)] += TOP_SCORE - sum(points.values())
        return points
