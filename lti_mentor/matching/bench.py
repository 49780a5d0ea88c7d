"""How long a match takes on this machine; measured, never promised by a test."""

import resource
from datetime import date, timedelta
from functools import cache
from time import process_time
from typing import Any

import numpy as np

from lti_mentor.matching.assignment import assign_from
from lti_mentor.matching.hours import CHIPS, utc_hours
from lti_mentor.matching.optimum import How, Watch
from lti_mentor.matching.pool import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.matching.solve import BACKENDS
from lti_mentor.matching.tiles import PoolScores

SKILLS = 200
DAY = date(2026, 3, 2)


def bench(
    learners: int,
    mentors: int,
    supply: float = 1.1,
    seed: int = 0,
    backend: str = "scipy",
) -> dict[str, Any]:
    """Match made-up people and return seconds by stage, and what came out.

    Args:
        learners: How many.
        mentors: How many.
        supply: Places in all for each learner.
        seed: The same seed makes the same people.
        backend: scipy, or ortools where it is installed.
    """
    how = How(backend=BACKENDS[backend])
    watch = Watch()
    pool = made_up_pool(learners, mentors, supply, seed)
    room = np.array([mentor.capacity for mentor in pool.mentors], dtype=np.int64)
    watch.lap("make")
    started = process_time()
    source = PoolScores(pool)
    watch.lap("prepare")
    ids = [who.id for who in pool.mentees], [who.id for who in pool.mentors]
    found = assign_from(source, room, seed=seed, ids=ids, how=how)
    watch.lap("match")
    cpu = process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    is_proven = found.verify_from(source, room) and found.gap == 0
    watch.lap("verify")
    taken = watch.seconds
    stages = {"make": taken["make"], "prepare": taken["prepare"], **found.seconds}
    return {
        "backend": backend,
        **{name: round(seconds, 3) for name, seconds in stages.items()},
        "in_all": round(taken["prepare"] + taken["match"], 3),
        "cpu": round(cpu, 3),
        "verify": round(taken["verify"], 3),
        "peak_mb": round(peak),
        "matched": found.matched,
        "total": found.total,
        "gap": found.gap,
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
        contexts=_course(int(dice.integers(40))),
    )


def _mentor(dice: np.random.Generator, number: int, capacity: int) -> Mentor:
    return Mentor(
        id=f"mentor-{number}",
        strengths=tuple(
            Strength(skill, 1.0, _day(int(dice.integers(900))))
            for skill in _skills(dice)
        ),
        hours=_hours(dice),
        contexts=_course(int(dice.integers(40))),
        capacity=capacity,
    )


@cache
def _day(ago: int) -> date:
    return DAY - timedelta(days=ago)


@cache
def _course(number: int) -> frozenset[str]:
    return frozenset({f"course-{number}"})


@cache
def _skill(number: int) -> str:
    return f"skill-{number}"


def _skills(dice: np.random.Generator) -> list[str]:
    popular = dice.zipf(1.5, size=3) % SKILLS
    return sorted({_skill(number) for number in popular.tolist()})


def _hours(dice: np.random.Generator) -> frozenset[int]:
    first, second = dice.choice(len(CHIPS), size=2, replace=False).tolist()
    return _week(first, second, int(dice.integers(3)))


@cache
def _week(first: int, second: int, zone: int) -> frozenset[int]:
    chips = sorted(CHIPS)
    zones = ("UTC", "Europe/Berlin", "America/New_York")
    return utc_hours((chips[first], chips[second]), zones[zone], DAY)
