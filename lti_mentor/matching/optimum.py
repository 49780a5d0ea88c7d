"""The best set of pairs of a source, with the prices that prove it."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from lti_mentor.matching import candidates
from lti_mentor.matching.canonical import Places, Tight, first_of_the_best
from lti_mentor.matching.prices import State, excess, priced
from lti_mentor.matching.problem import Edges, Ints, Source, premium
from lti_mentor.matching.proof import Beyond
from lti_mentor.matching.repair import Repair
from lti_mentor.matching.solve import Backend, by_scipy

MENTOR_WIDTH = 60
REPAIRED = 50
"""Up to one in so many learners is repaired alone; beyond, all is solved again."""
ALIKE = 6
"""How many times the mentors they need are listed for learners who are alike."""


@dataclass(frozen=True)
class How:
    """What changes how long it takes, and never the answer."""

    width: int = 24
    """Pairs listed a learner, before what those alike add."""
    backend: Backend = by_scipy


@dataclass(frozen=True, eq=False)
class Optimum:
    """Any best set of pairs, and which pairs the others may use."""

    state: State
    tight: Tight
    seconds: dict[str, float]
    edges: Edges
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
    """Solve on the lists, and go on until no pair beyond them is wanted."""
    learners, _ = source.shape
    bonus = premium(learners, rooms)
    watch = Watch()
    lists = candidates.candidates(source, _width(source, rooms, how))
    watch.lap("score")
    at = how.backend(lists.edges, learners, rooms, bonus)
    watch.lap("solve")
    while True:
        state = priced(lists.edges, rooms, at, bonus)
        watch.lap("prices")
        more = Beyond(source, lists, bonus).wanted(state)
        watch.lap("proof")
        unhappy = _unhappy(more, state, bonus)
        lists = replace(lists, edges=lists.edges.and_more(more, len(rooms)))
        if not unhappy.size:
            tight = _tight(lists.edges, state, bonus)
            gap = excess(state, lists.edges, rooms, bonus)
            return Optimum(state, tight, watch.seconds, lists.edges, gap)
        if unhappy.size * REPAIRED > learners:
            at = how.backend(lists.edges, learners, rooms, bonus)
            watch.lap("solve")
        else:
            at = Repair(lists.edges, rooms, state, bonus).settle(unhappy)
            watch.lap("repair")


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
    return candidates.Width(np.minimum(width, mentors), MENTOR_WIDTH)


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
