"""From the tables to a draft of pairs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentor.clock import now
from lti_mentor.matching import service
from lti_mentor.mentoring import apart, programs
from lti_mentor.mentoring.models import (
    MatchRun,
    MentorshipState,
    Part,
    Participant,
    ParticipantState,
    ProgramKind,
    ProgramSkill,
    Proposal,
    RunState,
)
from lti_mentor.skills.models import LevelSource, SkillLevel
from tests import builders


@pytest.fixture
def world(session):
    """Lea would like a mentor; Max masters the program's skill."""
    made = builders.world(session)
    skill = builders.skill(session, made.course)
    made.program.skills.append(ProgramSkill(skill=skill))
    know(made, made.max, skill, level=1.0)
    builders.participant(session, made.program, made.lea, Part.MENTEE)
    builders.participant(session, made.program, made.max, Part.MENTOR, capacity=1)
    session.commit()
    return made


def know(world, person, skill, *, level, source=LevelSource.LMS):
    world.session.add(
        SkillLevel(
            person_id=person.id,
            skill_id=skill.id,
            source=source,
            level=level,
            is_mastered=level >= 1,
        )
    )
    world.session.commit()


def match(world):
    run = service.request(world.session, world.program, world.iris)
    world.session.commit()
    service.compute(world.session, run.id)
    return world.session.get_one(MatchRun, run.id)


def pairs(world, run):
    found = world.session.scalars(select(Proposal).filter_by(run_id=run.id))
    return [(pair.mentee.name, pair.mentor.name) for pair in found]


def part_of(world, person):
    query = select(Participant).filter_by(person_id=person.id)
    return world.session.scalars(query).one()


def test_a_learner_gets_the_mentor_who_masters_what_they_need(world):
    run = match(world)

    assert (run.state, run.matched, run.gap) == (RunState.DRAFT, 1, 0)
    assert pairs(world, run) == [("Lea", "Max")]


def test_the_same_people_give_the_same_pairs_and_the_same_hash(world):
    first, second = match(world), match(world)

    assert first.inputs_hash == second.inputs_hash
    assert pairs(world, first) == pairs(world, second)


def test_a_run_is_filled_once(world):
    run = match(world)

    service.compute(world.session, run.id)

    assert pairs(world, run) == [("Lea", "Max")]


def test_a_run_put_aside_while_it_waited_stays_empty(world):
    first = service.request(world.session, world.program, world.iris)
    service.request(world.session, world.program, world.iris)
    world.session.commit()

    service.compute(world.session, first.id)

    assert first.state is RunState.DISCARDED
    assert pairs(world, first) == []


def test_who_declined_being_paired_is_left_out(world):
    part_of(world, world.lea).state = ParticipantState.PAIRING_DECLINED
    world.session.commit()

    assert pairs(world, match(world)) == []


@pytest.mark.parametrize("who", ["lea", "max"])
def test_who_said_not_now_is_left_out(world, who):
    part_of(world, getattr(world, who)).paused_until = now() + timedelta(days=7)
    world.session.commit()

    assert pairs(world, match(world)) == []


def test_who_has_a_mentor_is_not_matched_again(world):
    world.pair(MentorshipState.ACTIVE)
    world.session.commit()

    assert pairs(world, match(world)) == []


def test_a_mentor_who_is_full_gets_nobody_and_the_run_says_so(world):
    other = builders.person(world.session, world.tenant, "Olga")
    builders.mentorship(
        world.session, world.program, world.max, other, MentorshipState.ACTIVE
    )
    world.session.commit()

    run = match(world)

    assert pairs(world, run) == []
    assert run.unmatched == [
        {"person": str(world.lea.public_id), "rule": "mentor.full"}
    ]


def test_two_who_exclude_each_other_never_meet_and_the_rule_is_not_named(world):
    programs.exclude(world.session, world.program, world.lea, world.max, by=world.lea)
    world.session.commit()

    run = match(world)

    assert pairs(world, run) == []
    assert [row["rule"] for row in run.unmatched] == ["pair.not_possible"]


@pytest.mark.parametrize("state", [MentorshipState.DECLINED, MentorshipState.ENDED])
def test_two_who_parted_are_not_proposed_to_each_other_again(world, state):
    world.pair(state)
    world.session.commit()

    assert pairs(world, match(world)) == []


def test_what_somebody_says_of_themselves_makes_no_mentor(world):
    skill = world.program.skills[0].skill
    vera = builders.person(world.session, world.tenant, "Vera")
    builders.participant(world.session, world.program, vera, Part.MENTOR, capacity=1)
    know(world, vera, skill, level=1.0, source=LevelSource.SELF)
    part_of(world, world.max).state = ParticipantState.LEFT
    world.session.commit()

    assert pairs(world, match(world)) == []


def test_who_went_without_before_gets_the_last_place(world):
    nina = builders.person(world.session, world.tenant, "Nina")
    builders.participant(
        world.session, world.program, nina, Part.MENTEE, goes_first_since=now()
    )
    part_of(world, world.lea).chips = ["weekday_morning"]
    part_of(world, world.max).chips = ["weekday_morning"]
    world.session.commit()

    run = match(world)

    assert pairs(world, run) == [("Nina", "Max")]
    found = world.session.scalars(select(Proposal).filter_by(run_id=run.id)).one()
    assert found.score <= 10_000


def test_peers_help_each_other_and_nobody_themselves(world):
    world.program.kind = ProgramKind.PEER
    part_of(world, world.max).part = Part.MENTEE
    world.program.skills.clear()
    world.session.commit()

    run = match(world)

    assert sorted(pairs(world, run)) == [("Lea", "Max"), ("Max", "Lea")]


def test_a_mentor_who_lacks_the_preparation_is_not_matched(world):
    world.program.preparation = world.course
    world.session.commit()
    assert pairs(world, match(world)) == []

    part_of(world, world.max).prepared_at = now()
    world.session.commit()

    assert pairs(world, match(world)) == [("Lea", "Max")]


def test_whom_somebody_named_in_private_is_not_proposed_to_them(world):
    apart.avoid(world.session, world.program, world.lea, "MAX")
    world.session.commit()

    run = match(world)

    assert pairs(world, run) == []
    assert run.unmatched[0]["rule"] == "pair.not_possible"


def test_an_hour_of_ones_own_grid_wins_over_the_chips(world):
    part = part_of(world, world.lea)
    part.chips, part.hours = ["weekday_morning"], [6 * 24 + 20]
    world.lea.zone = "Asia/Kathmandu"
    world.session.commit()

    pool = service.pool_of(world.session, world.program)

    # Sunday 20:00 in Kathmandu is 14:15 in Greenwich
    assert pool.mentees[0].hours == {6 * 24 + 14}
