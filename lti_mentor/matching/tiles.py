"""The scores of a large pool, a tile or a few pairs at a time: never all at once.

Learners who told the same hours, languages, ways or contexts share a row of points:
each distinct answer is scored once, and a tile is a sum of such rows. All numbers are
those of `score`, to the point.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lti_mentor.matching import features
from lti_mentor.matching.pool import Mentee, Pool
from lti_mentor.matching.problem import FIRST, TOP_SCORE, Ints, ranges
from lti_mentor.matching.rules import SHARED_RULES, must_stay_apart

Points = NDArray[np.int16]
NEVER = -TOP_SCORE - 1
"""Added to a pair that a rule forbids: no points make up for it."""
KEPT_CELLS = 1 << 26
"""Up to so many cells of a table are kept; a larger one is computed when asked."""
CHUNK = 64


class PoolScores:
    """A pool as a source of scores; pins count with their fit, whatever the rules."""

    def __init__(self, pool: Pool, pinned: Iterable[tuple[int, int]] = ()) -> None:
        self.shape = len(pool.mentees), len(pool.mentors)
        points = pool.weights.points(features.known(pool))
        self._tables = {
            name: _Table(pool, told, _valued(points.get(name, 0), value, name))
            for name, (told, value) in SHARED.items()
        }
        self._skill = _Skill(pool, points["skill"])
        self._wish = _Cells(self.shape, _wishes(pool, points["preference"]))
        self._first = np.array([who.goes_first for who in pool.mentees], dtype=np.bool_)
        self._fixed = _Cells(self.shape, ())
        self._fixed = _Cells(self.shape, self._decided(pool, list(pinned)))

    def tile(self, rows: Ints) -> Points:
        """Return the scores of some learners with every mentor; -1 = not allowed."""
        points = self._skill.tile(rows)
        for table in self._tables.values():
            if table.counts:
                points += table.tile(rows)
        row, mentor, wish = self._wish.of(rows)
        points[row, mentor] += wish
        np.maximum(points, -1, out=points)
        first = np.flatnonzero(self._first[rows])
        points[first] += (FIRST * (points[first] >= 0)).astype(np.int16)
        row, mentor, fixed = self._fixed.of(rows)
        points[row, mentor] = fixed
        return points

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        """Return the scores of single pairs; -1 = not allowed."""
        masked = self._masked(learners, mentors)
        points = np.maximum(sum(masked.values(), np.zeros(len(learners), np.int64)), -1)
        points += FIRST * (self._first[learners] & (points >= 0))
        return np.where(
            self._fixed.has(learners, mentors),
            self._fixed.at(learners, mentors),
            points,
        )

    def parts(self, learners: Ints, mentors: Ints) -> dict[str, Ints]:
        """Return what the fit of single pairs is made of, rules aside."""
        masked = self._masked(learners, mentors)
        del masked["language"]
        return {
            name: np.where(points < 0, points - NEVER, points)
            for name, points in masked.items()
        }

    def kinds(self) -> Ints:
        """Return a number for each learner; equal numbers mean equal rows."""
        told = [table.pattern for table in self._tables.values()]
        seen: dict[Hashable, int] = {}
        keys = zip(*(part.tolist() for part in told), self._skill.keys(), strict=True)
        return np.array(
            [seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64
        )

    def _masked(self, learners: Ints, mentors: Ints) -> dict[str, Ints]:
        found = {"skill": self._skill.pairs(learners, mentors)}
        for name, table in self._tables.items():
            found[name] = table.pairs(learners, mentors)
        found["preference"] = self._wish.at(learners, mentors)
        return found

    def _decided(
        self, pool: Pool, pinned: list[tuple[int, int]]
    ) -> Iterable[tuple[int, int, int]]:
        row = {who.id: place for place, who in enumerate(pool.mentees)}
        column = {who.id: place for place, who in enumerate(pool.mentors)}
        fixed = {
            (row[mentee], column[mentor]): -1
            for mentee, mentor in must_stay_apart(pool)
            if mentee in row and mentor in column
        }
        pins = np.array(pinned, dtype=np.int64).reshape(-1, 2)
        fit = sum(self.parts(pins[:, 0], pins[:, 1]).values(), np.zeros(len(pins)))
        fixed |= dict(zip(pinned, fit.astype(int).tolist(), strict=True))
        return [(*pair, points) for pair, points in fixed.items()]


Value = Callable[[Pool], Ints]


def _valued(points: int, value: Value, name: str) -> Value:
    forbids = SHARED_RULES.get(name)

    def rows(pool: Pool) -> Ints:
        scored = points * value(pool) // TOP_SCORE
        return scored + NEVER * forbids(pool) if forbids else scored

    return rows


def _nothing(pool: Pool) -> Ints:
    return np.zeros((len(pool.mentees), len(pool.mentors)), dtype=np.int64)


SHARED: dict[str, tuple[Callable[[Mentee], Hashable], Value]] = {
    "time": (lambda who: who.hours, features.time),
    "ways": (lambda who: who.ways, features.ways),
    "context": (lambda who: who.contexts, features.context),
    "language": (lambda who: who.languages, _nothing),
}
"""Part -> what a learner told that decides it, and its value."""


class _Table:
    """A row of points for each distinct answer."""

    def __init__(
        self, pool: Pool, told: Callable[[Mentee], Hashable], value: Value
    ) -> None:
        seen: dict[Hashable, int] = {}
        self.pattern = np.array(
            [seen.setdefault(told(who), len(seen)) for who in pool.mentees],
            dtype=np.int64,
        )
        self._pool, self._value = pool, value
        first = np.unique(self.pattern, return_index=True)[1]
        self._tellers = [pool.mentees[row] for row in first]
        self._kept: Points | None = None
        if len(first) * len(pool.mentors) <= KEPT_CELLS:
            self._kept = self._computed(np.arange(len(first)))
        self.counts = self._kept is None or bool(self._kept.any())

    def _computed(self, patterns: Ints) -> Points:
        rows = [np.zeros((0, len(self._pool.mentors)), dtype=np.int16)]
        for start in range(0, len(patterns), CHUNK):
            tellers = [self._tellers[n] for n in patterns[start : start + CHUNK]]
            rows.append(self._value(_only(self._pool, tellers)).astype(np.int16))
        return np.concatenate(rows)

    def tile(self, rows: Ints) -> Points:
        pattern = self.pattern[rows]
        if self._kept is not None:
            return self._kept[pattern]
        asked, which = np.unique(pattern, return_inverse=True)
        return self._computed(asked)[which]

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        pattern = self.pattern[learners]
        if self._kept is not None:
            return self._kept[pattern, mentors].astype(np.int64)
        points = np.zeros(len(learners), dtype=np.int64)
        order = np.argsort(pattern, kind="stable")
        cuts = np.flatnonzero(np.diff(pattern[order]) > 0) + 1
        groups = np.split(order, cuts[CHUNK - 1 :: CHUNK])
        for some in groups:
            asked, which = np.unique(pattern[some], return_inverse=True)
            points[some] = self._computed(asked)[which, mentors[some]]
        return points


def _only(pool: Pool, mentees: Sequence[Mentee]) -> Pool:
    return Pool(
        mentees=tuple(mentees),
        mentors=pool.mentors,
        on=pool.on,
        mastery=pool.mastery,
        hours_needed=pool.hours_needed,
        hours_required=pool.hours_required,
    )


class _Skill:
    """What a mentor covers of a learner's needs."""

    def __init__(self, pool: Pool, points: int) -> None:
        self._points = points
        self._needs, able = features.needs_and_abilities(pool)
        self._able = np.ascontiguousarray(able.T)
        self._wants = self._needs.sum(axis=1) > 0
        self._neutral = points * features.NEUTRAL // TOP_SCORE

    def tile(self, rows: Ints) -> Points:
        covered = np.asarray(self._needs[rows] @ self._able)
        points = self._pointed(covered)
        points[~self._wants[rows]] = self._neutral
        return points

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        start, stop = self._needs.indptr[learners], self._needs.indptr[learners + 1]
        cells = ranges(start.astype(np.int64), stop.astype(np.int64))
        pair = np.repeat(np.arange(len(learners)), stop - start)
        value = (
            self._needs.data[cells]
            * self._able[self._needs.indices[cells], mentors[pair]]
        )
        covered = np.bincount(pair, weights=value, minlength=len(learners))
        points = self._pointed(covered).astype(np.int64)
        return np.where(self._wants[learners], points, self._neutral)

    def keys(self) -> list[bytes]:
        cut = self._needs.indptr
        both = self._needs.indices, self._needs.data
        return [
            both[0][a:b].tobytes() + both[1][a:b].tobytes() for a, b in pairwise(cut)
        ]

    def _pointed(self, covered: NDArray[np.number]) -> Points:
        share = covered.astype(np.int32)
        share //= features.MILLE
        share *= self._points
        share //= TOP_SCORE
        points = share.astype(np.int16)
        points += (covered == 0) * np.int16(NEVER)
        return points


