"""Numbers in, pairs and their proof out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lti_mentor.matching.canonical import hashed_order
from lti_mentor.matching.optimum import How, Watch, canonical, optimum
from lti_mentor.matching.problem import (
    NOBODY,
    TOP_SCORE,
    Ints,
    Matrix,
    Scores,
    Some,
    Source,
    premium,
)
from lti_mentor.matching.proof import bound

Pins = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who got whom, and what proves that no other set of pairs is better."""

    mentor_of: Ints
    """For each learner the mentor's column, or NOBODY."""
    prices: Ints
    """For each mentor what one place more would be worth; the proof."""
    pinned: Pins
    """Pairs that were given, not chosen."""
    matched: int
    total: int
    """Sum of the pairs' scores; a pinned pair that is not allowed counts 0."""
    gap: int
    """How much better a set could at most be; 0 = proven best. In points of score,
    where one pair more counts more than any total."""
    seconds: dict[str, float] = field(default_factory=dict)
    """What each stage took; no part of the answer."""

    def verify(self, scores: Scores, capacities: Ints) -> bool:
        """Check pairs, sums and proof again, without the solver.

        That the answer is also the canonical one of several best is not checked.
        """
        return self.verify_from(Matrix(np.asarray(scores)), np.asarray(capacities))

    def verify_from(self, source: Source, capacities: Ints) -> bool:
        """Check the same where scores are computed by tiles."""
        return (
            self._is_possible(source, capacities)
            and (self.matched, self.total) == _sums(source, self.mentor_of)
            and self.gap == self._excess(source, capacities)
        )

    def _is_possible(self, source: Source, capacities: Ints) -> bool:
        learners, mentors = source.shape
        if self.mentor_of.shape != (learners,) or self.prices.shape != (mentors,):
            return False
        if not ((self.mentor_of >= NOBODY) & (self.mentor_of < mentors)).all():
            return False
        if (self.prices < 0).any() or not self._keeps_pins():
            return False
        free, rooms = _without_pins(learners, capacities, self.pinned)
        paired = free[self.mentor_of[free] >= 0]
        chosen = self.mentor_of[paired]
        load = np.bincount(chosen, minlength=mentors)
        allowed = source.pairs(paired, chosen) >= 0
        return bool(allowed.all() and (load <= rooms).all())

    def _keeps_pins(self) -> bool:
        return all(self.mentor_of[learner] == mentor for learner, mentor in self.pinned)

    def _excess(self, source: Source, capacities: Ints) -> int:
        """Return by how much the bound of the prices exceeds what the pairs give."""
        free, rooms = _without_pins(source.shape[0], capacities, self.pinned)
        bonus = premium(len(free), rooms)
        held = [row for row, _ in self.pinned]
        chosen = self.mentor_of.copy()
        chosen[held] = NOBODY
        matched, total = _sums(source, chosen)
        most = bound(Some(source, free), rooms, self.prices, bonus)
        return most - total - matched * bonus


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
        scores: learners x mentors, 0..10000; -1 = not allowed.
        capacities: How many learners each mentor can take.
        pinned: (learner, mentor) pairs to keep. Somebody decided them: they win over
            the scores, so a pair that is not allowed is kept and counts 0.
        seed: Another seed may choose another one of equally good sets.
        learners: Ids of the rows, for the choice among equals; default row numbers.
        mentors: Ids of the columns, likewise.

    Raises:
        ValueError: Shapes do not fit, a score is out of range, a capacity negative,
            or a pin names nobody, the same learner twice, or more than a mentor takes.
    """
    scores, capacities = np.asarray(scores), np.asarray(capacities)
    _check(scores, capacities)
    rows = _names(learners, scores.shape[0])
    columns = _names(mentors, scores.shape[1])
    return assign_from(
        Matrix(scores), capacities, pinned=pinned, seed=seed, ids=(rows, columns)
    )


def assign_from(
    source: Source,
    capacities: Ints,
    *,
    pinned: Sequence[tuple[int, int]] = (),
    seed: int = 0,
    ids: tuple[Sequence[str], Sequence[str]],
    how: How | None = None,
) -> Assignment:
    """Pair likewise where scores are computed by tiles.

    Args:
        source: Where scores come from.
        capacities: How many learners each mentor can take.
        pinned: (learner, mentor) pairs to keep.
        seed: Another seed may choose another one of equally good sets.
        ids: Of learners and mentors, for the choice among equals.
        how: What changes the time it takes, never the answer.
    """
    learners, mentors = source.shape
    _check_pins(source.shape, capacities, pinned)
    free, rooms = _without_pins(learners, capacities, pinned)
    found = optimum(Some(source, free) if pinned else source, rooms, how or How())
    watch = Watch()
    orders = (
        hashed_order([ids[0][row] for row in free], seed),
        hashed_order(ids[1], seed),
    )
    # There is a first of the best only where the best is known.
    at = found.state.at if found.gap else canonical(found, rooms, orders)
    watch.lap("canonical")
    mentor_of = np.full(learners, NOBODY, dtype=np.int64)
    mentor_of[free] = np.where(at == mentors, NOBODY, at)
    for learner, mentor in pinned:
        mentor_of[learner] = mentor
    matched, total = _sums(source, mentor_of)
    prices, seconds = found.state.prices[:-1], found.seconds | watch.seconds
    return Assignment(
        mentor_of, prices, tuple(pinned), matched, total, found.gap, seconds
    )


def _check(scores: Scores, capacities: Ints) -> None:
    if scores.ndim != 2 or capacities.shape != (scores.shape[1],):
        raise ValueError("one row a learner, one column and one capacity a mentor")
    if scores.dtype.kind not in "iu" or capacities.dtype.kind not in "iu":
        raise ValueError("scores and capacities are whole numbers")
    if scores.size and not (scores.min() >= -1 and scores.max() <= TOP_SCORE):
        raise ValueError(f"scores run from -1 to {TOP_SCORE}")
    if (capacities < 0).any():
        raise ValueError("a capacity is a count")


def _check_pins(
    shape: tuple[int, int], capacities: Ints, pinned: Sequence[tuple[int, int]]
) -> None:
    if len({learner for learner, _ in pinned}) != len(pinned):
        raise ValueError("a learner is pinned twice")
    if not all(
        0 <= learner < shape[0] and 0 <= mentor < shape[1] for learner, mentor in pinned
    ):
        raise ValueError("a pin names nobody")
    if (_pins(shape[1], pinned) > capacities).any():
        raise ValueError("more learners are pinned to a mentor than they take")


def _names(ids: Sequence[str] | None, count: int) -> Sequence[str]:
    names = ids if ids is not None else [str(number) for number in range(count)]
    if len(set(names)) != count:
        raise ValueError("one id each, none twice")
    return names


def _pins(mentors: int, pinned: Sequence[tuple[int, int]]) -> Ints:
    held = np.array([mentor for _, mentor in pinned], dtype=np.int64)
    return np.bincount(held, minlength=mentors)


def _without_pins(
    learners: int, capacities: Ints, pinned: Sequence[tuple[int, int]]
) -> tuple[Ints, Ints]:
    """Return the learners still to be placed and the room that is left for them."""
    held = np.array([learner for learner, _ in pinned], dtype=np.int64)
    free = np.setdiff1d(np.arange(learners, dtype=np.int64), held)
    left = capacities.astype(np.int64) - _pins(len(capacities), pinned)
    return free, np.clip(left, 0, len(free))


def _sums(source: Source, mentor_of: Ints) -> tuple[int, int]:
    paired = np.flatnonzero(mentor_of >= 0)
    gained = np.maximum(source.pairs(paired, mentor_of[paired]), 0)
    return len(paired), int(gained.sum(dtype=np.int64))
