"""What a place with each mentor is worth, and the proof that no set of pairs is better.

The problem is one matrix: `worth[learner, mentor]`, with a last column for *nobody*
(worth 0, room for all). A pair that is allowed is worth its score plus a premium so
large that one pair more always beats any total. Prices p prove a set of pairs best:
whatever the pairs, they are worth at most
`sum over learners of max(worth - p) + sum over mentors of room * p`.
When the pairs at hand are worth exactly that, nothing better exists.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

TOP_SCORE = 10_000
"""The best fit two can have; -1 stands for a pair that is not allowed."""
FIRST = 5_000
"""What a pair counts more whose learner went without before."""
TOP_WORTH = TOP_SCORE + FIRST
NEVER = -(1 << 60)
"""Worth of a pair that is not allowed: no sum of prices can make up for it."""


def premium(learners: int, rooms: Ints) -> int:
    """Return what one pair more is worth: more than any gain in total score."""
    return (TOP_WORTH + 1) * max(1, min(learners, int(rooms.sum())))


def worth_of(scores: NDArray[np.int32], rooms: Ints) -> Ints:
    """Return scores with the premium on them, and the column for nobody last."""
    learners = len(scores)
    worth = np.zeros((learners, scores.shape[1] + 1), dtype=np.int64)
    worth[:, :-1] = scores
    worth[:, :-1] += premium(learners, rooms)
    worth[:, :-1][scores < 0] = NEVER
    return worth


def lowest_prices(worth: Ints, mentor_of: Ints) -> Ints:
    """Return the lowest prices at which nobody would rather be elsewhere.

    They are the same whichever best set of pairs they are read from. If the pairs
    are not the best ones, the prices do not settle and `bound` will show a gap.
    """
    gain = worth - np.take_along_axis(worth, mentor_of[:, None], axis=1)
    order = np.argsort(mentor_of, kind="stable")
    taken, first = np.unique(mentor_of[order], return_index=True)
    pull = np.maximum.reduceat(gain[order], first, axis=0)
    prices = np.zeros(worth.shape[1], dtype=np.int64)
    for _ in range(worth.shape[1] + 1):
        raised = (prices[taken, None] + pull).max(axis=0, initial=0)
        if np.array_equal(raised, prices):
            break
        prices = raised
    return prices


def bound(worth: Ints, rooms: Ints, prices: Ints) -> int:
    """Return what any set of pairs is worth at most, given these prices."""
    wishes = (worth - prices).max(axis=1)
    return int(wishes.sum()) + int((rooms * prices[:-1]).sum())
