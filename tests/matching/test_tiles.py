"""Scores by tile, by pair and as an explanation are the same numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.matching import tiles
from lti_mentor.matching.score import score
from lti_mentor.matching.tiles import PoolScores
from tests.matching.instances import pools, rule


@st.composite
def demanding_pools(draw):
    """Draw pools in which hours may be required and some learners go first."""
    pool = draw(pools())
    return replace(
        pool,
        mentees=tuple(
            replace(who, goes_first=draw(st.booleans())) for who in pool.mentees
        ),
        hours_required=draw(st.integers(0, 2)),
        forbidden=draw(st.sampled_from([frozenset(), frozenset({("l0", "m0")})])),
    )


def every_pair(shape):
    return [part.ravel() for part in np.indices(shape)]


@rule
@given(demanding_pools())
def test_a_tile_holds_the_scores_of_the_whole_table(pool):
    rows = np.arange(len(pool.mentees))

    assert (PoolScores(pool).tile(rows) == score(pool).scores).all()
    assert (PoolScores(pool).tile(rows[::-1]) == score(pool).scores[::-1]).all()


@rule
@given(demanding_pools())
def test_single_pairs_score_as_in_the_table(pool):
    scored = score(pool)
    learner, mentor = every_pair(scored.scores.shape)

    found = PoolScores(pool).pairs(learner, mentor)

    assert (found == scored.scores.ravel()).all()


@rule
@given(demanding_pools())
def test_the_parts_of_a_pair_are_those_of_the_table(pool):
    scored = score(pool)
    learner, mentor = every_pair(scored.scores.shape)

    found = PoolScores(pool).parts(learner, mentor)

    assert found.keys() == scored.parts.keys()
    for name, part in scored.parts.items():
        assert (found[name] == part.ravel()).all()


@rule
@given(demanding_pools())
def test_a_table_too_large_to_keep_gives_the_same(pool):
    kept = PoolScores(pool)
    learner, mentor = every_pair(kept.shape)
    rows = np.arange(len(pool.mentees))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "KEPT_CELLS", -1)
        computed = PoolScores(pool)

    assert (computed.tile(rows) == kept.tile(rows)).all()
    assert (computed.pairs(learner, mentor) == kept.pairs(learner, mentor)).all()


@rule
@given(demanding_pools())
def test_learners_of_a_kind_have_equal_rows_but_for_private_reasons(pool):
    plain = tuple(
        replace(who, blocked=frozenset(), prefers=(), goes_first=False)
        for who in pool.mentees
    )
    mentors = tuple(
        replace(who, blocked=frozenset(), prefers=()) for who in pool.mentors
    )
    pool = replace(pool, mentees=plain, mentors=mentors, forbidden=frozenset())

    kinds = PoolScores(pool).kinds()

    rows = score(pool).scores
    for one in range(len(rows)):
        for other in np.flatnonzero(kinds == kinds[one]):
            assert (rows[one] == rows[other]).all()


@rule
@given(demanding_pools(), st.data())
def test_a_pin_counts_with_its_fit(pool, data):
    if not pool.mentees or not pool.mentors:
        return
    pin = (
        data.draw(st.integers(0, len(pool.mentees) - 1)),
        data.draw(st.integers(0, len(pool.mentors) - 1)),
    )

    source = PoolScores(pool, [pin])

    assert source.tile(np.array([pin[0]]))[0, pin[1]] == score(pool).fit[pin]
    assert source.pairs(*np.array([pin]).T)[0] == score(pool).fit[pin]
