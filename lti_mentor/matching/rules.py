"""What makes a pair impossible, whatever the fit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lti_mentor.matching.features import needs_and_abilities, shared, shared_hours
from lti_mentor.matching.pool import Mentee, Pool

Mask = NDArray[np.bool_]


def _apart(pool: Pool) -> Mask:
    """Same person, kept apart by one of them, or forbidden by the organisation."""
    apart = np.zeros((len(pool.mentees), len(pool.mentors)), dtype=np.bool_)
    row = {mentee.id: place for place, mentee in enumerate(pool.mentees)}
    column = {mentor.id: place for place, mentor in enumerate(pool.mentors)}
    for mentee, mentor in must_stay_apart(pool):
        if mentee in row and mentor in column:
            apart[row[mentee], column[mentor]] = True
    return apart


def _paused(pool: Pool) -> Mask:
    return np.array([mentor.is_paused for mentor in pool.mentors], dtype=np.bool_)


def _full(pool: Pool) -> Mask:
    return np.array([mentor.capacity <= 0 for mentor in pool.mentors], dtype=np.bool_)


def _speechless(pool: Pool) -> Mask:
    """Both said which languages they speak, and none is the same."""
    common = shared(
        [who.languages for who in pool.mentees], [w.languages for w in pool.mentors]
    )
    mine = np.array([bool(who.languages) for who in pool.mentees], dtype=np.bool_)
    theirs = np.array([bool(who.languages) for who in pool.mentors], dtype=np.bool_)
    return np.asarray((common == 0) & mine[:, None] & theirs)


def _never_together(pool: Pool) -> Mask:
    """Too few shared hours, where the program insists on some."""
    return np.asarray(shared_hours(pool) < pool.hours_required)


def _unskilled(pool: Pool) -> Mask:
    """The mentor masters none of the skills the learner needs."""
    needs, able = needs_and_abilities(pool)
    return np.asarray(((needs @ able.T) == 0) & (needs.sum(axis=1) > 0)[:, None])


APART = "pair.not_possible"
"""One word for all private reasons: an exclusion is obeyed, and told to nobody."""
RULES: dict[str, Callable[[Pool], Mask]] = {
    APART: _apart,
    "mentor.paused": _paused,
    "mentor.full": _full,
    "language.none_shared": _speechless,
    "time.none_shared": _never_together,
    "skill.none_mastered": _unskilled,
}
"""Code -> who may not be paired by it; in the order in which they are asked."""


SHARED_RULES: dict[str, Callable[[Pool], Mask]] = {
    "time": _never_together,
    "language": lambda pool: _speechless(pool) | _paused(pool) | _full(pool),
}
"""What alone decides -> who may not be paired by it; for scores by tiles."""


def judge(pool: Pool) -> tuple[Mask, list[str | None]]:
    """Return which pairs are allowed, and for each learner what emptied their list.

    None stands for a learner to whom at least one mentor is left.
    """
    may = np.ones((len(pool.mentees), len(pool.mentors)), dtype=np.bool_)
    nobody: str | None = None if pool.mentors else "mentor.none"
    emptied = [nobody] * len(pool.mentees)
    for code, forbids in RULES.items():
        had = may.any(axis=1)
        may &= ~forbids(pool)
        for row in np.flatnonzero(had & ~may.any(axis=1)):
            emptied[row] = code
    return may, emptied


def why_not(pool: Pool, mentee: Mentee) -> str | None:
    """Return the code of the rule that took the last mentor from a learner's list.

    None means that a mentor is possible: only the places did not suffice. Staff see
    the code; it never tells who excluded whom.
    """
    return judge(replace(pool, mentees=(mentee,)))[1][0]


def must_stay_apart(pool: Pool) -> set[tuple[str, str]]:
    """Return (mentee, mentor) whom not even a decision by staff may pair."""
    pairs = set(pool.forbidden)
    pairs |= {(who.id, who.id) for who in pool.mentors}
    pairs |= {(who.id, other) for who in pool.mentees for other in who.blocked}
    pairs |= {(other, who.id) for who in pool.mentors for other in who.blocked}
    return pairs
