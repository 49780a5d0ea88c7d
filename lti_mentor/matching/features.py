"""The pool as matrices of whole numbers, one a part of the fit: 0..10000 a pair.

Products run in floating point because that is fast; every number in them is whole
and stays below 2**53, so the results are exact and the same on every machine.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from lti_mentor.matching.pool import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.matching.problem import TOP_SCORE, Ints

MILLE = 1000
FRESH_DAYS, OLD_DAYS = 180, 730
"""A skill seen within the first counts in full, from the second on half."""
RANKS = 5
"""How many partners somebody may rank."""
NEUTRAL = TOP_SCORE // 2
"""What a part gives that one of the two told nothing about."""


def table(rows: Sequence[Iterable[object]]) -> tuple[dict[object, int], list[object]]:
    """Return the position of everything that occurs in rows, and the things."""
    things = sorted({thing for row in rows for thing in row}, key=repr)
    return {thing: place for place, thing in enumerate(things)}, things


def shared(left: Sequence[Iterable[object]], right: Sequence[Iterable[object]]) -> Ints:
    """Return for each pair how many things both have."""
    place, things = table([*left, *right])
    counts = _marks(left, place, len(things)) @ _marks(right, place, len(things)).T
    return counts.astype(np.int64)


def _marks(
    rows: Sequence[Iterable[object]], place: dict[object, int], width: int
) -> NDArray[np.float32]:
    marks = np.zeros((len(rows), width), dtype=np.float32)
    for number, row in enumerate(rows):
        marks[number, [place[thing] for thing in row]] = 1
    return marks


def recency(observed: date | None, on: date) -> int:
    """Return how fresh a skill is: 1000 within half a year, 500 after two years."""
    if observed is None:
        return MILLE // 2
    beyond = min(max((on - observed).days, FRESH_DAYS), OLD_DAYS) - FRESH_DAYS
    return MILLE - (MILLE // 2) * beyond // (OLD_DAYS - FRESH_DAYS)


def urgency(need: Need) -> int:
    """Return how much a need counts among the others of the same learner."""
    return need.priority * round(need.gap * MILLE)


def ability(strength: Strength, pool: Pool) -> int:
    """Return how well a mentor can help with a skill, 0..1000000."""
    if strength.level < pool.mastery:
        return 0
    return round(strength.level * MILLE) * recency(strength.observed, pool.on)


def needs_and_abilities(pool: Pool) -> tuple[csr_array, NDArray[np.float32]]:
    """Return learners x skills, in thousandths, and mentors x skills, 0..10000.

    Their product stays below 2**24, so that single precision carries it exactly.
    """
    place, skills = table([[need.skill for need in who.needs] for who in pool.mentees])
    able = np.zeros((len(pool.mentors), len(skills)), dtype=np.float32)
    for row, mentor in enumerate(pool.mentors):
        for strength in mentor.strengths:
            if strength.skill in place:
                column = place[strength.skill]
                helps = ability(strength, pool) * TOP_SCORE // (MILLE * MILLE)
                able[row, column] = max(able[row, column], helps)
    shares = [_shares(mentee) for mentee in pool.mentees]
    start = np.cumsum([0, *(len(share) for share in shares)])
    columns = [place[skill] for share in shares for skill in share]
    value = [points for share in shares for points in share.values()]
    parts = np.array(value, dtype=np.float32), np.array(columns, dtype=np.int32), start
    return csr_array(parts, shape=(len(shares), len(skills))), able


def _shares(mentee: Mentee) -> dict[str, int]:
    """Return what part of a learner's needs each skill is, in thousandths."""
    urgent = {need.skill: urgency(need) for need in mentee.needs if urgency(need)}
    whole = sum(urgent.values())
    shares = {name: max(1, MILLE * u // whole) for name, u in urgent.items()}
    if shares:
        most = max(shares, key=lambda name: (urgent[name], name))
        shares[most] += MILLE - sum(shares.values())
    return shares


def skill(pool: Pool) -> Ints:
    """Share of the learner's needs that the mentor covers, the larger gaps first."""
    needs, able = needs_and_abilities(pool)
    covered = (needs @ able.T).astype(np.int64) // MILLE
    wanted = needs.sum(axis=1) > 0
    return np.where(wanted[:, None], covered, NEUTRAL)


def time(pool: Pool) -> Ints:
    """Shared hours of those that are plenty."""
    hours = shared_hours(pool)
    value = (
        np.minimum(hours, pool.hours_needed) * TOP_SCORE // max(pool.hours_needed, 1)
    )
    return np.where(_both(pool, "hours"), value, NEUTRAL)


def shared_hours(pool: Pool) -> Ints:
    """Return hours of the week in which both have time."""
    return shared([who.hours for who in pool.mentees], [w.hours for w in pool.mentors])


def preference(pool: Pool) -> Ints:
    """How high the two ranked each other; who ranked nobody is left out."""
    mine = _ranks(pool.mentees, pool.mentors)
    theirs = _ranks(pool.mentors, pool.mentees).T
    told = _told(pool.mentees, "prefers")[:, None], _told(pool.mentors, "prefers")
    sides = told[0].astype(np.int64) + told[1].astype(np.int64)
    return (mine + theirs) // np.maximum(sides, 1)


def _ranks(
    people: Sequence[Mentee | Mentor], partners: Sequence[Mentee | Mentor]
) -> Ints:
    column = {partner.id: place for place, partner in enumerate(partners)}
    value = np.zeros((len(people), len(partners)), dtype=np.int64)
    for row, person in enumerate(people):
        for name, points in ranked(person).items():
            if name in column:
                value[row, column[name]] = points
    return value


def ranked(person: Mentee | Mentor) -> dict[str, int]:
    """Return what each rank somebody gave is worth."""
    return {
        name: TOP_SCORE * (RANKS - rank) // RANKS
        for rank, name in enumerate(person.prefers[:RANKS])
    }


def ways(pool: Pool) -> Ints:
    """Of the questions on working style both answered, the share answered alike."""
    alike = shared([w.ways for w in pool.mentees], [w.ways for w in pool.mentors])
    both = shared(
        [{item for item, _ in who.ways} for who in pool.mentees],
        [{item for item, _ in who.ways} for who in pool.mentors],
    )
    return np.where(both > 0, alike * TOP_SCORE // np.maximum(both, 1), NEUTRAL)


def context(pool: Pool) -> Ints:
    """Whether both belong to the same course, course family or unit."""
    common = shared(
        [w.contexts for w in pool.mentees], [w.contexts for w in pool.mentors]
    )
    return np.where(common > 0, TOP_SCORE, 0).astype(np.int64)


def _both(pool: Pool, name: str) -> NDArray[np.bool_]:
    return np.asarray(_told(pool.mentees, name)[:, None] & _told(pool.mentors, name))


def _told(people: Sequence[Mentee | Mentor], name: str) -> NDArray[np.bool_]:
    return np.array([bool(getattr(person, name)) for person in people], dtype=np.bool_)


PARTS = {
    "skill": skill,
    "time": time,
    "preference": preference,
    "ways": ways,
    "context": context,
}
"""Part of the fit -> its matrix, learners x mentors, 0..10000."""


def known(pool: Pool) -> frozenset[str]:
    """Return the parts of the fit that somebody in the pool told anything about."""
    people = (*pool.mentees, *pool.mentors)
    told = {
        "skill": any(urgency(need) for who in pool.mentees for need in who.needs),
        "time": any(who.hours for who in people),
        "preference": any(who.prefers for who in people),
        "ways": any(who.ways for who in people),
        "context": any(who.contexts for who in people),
    }
    return frozenset(name for name, is_told in told.items() if is_told)
