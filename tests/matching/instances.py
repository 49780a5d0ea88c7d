"""Small pools and matrices for hypothesis, and the slow way to the right answer."""

from datetime import date, timedelta
from itertools import product

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lti_mentor.matching import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.matching.canonical import hashed_order

DAY = date(2026, 3, 2)
SKILLS = ("listening", "negotiation", "python")

rule = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
"""A busy machine makes no rule wrong."""

palettes = st.sampled_from(
    [(0,), (0, 1), (-1, 0, 1), (-1, 5, 9, 10_000), (-1, -1, -1, 3), (-1,)]
)
"""Few different scores make many ties; -1 blocks."""


@st.composite
def problems(draw, learners=4, mentors=3):
    """Draw scores and capacities, empty sides and zero capacities included."""
    rows, columns = draw(st.integers(0, learners)), draw(st.integers(0, mentors))
    palette = st.sampled_from(draw(palettes))
    cells = draw(st.lists(palette, min_size=rows * columns, max_size=rows * columns))
    rooms = draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))
    scores = np.array(cells, dtype=np.int32).reshape(rows, columns)
    return scores, np.array(rooms, dtype=np.int64)


def brute_force(scores, rooms, seed=0, pinned=()):
    """Try every set of pairs: most learners, highest total, first in hashed order.

    Pinned learners take no part in the dictionary of hashed ids.
    """
    learners, mentors = scores.shape
    held = dict(pinned)
    rank = {m: place for place, m in enumerate(hashed_order(names(mentors), seed))}
    order = [row for row in hashed_order(names(learners), seed) if row not in held]
    rank[-1] = mentors

    def merit(choice):
        pairs = [(row, mentor) for row, mentor in enumerate(choice) if mentor >= 0]
        total = sum(max(0, int(scores[pair])) for pair in pairs)
        return -len(pairs), -total, [rank[choice[row]] for row in order]

    everything = product(range(-1, mentors), repeat=learners)
    return min((c for c in everything if fits(c, scores, rooms, held)), key=merit)


def fits(choice, scores, rooms, held):
    if any(choice[row] != mentor for row, mentor in held.items()):
        return False
    chosen = [(row, m) for row, m in enumerate(choice) if m >= 0 and row not in held]
    load = [[m for _, m in chosen].count(mentor) for mentor in range(len(rooms))]
    pins = [list(held.values()).count(mentor) for mentor in range(len(rooms))]
    return all(scores[pair] >= 0 for pair in chosen) and all(
        count <= max(0, room - pin)
        for count, room, pin in zip(load, rooms, pins, strict=True)
    )


def names(count):
    return [str(number) for number in range(count)]


def somebody(kind, prefix, **more):
    return st.builds(
        kind,
        hours=st.frozensets(st.integers(0, 5), max_size=4),
        languages=st.frozensets(st.sampled_from(["de", "en", "ar"]), max_size=2),
        ways=st.frozensets(
            st.sampled_from([("pace", "weekly"), ("channel", "written")])
        ),
        contexts=st.frozensets(st.sampled_from(["course-1", "course-2"]), max_size=1),
        blocked=st.frozensets(
            st.sampled_from([f"{prefix}0", f"{prefix}1"]), max_size=1
        ),
        prefers=st.sampled_from([(), (f"{prefix}1",), (f"{prefix}2", f"{prefix}0")]),
        **more,
    )


needs = st.lists(
    st.builds(
        Need,
        skill=st.sampled_from(SKILLS),
        gap=st.sampled_from([0.0, 0.3, 1.0]),
        priority=st.integers(1, 3),
    ),
    max_size=3,
    unique_by=lambda need: need.skill,
).map(tuple)
strengths = st.lists(
    st.builds(
        Strength,
        skill=st.sampled_from(SKILLS),
        level=st.sampled_from([0.5, 1.0]),
        observed=st.sampled_from([None, DAY, DAY - timedelta(days=400)]),
    ),
    max_size=3,
).map(tuple)


@st.composite
def pools(draw, mentees=6, mentors=4):
    """Draw a pool in which most things happen and many people are alike."""
    learners = draw(st.integers(0, mentees))
    helpers = draw(st.integers(0, mentors))
    return Pool(
        mentees=tuple(
            draw(somebody(Mentee, "m", id=st.just(f"l{number}"), needs=needs))
            for number in range(learners)
        ),
        mentors=tuple(
            draw(
                somebody(
                    Mentor,
                    "l",
                    id=st.just(f"m{number}"),
                    strengths=strengths,
                    capacity=st.integers(0, 3),
                    is_paused=st.sampled_from([False, False, True]),
                )
            )
            for number in range(helpers)
        ),
        on=DAY,
    )
