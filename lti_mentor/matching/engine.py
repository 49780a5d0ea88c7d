"""From a pool to proposals, with the proof and the reasons."""

from dataclasses import dataclass, replace

import numpy as np

from lti_mentor.matching.assignment import Assignment, assign_from
from lti_mentor.matching.explain import Reason, Two, band, reasons
from lti_mentor.matching.pool import Pool
from lti_mentor.matching.problem import NOBODY, Ints, blocks
from lti_mentor.matching.rules import judge, must_stay_apart
from lti_mentor.matching.tiles import PoolScores

ENGINE = "lists-2"
"""Changes whenever the same pool and seed could give other pairs or scores."""
NO_PLACE = "places.taken"
"""A mentor would have been possible, but one pair more was not."""


@dataclass(frozen=True)
class Pair:
    """A learner and the mentor proposed to them."""

    mentee: str
    mentor: str
    score: int
    band: str
    components: dict[str, int]
    """Part of the fit -> its points; they add up to the score."""
    reasons: tuple[Reason, ...]
    is_pinned: bool


@dataclass(frozen=True)
class Unmatched:
    """A learner without a mentor, and the code of the reason, for staff."""

    mentee: str
    rule: str


@dataclass(frozen=True)
class MatchResult:
    """One computed set of pairs, repeatable exactly from pool and seed."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    refused_pins: tuple[tuple[str, str], ...]
    """Pins not kept: somebody is not in the pool, or the two must stay apart."""
    total: int
    gap: int
    """0 = proven best."""
    prices: dict[str, int]
    """Mentor -> price; with the pool they prove the result again."""
    seed: int
    engine: str
    fingerprint: str

    @property
    def matched(self) -> int:
        """How many learners have a mentor."""
        return len(self.pairs)

    def verify(self, pool: Pool) -> bool:
        """Score the pool again and check pairs, total and proof without solving."""
        if self.engine != ENGINE or self.fingerprint != pool.fingerprint():
            return False
        pins, refused = _pins(pool)
        source = PoolScores(pool, pins)
        claim = self._as_assignment(pool, pins)
        return (
            refused == self.refused_pins
            and claim.verify_from(source, _room(pool, pins))
            and self._tells_the_scores(source, claim)
        )

    def _as_assignment(
        self, pool: Pool, pins: tuple[tuple[int, int], ...]
    ) -> Assignment:
        column = {mentor.id: place for place, mentor in enumerate(pool.mentors)}
        got = {pair.mentee: column.get(pair.mentor, NOBODY) for pair in self.pairs}
        mentor_of = [got.get(mentee.id, NOBODY) for mentee in pool.mentees]
        prices = [self.prices.get(mentor.id, 0) for mentor in pool.mentors]
        return Assignment(
            mentor_of=np.array(mentor_of, dtype=np.int64),
            prices=np.array(prices, dtype=np.int64),
            pinned=pins,
            matched=self.matched,
            total=self.total,
            gap=self.gap,
        )

    def _tells_the_scores(self, source: PoolScores, claim: Assignment) -> bool:
        rows = np.flatnonzero(claim.mentor_of != NOBODY)
        parts = source.parts(rows, claim.mentor_of[rows])
        fits = sum(parts.values(), np.zeros(len(rows), dtype=np.int64)).tolist()
        said = sorted(sum(pair.components.values()) for pair in self.pairs)
        return said == sorted(pair.score for pair in self.pairs) == sorted(fits)


def run(pool: Pool, seed: int = 0) -> MatchResult:
    """Match a pool: most learners first, then the highest total fit.

    The order in which people stand in the pool changes nothing.
    """
    fingerprint = pool.fingerprint()
    pool = _sorted(pool)
    pins, refused = _pins(pool)
    source = PoolScores(pool, pins)
    names = [mentor.id for mentor in pool.mentors]
    found = assign_from(
        source,
        _room(pool, pins),
        pinned=pins,
        seed=seed,
        ids=([mentee.id for mentee in pool.mentees], names),
    )
    return MatchResult(
        pairs=_pairs(pool, source, found),
        unmatched=_unmatched(pool, source, found),
        refused_pins=refused,
        total=found.total,
        gap=found.gap,
        prices=dict(zip(names, found.prices.tolist(), strict=True)),
        seed=seed,
        engine=ENGINE,
        fingerprint=fingerprint,
    )


def _sorted(pool: Pool) -> Pool:
    return replace(
        pool,
        mentees=tuple(sorted(pool.mentees, key=lambda person: person.id)),
        mentors=tuple(sorted(pool.mentors, key=lambda person: person.id)),
    )


def _room(pool: Pool, pins: tuple[tuple[int, int], ...]) -> Ints:
    """Return the places of each mentor; what staff decided makes its own room."""
    room = np.array([max(m.capacity, 0) for m in pool.mentors], dtype=np.int64)
    held = np.array([column for _, column in pins], dtype=np.int64)
    return np.maximum(room, np.bincount(held, minlength=len(room)))


def _pins(
    pool: Pool,
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[str, str], ...]]:
    """Let pins win over every rule but keeping people apart; return those refused."""
    row = {mentee.id: place for place, mentee in enumerate(pool.mentees)}
    column = {mentor.id: place for place, mentor in enumerate(pool.mentors)}
    apart = must_stay_apart(pool)
    kept, refused = [], []
    for mentee, mentor in sorted(set(pool.pinned)):
        if mentee in row and mentor in column and (mentee, mentor) not in apart:
            kept.append((row[mentee], column[mentor]))
        else:
            refused.append((mentee, mentor))
    return tuple(kept), tuple(refused)


def _pairs(pool: Pool, source: PoolScores, found: Assignment) -> tuple[Pair, ...]:
    pinned = set(found.pinned)
    rows = np.flatnonzero(found.mentor_of != NOBODY)
    parts = source.parts(rows, found.mentor_of[rows])
    made_of = zip(*(part.tolist() for part in parts.values()), strict=True)
    return tuple(
        _pair(pool, at, dict(zip(parts, points, strict=True)), is_pinned=at in pinned)
        for at, points in zip(
            zip(rows.tolist(), found.mentor_of[rows].tolist(), strict=True),
            made_of,
            strict=True,
        )
    )


def _pair(
    pool: Pool, at: tuple[int, int], components: dict[str, int], *, is_pinned: bool
) -> Pair:
    mentee, mentor = pool.mentees[at[0]], pool.mentors[at[1]]
    fit = sum(components.values())
    return Pair(
        mentee=mentee.id,
        mentor=mentor.id,
        score=fit,
        band=band(fit),
        components=components,
        reasons=reasons(Two(pool, mentee, mentor), components),
        is_pinned=is_pinned,
    )


def _unmatched(
    pool: Pool, source: PoolScores, found: Assignment
) -> tuple[Unmatched, ...]:
    rows = np.flatnonzero(found.mentor_of == NOBODY)
    told: list[Unmatched] = []
    for block in blocks(len(rows), len(pool.mentors)):
        some = rows[block]
        emptied = source.tile(some).max(axis=1, initial=-1) < 0
        rules = iter(_emptied(pool, some[emptied]))
        told += [
            Unmatched(pool.mentees[row].id, next(rules) if is_empty else NO_PLACE)
            for row, is_empty in zip(some, emptied, strict=True)
        ]
    return tuple(told)


def _emptied(pool: Pool, rows: Ints) -> list[str]:
    """Return the rule that took each of these learners' last mentor."""
    if not len(rows):
        return []
    some = replace(pool, mentees=tuple(pool.mentees[row] for row in rows), pinned=())
    return [code or NO_PLACE for code in judge(some)[1]]
