"""The assignment problem, and nothing else: numbers in, pairs and their proof out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from lti_mentor.matching.canonical import Places, first_of_the_best, hashed_order
from lti_mentor.matching.prices import (
    TOP_WORTH,
    Ints,
    bound,
    lowest_prices,
    worth_of,
)

Scores = NDArray[np.int32]
NOBODY = -1
"""Stands in `mentor_of` for a learner without a mentor."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who got whom, and what proves that no other set of pairs is better."""

    mentor_of: Ints
    """For each learner the mentor's column, or NOBODY."""
    prices: Ints
    """For each mentor what one place more would be worth; the proof."""
    pinned: tuple[tuple[int, int], ...]
    """Pairs that were given, not chosen."""
    matched: int
    total: int
    """Sum of the pairs' scores; a pinned pair that is not allowed counts 0."""
    gap: int
    """How much better a set could at most be; 0 = proven best. In points of score,
    where one pair more counts more than any total."""

    def verify(self, scores: Scores, capacities: Ints) -> bool:
        """Check pairs, sums and proof again, without the solver.

        That the answer is also the canonical one of several best is not checked.
        """
        return (
            self._is_possible(scores, capacities)
            and (self.matched, self.total) == _sums(scores, self.mentor_of)
            and self.gap == _gap(scores, capacities, self)
        )

    def _is_possible(self, scores: Scores, capacities: Ints) -> bool:
        learners, mentors = scores.shape
        if self.mentor_of.shape != (learners,) or self.prices.shape != (mentors,):
            return False
        if not ((self.mentor_of >= NOBODY) & (self.mentor_of < mentors)).all():
            return False
        if (self.prices < 0).any() or not self._keeps_pins():
            return False
        free, rooms = _without_pins(scores, capacities, self.pinned)
        paired = free[self.mentor_of[free] >= 0]
        chosen = self.mentor_of[paired]
        load = np.bincount(chosen, minlength=mentors)
        return bool((scores[paired, chosen] >= 0).all() and (load <= rooms).all())

    def _keeps_pins(self) -> bool:
        return all(self.mentor_of[learner] == mentor for learner, mentor in self.pinned)


def assign(
    scores: Scores,
    capacities: Ints,
    *,
    pinned: Sequence[tuple[int, int]] = (),
    seed: int = 0,
    learners: Sequence[str] | None = None,
    mentors: Sequence[str] | None = None,
) -> Assignment:
    """Pair as many learners as possible, then with the highest total score.

    The same people give the same pairs in whatever order they come. Load is not
    balanced beyond that: among equal sets the choice is by hashed id alone.

    Args:
        scores: learners x mentors, 0..15000; -1 = not allowed.
        capacities: How many learners each mentor can take.
        pinned: (learner, mentor) pairs to keep; they win over score and capacity.
        seed: Another seed may choose another one of equally good sets.
        learners: Ids of the rows, for the choice among equals; default row numbers.
        mentors: Ids of the columns, likewise.

    Raises:
        ValueError: Shapes do not fit, a score is out of range, a capacity negative,
            or a pin names nobody or the same learner twice.
    """
    scores, capacities = np.asarray(scores), np.asarray(capacities)
    _check(scores, capacities, pinned)
    rows = _names(learners, scores.shape[0])
    columns = _names(mentors, scores.shape[1])
    free, rooms = _without_pins(scores, capacities, pinned)
    worth = worth_of(scores[free], rooms)
    best = _best(worth, rooms)
    prices = lowest_prices(worth, best)
    orders = (
        hashed_order([rows[row] for row in free], seed),
        hashed_order(columns, seed),
    )
    chosen = _canonical(worth, rooms, prices, best, orders)
    return _result(scores, capacities, tuple(pinned), (free, chosen, prices[:-1]))


