"""One answer among equally good ones, whatever the order people came in (D22).

Prices tell which pairs any best set may use: the tight ones. Among all best sets we
take the first in the dictionary of hashed ids: the first learner gets the first
mentor they can have in any best set, then the second learner, and so on. Nobody
comes after all mentors.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lti_mentor.matching.problem import Ints

EMPTY = -1
"""Moves like a group of learners alike: places that may stay empty."""


def hashed_order(ids: Sequence[str], seed: int) -> list[int]:
    """Return positions in an order that depends on the ids and the seed only."""

    def key(position: int) -> tuple[bytes, str]:
        name = ids[position]
        return hashlib.sha256(f"{seed}:{name}".encode()).digest(), name

    return sorted(range(len(ids)), key=key)


@dataclass(frozen=True, eq=False)
class Places:
    """The seats in the order of preference, nobody last."""

    rooms: Ints
    may_stay_empty: NDArray[np.bool_]
    """A place with a price is filled in every best set."""


@dataclass(frozen=True, eq=False)
class Tight:
    """Pairs that some best set may use."""

    learner: Ints
    seat: Ints


def first_of_the_best(
    at: Ints, tight: Tight, places: Places, order: Iterable[int]
) -> Ints:
    """Return the first best set of pairs, given any of them.

    Args:
        at: A best set; the seat of each learner.
        tight: Pairs a best set may use.
        places: Room and freedom of each seat.
        order: Learners, the first to choose first.
    """
    tight = _in_circles(at, tight, places)
    choosing = set(tight.learner.tolist())
    board = _Board(at.copy(), tight, places)
    for learner in order:
        if learner in choosing:
            board.settle(learner)
    return board.at


def _in_circles(at: Ints, tight: Tight, places: Places) -> Tight:
    """Return the pairs that lie on a circle of moves; no other can ever be chosen."""
    hub = len(places.rooms)
    is_empty = np.bincount(at, minlength=hub) < places.rooms
    empty, free = np.flatnonzero(is_empty), np.flatnonzero(places.may_stay_empty)
    start = np.concatenate([at[tight.learner], empty, np.full(len(free), hub)])
    end = np.concatenate([tight.seat, np.full(len(empty), hub), free])
    moves = coo_array((np.ones(len(start)), (start, end)), shape=(hub + 1, hub + 1))
    circle = connected_components(moves, connection="strong")[1]
    here = at[tight.learner]
    stays = (here != tight.seat) & (circle[here] == circle[tight.seat])
    return Tight(tight.learner[stays], tight.seat[stays])


class _Board:
    """Who sits where while learners choose one after the other.

    A learner may take another seat if those displaced can move on, each to a tight
    seat, until the circle closes at the seat that was left. Learners who could have
    the same seats are alike: a search asks only one of them.
    """

    def __init__(self, at: Ints, tight: Tight, places: Places) -> None:
        self.at = at
        self.group: dict[int, int] = {}
        self.seats: list[tuple[int, ...]] = []
        self.sitting: list[dict[int, set[int]]] = []
        self.wanting: dict[int, list[int]] = {}
        self._gather(tight)
        self.rooms = places.rooms
        self.load = np.bincount(at, minlength=len(places.rooms))
        self.may_stay_empty = places.may_stay_empty
        is_empty = self.load < places.rooms
        self.empty = {seat for seat in self.wanting if is_empty[seat]}

    def _gather(self, tight: Tight) -> None:
        options: dict[int, list[int]] = {}
        for learner, seat in zip(
            tight.learner.tolist(), tight.seat.tolist(), strict=True
        ):
            options.setdefault(learner, [int(self.at[learner])]).append(seat)
        known: dict[tuple[int, ...], int] = {}
        for learner, seats in options.items():
            key = tuple(sorted(set(seats)))
            group = known.setdefault(key, len(known))
            if group == len(self.seats):
                self.seats.append(key)
                self.sitting.append({})
                for seat in key:
                    self.wanting.setdefault(seat, []).append(group)
            self.group[learner] = group
            self._come(learner, int(self.at[learner]))

    def _come(self, learner: int, seat: int) -> None:
        self.sitting[self.group[learner]].setdefault(seat, set()).add(learner)

    def _go(self, group: int, seat: int, learner: int | None = None) -> int:
        them = self.sitting[group][seat]
        if learner is None:
            learner = next(iter(them))
        them.discard(learner)
        if not them:
            del self.sitting[group][seat]
        return learner

    def settle(self, learner: int) -> None:
        """Give a learner the first seat they can have, for good."""
        here, group = int(self.at[learner]), self.group[learner]
        self._go(group, here, learner)
        better = [seat for seat in self.seats[group] if seat < here]
        if not better:
            return
        onward = self._ways_to(here, better[0])
        chosen = next((seat for seat in better if seat in onward), None)
        if chosen is not None:
            self._sit(learner, chosen)
            self._close_circle(chosen, here, onward)

    def _ways_to(self, here: int, best: int) -> dict[int, tuple[int, int]]:
        """Return seat -> the next one on a way to `here`, and who can move there."""
        onward = {here: (here, EMPTY)}
        asked: set[int] = set()
        frontier = deque([here])
        while frontier and best not in onward:
            seat = frontier.popleft()
            for group in self._can_move_to(seat, asked):
                asked.add(group)
                known = self.empty if group == EMPTY else self.sitting[group]
                for start in known:
                    if start not in onward:
                        onward[start] = seat, group
                        frontier.append(start)
        return onward

    def _can_move_to(self, seat: int, asked: set[int]) -> list[int]:
        groups = [group for group in self.wanting[seat] if group not in asked]
        if self.may_stay_empty[seat] and EMPTY not in asked:
            groups.append(EMPTY)
        return groups

    def _close_circle(
        self, seat: int, end: int, onward: dict[int, tuple[int, int]]
    ) -> None:
        while seat != end:
            target, group = onward[seat]
            if group != EMPTY:
                mover = self._go(group, seat)
                self._sit(mover, target)
                self._come(mover, target)
            seat = target

    def _sit(self, learner: int, seat: int) -> None:
        for place, change in ((int(self.at[learner]), -1), (seat, 1)):
            self.load[place] += change
            if self.load[place] < self.rooms[place]:
                self.empty.add(place)
            else:
                self.empty.discard(place)
        self.at[learner] = seat
