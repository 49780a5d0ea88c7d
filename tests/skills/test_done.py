"""What counts as done where the LMS does not say (P29)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.mentoring import candidates
from lti_mentor.mentoring.models import ProgramSkill
from lti_mentor.people import family
from lti_mentor.people.models import Role, Standing
from lti_mentor.skills import done, listed, queries, typed
from lti_mentor.skills.models import (
    CompletionState,
    CourseCompletion,
    DoneKind,
    LevelSource,
)
from lti_mentor.skills.service import CourseFact, complete_courses
from tests import builders

YESTERDAY = now() - timedelta(days=1)


def completed(w, course=None) -> set[str]:
    query = select(CourseCompletion).filter_by(context_id=(course or w.course).id)
    rows = w.session.scalars(query.execution_options(populate_existing=True))
    return {r.person.name for r in rows if r.state is CompletionState.COMPLETE}


def grade(w, **told: float) -> None:
    given = {getattr(w, name).id: (share, YESTERDAY) for name, share in told.items()}
    done.keep_grades(w.session, w.course, given)


def earlier(w, **columns):
    before = datetime(2025, 9, 1, tzinfo=UTC)
    found = builders.context(
        w.session, w.tenant, title="Before", starts_at=before, **columns
    )
    family.say(w.session, w.course, found, w.iris, is_one=True)
    return found


def by_date(day=YESTERDAY) -> done.Said:
    return done.Said(DoneKind.DATE, day=day)


def test_who_has_the_grade_has_done_it_sixty_of_hundred_included(w):
    grade(w, lea=0.6, max=0.59)

    done.say(w.session, w.course, w.iris, done.Said(DoneKind.GRADE, grade=0.6))

    assert completed(w) == {w.lea.name}


def test_a_grade_that_fell_takes_it_back(w):
    grade(w, lea=0.7)
    done.say(w.session, w.course, w.iris, done.Said(DoneKind.GRADE, grade=0.6))

    grade(w, lea=0.5)
    done.apply(w.session, w.course)

    assert completed(w) == set()


def test_who_is_in_the_course_on_its_day_has_done_it(w):
    gone = builders.person(w.session, w.tenant, "Gone")
    builders.member(w.session, w.course, gone).standing = Standing.LEFT
    w.session.flush()

    done.say(w.session, w.course, w.iris, by_date())

    assert w.lea.name in completed(w)
    assert not {"Gone", w.iris.name} & completed(w)


def test_before_its_day_nobody_has(w):
    done.say(w.session, w.course, w.iris, by_date(now() + timedelta(days=1)))

    assert completed(w) == set()


def test_the_word_of_the_lms_wins_before_and_after(w):
    told = CourseFact(CompletionState.INCOMPLETE)
    complete_courses(w.session, w.course, [(w.lea.id, told)])
    w.session.flush()

    done.say(w.session, w.course, w.iris, by_date())
    others = completed(w)
    facts = [(person.id, told) for person in (w.max, w.lea)]
    complete_courses(w.session, w.course, facts)
    w.session.flush()
    done.apply(w.session, w.course)

    assert w.lea.name not in others
    assert not {w.max.name, w.lea.name} & completed(w)


def test_taking_it_back_leaves_the_word_of_the_lms(w):
    told = CourseFact(CompletionState.COMPLETE, completed_at=YESTERDAY)
    complete_courses(w.session, w.course, [(w.max.id, told)])
    done.say(w.session, w.course, w.iris, by_date())

    assert done.unsay(w.session, w.course, w.iris)
    assert not done.unsay(w.session, w.course, w.iris)
    assert completed(w) == {w.max.name}


def test_another_answer_counts_everybody_anew(w):
    done.say(w.session, w.course, w.iris, by_date())

    named = [(w.max, w.course)]
    done.say(w.session, w.course, w.iris, done.Said(DoneKind.NAMES, named=named))

    assert completed(w) == {w.max.name}


def test_it_reaches_offerings_the_same_instructor_taught_and_no_others(w):
    mine, foreign = earlier(w, ends_at=YESTERDAY), earlier(w, ends_at=YESTERDAY)
    builders.member(w.session, mine, w.iris, Role.INSTRUCTOR)
    graduate = builders.person(w.session, w.tenant, "Graduate")
    for course in (mine, foreign):
        builders.member(w.session, course, graduate)

    done.say(w.session, w.course, w.iris, by_date())

    assert (completed(w, mine), completed(w, foreign)) == ({"Graduate"}, set())


def test_a_rule_of_its_own_is_left_to_the_offering(w):
    mine = earlier(w, ends_at=YESTERDAY)
    builders.member(w.session, mine, w.iris, Role.INSTRUCTOR)
    graduate = builders.person(w.session, w.tenant, "Graduate")
    builders.member(w.session, mine, graduate)
    done.say(w.session, mine, w.iris, done.Said(DoneKind.GRADE, grade=0.5))

    done.say(w.session, w.course, w.iris, by_date())

    assert completed(w, mine) == set()


def test_each_answer_is_noted_with_who_gave_it_and_nobody_named(w):
    done.say(w.session, w.course, w.iris, by_date())
    done.unsay(w.session, w.course, w.iris)

    noted = w.session.scalars(select(Activity).filter_by(verb=Verb.SAID_DONE)).all()
    assert [one.data["kind"] for one in noted] == ["date", "none"]
    assert {one.actor for one in noted} == {w.iris}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (done.Said(DoneKind.GRADE), "done.grade"),
        (done.Said(DoneKind.GRADE, grade=1.1), "done.grade"),
        (done.Said(DoneKind.DATE), "done.day"),
        (done.Said(DoneKind.NAMES), "done.nobody"),
    ],
)
def test_half_an_answer_is_refused(w, said, code):
    with pytest.raises(Invalid) as refused:
        done.say(w.session, w.course, w.iris, said)

    assert refused.value.code == code


def test_a_typed_skill_is_had_by_who_completed_it_and_they_are_proposed(w):
    before = earlier(w)
    graduate = builders.person(w.session, w.tenant, "Graduate")
    builders.member(w.session, before, graduate)
    typed.keep(w.session, w.course, w.iris, [("", "Listening twice")])
    (skill,) = queries.typed_in(w.session, w.course)
    named = [(graduate, before)]

    done.say(w.session, w.course, w.iris, done.Said(DoneKind.NAMES, named=named))

    skills = [ProgramSkill(skill=skill)]
    program = builders.program(w.session, w.course, w.iris, skills=skills)
    (found,) = candidates.graduates(w.session, program)
    assert (found.person, found.mastered) == (graduate, (skill,))
    done.unsay(w.session, w.course, w.iris)
    assert candidates.graduates(w.session, program) == []
    levels = queries.levels_of(w.session, [graduate.id], [skill.id])
    assert (graduate.id, skill.id, LevelSource.LMS) not in levels


def test_a_list_is_matched_by_address_and_by_whole_name(w):
    lea, max_ = w.lea, w.max
    lea.email, lea.name, max_.name = "Lea@School.org", "Lea Long", "Max  Ö"
    builders.member(w.session, w.course, max_)
    for _ in range(2):
        twin = builders.person(w.session, w.tenant, "Twin Two")
        builders.member(w.session, w.course, twin)
    w.session.flush()
    text = "lea@school.org\nÖ, Max\nlea long\nTwin Two\nNobody\n\n"

    found = listed.match(w.session, w.course, text)

    assert {person for person, _ in found.found} == {lea, max_}
    assert (found.unknown, found.several) == (["Nobody"], ["Twin Two"])
    assert found.twice == ["lea long"]


def test_who_was_in_an_earlier_offering_completed_that_one(w):
    before = earlier(w)
    builders.member(w.session, before, w.lea)

    found = listed.match(w.session, w.course, w.lea.name)

    assert found.found == [(w.lea, before)]


def test_nobody_of_another_course_is_matched(w):
    next_door = builders.context(w.session, w.tenant, title="Next door")
    somebody = builders.person(w.session, w.tenant, "Some Body", email="s@b.org")
    builders.member(w.session, next_door, somebody)

    found = listed.match(w.session, w.course, "s@b.org\nSome Body")

    assert (found.found, len(found.unknown)) == ([], 2)


def keep(w, *lines: tuple[str, str]) -> bool:
    return typed.keep(w.session, w.course, w.iris, lines)


def labels(w) -> list[str]:
    return [skill.label for skill in queries.typed_in(w.session, w.course)]


def test_skills_are_typed_renamed_and_taken_out(w):
    keep(w, ("", "Asking"), ("", " Silence "))
    ids = [str(s.public_id) for s in queries.typed_in(w.session, w.course)]

    keep(w, (ids[0], "Asking well"), (ids[1], ""), ("", "Waiting"))

    assert labels(w) == ["Asking well", "Waiting"]
    assert str(queries.typed_in(w.session, w.course)[0].public_id) == ids[0]


def test_sending_the_same_skills_twice_changes_nothing(w):
    assert keep(w, ("", "Asking"))
    assert not keep(w, ("", "asking"))

    assert labels(w) == ["Asking"]
    noted = w.session.scalars(select(Activity).filter_by(verb=Verb.NAMED_SKILLS))
    assert len(noted.all()) == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([("", "Asking"), ("", "asking")], "skill.twice"),
        ([("", str(n)) for n in range(6)], "skill.too_many"),
    ],
)
def test_skills_that_do_not_go_together_are_refused(w, lines, code):
    with pytest.raises(Invalid) as refused:
        keep(w, *lines)

    assert refused.value.code == code


def test_five_more_beside_five_are_too_many(w):
    keep(w, *[("", f"A{n}") for n in range(5)])

    with pytest.raises(Invalid):
        keep(w, *[("", f"B{n}") for n in range(5)])


def test_a_skill_somebody_took_out_meanwhile_is_not_renamed(w):
    keep(w, ("", "Asking"))
    (skill,) = queries.typed_in(w.session, w.course)
    keep(w, (str(skill.public_id), ""))

    with pytest.raises(Conflict):
        keep(w, (str(skill.public_id), "Asking well"))
    assert not keep(w, (str(skill.public_id), ""))
