"""The mentors one learner may choose from, those who fit best first (P9, P10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from lti_mentor.matching.explain import Reason, Two, band, reasons
from lti_mentor.matching.pool import Pool
from lti_mentor.matching.score import Scored, score
from lti_mentor.matching.service import pool_between
from lti_mentor.mentoring import drafts, requests
from lti_mentor.mentoring.models import Participant

MOST = 12
"""How many cards one page shows."""


@dataclass(frozen=True, slots=True)
class Card:
    """A mentor as a learner sees them before either said anything."""

    part: Participant
    reasons: tuple[Reason, ...]
    band: str
    free: int
    """Places left; 0 = asked as soon as one is."""


def cards(session: Session, mentee: Participant, most: int = MOST) -> list[Card]:
    """Return whom this learner may wish for; who must not meet them is not there.

    As many queries for any number of mentors.
    """
    program = mentee.program
    found = [
        part
        for part in requests.listed(session, program)
        if part.person_id != mentee.person_id and drafts.capacity_of(part) > 0
    ]
    pool = pool_between(session, program, [mentee], found, {})
    mine = pool.mentees[0]
    scored = score(pool)
    taken = requests.load(session, program)
    return [
        Card(
            found[column],
            reasons(Two(pool, mine, pool.mentors[column]), _points(scored, column)),
            band(int(scored.fit[0, column])),
            max(0, drafts.capacity_of(found[column]) - taken[found[column].person_id]),
        )
        for column in _best(pool, scored)[:most]
    ]


def _points(scored: Scored, column: int) -> dict[str, int]:
    return {name: int(part[0, column]) for name, part in scored.parts.items()}


def _best(pool: Pool, scored: Scored) -> Sequence[int]:
    """Return the allowed mentors, the best fit first; among equals by their ids."""
    open_ones = np.flatnonzero(scored.scores[0] >= 0).tolist()
    return sorted(
        open_ones,
        key=lambda at: (-int(scored.fit[0, at]), pool.mentors[at].id),
    )
