"""Who may what, from where."""

import pytest

from lti_mentor.errors import NotAllowed
from lti_mentor.people.models import Context, ContextKind, Person, Role
from lti_mentor.people.scope import Scope
from lti_mentor.platforms.models import Registration

COURSE = Context(kind=ContextKind.COURSE)
HUB = Context(kind=ContextKind.HUB)


def scope(role: Role, context: Context | None = COURSE, **changes: object) -> Scope:
    return Scope(Registration(), Person(), role, context, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "is_staff", "may_run"),
    [
        (Role.INSTRUCTOR, True, True),
        (Role.ASSISTANT, True, False),
        (Role.LEARNER, False, False),
        (Role.OBSERVER, False, False),
        (Role.VIEWER, False, False),
    ],
)
def test_a_role_counts_in_its_course_only(role: Role, is_staff: bool, may_run: bool):
    in_course = scope(role)

    assert (in_course.is_staff, in_course.may_run_course) == (is_staff, may_run)
    assert not scope(role, HUB).is_staff
    assert not scope(role, None).may_run_course


def test_an_organisation_admin_is_nobody_in_a_course():
    admin = scope(Role.VIEWER, is_org_admin=True)

    assert admin.may_set_up
    assert not admin.is_staff
    with pytest.raises(NotAllowed, match=r"scope\.not_staff"):
        admin.require_course()


def test_reading_only_means_no_right_to_change():
    looker = scope(Role.INSTRUCTOR, is_read_only=True, is_org_admin=True)

    assert looker.is_staff
    assert not looker.may_run_course
    assert not looker.may_set_up


def test_content_is_chosen_by_who_was_asked_to():
    asked = {"deep_linking": {"return_url": "https://lms.test"}}

    assert scope(Role.INSTRUCTOR, launch=asked).may_choose_content
    assert not scope(Role.LEARNER, launch=asked).may_choose_content
    assert not scope(Role.INSTRUCTOR).may_choose_content


def test_staff_gets_its_course():
    assert scope(Role.ASSISTANT).require_course() is COURSE
