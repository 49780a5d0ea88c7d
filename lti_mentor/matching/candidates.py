"""The promising pairs of each learner and each mentor, found in one pass.

Every pair that scores above the learner's floor or above the mentor's floor is
listed. A pair that is not listed is therefore known to be no better than either, which
is what the proof needs.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lti_mentor.matching.problem import (
    FIRST,
    TOP_SCORE,
    Edges,
    Ints,
    Source,
    Tile,
    blocks,
)

SAMPLE_COLUMNS, SAMPLE_ROWS = 1024, 2048
SAMPLE_CELLS = 1 << 26
"""Floors come from samples: they need not be exact, only known."""
WORKERS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class Width:
    """How many pairs to list."""

    learner: Ints
    """For each learner, about."""
    mentor: int
    """For every mentor, about."""


@dataclass(frozen=True, eq=False)
class Lists:
    """The promising pairs, and what is known of all others."""

    edges: Edges
    learner_floor: Ints
    mentor_floor: Ints


def candidates(source: Source, width: Width) -> Lists:
    """Score every pair once and keep the promising ones."""
    learners, mentors = source.shape
    mentor_floor = _mentor_floor(source, width.mentor)
    learner_floor = np.full(learners, -1, dtype=np.int64)
    passing = _Pass(source, mentor_floor)
    found = [np.zeros((3, 0), dtype=np.int32)]
    with ThreadPoolExecutor(WORKERS) as threads:
        tiles = list(_tiles(width.learner, mentors))
        for (rows, _), (floor, edges) in zip(
            tiles, threads.map(passing.take, tiles), strict=True
        ):
            learner_floor[rows] = floor
            found.append(edges)
    learner, mentor, score = np.concatenate(found, axis=1)
    return Lists(Edges.of(learner, mentor, score), learner_floor, mentor_floor)


def _tiles(width: Ints, mentors: int) -> Iterator[tuple[Ints, int]]:
    """Yield rows whose lists are as wide, a tile at a time."""
    for wanted in np.unique(width):
        rows = np.flatnonzero(width == wanted)
        for block in blocks(len(rows), mentors):
            yield rows[block], int(wanted)


def _mentor_floor(source: Source, wanted: int) -> Ints:
    learners, mentors = source.shape
    floor = np.full(mentors, -1, dtype=np.int64)
    count = min(learners, max(SAMPLE_ROWS, learners // 32))
    count = min(count, SAMPLE_CELLS // max(mentors, 1))
    if wanted >= learners or not mentors:
        return floor
    rows = np.sort(np.random.default_rng(0).permutation(learners)[:count])
    seen = source.tile(rows)
    for start in range(0, mentors, 512):
        part = np.ascontiguousarray(seen[:, start : start + 512].T)
        floor[start : start + 512] = _highest(part, wanted * count / learners)
    return floor


def _highest(rows: Tile, wanted: float) -> Tile:
    """Return for each row the value that about so many are above.

    Sorting small numbers is many times faster than a partition where most are equal.
    """
    place = max(0, rows.shape[1] - 1 - max(1, round(wanted)))
    return np.asarray(np.sort(rows.astype(np.int16), axis=1)[:, place])


class _Pass:
    """One tile after the other."""

    def __init__(self, source: Source, mentor_floor: Ints) -> None:
        self.source = source
        self.mentors = source.shape[1]
        self.mentor_floor = mentor_floor
        self.columns = np.sort(
            np.random.default_rng(1).permutation(self.mentors)[:SAMPLE_COLUMNS]
        )

    def take(self, job: tuple[Ints, int]) -> tuple[Ints, Tile]:
        """Return the floors of some learners and (learner, mentor, score)."""
        rows, wanted = job
        tile = self.source.tile(rows)
        floor = self._floor(tile, wanted)
        least = self.mentor_floor.astype(tile.dtype)
        cells = np.flatnonzero(tile > np.minimum(floor[:, None], least))
        cells = np.append(cells, self._ties(tile, floor, cells, wanted))
        row, mentor = np.divmod(cells, self.mentors)
        edges = np.stack([rows[row], mentor, tile.ravel()[cells]]).astype(np.int32)
        return floor.astype(np.int64), edges

    def _floor(self, tile: Tile, wanted: int) -> Tile:
        if wanted >= self.mentors:
            return np.full(len(tile), -1, dtype=np.int16)
        is_sampled = wanted * len(self.columns) >= 4 * self.mentors
        seen = tile[:, self.columns] if is_sampled else tile
        return _highest(seen, wanted * seen.shape[1] / self.mentors)

    def _ties(self, tile: Tile, floor: Tile, cells: Ints, wanted: int) -> Ints:
        """Return some cells at the floor of those whose lists are short for ties."""
        count = np.bincount(cells // self.mentors, minlength=len(tile))
        short = np.flatnonzero((2 * count < wanted) & (floor >= 0))
        more = self._at_floor(tile, floor, short, wanted - count)
        return np.concatenate([np.zeros(0, dtype=np.int64), *more])

    def _at_floor(
        self, tile: Tile, floor: Tile, rows: Iterable[int], missing: Ints
    ) -> Iterator[Ints]:
        for row in rows:
            equal = np.flatnonzero(tile[row] == floor[row])
            # Each starts elsewhere, or all would stand in the same few queues.
            start = int(row) * 7919 % max(len(equal), 1)
            yield row * self.mentors + np.roll(equal, -start)[: missing[row]]


def best_of(edges: Edges, width: Width) -> NDArray[np.bool_]:
    """Return which pairs are among the best of their learner or of their mentor."""
    learner = edges.learner.astype(np.int64)
    mentor = edges.mentor.astype(np.int64)
    down = TOP_SCORE + FIRST - edges.score.astype(np.int64)
    return np.asarray(
        (_rank(learner, down) < width.learner[learner])
        | (_rank(mentor, down) < width.mentor)
    )


def _rank(owner: Ints, down: Ints) -> Ints:
    """Return how many pairs of the same owner come before each pair."""
    order = np.argsort(owner * (TOP_SCORE + FIRST + 1) + down, kind="stable")
    start = np.append(0, np.cumsum(np.bincount(owner)))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - start[owner[order]]
    return rank
