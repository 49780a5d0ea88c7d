"""What roles mean, whatever comes with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.lti import claims
from lti_mentor.lti.roles import CourseRole, Standing, read

RECORDINGS = Path(__file__).parent.parent / "recordings"
LEARNER, TEACHER = CourseRole.LEARNER, CourseRole.INSTRUCTOR
NOTHING = CourseRole.VIEWER
V2 = "http://purl.imsglobal.org/vocab/lis/v2/"
OUTSIDE = [
    V2 + "institution/person#Administrator",
    V2 + "institution/person#Instructor",
    V2 + "institution/person#Faculty",
    V2 + "system/person#SysAdmin",
    V2 + "system/person#User",
    V2 + "membership#Administrator",
    "http://x.test/membershipish#Instructor",
    "Administrator",
]


@given(st.sets(st.sampled_from(OUTSIDE)) | st.lists(st.text(max_size=30)))
def test_nothing_outside_a_course_makes_anybody_staff(roles):
    given_ = [role for role in roles if role.strip().lower() != "instructor"]

    assert read(given_).role not in {CourseRole.INSTRUCTOR, CourseRole.ASSISTANT}


@pytest.mark.parametrize(
    ("role", "meant"),
    [
        (V2 + "membership#Instructor", CourseRole.INSTRUCTOR),
        (V2 + "membership/Instructor#TeachingAssistant", CourseRole.ASSISTANT),
        (V2 + "membership/Instructor#Grader", CourseRole.VIEWER),
        (V2 + "membership/Learner#NonCreditLearner", CourseRole.LEARNER),
        (V2 + "membership#Mentor", CourseRole.OBSERVER),
        (V2 + "membership#ContentDeveloper", CourseRole.VIEWER),
        ("TeachingAssistant", CourseRole.ASSISTANT),
        ("urn:lti:role:ims/lis/Learner", CourseRole.LEARNER),
        (" Learner ", CourseRole.LEARNER),
        ("", CourseRole.VIEWER),
        ("#", CourseRole.VIEWER),
    ],
)
def test_a_role_means_the_same_in_every_spelling(role: str, meant: CourseRole):
    assert read([role]).role is meant


def test_institution_administrators_are_told_apart():
    assert read([OUTSIDE[0]]).is_institution_admin
    assert read([V2 + "system/person#Administrator"]).is_institution_admin
    assert not read([V2 + "membership#Administrator"]).is_institution_admin


def test_a_test_student_is_known():
    role = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

    assert read([role, "Learner"]).is_test


# What Canvas sends for each enrolment (lib/lti/substitutions_helper.rb), always with
# the roles of the institution mixed in; and what that makes somebody here.
COURSE, PERSON, SYSTEM = (
    V2 + "membership",
    V2 + "institution/person",
    V2 + "system/person",
)
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
CANVAS: dict[str, tuple[list[str], Standing]] = {
    "StudentEnrollment": (
        [f"{PERSON}#Student", f"{COURSE}#Learner", f"{SYSTEM}#User"],
        Standing(LEARNER),
    ),
    "TeacherEnrollment": (
        [f"{PERSON}#Instructor", f"{COURSE}#Instructor", f"{SYSTEM}#User"],
        Standing(TEACHER),
    ),
    "TaEnrollment": (
        [f"{COURSE}#Instructor", f"{COURSE}/Instructor#TeachingAssistant"],
        Standing(CourseRole.ASSISTANT),
    ),
    "TaEnrollment, older map": (
        [f"{COURSE}#Instructor", f"{COURSE}/instructor#TeachingAssistant"],
        Standing(CourseRole.ASSISTANT),
    ),
    "DesignerEnrollment": ([f"{COURSE}#ContentDeveloper"], Standing(NOTHING)),
    "ObserverEnrollment": ([f"{COURSE}#Mentor"], Standing(CourseRole.OBSERVER)),
    "StudentViewEnrollment": (
        [TEST_USER, f"{COURSE}#Learner"],
        Standing(LEARNER, is_test=True),
    ),
    "a learner who teaches elsewhere": (
        [f"{PERSON}#Instructor", f"{PERSON}#Student", f"{COURSE}#Learner"],
        Standing(LEARNER),
    ),
    "an observer who studies elsewhere": (
        [f"{PERSON}#Student", f"{COURSE}#Mentor"],
        Standing(CourseRole.OBSERVER),
    ),
    "account admin, not enrolled": (
        [f"{PERSON}#Administrator", f"{SYSTEM}#User"],
        Standing(NOTHING, is_institution_admin=True),
    ),
    "account admin who learns": (
        [f"{PERSON}#Administrator", f"{COURSE}#Learner"],
        Standing(LEARNER, is_institution_admin=True),
    ),
    "site admin": (
        [f"{SYSTEM}#SysAdmin", f"{SYSTEM}#User"],
        Standing(NOTHING, is_institution_admin=True),
    ),
    "group member": ([f"{COURSE}#Member"], Standing(NOTHING)),
    "group leader": ([f"{COURSE}#Member", f"{COURSE}#Manager"], Standing(NOTHING)),
    "no user": ([f"{SYSTEM}#None"], Standing(NOTHING)),
    "a learner who observes as well": (
        [f"{COURSE}#Learner", f"{COURSE}#Mentor"],
        Standing(LEARNER),
    ),
}


@pytest.mark.parametrize("enrolment", CANVAS)
def test_what_an_enrolment_in_canvas_makes_somebody_here(enrolment: str):
    roles, standing = CANVAS[enrolment]

    assert read(roles) == standing
    assert read(reversed(roles)) == standing


# As Moodle 4.5.6 sent them; a manager teaches every course without being enrolled.
MOODLE: dict[str, Standing] = {
    "student_graded": Standing(LEARNER),
    "student_nograde": Standing(LEARNER),
    "graduate_mentor_enrolled_as_student": Standing(LEARNER),
    "editingteacher": Standing(TEACHER),
    "noneditingteacher": Standing(TEACHER),
    "manager": Standing(TEACHER),
    "admin": Standing(TEACHER, is_institution_admin=True),
    "privacy_name0_email0": Standing(LEARNER),
}


def recorded(name: str) -> dict[str, Any]:
    """Return the payload Moodle signed in a recorded launch."""
    text = (RECORDINGS / f"lti_launch_{name}.json").read_text()
    return next(payloads(json.loads(text)))


def payloads(value: Any) -> Any:
    if isinstance(value, dict) and claims.CORE + "roles" in value:
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from payloads(inner)


@pytest.mark.parametrize("who", MOODLE)
def test_what_a_role_in_moodle_makes_somebody_here(who: str):
    assert claims.read(recorded(who), {}).standing == MOODLE[who]


@pytest.mark.parametrize(
    ("named", "role"),
    [
        ("TaEnrollment", CourseRole.ASSISTANT),
        ("TeacherEnrollment,TaEnrollment", TEACHER),
        ("TeacherEnrollment", TEACHER),
        ("$Canvas.membership.roles", CourseRole.ASSISTANT),
    ],
)
def test_who_teaches_and_assists_in_canvas_teaches(named: str, role: CourseRole):
    payload = recorded("student_graded")
    payload[claims.CORE + "roles"] = CANVAS["TaEnrollment"][0]
    payload[claims.CORE + "custom"] = {"canvas_membership_roles": named}

    assert claims.read(payload, {}).standing.role is role
