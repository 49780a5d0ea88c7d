"""What whoever leads a program changes in it later."""

from dataclasses import replace

import pytest

from lti_mentor.errors import Conflict, Invalid, NotAllowed
from lti_mentor.mentoring import fitting, programs, queries, settings
from lti_mentor.mentoring.models import (
    MentorshipState,
    Part,
    ProgramKind,
    ProgramSkill,
    ProgramState,
)
from lti_mentor.mentoring.presets import PRESETS
from lti_mentor.mentoring.settings import Changes
from lti_mentor.skills.models import CompletionState, CourseCompletion
from tests import builders

S = ProgramState
GIVEN = Changes("Again", 4, 7, 3, 5)


def change(w, by=None, **said):
    settings.change(w.session, w.program, replace(GIVEN, **said), by=by or w.iris)


@pytest.mark.parametrize("key", PRESETS)
def test_three_answers_and_a_preset_make_a_program(w, key):
    answers = programs.ProgramAnswers("Listen", (), preset=key)

    made = programs.start_program(w.session, w.course, w.iris, answers)

    preset = PRESETS[key]
    assert (made.purpose, made.kind) == (key, preset.kind)
    assert made.learners_choose is preset.learners_choose
    assert made.default_capacity == preset.capacity
    assert made.measures == list(preset.measures)


def test_what_was_preset_is_changed_and_the_day_of_the_baseline_kept(w):
    change(w, learners_choose=True, measures=("level",), baseline={"level": 0})

    p = w.program
    assert (p.name, p.weeks, p.cadence_days) == ("Again", 4, 7)
    assert (p.default_capacity, p.answer_days, p.learners_choose) == (3, 5, True)
    assert p.measures == ["level"]
    assert p.baseline["level"] == 0 and p.baseline["at"]
    before = p.baseline
    change(w, measures=("level",), baseline={"level": 0})
    assert p.baseline == before
    change(w)
    assert p.baseline == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"weeks": 53},
        {"weeks": 0},
        {"answer_days": 31},
        {"default_capacity": 0},
        {"cadence_days": 61},
        {"measures": ("luck",)},
        {"baseline": {"level": 101}},
        {"baseline": {"luck": 1}},
    ],
)
def test_what_nobody_can_mean_is_refused(w, wrong):
    with pytest.raises(Invalid):
        change(w, **wrong)


def test_only_who_leads_it_changes_anything(w):
    for verb in (
        lambda: change(w, by=w.lea),
        lambda: settings.move(w.session, w.program, S.PAUSED, by=w.lea),
        lambda: settings.duplicate(w.session, w.program, "B", by=w.lea),
        lambda: settings.add_course(w.session, w.program, w.course, by=w.lea),
        lambda: settings.drop_course(w.session, w.program, w.course, by=w.lea),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_it_rests_goes_on_is_put_away_and_comes_back(w):
    for to in (S.PAUSED, S.PAUSED, S.RUNNING, S.ARCHIVED, S.RUNNING):
        settings.move(w.session, w.program, to, by=w.iris)
        assert w.program.state is to
    settings.move(w.session, w.program, S.ARCHIVED, by=w.iris)
    with pytest.raises(Conflict, match=r"program\.step"):
        settings.move(w.session, w.program, S.PAUSED, by=w.iris)
    w.program.state = S.DRAFT
    with pytest.raises(Conflict):
        settings.move(w.session, w.program, S.RUNNING, by=w.iris)


def test_put_away_offers_are_taken_back_and_pairs_go_on(w):
    mia = builders.person(w.session, w.tenant, "Mia")
    pair = w.pair()
    offer = builders.mentorship(w.session, w.program, w.max, mia)

    settings.move(w.session, w.program, S.ARCHIVED, by=w.iris)

    assert pair.state is MentorshipState.ACTIVE
    assert offer.state is MentorshipState.WITHDRAWN


def test_a_duplicate_has_the_settings_and_nobody_in_it(w):
    skill = builders.skill(w.session, w.course)
    w.program.skills.append(ProgramSkill(skill=skill, priority=3))
    w.program.kind = ProgramKind.FLASH
    w.pair()
    builders.participant(w.session, w.program, w.lea, Part.MENTEE)
    change(w, learners_choose=True, measures=("level",), baseline={"level": 4})

    twin = settings.duplicate(w.session, w.program, "Autumn", by=w.iris)

    assert (twin.name, twin.weeks, twin.kind) == ("Autumn", 4, ProgramKind.FLASH)
    assert (twin.learners_choose, twin.measures) == (True, ["level"])
    assert [(row.skill, row.priority) for row in twin.skills] == [(skill, 3)]
    assert [row.context for row in twin.audience] == [w.course]
    assert twin.baseline == {}
    assert queries.participants(w.session, twin, Part.MENTEE) == []


def test_a_course_is_added_and_taken_out_and_one_stays(w):
    second = builders.context(w.session, w.tenant, title="Second")

    settings.add_course(w.session, w.program, second, by=w.iris)
    settings.add_course(w.session, w.program, second, by=w.iris)
    assert [row.context for row in w.program.audience] == [w.course, second]

    settings.drop_course(w.session, w.program, w.course, by=w.iris)
    with pytest.raises(Conflict, match=r"program\.last_course"):
        settings.drop_course(w.session, w.program, second, by=w.iris)
    far = builders.context(w.session, builders.registration(w.session))
    with pytest.raises(NotAllowed):
        settings.add_course(w.session, w.program, far, by=w.iris)


def test_who_fits_is_counted_and_who_nothing_reaches_is_named(w):
    earlier = builders.context(w.session, w.tenant, family="NEG")
    w.course.family = "NEG"
    nina = builders.person(w.session, w.tenant, "Nina", email="n@example.edu")
    builders.member(w.session, w.course, nina)
    builders.member(
        w.session, w.course, builders.person(w.session, w.tenant, "T", is_test=True)
    )
    w.session.add(
        CourseCompletion(
            context_id=earlier.id, person_id=w.max.id, state=CompletionState.COMPLETE
        )
    )
    w.session.flush()

    found = fitting.fit(w.session, fitting.planned(w.course, []))

    assert (found.learners, found.mentors) == (2, 1)
    assert (found.unreached_learners, found.unreached_mentors) == (1, 1)
    assert found.unreached == (w.max, w.lea)
    assert len(w.session.new) == 0


def test_staff_find_what_runs_first_and_what_was_put_away_last(w):
    away, rests = (
        builders.program(w.session, w.course, w.iris, state=state)
        for state in (S.ARCHIVED, S.PAUSED)
    )

    assert settings.in_course(w.session, w.course) == [w.program, rests, away]
