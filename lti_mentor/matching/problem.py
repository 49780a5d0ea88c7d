"""What is to be paired: scores by tile and by pair, and lists of the promising ones."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Tile = NDArray[np.signedinteger]
Scores = NDArray[np.int32]

TOP_SCORE = 10_000
"""The best fit two can have; -1 stands for a pair that is not allowed."""
FIRST = 5_000
"""What a pair counts more whose learner went without before."""
NOBODY = -1
"""Stands in `mentor_of` for a learner without a mentor."""


class Source(Protocol):
    """Where scores come from; a large pool never holds them all at once."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many learners and mentors."""
        ...

    def tile(self, rows: Ints) -> Tile:
        """Return the scores of some learners with every mentor."""
        ...

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        """Return the scores of single pairs."""
        ...

    def kinds(self) -> Ints:
        """Return a number for each learner; equal numbers mean equal rows."""
        ...


class Matrix:
    """Scores that somebody else computed."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores

    @property
    def shape(self) -> tuple[int, int]:
        """How many learners and mentors."""
        return self._scores.shape[0], self._scores.shape[1]

    def tile(self, rows: Ints) -> Tile:
        """Return the scores of some learners with every mentor."""
        return np.asarray(self._scores[rows])

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        """Return the scores of single pairs."""
        return self._scores[learners, mentors].astype(np.int64)

    def kinds(self) -> Ints:
        """Return a number for each learner; equal numbers mean equal rows."""
        marks = [hash(row.tobytes()) for row in self._scores]
        kinds = np.unique(np.array(marks, dtype=np.int64), return_inverse=True)[1]
        return kinds.astype(np.int64)


class Some:
    """A source without the learners whose mentor was decided."""

    def __init__(self, source: Source, rows: Ints) -> None:
        self._source = source
        self._rows = rows

    @property
    def shape(self) -> tuple[int, int]:
        """How many learners and mentors."""
        return len(self._rows), self._source.shape[1]

    def tile(self, rows: Ints) -> Tile:
        """Return the scores of some learners with every mentor."""
        return self._source.tile(self._rows[rows])

    def pairs(self, learners: Ints, mentors: Ints) -> Ints:
        """Return the scores of single pairs."""
        return self._source.pairs(self._rows[learners], mentors)

    def kinds(self) -> Ints:
        """Return a number for each learner; equal numbers mean equal rows."""
        return self._source.kinds()[self._rows]


def premium(learners: int, rooms: Ints) -> int:
    """Return what one pair more is worth: more than any gain in total score."""
    return (TOP_SCORE + FIRST + 1) * max(1, min(learners, int(rooms.sum())))


def ranges(start: Ints, stop: Ints) -> Ints:
    """Return all numbers of several ranges, one range after the other."""
    count = stop - start
    shift = np.repeat(start - np.append(0, np.cumsum(count)[:-1]), count)
    return np.asarray(np.arange(len(shift)) + shift)


def blocks(count: int, mentors: int) -> list[Ints]:
    """Return row numbers in tiles that stay small in memory."""
    height = min(1024, max(16, (1 << 21) // max(mentors, 1)))
    rows = np.arange(count, dtype=np.int64)
    return [rows[at : at + height] for at in range(0, count, height)]


@dataclass(frozen=True, eq=False)
class Edges:
    """Allowed pairs, those of a learner together."""

    learner: Scores
    mentor: Scores
    score: Scores

    @classmethod
    def of(cls, learner: Ints, mentor: Ints, score: Ints) -> "Edges":
        """Sort pairs by learner."""
        order = np.argsort(learner, kind="stable")
        return cls(*(part[order].astype(np.int32) for part in (learner, mentor, score)))

    def only(self, which: NDArray[np.bool_]) -> "Edges":
        """Return some of them."""
        return Edges(self.learner[which], self.mentor[which], self.score[which])

    def and_more(self, more: "Edges", mentors: int) -> "Edges":
        """Return both, each pair once."""
        learner = np.concatenate([self.learner, more.learner])
        mentor = np.concatenate([self.mentor, more.mentor])
        score = np.concatenate([self.score, more.score])
        keys = learner.astype(np.int64) * mentors + mentor
        once = np.unique(keys, return_index=True)[1]
        return Edges(learner[once], mentor[once], score[once])
