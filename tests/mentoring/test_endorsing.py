"""Naming a mentor by hand, where the LMS knows none."""

import pytest
from sqlalchemy import select

from lti_mentor.errors import NotAllowed
from lti_mentor.mentoring import candidates, programs, queries
from lti_mentor.mentoring.models import Part, ProgramSkill
from lti_mentor.skills.models import LevelSource, SkillLevel
from tests import builders


@pytest.fixture
def world(session):
    made = builders.world(session)
    made.program.skills.append(ProgramSkill(skill=builders.skill(session, made.course)))
    session.flush()
    return made


def endorsements(world):
    query = select(SkillLevel).filter_by(source=LevelSource.ENDORSED)
    return world.session.scalars(query).all()


def test_a_named_mentor_is_vouched_for_with_name_and_day(world):
    part = programs.endorse(world.session, world.program, world.max, by=world.iris)

    assert (part.part, part.source) == (Part.MENTOR, "endorsed")
    (said,) = endorsements(world)
    assert (said.person_id, said.said_by_id) == (world.max.id, world.iris.id)
    assert said.is_mastered
    assert said.observed_at is not None


def test_vouching_twice_is_kept_once(world):
    for _ in range(2):
        programs.endorse(world.session, world.program, world.max, by=world.iris)

    assert len(endorsements(world)) == 1


def test_a_learner_who_is_named_leaves_the_demand(world):
    builders.participant(world.session, world.program, world.lea, Part.MENTEE)

    part = programs.endorse(world.session, world.program, world.lea, by=world.iris)

    assert part.capacity == world.program.default_capacity
    assert not queries.participants(world.session, world.program, Part.MENTEE)


def test_only_who_leads_the_program_names_mentors(world):
    with pytest.raises(NotAllowed):
        programs.endorse(world.session, world.program, world.max, by=world.lea)

    assert not endorsements(world)


def test_only_people_of_its_courses_who_are_no_mentors_yet_can_be_named(world):
    builders.member(world.session, world.course, world.max)
    programs.endorse(world.session, world.program, world.max, by=world.iris)

    query = candidates.nameable(world.session, world.program)
    names = {person.name for person in world.session.scalars(query)}

    assert names == {"Iris", "Lea"}
