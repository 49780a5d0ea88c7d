"""Who is paired with whom, and the proof of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.matching import NOBODY, Assignment, assign
from tests.matching.instances import brute_force, problems, rule

seeds = st.integers(0, 5)


@rule
@given(problems(), seeds)
def test_the_answer_is_the_first_of_the_best_that_trying_everything_finds(
    problem, seed
):
    scores, rooms = problem

    found = assign(scores, rooms, seed=seed)

    assert tuple(found.mentor_of) == brute_force(scores, rooms, seed)


@rule
@given(problems(learners=12, mentors=8), seeds)
def test_every_answer_proves_itself(problem, seed):
    scores, rooms = problem

    found = assign(scores, rooms, seed=seed)

    assert found.gap == 0
    assert found.verify(scores, rooms)


@rule
@given(problems(learners=12, mentors=8), seeds, st.randoms())
def test_the_order_of_rows_and_columns_changes_no_pair(problem, seed, random):
    scores, rooms = problem
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    ids = [f"l{row}" for row in rows], [f"m{column}" for column in columns]

    plain = _named(scores, rooms, sorted(ids[0], key=_number), _in_order(ids[1]), seed)
    mixed = _named(scores[np.ix_(rows, columns)], rooms[columns], *ids, seed)

    assert plain == mixed


@rule
@given(problems(), seeds, st.data())
def test_pins_are_kept_and_the_rest_is_the_best_beside_them(problem, seed, data):
    scores, rooms = problem
    pins = data.draw(_pins(*scores.shape))
    for _, mentor in pins:
        rooms[mentor] = max(rooms[mentor], 2)

    found = assign(scores, rooms, pinned=pins, seed=seed)

    assert tuple(found.mentor_of) == brute_force(scores, rooms, seed, pins)
    assert found.gap == 0
    assert found.verify(scores, rooms)


@rule
@given(problems(learners=6, mentors=5), st.data())
def test_another_set_of_pairs_never_passes_as_proven_unless_it_is_as_good(
    problem, data
):
    scores, rooms = problem
    found = assign(scores, rooms)
    other = found.mentor_of.copy()
    for row in range(len(other)):
        other[row] = data.draw(st.integers(NOBODY, scores.shape[1] - 1))

    claim = replace(found, mentor_of=other)

    paired = [(row, mentor) for row, mentor in enumerate(other) if mentor >= 0]
    is_as_good = (len(paired), sum(int(scores[pair]) for pair in paired)) == (
        found.matched,
        found.total,
    )
    if claim.verify(scores, rooms):
        assert is_as_good
        assert all(scores[pair] >= 0 for pair in paired)
        assert (np.bincount(other[other >= 0], minlength=len(rooms)) <= rooms).all()


SCORES = np.array([[9, 8], [8, 1]], dtype=np.int32)
ONE_EACH = np.array([1, 1])


@pytest.mark.parametrize(
    "lie",
    [
        {"total": 17},
        {"matched": 1},
        {"gap": 1},
        {"mentor_of": np.array([0, 1])},
        {"mentor_of": np.array([1, 1])},
        {"mentor_of": np.array([1, NOBODY])},
        {"mentor_of": np.array([1])},
        {"mentor_of": np.array([1, 7])},
        {"prices": np.array([-1, 0])},
        {"prices": np.array([0, 0])},
        {"prices": np.array([0])},
        {"pinned": ((0, 0),)},
    ],
    ids=str,
)
def test_a_tampered_result_does_not_verify(lie):
    found = assign(SCORES, ONE_EACH)

    assert found.verify(SCORES, ONE_EACH)
    assert not replace(found, **lie).verify(SCORES, ONE_EACH)


@pytest.mark.parametrize(
    ("scores", "claim"),
    [
        ([[-1]], Assignment(np.array([0]), np.array([0]), (), 1, 0, gap=1 << 60)),
        ([[5]], Assignment(np.array([NOBODY]), np.array([0]), ((0, 0),), 0, 0, gap=0)),
        (
            [[5], [-1]],
            Assignment(
                np.array([NOBODY, NOBODY]), np.array([-20_007]), (), 0, 0, gap=0
            ),
        ),
    ],
    ids=["a pair not allowed", "a pin not kept", "a price below nothing"],
)
def test_a_forged_proof_does_not_verify(scores, claim):
    assert not claim.verify(np.array(scores, dtype=np.int32), np.array([2]))


def test_a_result_does_not_verify_against_other_scores():
    found = assign(SCORES, ONE_EACH)

    assert not found.verify(SCORES[::-1].copy(), ONE_EACH)


def test_the_best_total_wins_over_the_best_single_pair():
    assert assign(SCORES, ONE_EACH).mentor_of.tolist() == [1, 0]


def test_one_learner_more_wins_over_any_total():
    scores = np.array([[10_000, 0], [0, -1]], dtype=np.int32)

    assert assign(scores, ONE_EACH).mentor_of.tolist() == [1, 0]


def test_a_pair_that_is_not_allowed_is_left_out():
    found = assign(np.array([[-1]], dtype=np.int32), np.array([1]))

    assert found.mentor_of.tolist() == [NOBODY]
    assert found.matched == 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_gives_an_empty_answer_with_its_proof(shape):
    scores = np.zeros(shape, dtype=np.int32)
    rooms = np.ones(shape[1], dtype=np.int64)

    found = assign(scores, rooms)

    assert (found.matched, found.total, found.gap) == (0, 0, 0)
    assert found.verify(scores, rooms)


def test_a_pin_wins_over_the_score():
    scores = np.array([[-1], [5]], dtype=np.int32)

    found = assign(scores, np.array([1]), pinned=[(0, 0)])

    assert found.mentor_of.tolist() == [0, NOBODY]
    assert (found.matched, found.total) == (1, 0)
    assert found.verify(scores, np.array([1]))


def test_a_price_says_what_one_place_more_is_worth():
    scores = np.array([[7], [5]], dtype=np.int32)

    price = assign(scores, np.array([1])).prices[0]

    assert price == 15_001 + 5


def test_identical_learners_are_told_apart_by_their_ids_only():
    scores = np.zeros((6, 3), dtype=np.int32)
    ids = [f"l{number}" for number in range(6)]

    pairs = [
        _named(scores, np.array([2, 1, 1]), rows, ["a", "b", "c"], 0)
        for rows in (ids, ids[::-1])
    ]

    assert pairs[0] == pairs[1]


def test_another_seed_may_choose_others_among_equals():
    scores = np.zeros((6, 1), dtype=np.int32)

    chosen = {
        assign(scores, np.array([1]), seed=s).mentor_of.argmax() for s in range(9)
    }

    assert len(chosen) > 1


@pytest.mark.parametrize(
    ("scores", "rooms", "pinned"),
    [
        ([[1, 2]], [1], ()),
        ([1, 2], [1, 1], ()),
        ([[10_001]], [1], ()),
        ([[-2]], [1], ()),
        ([[1]], [-1], ()),
        ([[1.5]], [1], ()),
        ([[float("nan")]], [1], ()),
        ([[1]], [1], [(1, 0)]),
        ([[1]], [1], [(-1, 0)]),
        ([[1, 1]], [1, 1], [(0, 0), (0, 1)]),
        ([[1], [1]], [1], [(0, 0), (1, 0)]),
    ],
)
def test_what_makes_no_sense_is_refused(scores, rooms, pinned):
    with pytest.raises(ValueError, match=r"."):
        assign(np.array(scores), np.array(rooms), pinned=pinned)


@pytest.mark.parametrize("ids", [["a", "a"], ["a"]])
def test_ids_must_tell_everybody_apart(ids):
    with pytest.raises(ValueError, match="one id each"):
        assign(np.zeros((2, 1), dtype=np.int32), np.array([1]), learners=ids)


def _named(scores, rooms, rows, columns, seed):
    found = assign(scores, rooms, seed=seed, learners=rows, mentors=columns)
    return {
        rows[row]: columns[mentor] if mentor >= 0 else None
        for row, mentor in enumerate(found.mentor_of)
    }


def _number(name):
    return int(name[1:])


def _in_order(ids):
    return sorted(ids, key=_number)


@st.composite
def _pins(draw, learners, mentors):
    if not learners or not mentors:
        return ()
    held = draw(st.sets(st.integers(0, learners - 1), max_size=2))
    return tuple((row, draw(st.integers(0, mentors - 1))) for row in sorted(held))
