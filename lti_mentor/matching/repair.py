"""The best set of pairs again after a few pairs came up, one learner at a time.

Each learner who would now rather be elsewhere gives up the place, looks for the
cheapest chain of moves that makes room (`_join`), and the place left empty looks for
the dearest chain that fills it (`_refill`). Prices follow, so that the pairs stay the
best ones for all pairs listed.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

import numpy as np

from lti_mentor.matching.prices import State
from lti_mentor.matching.problem import Edges, Ints


class Repair:
    """Pairs, prices and wishes while they are being mended."""

    def __init__(self, edges: Edges, rooms: Ints, state: State, bonus: int) -> None:
        learners, mentors = len(state.at), len(rooms)
        self.nobody = mentors
        self.rooms = np.append(rooms, learners + 1)
        self.at = state.at.copy()
        self.prices = state.prices.copy()
        self.wishes = state.wishes.copy()
        self.there = edges.mentor.astype(np.int64)
        self.worth = edges.score.astype(np.int64) + bonus
        self.start = np.searchsorted(edges.learner, np.arange(learners + 1))
        order = np.argsort(edges.mentor, kind="stable")
        self.asking = edges.learner[order].astype(np.int64)
        self.offer = self.worth[order]
        self.queue = np.searchsorted(edges.mentor[order], np.arange(mentors + 1))
        self.members: list[set[int]] = [set() for _ in range(mentors + 1)]
        for learner, seat in enumerate(self.at.tolist()):
            self.members[seat].add(learner)

    def settle(self, learners: Ints) -> Ints:
        """Let some learners choose again and return where everybody is then."""
        left = {self._stand_up(learner) for learner in learners.tolist()}
        for learner in learners.tolist():
            self._join(learner)
        for seat in sorted(left):
            while self.prices[seat] > 0 and self._has_room(seat):
                self._refill(seat)
        return self.at

    def _stand_up(self, learner: int) -> int:
        """Take a learner out; a wish below what is listed would mislead the search."""
        left = int(self.at[learner])
        self.members[left].discard(learner)
        self.at[learner] = self.nobody
        seats, worth = self._wanted(learner)
        self.wishes[learner] = (worth - self.prices[seats]).max(initial=0)
        return left

    def _wanted(self, learner: int) -> tuple[Ints, Ints]:
        mine = slice(self.start[learner], self.start[learner + 1])
        return self.there[mine], self.worth[mine]

    def _has_room(self, seat: int) -> bool:
        return len(self.members[seat]) < int(self.rooms[seat])

    def _join(self, learner: int) -> None:
        """Find the cheapest way for a learner without a place."""
        search = _Search()
        self._reach_out(learner, 0, search)
        for seat, so_far in search.nearest_first():
            if seat == self.nobody or self._has_room(seat):
                search.end, search.length = seat, so_far
                break
            for member in self.members[seat]:
                self._reach_out(member, so_far, search)
        self._reprice(search, rise=1)
        self.wishes[learner] -= search.length
        seat = search.end
        while True:
            mover = search.came[seat]
            before = int(self.at[mover]) if mover != learner else seat
            self._sit(mover, seat)
            if mover == learner:
                return
            seat = before

    def _reach_out(self, learner: int, so_far: int, search: "_Search") -> None:
        wish = int(self.wishes[learner])
        search.offer(self.nobody, so_far + wish, learner)
        seats, worth = self._wanted(learner)
        cost = so_far + wish + self.prices[seats] - worth
        near = cost < search.known(self.nobody)
        for seat, length in zip(seats[near].tolist(), cost[near].tolist(), strict=True):
            search.offer(seat, length, learner)

    def _refill(self, empty: int) -> None:
        """Find who gains most by a place that got free, or let its price fall to 0."""
        search = _Search()
        search.offer(empty, 0, -1)
        limit, end, last = int(self.prices[empty]), empty, -1
        for seat, so_far in search.nearest_first():
            if so_far >= limit:
                break
            if so_far + int(self.prices[seat]) < limit:
                limit, end, last = so_far + int(self.prices[seat]), seat, -1
            asking, cost = self._asking(seat, so_far)
            near = cost < limit
            for other, length in zip(
                asking[near].tolist(), cost[near].tolist(), strict=True
            ):
                here = int(self.at[other])
                if here != self.nobody:
                    search.offer(here, length, other, seat)
                elif length < limit:
                    limit, end, last = length, seat, other
        search.length = limit
        self._reprice(search, rise=-1)
        self._move_up(search, end, last)

    def _asking(self, seat: int, so_far: int) -> tuple[Ints, Ints]:
        them = slice(self.queue[seat], self.queue[seat + 1])
        asking = self.asking[them]
        away = self.at[asking] != seat
        asking, offer = asking[away], self.offer[them][away]
        cost = so_far + self.wishes[asking] + self.prices[seat] - offer
        return asking, cost

    def _move_up(self, search: "_Search", end: int, last: int) -> None:
        """Move everybody on the way from `end` to the place that was empty."""
        if last >= 0:
            self._sit(last, end)
        seat = end
        while (mover := search.came[seat]) >= 0:
            target = search.onward[seat]
            self.members[seat].discard(mover)
            self._sit(mover, target)
            seat = target

    def _reprice(self, search: "_Search", rise: int) -> None:
        for seat, so_far in search.done.items():
            change = search.length - so_far
            if change > 0 and seat != self.nobody:
                self.prices[seat] += rise * change
                for member in self.members[seat]:
                    self.wishes[member] -= rise * change

    def _sit(self, learner: int, seat: int) -> None:
        self.members[int(self.at[learner])].discard(learner)
        self.members[seat].add(learner)
        self.at[learner] = seat


class _Search:
    """Shortest ways from one place to others."""

    def __init__(self) -> None:
        self.best: dict[int, int] = {}
        self.came: dict[int, int] = {}
        self.onward: dict[int, int] = {}
        self.done: dict[int, int] = {}
        self.heap: list[tuple[int, int]] = []
        self.end = -1
        self.length = 0

    def known(self, seat: int) -> int:
        return self.best.get(seat, 1 << 62)

    def offer(self, seat: int, length: int, by: int, onward: int = -1) -> None:
        if length < self.known(seat):
            self.best[seat] = length
            self.came[seat] = by
            self.onward[seat] = onward
            heappush(self.heap, (length, seat))

    def nearest_first(self) -> Iterator[tuple[int, int]]:
        while self.heap:
            length, seat = heappop(self.heap)
            if seat not in self.done:
                self.done[seat] = length
                yield seat, length
