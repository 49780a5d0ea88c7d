"""Canvas's role names in LTI's words.

Source: Canvas lib/lti/substitutions_helper.rb (allRoles): context, institution and
system roles come mixed, sorted and without repeats.
"""

from collections.abc import Iterable

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
NOBODY = f"{SYSTEM}#None"
"""The only role of a launch from a public course without a person."""

CONTEXT_ROLES: dict[str, tuple[str, ...]] = {
    "StudentEnrollment": (f"{MEMBERSHIP}#Learner",),
    "TeacherEnrollment": (f"{MEMBERSHIP}#Instructor",),
    "TaEnrollment": (
        f"{MEMBERSHIP}/Instructor#TeachingAssistant",
        f"{MEMBERSHIP}#Instructor",
    ),
    "DesignerEnrollment": (f"{MEMBERSHIP}#ContentDeveloper",),
    "ObserverEnrollment": (f"{MEMBERSHIP}#Mentor",),
    "StudentViewEnrollment": (f"{MEMBERSHIP}#Learner", TEST_USER),
}
"""What an enrolment in the launch's course gives."""

INSTITUTION_ROLES: dict[str, str] = {
    "StudentEnrollment": f"{INSTITUTION}#Student",
    "TeacherEnrollment": f"{INSTITUTION}#Instructor",
}
"""What an enrolment anywhere in the institution gives, in every launch."""


def context_roles(types: Iterable[str]) -> list[str]:
    """Return the URNs of somebody's enrolments in one course."""
    return sorted({urn for kind in types for urn in CONTEXT_ROLES[kind]})


def all_roles(
    here: Iterable[str], anywhere: Iterable[str], *, admin: bool
) -> list[str]:
    """Return the `roles` claim of a launch.

    Args:
        here: Enrolment types in the launch's course.
        anywhere: Enrolment types in all courses.
        admin: Whether the person administers the root account.
    """
    institution = {INSTITUTION_ROLES[t] for t in anywhere if t in INSTITUTION_ROLES}
    if admin:
        institution.add(f"{INSTITUTION}#Administrator")
    return sorted({*context_roles(here), *institution, f"{SYSTEM}#User"})
