"""The score: worked examples, and rules for every input."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.practice.scoring import Facts, components, quality, score

PERFECT = Facts(
    maximum=100,
    applications_required=3,
    qualities=[Decimal(1)] * 3,
    sessions_required=2,
    sessions_held=2,
    sessions_excused=0,
    plan_agreed=True,
    plan_waived=False,
    reflected=True,
    weights={},
)
THREE_QUARTERS = [Decimal("0.75")] * 2


@pytest.mark.parametrize(
    ("points", "changes"),
    [
        ("100.00", {}),
        (  # a perfect learner whose mentor never answered and never came
            "100.00",
            {
                "plan_agreed": False,
                "plan_waived": True,
                "sessions_held": 0,
                "sessions_excused": 2,
            },
        ),
        (
            "47.50",
            {"qualities": THREE_QUARTERS, "sessions_held": 1, "reflected": False},
        ),
        ("40.00", {"qualities": []}),
        (
            "0.00",
            {
                "weights": dict.fromkeys(("plan", "applied"), 0),
                "reflected": False,
                "sessions_excused": 2,
                "sessions_held": 0,
            },
        ),
        (
            "33.33",
            {
                "weights": {"applied": 0, "sessions": 15, "reflection": 15, "plan": 15},
                "sessions_held": 0,
                "reflected": False,
            },
        ),
    ],
)
def test_worked_examples(points, changes):
    assert score(replace(PERFECT, **changes)) == Decimal(points)


def test_what_does_not_apply_is_shown_as_such():
    rows = {c.name: c.share for c in components(replace(PERFECT, plan_waived=True))}

    assert rows == {"plan": None, "applied": 1, "sessions": 1, "reflection": 1}


shares = st.decimals(0, 1, places=3)
counts = st.integers(0, 5)
facts = st.builds(
    Facts,
    maximum=st.integers(1, 10_000),
    applications_required=st.integers(1, 5),
    qualities=st.lists(shares, max_size=8),
    sessions_required=counts,
    sessions_held=counts,
    sessions_excused=counts,
    plan_agreed=st.booleans(),
    plan_waived=st.booleans(),
    reflected=st.booleans(),
    weights=st.dictionaries(
        st.sampled_from(["plan", "applied", "sessions", "reflection"]),
        st.integers(0, 100),
    ),
)


@given(facts)
def test_a_score_is_never_outside_what_the_gradebook_takes(some):
    assert 0 <= score(some) <= some.maximum
    assert score(some).as_tuple().exponent == -2


@given(facts, shares)
def test_nothing_a_learner_adds_lowers_the_score(some, more):
    before = score(some)

    assert score(replace(some, reflected=True)) >= before
    assert score(replace(some, plan_agreed=True)) >= before
    assert score(replace(some, sessions_held=some.sessions_held + 1)) >= before
    assert score(replace(some, qualities=[*some.qualities, more])) >= before


@given(facts, st.randoms())
def test_the_order_of_applications_makes_no_difference(some, random):
    shuffled = list(some.qualities)
    random.shuffle(shuffled)

    assert score(replace(some, qualities=shuffled)) == score(some)


RUBRIC = [
    {"key": "a", "levels": ["no", "partly", "yes"]},
    {"key": "b", "levels": ["no", "yes"]},
    {"key": "c", "levels": ["met"]},
]


@pytest.mark.parametrize(
    ("levels", "reached"),
    [
        ({"a": 2, "b": 1}, "1"),
        ({"a": 1, "b": 1}, "0.8333"),
        ({"a": 99, "b": -1}, "0.6667"),
        ({}, "0.3333"),
    ],
)
def test_a_rubric_gives_a_share(levels, reached):
    assert round(quality(RUBRIC, levels), 4) == Decimal(reached)


def test_without_a_rubric_verified_is_all():
    assert quality([], {"a": 0}) == 1
