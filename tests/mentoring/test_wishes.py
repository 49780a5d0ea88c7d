"""Wishes for a mentor before there is a program, offers to be one."""

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import Invalid, NotAllowed
from lti_mentor.mentoring import programs, queries, wishes
from lti_mentor.mentoring.models import Part, ProgramState
from lti_mentor.people.models import Role
from lti_mentor.skills.models import CompletionState, CourseCompletion
from tests import builders


def completed(w, course, who):
    w.session.add(
        CourseCompletion(
            context_id=course.id,
            person_id=who.id,
            state=CompletionState.COMPLETE,
            progress=1.0,
            completed_at=now(),
        )
    )
    w.session.flush()


@pytest.mark.parametrize("part", Part)
def test_a_wish_is_taken_back_and_said_again(w, part):
    other = next(one for one in Part if one is not part)
    wishes.note(w.session, w.course, w.lea, part)

    wishes.take_back(w.session, w.course, w.lea, other)
    assert wishes.is_noted(w.session, w.course, w.lea, part)
    wishes.take_back(w.session, w.course, w.lea, part)
    assert not wishes.is_noted(w.session, w.course, w.lea, part)
    wishes.take_back(w.session, w.course, w.lea, part)
    wishes.note(w.session, w.course, w.lea, part)

    assert wishes.count(w.session, w.course, part) == 1
    assert wishes.count(w.session, w.course, other) == 0


def test_a_wish_belongs_to_one_course_and_one_person(w):
    elsewhere = builders.context(w.session, w.tenant)

    wishes.note(w.session, w.course, w.lea, Part.MENTEE)

    assert wishes.count(w.session, elsewhere) == 0
    assert not wishes.is_noted(w.session, w.course, w.max, Part.MENTEE)
    assert wishes.noted_in(w.session, w.lea, Part.MENTEE) == {w.course.id}


def test_a_wish_of_the_test_student_counts_for_nobody(w):
    w.lea.is_test = True

    wishes.note(w.session, w.course, w.lea, Part.MENTEE)

    assert wishes.count(w.session, w.course) == 0
    assert wishes.who_said_so(w.session, w.program, Part.MENTEE) == []


def test_who_wished_for_a_mentor_is_marked_when_the_program_gathers(w):
    nina = builders.person(w.session, w.tenant, "Nina")
    builders.member(w.session, w.course, nina)
    wishes.note(w.session, w.course, nina, Part.MENTEE)

    _mentors, mentees = programs.gather(w.session, w.program)
    again = programs.gather(w.session, w.program)

    found = queries.participants(w.session, w.program, Part.MENTEE)
    sources = {part.person.name: part.source for part in found}
    assert mentees == len(sources) == 2
    assert again == (0, 0)
    assert sources["Nina"] == programs.WISHED
    assert sources["Lea"] != programs.WISHED


def test_a_wish_of_who_is_no_learner_any_more_takes_nobody_in(w):
    wishes.note(w.session, w.course, w.max, Part.MENTEE)

    programs.gather(w.session, w.program)

    found = queries.participants(w.session, w.program, Part.MENTEE)
    assert w.max not in [part.person for part in found]


def test_programs_are_open_to_learners_of_their_courses(w):
    assert wishes.open_to_learn(w.session, w.lea) == [w.program]
    assert wishes.open_to_learn(w.session, w.max) == []
    assert wishes.open_to_learn(w.session, w.iris) == []


def test_who_has_a_part_is_asked_no_more(w):
    builders.participant(w.session, w.program, w.lea, Part.MENTEE)

    assert wishes.open_to_learn(w.session, w.lea) == []


def test_a_program_that_does_not_run_is_open_to_nobody(w):
    completed(w, w.course, w.max)
    w.program.state = ProgramState.ARCHIVED
    w.session.flush()

    assert wishes.open_to_learn(w.session, w.lea) == []
    assert wishes.open_to_mentor(w.session, w.max) == []


def test_who_completed_the_course_could_mentor_in_it(w):
    assert wishes.open_to_mentor(w.session, w.max) == []

    completed(w, w.course, w.max)

    assert wishes.open_to_mentor(w.session, w.max) == [w.program]


def test_an_earlier_offering_of_the_family_counts(w):
    earlier = builders.context(w.session, w.tenant, family="NEG", label="NEG-1")
    completed(w, earlier, w.max)
    assert wishes.open_to_mentor(w.session, w.max) == []

    w.course.family = "NEG"
    w.session.flush()

    assert wishes.open_to_mentor(w.session, w.max) == [w.program]


def test_a_family_of_another_organisation_is_another_one(w):
    far = builders.registration(w.session)
    course = builders.context(w.session, far, family="NEG")
    w.course.family = "NEG"
    somebody = builders.person(w.session, far, "Far")
    completed(w, course, somebody)

    assert wishes.open_to_mentor(w.session, somebody) == []


def test_who_offered_is_listed_until_they_mentor(w):
    wishes.note(w.session, w.course, w.max, Part.MENTOR)
    before = wishes.volunteers(w.session, w.program)

    builders.participant(w.session, w.program, w.max, Part.MENTOR)

    assert before == [w.max]
    assert wishes.volunteers(w.session, w.program) == []


def test_staff_and_nobody_else_can_stand_in(w):
    tess = builders.person(w.session, w.tenant, "Tess")
    builders.member(w.session, w.course, tess, Role.ASSISTANT)

    programs.name_stand_in(w.session, w.program, tess, by=w.iris)

    assert w.program.is_led_by(tess)
    programs.name_stand_in(w.session, w.program, None, by=tess)
    assert not w.program.is_led_by(tess)
    with pytest.raises(Invalid, match=r"program\.stand_in"):
        programs.name_stand_in(w.session, w.program, w.lea, by=w.iris)
    with pytest.raises(NotAllowed, match=r"program\.not_yours"):
        programs.name_stand_in(w.session, w.program, tess, by=w.lea)
