"""How well any two would fit, as whole numbers from 0 to 10000."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lti_mentor.matching.features import PARTS, known
from lti_mentor.matching.pool import Pool
from lti_mentor.matching.problem import FIRST, TOP_SCORE
from lti_mentor.matching.rules import judge

NOT_ALLOWED = -1
"""The score of a pair that a rule forbids."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Every pair of a pool with what it is made of; rows are learners."""

    parts: dict[str, NDArray[np.int16]]
    """Part of the fit -> the points it gives to each pair."""
    fit: NDArray[np.int32]
    """Sum of the parts, rules aside."""
    scores: NDArray[np.int32]
    """The fit where the rules allow the pair, more for who goes first, else
    NOT_ALLOWED."""
    emptied: list[str | None]
    """For each learner the rule that took the last mentor, or None."""


def score(pool: Pool) -> Scored:
    """Score every pair of the pool; the parts add up to the fit exactly."""
    points = pool.weights.points(known(pool))
    parts = {
        name: (points[name] * part(pool) // TOP_SCORE).astype(np.int16)
        for name, part in PARTS.items()
    }
    fit = np.zeros((len(pool.mentees), len(pool.mentors)), dtype=np.int32)
    for part in parts.values():
        fit += part
    allowed, emptied = judge(pool)
    first = np.array([FIRST * who.goes_first for who in pool.mentees], dtype=np.int32)
    ranked = fit + first[:, None]
    return Scored(parts, fit, np.where(allowed, ranked, np.int32(NOT_ALLOWED)), emptied)
