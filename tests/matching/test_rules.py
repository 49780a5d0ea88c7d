"""What makes a pair impossible, and what staff are told of it."""

from dataclasses import replace

import pytest
from hypothesis import given

from lti_mentor.matching import Mentee, Mentor, Need, Pool, Strength, why_not
from lti_mentor.matching.rules import judge
from tests.matching.instances import DAY, pools, rule

ANA = Mentee(
    id="ana",
    needs=(Need("negotiation", 0.5),),
    hours=frozenset({10}),
    languages=frozenset({"de"}),
)
MAX = Mentor(
    id="max",
    strengths=(Strength("negotiation", 1.0, DAY),),
    hours=frozenset({10}),
    languages=frozenset({"de", "en"}),
)


def why(mentor=MAX, mentee=ANA, **more):
    return why_not(Pool(mentees=(mentee,), mentors=(mentor,), on=DAY, **more), mentee)


def test_two_who_fit_may_be_paired():
    assert why() is None


@pytest.mark.parametrize(
    ("mentor", "code"),
    [
        (replace(MAX, id="ana"), "pair.not_possible"),
        (replace(MAX, blocked=frozenset({"ana"})), "pair.not_possible"),
        (replace(MAX, is_paused=True), "mentor.paused"),
        (replace(MAX, capacity=0), "mentor.full"),
        (replace(MAX, capacity=-1), "mentor.full"),
        (replace(MAX, languages=frozenset({"fr"})), "language.none_shared"),
        (replace(MAX, strengths=()), "skill.none_mastered"),
        (
            replace(MAX, strengths=(Strength("negotiation", 0.9, DAY),)),
            "skill.none_mastered",
        ),
    ],
)
def test_each_rule_empties_the_list_under_its_own_code(mentor, code):
    assert why(mentor) == code


def test_shared_hours_are_a_wish_unless_the_program_insists():
    elsewhere = replace(MAX, hours=frozenset({11}))

    assert why(elsewhere) is None
    assert why(elsewhere, hours_required=1) == "time.none_shared"


def test_a_language_nobody_told_fits_everybody():
    assert why(replace(MAX, languages=frozenset())) is None


def test_a_lower_bar_lets_more_mentors_help():
    nearly = replace(MAX, strengths=(Strength("negotiation", 0.8, DAY),))

    assert why(nearly, mastery=0.8) is None


def test_who_needs_nothing_known_may_have_anybody():
    assert why(replace(MAX, strengths=()), replace(ANA, needs=())) is None


def test_without_mentors_that_is_the_reason():
    assert why_not(Pool(mentees=(ANA,), mentors=(), on=DAY), ANA) == "mentor.none"


def test_what_the_organisation_forbids_reads_like_any_private_reason():
    assert why(forbidden=frozenset({("ana", "max")})) == "pair.not_possible"


def test_an_exclusion_stays_hidden_where_another_rule_empties_the_list():
    busy = replace(MAX, id="pia", capacity=0)
    shy = replace(ANA, blocked=frozenset({"max"}))
    pool = Pool(mentees=(shy,), mentors=(MAX, busy), on=DAY)

    assert why_not(pool, shy) == "mentor.full"


def test_an_exclusion_counts_whoever_of_the_two_said_so():
    shy = replace(ANA, blocked=frozenset({"max"}))

    assert why(mentee=shy) == "pair.not_possible"


@rule
@given(pools())
def test_a_code_stands_exactly_where_no_mentor_is_left(pool):
    may, emptied = judge(pool)

    assert [code is None for code in emptied] == may.any(axis=1).tolist()
