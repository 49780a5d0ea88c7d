"""What the two are told: enough to begin, nothing private."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from lti_mentor.matching import Mentee, Mentor, Need, Pool, Strength, run
from lti_mentor.matching.explain import band
from tests.matching.instances import DAY, pools, rule

ANA = Mentee(id="ana", needs=(Need("s1", 0.37, 3), Need("s2", 0.11, 1)))
MAX = Mentor(
    id="max",
    strengths=(Strength("s1", 0.93, DAY - timedelta(days=30)), Strength("s2", 0.91)),
)
LABELS = {"s1": "Negotiation", "s2": "Listening"}
TELLABLE = {
    "skill.completed": {"skill", "when"},
    "skill.verified": {"skill", "when"},
    "skill.endorsed": {"skill", "when"},
    "skill.named": {"skill", "when"},
    "time.shared": {"hours"},
    "preference.mutual": set(),
    "ways.alike": {"items"},
    "context.shared": set(),
}


def lines(mentee=ANA, mentor=MAX):
    pool = Pool(
        mentees=(mentee,), mentors=(mentor,), on=DAY, mastery=0.9, labels=LABELS
    )
    return [reason.as_json() for reason in run(pool).pairs[0].reasons]


@rule
@given(pools())
def test_only_what_may_be_told_is_told(pool):
    for pair in run(pool).pairs:
        assert len(pair.reasons) <= 3
        for reason in pair.reasons:
            assert reason.parameters.keys() <= TELLABLE[reason.code]


def test_the_skill_that_helps_most_comes_first_with_its_day():
    assert lines()[0] == {
        "code": "skill.completed",
        "skill": "Negotiation",
        "when": (DAY - timedelta(days=30)).isoformat(),
    }


def test_a_day_nobody_knows_is_left_out():
    assert lines()[1] == {"code": "skill.completed", "skill": "Listening"}


def test_no_level_and_no_gap_appears():
    told = str(lines())

    assert not any(number in told for number in ("0.37", "37", "0.93", "93", "11"))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("lms", "skill.completed"),
        ("mentor", "skill.verified"),
        ("endorsed", "skill.endorsed"),
        ("self", "skill.named"),
        ("csv", "skill.named"),
    ],
)
def test_a_line_says_who_vouches_for_the_skill(source, code):
    held = (Strength("s1", 1.0, DAY, source),)

    assert lines(mentor=replace(MAX, strengths=held))[0]["code"] == code


def test_a_skill_below_mastery_or_not_needed_is_not_named():
    held = (
        Strength("s1", 1.0, DAY),
        Strength("s2", 0.5, DAY),
        Strength("s3", 1.0, DAY),
    )

    named = [line["skill"] for line in lines(mentor=replace(MAX, strengths=held))]

    assert named == ["Negotiation"]


def test_shared_hours_working_style_and_course_are_told():
    common: dict[str, Any] = {
        "hours": frozenset({1, 2, 3}),
        "ways": frozenset({("pace", "weekly")}),
        "contexts": frozenset({"neg101"}),
    }
    nothing_needed = replace(ANA, needs=(), **common)

    assert lines(nothing_needed, replace(MAX, **common)) == [
        {"code": "time.shared", "hours": 3},
        {"code": "ways.alike", "items": ("pace",)},
        {"code": "context.shared"},
    ]


def test_a_wish_is_told_only_when_both_had_it():
    mine = replace(ANA, needs=(), prefers=("max",))

    one_sided = lines(mine)
    mutual = lines(mine, replace(MAX, prefers=("ana",)))

    assert one_sided == []
    assert mutual == [{"code": "preference.mutual"}]


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (10_000, "strong"),
        (7500, "strong"),
        (7499, "good"),
        (5000, "good"),
        (4999, "fair"),
        (0, "fair"),
    ],
)
def test_a_score_is_shown_as_a_word(score, word):
    assert band(score) == word
