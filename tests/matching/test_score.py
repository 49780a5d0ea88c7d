"""How well two would fit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.matching import Mentee, Mentor, Need, Pool, Strength, Weight, Weights
from lti_mentor.matching.features import known, recency
from lti_mentor.matching.score import score
from tests.matching.instances import DAY, pools, rule

NEEDS = (Need("negotiation", 1.0, 3), Need("python", 0.5, 2))
KNOWS_BOTH = (Strength("negotiation", 1.0, DAY), Strength("python", 1.0, DAY))


def fit(mentee, mentor, **more):
    pool = Pool(
        mentees=(Mentee(id="ana", **mentee),),
        mentors=(Mentor(id="max", **mentor),),
        on=DAY,
        **more,
    )
    return int(score(pool).scores[0, 0])


@rule
@given(pools())
def test_every_score_is_minus_one_or_the_sum_of_its_parts(pool):
    scored = score(pool)

    parts = sum(part.astype(int) for part in scored.parts.values())
    assert (scored.fit == parts).all()
    assert ((scored.scores == -1) | (scored.scores == scored.fit)).all()
    assert ((scored.fit >= 0) & (scored.fit <= 10_000)).all()


@rule
@given(
    st.builds(Weights, *[st.sampled_from(Weight)] * 5),
    st.frozensets(
        st.sampled_from(["skill", "time", "preference", "ways", "context"]), min_size=1
    ),
)
def test_points_always_add_up_to_the_whole(weights, told):
    points = weights.points(told)

    off = all(getattr(weights, name) is Weight.OFF for name in told)
    assert sum(points.values()) == (0 if off else 10_000)
    assert all(points[name] == 0 for name in points if name not in told)


def test_weights_at_normal_are_half_skill_and_the_rest_as_promised():
    points = Weights().points(["skill", "time", "preference", "ways", "context"])

    assert list(points.values()) == [5000, 2000, 1500, 1000, 500]


def test_high_counts_twice_and_low_half_of_normal():
    points = Weights(skill=Weight.LOW, time=Weight.HIGH).points(["skill", "time"])

    assert points["time"] / points["skill"] == pytest.approx(40 / 25, abs=0.001)


def test_who_covers_every_need_freshly_is_a_full_fit_when_nothing_else_is_known():
    assert fit({"needs": NEEDS}, {"strengths": KNOWS_BOTH}) == 10_000


def test_the_larger_and_more_urgent_gap_counts_more():
    covers_large = fit({"needs": NEEDS}, {"strengths": KNOWS_BOTH[:1]})
    covers_small = fit({"needs": NEEDS}, {"strengths": KNOWS_BOTH[1:]})

    assert (covers_large, covers_small) == (7500, 2500)


def test_a_skill_of_two_years_ago_counts_half():
    old = (Strength("python", 1.0, DAY - timedelta(days=730)),)

    assert fit({"needs": (Need("python", 1.0),)}, {"strengths": old}) == 5000


def test_the_best_source_of_a_skill_counts():
    twice = (Strength("python", 1.0, DAY), Strength("python", 0.2, DAY, "self"))

    assert fit({"needs": (Need("python", 1.0),)}, {"strengths": twice}) == 10_000


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, 1000), (180, 1000), (455, 750), (730, 500), (9999, 500), (-5, 1000)],
)
def test_recency_falls_from_half_a_year_to_two_years(days, expected):
    assert recency(DAY - timedelta(days=days), DAY) == expected


def test_a_skill_seen_nobody_knows_when_counts_as_old():
    assert recency(None, DAY) == 500


@pytest.mark.parametrize(
    ("hours", "expected"), [({1, 2}, 10_000), ({2, 3}, 5000), ({5}, 0), (set(), 5000)]
)
def test_time_counts_shared_hours_up_to_what_is_plenty(hours, expected):
    weights = Weights(skill=Weight.OFF)

    value = fit(
        {"hours": frozenset({1, 2})}, {"hours": frozenset(hours)}, weights=weights
    )

    assert value == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("max",), ("ana",), 10_000),
        (("max",), (), 10_000),
        (("x", "max"), ("ana",), 9000),
        (("x",), ("ana",), 5000),
        (("x",), (), 0),
    ],
)
def test_preference_counts_both_ranks_and_leaves_out_who_ranked_nobody(
    mine, theirs, expected
):
    only = Weights(skill=Weight.OFF)

    assert fit({"prefers": mine}, {"prefers": theirs}, weights=only) == expected


def test_ways_count_the_answers_alike_among_those_both_gave():
    mine = frozenset({("pace", "weekly"), ("channel", "video"), ("tone", "direct")})
    theirs = frozenset({("pace", "weekly"), ("channel", "text"), ("tone", "direct")})
    silent_on_tone = frozenset({("pace", "weekly"), ("goal", "career")})

    assert fit({"ways": mine}, {"ways": theirs}) == 6666
    assert fit({"ways": mine}, {"ways": silent_on_tone}) == 10_000


def test_sharing_one_course_or_unit_is_enough():
    value = fit(
        {"contexts": frozenset({"neg101", "sales"})},
        {"contexts": frozenset({"sales"})},
    )

    assert value == 10_000


def test_a_part_nobody_told_anything_about_takes_no_points():
    pool = Pool(mentees=(Mentee(id="ana", needs=NEEDS),), mentors=(), on=DAY)

    assert known(pool) == {"skill"}
