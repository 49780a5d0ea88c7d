"""However few pairs are solved at first, and by whom, the answer is the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from lti_mentor.matching import assign
from lti_mentor.matching.assignment import assign_from
from lti_mentor.matching.candidates import Width, best_of, candidates
from lti_mentor.matching.optimum import How
from lti_mentor.matching.problem import Matrix
from lti_mentor.matching.solve import by_ortools
from tests.matching.instances import names, problems, rule

LARGER = problems(learners=24, mentors=9)
NARROW = {
    "repaired": How(width=1, mentor_width=1, listed=1, repaired=1),
    "solved again": How(width=1, mentor_width=1, listed=1, repaired=10**6),
    "listed twice": How(width=1, mentor_width=1, listed=2, repaired=1),
    "another solver": How(backend=by_ortools),
}


def found_by(scores, rooms, how):
    ids = names(scores.shape[0]), names(scores.shape[1])
    return assign_from(Matrix(scores), rooms, ids=ids, how=how)


def cohorts(seed):
    """Return many learners of few kinds."""
    dice = np.random.default_rng(seed)
    kinds = dice.integers(-1, 40, size=(3, 30)).astype(np.int32)
    return kinds[dice.integers(0, 3, size=90)], dice.integers(0, 5, size=30)


@rule
@given(LARGER, st.sampled_from(sorted(NARROW)))
def test_the_way_there_changes_no_pair_and_no_price(problem, way):
    scores, rooms = problem

    found = found_by(scores, rooms, NARROW[way])

    plain = assign(scores, rooms)
    assert (found.mentor_of == plain.mentor_of).all()
    assert (found.prices == plain.prices).all()
    assert found.gap == 0
    assert found.verify(scores, rooms)


@pytest.mark.parametrize("way", sorted(NARROW))
@pytest.mark.parametrize("seed", range(4))
def test_learners_alike_change_nothing_of_that(way, seed):
    scores, rooms = cohorts(seed)

    found = found_by(scores, rooms, NARROW[way])

    assert (found.mentor_of == assign(scores, rooms).mentor_of).all()
    assert found.verify(scores, rooms)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("supply", [0.6, 1.0, 1.4])
def test_as_many_pairs_and_as_high_a_total_as_a_dense_solver(seed, supply):
    dice = np.random.default_rng(seed)
    scores = dice.integers(-4000, 10_000, size=(120, 30)).clip(-1).astype(np.int32)
    rooms = dice.multinomial(round(120 * supply), np.full(30, 1 / 30))

    found = found_by(scores, rooms, NARROW["repaired"])

    bonus = np.where(scores >= 0, scores + 10_000_000, 0)
    dense = np.repeat(bonus, rooms, axis=1)
    best = int(dense[linear_sum_assignment(dense, maximize=True)].sum())
    assert found.matched * 10_000_000 + found.total == best


@rule
@given(LARGER, st.data())
def test_more_room_never_costs_and_a_pair_less_never_gains(problem, data):
    scores, rooms = problem
    if not scores.size:
        return
    row = data.draw(st.integers(0, scores.shape[0] - 1))
    column = data.draw(st.integers(0, scores.shape[1] - 1))
    before = assign(scores, rooms)

    roomier, fewer = rooms.copy(), scores.copy()
    roomier[column] += 1
    fewer[row, column] = -1

    assert merit(assign(scores, roomier)) >= merit(before)
    assert merit(assign(fewer, rooms)) <= merit(before)


@rule
@given(LARGER)
def test_scores_that_count_twice_leave_every_pair(problem):
    scores, rooms = problem
    half = np.where(scores > 0, scores // 2, scores).astype(np.int32)

    double = np.where(half > 0, half * 2, half).astype(np.int32)

    assert (assign(half, rooms).mentor_of == assign(double, rooms).mentor_of).all()


@rule
@given(LARGER, st.integers(1, 4), st.integers(1, 6))
def test_what_is_not_listed_scores_no_more_than_either_floor(problem, wide, high):
    scores, _ = problem
    width = Width(np.full(len(scores), wide), high)

    lists = candidates(Matrix(scores), width)

    listed = np.zeros(scores.shape, dtype=bool)
    edges = lists.edges
    listed[edges.learner, edges.mentor] = True
    least = np.minimum(lists.learner_floor[:, None], lists.mentor_floor)
    assert (scores[listed] >= 0).all()
    assert (edges.score == scores[edges.learner, edges.mentor]).all()
    assert (scores <= least)[~listed & (scores >= 0)].all()


@rule
@given(LARGER)
def test_the_best_of_the_lists_are_as_many_as_asked_for(problem):
    scores, _ = problem
    everything = Width(np.full(len(scores), 99), 99)
    edges = candidates(Matrix(scores), everything).edges

    best = edges.only(best_of(edges, Width(np.full(len(scores), 2), 0)))

    allowed = (scores >= 0).sum(axis=1)
    count = np.bincount(best.learner, minlength=len(scores))
    assert (count == np.minimum(allowed, 2)).all()


@rule
@given(LARGER)
def test_a_solver_that_does_less_than_its_best_is_found_out(problem):
    scores, rooms = problem

    found = found_by(scores, rooms, How(backend=gives_up))

    missed = assign(scores, rooms).matched
    assert (found.gap == 0) == (missed == 0)
    assert found.verify(scores, rooms)


def gives_up(edges, learners, rooms, bonus):
    """Pair nobody."""
    return np.full(learners, len(rooms))


def merit(found):
    return found.matched, found.total
