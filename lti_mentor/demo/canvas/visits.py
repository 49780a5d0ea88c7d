"""Who looks at a page, and whether they may."""

from flask import session

from lti_mentor.demo import shell
from lti_mentor.demo.canvas.errors import Refused, gone
from lti_mentor.demo.canvas.institution import canvas
from lti_mentor.demo.rows import Course, Person


class SignInFirst(Exception):
    """The visitor has not become anybody yet."""


def visitor() -> Person:
    """Return the person the visitor is.

    Raises:
        SignInFirst: Nobody yet.
    """
    person = shell.me()
    if person is None:
        raise SignInFirst
    return person


def masquerader() -> Person | None:
    """Return the admin who acts as the visitor's person, if one does."""
    return canvas().world.people.get(session.get("masquerader", 0))


def course_of(course_id: int) -> tuple[Person, Course]:
    """Return the visitor and a course they may see."""
    person, institution = visitor(), canvas()
    course = institution.world.courses.get(course_id)
    if course is None:
        raise gone()
    if not person.admin and not institution.types(course_id, person.id):
        raise _unauthorized()
    return person, course


def teacher_of(course_id: int) -> tuple[Person, Course]:
    """Return the visitor and a course whose content they may change."""
    person, course = course_of(course_id)
    if not canvas().is_staff(course_id, person):
        raise _unauthorized()
    return person, course


def admin() -> Person:
    """Return the visitor, who administers the account."""
    person = visitor()
    if not person.admin:
        raise _unauthorized()
    return person


def _unauthorized() -> Refused:
    message = "user not authorized to perform that action"
    body = {"status": "unauthorized", "errors": [{"message": message}]}
    return Refused(401, body)