class _Cells:
    """Numbers for a few pairs."""

    def __init__(
        self, shape: tuple[int, int], cells: Iterable[tuple[int, int, int]]
    ) -> None:
        table = np.array(sorted(cells), dtype=np.int64).reshape(-1, 3)
        self._keys = table[:, 0] * shape[1] + table[:, 1]
        self._mentor, self._value = table[:, 1], table[:, 2]
        self._start = np.searchsorted(table[:, 0], np.arange(shape[0] + 1))
        self._width = shape[1]

    def of(self, rows: Ints) -> tuple[Ints, Ints, Points]:
        start, stop = self._start[rows], self._start[rows + 1]
        cells = ranges(start, stop)
        row = np.repeat(np.arange(len(rows)), stop - start)
        return row, self._mentor[cells], self._value[cells].astype(np.int16)

    def has(self, learners: Ints, mentors: Ints) -> NDArray[np.bool_]:
        return np.isin(learners * self._width + mentors, self._keys)

    def at(self, learners: Ints, mentors: Ints) -> Ints:
        if not len(self._keys):
            return np.zeros(len(learners), dtype=np.int64)
        keys = learners * self._width + mentors
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self._value[place], 0)


def _wishes(pool: Pool, points: int) -> list[tuple[int, int, int]]:
    """Return (learner, mentor, points) for everybody who ranked or was ranked."""
    row = {who.id: place for place, who in enumerate(pool.mentees)}
    column = {who.id: place for place, who in enumerate(pool.mentors)}
    rank: dict[tuple[int, int], int] = {}
    for mentee in pool.mentees:
        for other, worth in features.ranked(mentee).items():
            if other in column:
                pair = row[mentee.id], column[other]
                rank[pair] = rank.get(pair, 0) + worth
    for mentor in pool.mentors:
        for other, worth in features.ranked(mentor).items():
            if other in row:
                pair = row[other], column[mentor.id]
                rank[pair] = rank.get(pair, 0) + worth
    return [
        (at[0], at[1], points * (both // _sides(pool, at)) // TOP_SCORE)
        for at, both in rank.items()
    ]


def _sides(pool: Pool, at: tuple[int, int]) -> int:
    told = bool(pool.mentees[at[0]].prefers) + bool(pool.mentors[at[1]].prefers)
    return max(told, 1)
