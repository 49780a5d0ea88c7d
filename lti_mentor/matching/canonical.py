"""One answer among equally good ones, whatever the order people came in (D22).

Prices tell which pairs any best set may use: the tight ones. Among all best sets we
take the first in the dictionary of hashed ids: the first learner gets the first
mentor they can have in any best set, then the second learner, and so on. Nobody
comes after all mentors.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lti_mentor.matching.prices import Ints


def hashed_order(ids: Sequence[str], seed: int) -> list[int]:
    """Return positions in an order that depends on the ids and the seed only."""

    def key(position: int) -> tuple[bytes, str]:
        name = ids[position]
        return hashlib.sha256(f"{seed}:{name}".encode()).digest(), name

    return sorted(range(len(ids)), key=key)


def first_of_the_best(
    mentor_of: Ints, tight: NDArray[np.bool_], places: "Places", order: Iterable[int]
) -> Ints:
    """Return the first best set of pairs, given any of them.

    Args:
        mentor_of: A best set; columns in the order of preference, nobody last.
        tight: Which pairs a best set may use, columns in the same order.
        places: Room and freedom of each column.
        order: Learners, the first to choose first.
    """
    board = _Board(mentor_of.copy(), tight, places)
    for learner in order:
        board.settle(learner)
    return board.at


class Places:
    """How many each mentor can take, and whose places may stay empty."""

    def __init__(self, rooms: Ints, prices: Ints) -> None:
        self.rooms = rooms
        self.may_stay_empty: NDArray[np.bool_] = prices == 0
        """A place with a price is filled in every best set."""


class _Board:
    """Who sits where while learners choose one after the other.

    A learner may take another seat if those displaced can move on, each to a tight
    seat, until the circle closes at the seat that was left. An empty place that may
    stay empty moves like a person.
    """

    def __init__(self, at: Ints, tight: NDArray[np.bool_], places: Places) -> None:
        self.at = at
        self.tight = tight
        self.places = places
        self.open = np.ones(len(at), dtype=np.bool_)
        self.load = np.bincount(at, minlength=tight.shape[1])
        self.into = np.zeros((tight.shape[1], tight.shape[1]), dtype=np.int32)
        """into[b, a]: how many who have not chosen could sit at b, and sit at a."""
        np.add.at(self.into.T, at, tight)

    def settle(self, learner: int) -> None:
        """Give a learner the first seat they can have, for good."""
        here = int(self.at[learner])
        self.open[learner] = False
        self.into[:, here] -= self.tight[learner]
        wanted = np.flatnonzero(self.tight[learner, :here])
        if not wanted.size:
            return
        onward = self._ways_to(here, int(wanted[0]))
        reached = wanted[onward[wanted] >= 0]
        if reached.size:
            self._sit(learner, int(reached[0]))
            self._close_circle(int(reached[0]), here, onward)

    def _ways_to(self, here: int, best: int) -> Ints:
        """Return for each seat the next one on a way to `here`; -1 = no way."""
        onward = np.full(len(self.load), -1, dtype=np.int64)
        onward[here] = here
        frontier = np.array([here])
        is_empty = self.load < self.places.rooms
        while frontier.size and onward[best] < 0:
            links = self.into[frontier] > 0
            links |= self.places.may_stay_empty[frontier, None] & is_empty
            found = np.flatnonzero(links.any(axis=0) & (onward < 0))
            onward[found] = frontier[links[:, found].argmax(axis=0)]
            frontier = found
        return onward

    def _close_circle(self, seat: int, end: int, onward: Ints) -> None:
        while seat != end:
            target = int(onward[seat])
            if self.into[target, seat] > 0:
                able = self.open & (self.at == seat) & self.tight[:, target]
                mover = int(np.argmax(able))
                self.into[:, seat] -= self.tight[mover]
                self.into[:, target] += self.tight[mover]
                self._sit(mover, target)
            seat = target

    def _sit(self, learner: int, seat: int) -> None:
        self.load[self.at[learner]] -= 1
        self.load[seat] += 1
        self.at[learner] = seat
