"""What roles mean, whatever comes with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.lti.roles import CourseRole, read

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
