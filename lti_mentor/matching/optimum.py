"""The best set of pairs of a source, with the prices that prove it."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from lti_mentor.matching import candidates
from lti_mentor.matching.canonical import Places, Tight, first_of_the_best
from lti_mentor.matching.prices import State, excess, priced
from lti_mentor.matching.problem import Edges, Ints, Source, premium
from lti_mentor.matching.proof import Beyond
from lti_mentor.matching.repair import Repair
from lti_mentor.matching.solve import Backend, by_scipy

CELLS = 6_000_000
"""So many pairs are listed at most, about."""
ALIKE = 6
"""How many times the mentors they need are listed for learners who are alike."""


@dataclass(frozen=True)
class How:
    """What changes how long it takes, and never the answer."""

    width: int = 16
    """Best pairs of each learner to start from, more for those alike."""
    mentor_width: int = 20
    """Best pairs of each mentor to start from."""
    listed: int = 8
    """How many times the pairs to start from are listed."""
    repaired: int = 50
    """Up to one learner in so many is repaired alone; beyond, all is solved again."""
    backend: Backend = by_scipy


@dataclass(frozen=True, eq=False)
class Optimum:
    """Any best set of pairs, and which pairs the others may use."""

    state: State
    tight: Tight
    seconds: dict[str, float]
    gap: int


class Watch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """Add the time since the last lap to a stage."""
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now


def optimum(source: Source, rooms: Ints, how: How) -> Optimum:
    """Solve on the best pairs, and go on until no pair beyond them is wanted.

    Many more pairs are listed than solved: to look at a listed pair costs next to
    nothing, and the more are listed, the fewer have to be scored again for the proof.
    """
    learners, _ = source.shape
    bonus = premium(learners, rooms)
    watch = Watch()
    width = _width(source, rooms, how)
    lists = candidates.candidates(source, _wide(width, source.shape, how.listed))
    beyond = Beyond(source, lists, bonus)
    best = candidates.best_of(lists.edges, width)
    edges = lists.edges.only(best)
    watch.lap("score")
    at = how.backend(edges, learners, rooms, bonus)
    watch.lap("solve")
    while True:
        state = priced(edges, rooms, at, bonus)
        watch.lap("prices")
        more = beyond.wanted(state)
        watch.lap("proof")
        unhappy = _unhappy(more, state, bonus)
        known, edges = len(edges.score), edges.and_more(more, len(rooms))
        # Nothing new and still unhappy: not the best, and the gap says so.
        if not unhappy.size or len(edges.score) == known:
            tight = _tight(edges, state, bonus)
            gap = excess(state, edges, rooms, bonus)
            return Optimum(state, tight, watch.seconds, gap)
        if unhappy.size * how.repaired > learners:
            at = how.backend(edges, learners, rooms, bonus)
            watch.lap("solve")
        else:
            at = Repair(edges, rooms, state, bonus).settle(unhappy)
            watch.lap("repair")


def _wide(
    width: candidates.Width, shape: tuple[int, int], listed: int
) -> candidates.Width:
    """Return how much is listed: a few times what is solved, within memory."""
    learners, mentors = shape
    times = max(1, min(listed, CELLS // max(1, int(width.learner.sum()))))
    return candidates.Width(
        np.minimum(width.learner * times, mentors),
        min(width.mentor * times, max(learners, 1)),
    )


def _width(source: Source, rooms: Ints, how: How) -> candidates.Width:
    """Learners alike want the same mentors: their lists must hold enough for all."""
    learners, mentors = source.shape
    if not learners or not mentors:
        return candidates.Width(np.full(learners, 1, dtype=np.int64), 1)
    kinds = source.kinds()
    alike = np.bincount(kinds)[kinds]
    needed = alike * mentors // max(1, int(rooms.sum()))
    steps = np.ceil(np.log2(np.maximum(1, needed * ALIKE / how.width))).astype(np.int64)
    width = how.width << np.minimum(steps, 20)
    return candidates.Width(np.minimum(width, mentors), how.mentor_width)


def _unhappy(more: Edges, state: State, bonus: int) -> Ints:
    gain = more.score + bonus - state.prices[more.mentor] - state.wishes[more.learner]
    return np.unique(more.learner[gain > 0]).astype(np.int64)


def _tight(edges: Edges, state: State, bonus: int) -> Tight:
    """Return all pairs that a best set may use, to have nobody included."""
    wishes = state.wishes
    gain = edges.score + bonus - state.prices[edges.mentor] - wishes[edges.learner]
    is_tight = gain == 0
    content = np.flatnonzero(wishes == 0)
    nobody = np.full(len(content), len(state.prices) - 1)
    return Tight(
        np.append(edges.learner[is_tight].astype(np.int64), content),
        np.append(edges.mentor[is_tight].astype(np.int64), nobody),
    )


def canonical(found: Optimum, rooms: Ints, orders: tuple[list[int], list[int]]) -> Ints:
    """Return the first of the best: for each learner a column, nobody last.

    Args:
        found: Any of the best.
        rooms: Places of each mentor.
        orders: Learners and mentors, in the order in which they come first.
    """
    nobody = len(rooms)
    seat = np.array([*orders[1], nobody], dtype=np.int64)
    rank = np.argsort(seat)
    room = np.append(rooms, len(found.state.at) + 1)[seat]
    places = Places(room, found.state.prices[seat] == 0)
    tight = Tight(found.tight.learner, rank[found.tight.seat])
    return seat[first_of_the_best(rank[found.state.at], tight, places, orders[0])]
