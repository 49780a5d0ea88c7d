"""Skills: append-only, by source, the newest counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lti_mentor.errors import Invalid
from lti_mentor.skills import queries, service
from lti_mentor.skills.models import LevelSource, Skill, SkillLevel
from lti_mentor.skills.queries import Standing
from tests import builders

LMS, MENTOR = LevelSource.LMS, LevelSource.MENTOR


@pytest.fixture
def skill(w) -> Skill:
    return builders.skill(w.session, w.course)


def observe(w, skill, level, raw, *, is_mastered=False):
    said = service.Observation(w.lea.id, skill, level, raw, is_mastered, None)
    return service.observe(w.session, [said])


def verify(w, skill, level):
    row = SkillLevel(person_id=w.lea.id, skill_id=skill.id, source=MENTOR, level=level)
    w.session.add(row)
    w.session.flush()


def test_what_was_said_stays_and_the_newest_counts(w, skill):
    observe(w, skill, 1.0, "Competent", is_mastered=True)
    observe(w, skill, 0.5, "Not yet")

    newest = queries.newest_level(w.session, w.lea, skill, LMS)

    assert newest is not None
    assert newest.raw == "Not yet"
    assert w.session.scalar(select(func.count(SkillLevel.id))) == 2


def test_the_same_again_adds_nothing(w, skill):
    assert observe(w, skill, 0.5, "Not yet") == 1
    assert observe(w, skill, 0.5, "Not yet") == 0


def test_sources_are_never_mixed(w, skill):
    observe(w, skill, 0.5, "Not yet")
    verify(w, skill, 1.0)
    observe(w, skill, 0.5, "Still not")

    (standing,) = queries.standings(w.session, w.course, w.lea)

    assert standing.lms is not None
    assert standing.verified is not None
    assert (standing.lms.raw, standing.verified.level) == ("Still not", 1.0)


def test_the_best_a_mentor_verified_is_shown(w, skill):
    for level in (0.5, 1.0, 0.7):
        verify(w, skill, level)

    (standing,) = queries.standings(w.session, w.course, w.lea)

    assert standing.verified is not None
    assert standing.verified.level == 1.0


def test_nobody_knows_a_gap_where_nobody_said_anything(w, skill):
    (standing,) = queries.standings(w.session, w.course, w.lea)

    assert standing.gap is None


share = st.floats(0, 1)


@given(target=share, level=share)
def test_a_gap_is_what_is_missing_and_never_negative(target, level):
    skill = Skill(label="Listening")

    gap = Standing(skill, target, SkillLevel(level=level), None).gap

    assert gap == max(0.0, target - level)


def test_a_typed_skill_is_typed_once(w):
    first = service.type_skill(w.session, w.course, " Listening ")

    assert service.type_skill(w.session, w.course, "listening") is first
    assert queries.skills_of(w.session, w.course) == [first]
    assert first.external_id == str(first.public_id)


def test_a_typed_skill_has_a_name(w):
    with pytest.raises(Invalid):
        service.type_skill(w.session, w.course, "  ")


def test_a_skill_the_lms_renames_stays_one(w):
    service.name_skills(w.session, w.course, [service.SkillFact("9", "Old")])
    service.name_skills(w.session, w.course, [service.SkillFact("9", "New")])

    assert [s.label for s in queries.skills_of(w.session, w.course)] == ["New"]
