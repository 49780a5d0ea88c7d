"""What a place with each mentor is worth, and the proof that no set of pairs is better.

A pair that is allowed is worth its score plus a premium so large that one pair more
always beats any total; to have nobody is worth 0. Prices p prove a set of pairs best:
whatever the pairs, they are worth at most
`sum over learners of max(0, worth - p) + sum over mentors of room * p`.
When the pairs at hand are worth exactly that, nothing better exists.
"""

from dataclasses import dataclass

import numpy as np

from lti_mentor.matching.problem import Edges, Ints, ranges


@dataclass(frozen=True, eq=False)
class State:
    """Pairs with the prices that belong to them."""

    at: Ints
    """For each learner a mentor's column, or the last + 1 for nobody."""
    now: Ints
    """What each learner's place is worth, premium included."""
    prices: Ints
    """For each mentor, and 0 for nobody."""

    @property
    def wishes(self) -> Ints:
        """What the best place is worth to each learner beyond its price."""
        return np.asarray(self.now - self.prices[self.at])


def priced(edges: Edges, rooms: Ints, at: Ints, bonus: int) -> State:
    """Return the lowest prices at which nobody would rather be elsewhere.

    They are the same whichever best set of pairs they are read from. If the pairs
    are not the best ones, the prices do not settle and `excess` shows a gap.
    """
    nobody = len(rooms)
    learner, mentor = edges.learner, edges.mentor.astype(np.int64)
    worth = edges.score.astype(np.int64) + bonus
    now = np.zeros(len(at), dtype=np.int64)
    is_taken = at[learner] == mentor
    now[learner[is_taken]] = worth[is_taken]
    pull = _Pull(at[learner], mentor, worth - now[learner], nobody)
    return State(at, now, pull.settled())


class _Pull:
    """From which seat to which somebody would rather go, and by how much."""

    def __init__(self, here: Ints, there: Ints, gain: Ints, nobody: int) -> None:
        key = here * (nobody + 1) + there
        order = np.argsort(key, kind="stable")
        keys, first = np.unique(key[order], return_index=True)
        self.here, self.there = np.divmod(keys, nobody + 1)
        self.gain = np.maximum.reduceat(gain[order], first) if len(keys) else gain[:0]
        self.seats = nobody + 1
        self.start = np.searchsorted(self.here, np.arange(self.seats + 1))

    def settled(self) -> Ints:
        prices = np.zeros(self.seats, dtype=np.int64)
        changed = np.arange(self.seats)
        for _ in range(self.seats + 1):
            arcs = ranges(self.start[changed], self.start[changed + 1])
            asked = prices[self.here[arcs]] + self.gain[arcs]
            old = prices.copy()
            np.maximum.at(prices, self.there[arcs], asked)
            changed = np.flatnonzero(prices > old)
            if not changed.size:
                break
        return prices


def excess(state: State, edges: Edges, rooms: Ints, bonus: int) -> int:
    """Return by how much a set of listed pairs could at most be better."""
    worth = edges.score.astype(np.int64) + bonus - state.prices[edges.mentor]
    wishes = np.maximum(state.wishes, 0)
    np.maximum.at(wishes, edges.learner, worth)
    filled = int((rooms * state.prices[:-1]).sum())
    return int(wishes.sum()) + filled - int(state.now.sum())
