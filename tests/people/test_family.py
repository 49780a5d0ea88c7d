"""Which courses are offerings of one course, and whose word counts (P27)."""

from datetime import UTC, datetime

import pytest

from lti_mentor.errors import Missing
from lti_mentor.people import family
from lti_mentor.people.family import Found
from lti_mentor.people.models import FamilySource, Role, Standing
from tests import builders
from tests.builders import World, world


@pytest.fixture
def w(session) -> World:
    made = world(session)
    made.course.family = "NEG101"
    return made


def other(w: World, title: str = "Before", **columns):
    return builders.context(w.session, w.tenant, title=title, **columns)


def names(w: World) -> dict[str, Found]:
    return {o.context.title: o.found for o in family.offerings(w.session, w.course)}


def test_offerings_are_known_by_code_by_copy_and_by_word(w):
    other(w, "Code", family="NEG101")
    other(w, "Copy", family="NEG101", family_by=FamilySource.HISTORY)
    named = other(w, "Word")
    other(w, "Stranger", family="DATA201")

    family.say(w.session, w.course, named, w.iris, is_one=True)

    assert names(w) == {"Code": Found.CODE, "Copy": Found.HISTORY, "Word": Found.WORD}


def test_a_word_comes_before_a_code_and_holds_for_one_course_only(w):
    earlier = other(w, "Code", family="NEG101")
    third = other(w, "Third", family="NEG101")

    family.say(w.session, w.course, earlier, w.iris, is_one=False)

    assert names(w) == {"Third": Found.CODE}
    assert len(family.offerings(w.session, third)) == 2
    assert family.left_out(w.session, w.course) == [earlier]


def test_saying_it_twice_is_saying_it_once(w):
    earlier = other(w)

    said = [
        family.say(w.session, w.course, earlier, w.iris, is_one=is_one)
        for is_one in (True, True, False)
    ]

    assert said == [True, False, True]
    assert names(w) == {}


def test_the_same_code_at_another_lms_is_no_offering(w):
    far = builders.registration(w.session)
    builders.context(w.session, far, title="Far", family="NEG101")

    assert names(w) == {}


def test_the_newest_offering_comes_first(w):
    for year in (2024, 2025, 2023):
        other(w, str(year), family="NEG101", starts_at=datetime(year, 9, 1, tzinfo=UTC))

    assert list(names(w)) == ["2025", "2024", "2023"]


@pytest.mark.parametrize(
    ("role", "standing", "may"),
    [
        (Role.INSTRUCTOR, Standing.ACTIVE, True),
        (Role.INSTRUCTOR, Standing.CONCLUDED, True),
        (Role.INSTRUCTOR, Standing.LEFT, False),
        (Role.ASSISTANT, Standing.ACTIVE, False),
        (Role.LEARNER, Standing.ACTIVE, False),
    ],
)
def test_only_a_course_one_teaches_may_be_named(w, role, standing, may):
    earlier = other(w)
    seat = builders.member(w.session, earlier, w.iris, role)
    seat.standing = standing
    w.session.flush()

    offered = family.addable(w.session, w.course, w.iris)

    assert list(offered) == ([earlier] if may else [])
    if not may:
        with pytest.raises(Missing):
            family.addable_one(w.session, w.course, w.iris, str(earlier.public_id))


def test_what_is_an_offering_already_is_not_offered_again(w):
    earlier = other(w, family="NEG101")
    builders.member(w.session, earlier, w.iris, Role.INSTRUCTOR)

    assert list(family.addable(w.session, w.course, w.iris)) == []
