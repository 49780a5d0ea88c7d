"""From a pool to proposals."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.matching import (
    Mentee,
    Mentor,
    Need,
    Pool,
    Strength,
    Unmatched,
    run,
)
from tests.matching.instances import DAY, pools, rule

ANA = Mentee(id="ana", needs=(Need("negotiation", 0.5),))
BEN = Mentee(id="ben", needs=(Need("negotiation", 0.5),))
MAX = Mentor(id="max", strengths=(Strength("negotiation", 1.0, DAY),), capacity=1)
PIA = Mentor(id="pia", strengths=(Strength("python", 1.0, DAY),), capacity=1)


def a_pool(*, mentees=(ANA,), mentors=(MAX,), **more):
    return Pool(mentees=mentees, mentors=mentors, on=DAY, **more)


def pairs_of(result):
    return [(pair.mentee, pair.mentor) for pair in result.pairs]


@rule
@given(pools(), st.integers(0, 3), st.randoms())
def test_shuffling_the_pool_changes_nothing(pool, seed, random):
    mentees = random.sample(pool.mentees, len(pool.mentees))
    mentors = random.sample(pool.mentors, len(pool.mentors))
    mixed = replace(pool, mentees=tuple(mentees), mentors=tuple(mentors))

    assert run(mixed, seed) == run(pool, seed)
    assert run(pool, seed).verify(mixed)


@rule
@given(pools())
def test_a_result_is_proven_and_can_be_checked_from_the_pool(pool):
    result = run(pool)

    assert result.gap == 0
    assert result.verify(pool)


@rule
@given(pools())
def test_everybody_is_either_paired_or_told_about(pool):
    result = run(pool)

    told = [pair.mentee for pair in result.pairs] + [u.mentee for u in result.unmatched]
    assert sorted(told) == sorted(mentee.id for mentee in pool.mentees)


@rule
@given(pools())
def test_components_add_up_to_the_score_and_the_scores_to_the_total(pool):
    result = run(pool)

    assert all(sum(p.components.values()) == p.score <= 10_000 for p in result.pairs)
    assert sum(pair.score for pair in result.pairs) == result.total


@rule
@given(pools(), st.data())
def test_pins_are_kept_unless_the_two_must_stay_apart(pool, data):
    if not pool.mentees or not pool.mentors:
        return
    mentee = data.draw(st.sampled_from(pool.mentees))
    mentor = data.draw(st.sampled_from(pool.mentors))
    pin = (mentee.id, mentor.id)

    result = run(replace(pool, pinned=(pin,)))

    is_apart = mentor.id in mentee.blocked or mentee.id in mentor.blocked
    assert (pin in pairs_of(result)) or is_apart
    assert (pin in result.refused_pins) == is_apart
    assert result.verify(replace(pool, pinned=(pin,)))


@rule
@given(pools())
def test_nobody_is_paired_against_an_exclusion_or_beyond_capacity(pool):
    mentors = {mentor.id: mentor for mentor in pool.mentors}
    mentees = {mentee.id: mentee for mentee in pool.mentees}

    pairs = pairs_of(run(pool))

    for mentee, mentor in pairs:
        assert mentor not in mentees[mentee].blocked
        assert mentee not in mentors[mentor].blocked
        assert not mentors[mentor].is_paused
    for mentor in pool.mentors:
        assert [name for _, name in pairs].count(mentor.id) <= mentor.capacity


@pytest.mark.parametrize(
    "lie",
    [
        {"total": 1},
        {"gap": 5},
        {"pairs": ()},
        {"prices": {}},
        {"engine": "another"},
        {"refused_pins": (("ana", "max"),)},
    ],
    ids=str,
)
def test_a_tampered_result_does_not_verify(lie):
    pool = a_pool(mentees=(ANA, BEN))
    result = run(pool)

    assert result.verify(pool)
    assert not replace(result, **lie).verify(pool)


def test_a_pair_with_another_score_does_not_verify():
    pool = a_pool()
    result = run(pool)
    dearer = replace(result.pairs[0], score=result.total + 1)

    assert not replace(result, pairs=(dearer,)).verify(pool)


def test_a_result_does_not_verify_against_another_pool():
    assert not run(a_pool()).verify(a_pool(mentees=(BEN,)))


def test_a_pin_wins_over_what_a_mentor_can_do_and_how_many_they_take():
    pool = a_pool(mentors=(replace(PIA, capacity=0),), pinned=(("ana", "pia"),))

    pair = run(pool).pairs[0]

    assert (pair.mentor, pair.is_pinned) == ("pia", True)


def test_a_pin_beyond_capacity_counts_with_its_fit():
    full = replace(MAX, capacity=0)

    result = run(a_pool(mentors=(full,), pinned=(("ana", "max"),)))

    assert result.total == result.pairs[0].score == 10_000


def test_a_pin_never_wins_over_an_exclusion():
    kept_apart = replace(MAX, blocked=frozenset({"ana"}))
    pool = a_pool(mentors=(kept_apart,), pinned=(("ana", "max"),))

    result = run(pool)

    assert result.pairs == ()
    assert result.refused_pins == (("ana", "max"),)


def test_a_pin_of_somebody_who_left_is_refused_and_the_rest_goes_on():
    result = run(a_pool(pinned=(("ana", "gone"),)))

    assert result.refused_pins == (("ana", "gone"),)
    assert pairs_of(result) == [("ana", "max")]


def test_who_has_no_place_is_told_so():
    result = run(a_pool(mentees=(ANA, BEN)))

    assert [unmatched.rule for unmatched in result.unmatched] == ["places.taken"]


def test_who_has_nobody_is_told_the_rule():
    result = run(a_pool(mentors=(PIA,)))

    assert result.unmatched == (Unmatched("ana", "skill.none_mastered"),)


def test_labels_change_no_fingerprint_and_everything_else_does():
    pool = a_pool()

    assert replace(pool, labels={"python": "Python"}).fingerprint() == (
        pool.fingerprint()
    )
    assert replace(pool, hours_required=1).fingerprint() != pool.fingerprint()
    assert a_pool(mentees=(BEN,)).fingerprint() != pool.fingerprint()


@pytest.mark.parametrize(
    "more",
    [
        {"mentees": (ANA, ANA)},
        {"mentors": (MAX, MAX)},
        {"pinned": (("ana", "max"), ("ana", "pia"))},
        {"mastery": 1.5},
    ],
    ids=str,
)
def test_a_pool_that_contradicts_itself_is_refused(more):
    with pytest.raises(ValueError, match=r"."):
        a_pool(**more)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_gaps_and_levels_are_shares(share):
    with pytest.raises(ValueError, match="share"):
        Need("python", share)
    with pytest.raises(ValueError, match="share"):
        Strength("python", share)
