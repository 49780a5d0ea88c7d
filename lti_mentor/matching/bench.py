"""How long a match takes on this machine; measured, never promised by a test."""

from datetime import date, timedelta
from time import perf_counter

import numpy as np

from lti_mentor.matching.assignment import assign
from lti_mentor.matching.engine import run
from lti_mentor.matching.hours import CHIPS, utc_hours
from lti_mentor.matching.pool import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.matching.score import score

SKILLS = 30
DAY = date(2026, 3, 2)


def bench(
    learners: int, mentors: int, supply: float = 1.1, seed: int = 0
) -> dict[str, float | int]:
    """Match made-up people and return seconds by stage, and what came out.

    Args:
        learners: How many.
        mentors: How many.
        supply: Places in all for each learner.
        seed: The same seed makes the same people.
    """
    marks = [perf_counter()]
    pool = made_up_pool(learners, mentors, supply, seed)
    marks.append(perf_counter())
    scores = score(pool).scores
    marks.append(perf_counter())
    room = np.array([mentor.capacity for mentor in pool.mentors], dtype=np.int64)
    found = assign(scores, room, seed=seed)
    marks.append(perf_counter())
    is_proven = found.verify(scores, room) and found.gap == 0
    marks.append(perf_counter())
    result = run(pool, seed)
    marks.append(perf_counter())
    stages = ("make", "score", "solve", "verify", "run")
    seconds = dict(zip(stages, np.diff(marks).round(4).tolist(), strict=True))
    return {
        **seconds,
        "matched": result.matched,
        "total": result.total,
        "gap": result.gap,
        "proven": int(is_proven),
    }


def made_up_pool(learners: int, mentors: int, supply: float, seed: int) -> Pool:
    """Return a pool in which a few skills are much wanted and most are rare."""
    dice = np.random.default_rng(seed)
    rooms = dice.multinomial(round(learners * supply), np.full(mentors, 1 / mentors))
    return Pool(
        mentees=tuple(_mentee(dice, number) for number in range(learners)),
        mentors=tuple(
            _mentor(dice, number, int(room)) for number, room in enumerate(rooms)
        ),
        on=DAY,
    )


def _mentee(dice: np.random.Generator, number: int) -> Mentee:
    return Mentee(
        id=f"learner-{number}",
        needs=tuple(
            Need(skill, float(dice.random()), int(dice.integers(1, 4)))
            for skill in _skills(dice)
        ),
        hours=_hours(dice),
        contexts=frozenset({f"course-{dice.integers(40)}"}),
    )


def _mentor(dice: np.random.Generator, number: int, capacity: int) -> Mentor:
    return Mentor(
        id=f"mentor-{number}",
        strengths=tuple(
            Strength(skill, 1.0, DAY - timedelta(days=int(dice.integers(900))))
            for skill in _skills(dice)
        ),
        hours=_hours(dice),
        contexts=frozenset({f"course-{dice.integers(40)}"}),
        capacity=capacity,
    )


def _skills(dice: np.random.Generator) -> list[str]:
    popular = dice.zipf(1.5, size=3) % SKILLS
    return sorted({f"skill-{number}" for number in popular})


def _hours(dice: np.random.Generator) -> frozenset[int]:
    chips = dice.choice(sorted(CHIPS), size=2, replace=False).tolist()
    zone = ("UTC", "Europe/Berlin", "America/New_York")[int(dice.integers(3))]
    return utc_hours(chips, zone, DAY)
