"""Starting a program, taking part, and staying out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Invalid, NotAllowed
from lti_mentor.mentoring import candidates, programs, queries, wishes
from lti_mentor.mentoring.models import (
    Exclusion,
    MentorshipState,
    Part,
    ParticipantState,
    ProgramSkill,
)
from lti_mentor.people.models import Role
from lti_mentor.skills import service as skills
from lti_mentor.skills.models import CompletionState
from tests import builders


def test_three_answers_start_a_program(w):
    skill = builders.skill(w.session, w.course)
    answers = programs.ProgramAnswers(" Listen ", (skill,), weeks=4)

    program = programs.start_program(w.session, w.course, w.iris, answers)

    assert (program.name, program.weeks, program.coordinator) == ("Listen", 4, w.iris)
    assert [place.context for place in program.audience] == [w.course]
    assert queries.programs_in(w.session, w.course)[-1] is program
    assert w.session.scalars(select(Activity.verb)).all() == [Verb.STARTED_PROGRAM]


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"weeks": 0}, {"weeks": 53}, {"default_capacity": 21}]
)
def test_answers_that_make_no_sense_start_nothing(w, wrong):
    answers = programs.ProgramAnswers(**({"name": "Listen", "skills": ()} | wrong))

    with pytest.raises(Invalid):
        programs.start_program(w.session, w.course, w.iris, answers)


def test_who_has_a_part_keeps_it_when_people_are_taken_in(w):
    programs.take_in(w.session, w.program, [w.max], Part.MENTOR)

    new = programs.take_in(w.session, w.program, [w.max, w.lea, w.lea], Part.MENTEE)

    assert new == 1
    parts = {p.person: p.part for p in map(_part(w), (w.max, w.lea)) if p}
    assert parts == {w.max: Part.MENTOR, w.lea: Part.MENTEE}


def test_a_mentor_gets_the_programs_capacity_and_a_mentee_none(w):
    programs.take_in(w.session, w.program, [w.max], Part.MENTOR)
    programs.take_in(w.session, w.program, [w.lea], Part.MENTEE)

    assert [_part(w)(p).capacity for p in (w.max, w.lea)] == [2, 0]


def test_ones_own_answers_need_consent_first(w):
    part = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)

    with pytest.raises(NotAllowed):
        programs.set_up(w.session, part, chips=[], introduction="Hi")


def test_setting_up_counts_a_person_in_once(w):
    builders.consent(w.session, w.program, w.max)
    part = programs.ensure_part(w.session, w.program, w.max, Part.MENTOR)

    for capacity in (3, 4):
        programs.set_up(
            w.session,
            part,
            chips=["weekday_morning"],
            introduction=" Hi ",
            capacity=capacity,
        )

    assert (part.state, part.capacity) == (ParticipantState.ACTIVE, 4)
    assert part.introduction == "Hi"
    assert w.session.scalars(select(Activity.verb)).all() == [Verb.JOINED]


@pytest.mark.parametrize(
    "wrong", [{"capacity": 21}, {"chips": ["midnight"]}, {"hours": [168]}]
)
def test_answers_nobody_can_mean_are_refused(w, wrong):
    builders.consent(w.session, w.program, w.max)
    part = programs.ensure_part(w.session, w.program, w.max, Part.MENTOR)
    answers = {"chips": [], "introduction": ""} | wrong

    with pytest.raises(Invalid):
        programs.set_up(w.session, part, **answers)


def test_who_declines_pairing_declines_the_offer_that_waits(w):
    offer = w.pair(MentorshipState.OFFERED)
    part = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)

    programs.decline_pairing(w.session, part)

    assert part.state is ParticipantState.PAIRING_DECLINED
    assert offer.state is MentorshipState.DECLINED


def test_a_person_keeps_another_away_once_and_in_either_order(w):
    programs.exclude(w.session, w.program, w.lea, w.max, by=w.lea)
    programs.exclude(w.session, w.program, w.max, w.lea, by=w.lea)

    assert w.session.scalar(select(func.count(Exclusion.id))) == 1


def test_nobody_is_kept_from_themselves(w):
    with pytest.raises(Invalid):
        programs.exclude(w.session, w.program, w.lea, w.lea, by=w.lea)


def test_a_third_person_cannot_keep_two_others_apart(w):
    with pytest.raises(NotAllowed):
        programs.exclude(w.session, w.program, w.lea, w.max, by=w.stranger)


def test_staff_of_the_course_can_keep_two_apart(w):
    assistant = builders.person(w.session, w.tenant, "Tess")
    builders.member(w.session, w.course, assistant, Role.ASSISTANT)

    programs.exclude(w.session, w.program, w.lea, w.max, by=assistant)

    assert w.session.scalar(select(func.count(Exclusion.id))) == 1


def test_a_wish_is_counted_once(w):
    for _ in range(2):
        wishes.note(w.session, w.course, w.lea, Part.MENTEE)

    assert wishes.count(w.session, w.course) == 1


def test_somebody_may_stay_out_until_a_day(w):
    part = programs.ensure_part(w.session, w.program, w.max, Part.MENTOR)
    until = now() + timedelta(days=14)

    programs.pause(part, until)

    assert part.paused_until == until


def test_graduates_of_an_earlier_offering_are_proposed_as_mentors(w):
    w.course.family = "NEG101"
    earlier = builders.context(w.session, w.tenant, family="NEG101")
    _completed(w, earlier, w.max)
    _completed(w, w.course, w.lea)

    assert programs.gather(w.session, w.program) == (1, 1)
    assert _part(w)(w.max).part is Part.MENTOR
    assert _part(w)(w.lea).part is Part.MENTEE
    assert programs.gather(w.session, w.program) == (0, 0)


def test_with_a_named_skill_only_who_masters_it_is_proposed(w):
    skill = builders.skill(w.session, w.course)
    w.program.skills.append(ProgramSkill(skill=skill))
    for who in (w.max, w.stranger):
        _completed(w, w.course, who)
    seen = skills.Observation(w.max.id, skill, 1.0, "Competent", True, None)
    skills.observe(w.session, [seen])

    found = candidates.graduates(w.session, w.program)

    assert [(one.person, one.mastered) for one in found] == [(w.max, (skill,))]


def test_test_students_and_the_gone_wait_for_no_mentor(w):
    test = builders.person(w.session, w.tenant, "Test", is_test=True)
    gone = builders.person(w.session, w.tenant, "Gone")
    builders.member(w.session, w.course, test)
    builders.member(w.session, w.course, gone, is_active=False)

    assert candidates.demand(w.session, w.program) == [w.lea]


def _part(w):
    return lambda person: queries.participant_of(w.session, w.program, person)


def _completed(w, course, who):
    fact = skills.CourseFact(CompletionState.COMPLETE, 1.0, now())
    skills.complete_courses(w.session, course, [(who.id, fact)])
    w.session.flush()