def _check(scores: Scores, capacities: Ints, pinned: Sequence[tuple[int, int]]) -> None:
    if scores.ndim != 2 or capacities.shape != (scores.shape[1],):
        raise ValueError("one row a learner, one column and one capacity a mentor")
    if scores.dtype.kind not in "iu" or capacities.dtype.kind not in "iu":
        raise ValueError("scores and capacities are whole numbers")
    if scores.size and not (scores.min() >= -1 and scores.max() <= TOP_WORTH):
        raise ValueError(f"scores run from -1 to {TOP_WORTH}")
    if (capacities < 0).any():
        raise ValueError("a capacity is a count")
    if len({learner for learner, _ in pinned}) != len(pinned):
        raise ValueError("a learner is pinned twice")
    if not all(
        0 <= learner < scores.shape[0] and 0 <= mentor < scores.shape[1]
        for learner, mentor in pinned
    ):
        raise ValueError("a pin names nobody")


def _names(ids: Sequence[str] | None, count: int) -> Sequence[str]:
    names = ids if ids is not None else [str(number) for number in range(count)]
    if len(set(names)) != count:
        raise ValueError("one id each, none twice")
    return names


def _without_pins(
    scores: Scores, capacities: Ints, pinned: Sequence[tuple[int, int]]
) -> tuple[Ints, Ints]:
    """Return the learners still to be placed and the room that is left for them."""
    held = np.array([learner for learner, _ in pinned], dtype=np.int64)
    used = np.bincount(
        np.array([mentor for _, mentor in pinned], dtype=np.int64),
        minlength=len(capacities),
    )
    free = np.setdiff1d(np.arange(len(scores), dtype=np.int64), held)
    left = np.maximum(capacities.astype(np.int64) - used, 0)
    return free, np.minimum(left, len(free))


def _best(worth: Ints, rooms: Ints) -> Ints:
    """Return any best set of pairs; nobody is the last column."""
    nobody = len(rooms)
    mentor_of = np.full(len(worth), nobody, dtype=np.int64)
    slots = np.repeat(np.arange(nobody), rooms)
    benefit = np.maximum(worth[:, slots], 0).astype(np.float64)
    rows, taken = linear_sum_assignment(benefit, maximize=True)
    real = benefit[rows, taken] > 0
    mentor_of[rows[real]] = slots[taken[real]]
    return mentor_of


def _canonical(
    worth: Ints,
    rooms: Ints,
    prices: Ints,
    best: Ints,
    orders: tuple[list[int], list[int]],
) -> Ints:
    nobody = len(rooms)
    seat = np.array([*orders[1], nobody], dtype=np.int64)
    value = worth - prices
    tight = (value == value.max(axis=1, keepdims=True))[:, seat]
    room = np.append(rooms, len(worth) + 1)[seat]
    places = Places(room, prices[seat])
    at = first_of_the_best(np.argsort(seat)[best], tight, places, orders[0])
    return np.asarray(np.where(seat[at] == nobody, NOBODY, seat[at]), dtype=np.int64)


def _result(
    scores: Scores,
    capacities: Ints,
    pinned: tuple[tuple[int, int], ...],
    found: tuple[Ints, Ints, Ints],
) -> Assignment:
    free, chosen, prices = found
    mentor_of = np.full(len(scores), NOBODY, dtype=np.int64)
    mentor_of[free] = chosen
    for learner, mentor in pinned:
        mentor_of[learner] = mentor
    matched, total = _sums(scores, mentor_of)
    draft = Assignment(mentor_of, prices, pinned, matched, total, gap=0)
    gap = _gap(scores, capacities, draft)
    return Assignment(mentor_of, prices, pinned, matched, total, gap)


def _sums(scores: Scores, mentor_of: Ints) -> tuple[int, int]:
    paired = np.flatnonzero(mentor_of >= 0)
    gained = np.maximum(scores[paired, mentor_of[paired]], 0)
    return len(paired), int(gained.sum(dtype=np.int64))


def _gap(scores: Scores, capacities: Ints, result: Assignment) -> int:
    """Return by how much the bound of the prices exceeds what the pairs are worth."""
    free, rooms = _without_pins(scores, capacities, result.pinned)
    worth = worth_of(scores[free], rooms)
    reached = worth[np.arange(len(free)), result.mentor_of[free]]
    return bound(worth, rooms, np.append(result.prices, 0)) - int(reached.sum())
