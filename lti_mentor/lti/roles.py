"""What a list of LTI roles means: in this course, and in the institution.

Only context roles decide rights in a course. Canvas mixes in institution and system
roles, so a learner who teaches elsewhere carries `institution/person#Instructor`.
LTI's `Mentor` is a parent or adviser who looks on; it is never our mentor.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

_CONTEXT = "/membership"
_ADMINS = frozenset({"administrator", "sysadmin", "sys admin", "accountadmin"})


class CourseRole(enum.StrEnum):
    """The strongest thing a person is in one course."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    LEARNER = "learner"
    OBSERVER = "observer"
    VIEWER = "viewer"
    """Unknown or no role: the least."""


_NAMES = {
    "instructor": CourseRole.INSTRUCTOR,
    "administrator": CourseRole.VIEWER,
    "teachingassistant": CourseRole.ASSISTANT,
    "learner": CourseRole.LEARNER,
    "student": CourseRole.LEARNER,
    "mentor": CourseRole.OBSERVER,
}
"""Context role names, lower case, and what they are here."""
_STRENGTH = list(CourseRole)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is, read from their roles."""

    role: CourseRole = CourseRole.VIEWER
    is_institution_admin: bool = False
    is_test: bool = False
    """The LMS's own test student."""


def read(roles: Iterable[str]) -> Standing:
    """Read a launch's or a roster's roles: URIs, http or https, or bare short names."""
    found = [_split(role) for role in roles]
    course = [name for space, name in found if space == "course"]
    elsewhere = {name for space, name in found if space == "institution"}
    return Standing(
        role=_strongest(course),
        is_institution_admin=bool(elsewhere & _ADMINS),
        is_test="testuser" in elsewhere,
    )


def _strongest(names: list[str]) -> CourseRole:
    """Take a teaching assistant for one, also where Canvas adds plain Instructor."""
    meant = {_NAMES.get(name, CourseRole.VIEWER) for name in names}
    if CourseRole.ASSISTANT in meant:
        meant.discard(CourseRole.INSTRUCTOR)
    return min(meant, key=_STRENGTH.index, default=CourseRole.VIEWER)


def _split(role: str) -> tuple[str, str]:
    """Return the vocabulary (course, institution) and the lower-case name of a role.

    A sub-role nobody listed (`membership/Learner#NonCreditLearner`) counts as the
    role it belongs to, but never as an instructor.
    """
    path, _, name = role.strip().lower().rpartition("#")
    if not path:
        path, _, name = name.rpartition("/")
    vocabulary, found, principal = path.partition(_CONTEXT)
    is_context = bool(found) and principal[:1] in {"", "/"}
    if path and not is_context:
        return ("course" if vocabulary.endswith("lis") else "institution"), name
    if principal and name not in _NAMES:
        name = principal.strip("/").replace("instructor", "")
    return "course", name
