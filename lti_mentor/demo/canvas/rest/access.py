"""Who calls the REST API, and what they may.

Sources: Canvas doc/api/oauth.md, doc/api/developer_keys.md, doc/api/masquerading.md,
app/controllers/application_controller.rb. A 401 with WWW-Authenticate is about the
token, one without it about the person's rights.
"""

import re
import time

import jwt
from flask import Blueprint, g, request

from lti_mentor.demo.canvas.errors import Refused, gone, listed
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.store import Token
from lti_mentor.demo.rows import Course, Person

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="canvas-lms"'}
"""What marks a 401 that a new token would mend."""
PREFIXES = {
    "sis_user_id": "idnumber",
    "sis_login_id": "username",
    "lti_1_3_id": "sub",
    "lti_1_1_id": "opaque",
    "lti_user_id": "opaque",
}
"""Other names of a person in a path (Canvas doc/api/object_ids.md)."""


def blueprint(name: str) -> Blueprint:
    """Return a part of the API that nobody enters without a token."""
    part = Blueprint(f"canvas_rest_{name}", __name__, url_prefix="/api/v1")
    part.before_request(identify)
    return part


def identify() -> None:
    """Find out who calls; refuse bad tokens and missing scopes."""
    institution = canvas()
    token = _token(institution)
    g.includes = _may_include(institution, token)
    _check_scope(institution, token)
    person = institution.world.people.get(token.person)
    if person is None or person.suspended:
        raise _bad_token("Invalid access token.")
    g.caller = _acting(person)


def caller() -> Person:
    """Return the person whose token it is, or whom they act as."""
    person: Person = g.caller
    return person


def includes(name: str) -> bool:
    """Say whether `include[]` asks for this; ignored on keys without that right."""
    return bool(g.includes) and name in request.args.getlist("include[]")


def course_at(reference: str) -> Course:
    """Return the course of a path that the caller may see."""
    institution, person = canvas(), caller()
    kind, _, value = reference.partition(":")
    names = {"sis_course_id": "idnumber", "lti_context_id": "opaque"}
    for course in institution.world.courses.values():
        known = getattr(course, names[kind]) if kind in names else str(course.id)
        if known == (value if kind in names else reference):
            if not person.admin and not institution.types(course.id, person.id):
                raise unauthorized()
            return course
    raise gone()


def person_at(reference: str) -> Person:
    """Return the person of a path: an id, `self`, or one of the other names."""
    if reference == "self":
        return caller()
    people = canvas().world.people
    kind, _, value = reference.partition(":")
    if reference.isdecimal() and int(reference) in people:
        return people[int(reference)]
    for person in people.values():
        if kind in PREFIXES and getattr(person, PREFIXES[kind]) == value:
            return person
    raise gone()


def graded_course(reference: str) -> Course:
    """Return a course whose grades the caller may all see."""
    course = course_at(reference)
    if not canvas().is_grader(course.id, caller()):
        raise unauthorized()
    return course


def unauthorized() -> Refused:
    """Return the refusal of somebody without the right; a new token does not help."""
    message = "user not authorized to perform that action"
    body = {"status": "unauthorized", "errors": [{"message": message}]}
    return Refused(401, body)


def _bad_token(message: str) -> Refused:
    return Refused(401, {"errors": [{"message": message}]}, CHALLENGE)


def _token(institution: Institution) -> Token:
    """Return the call's token; an LTI token counts as none at all."""
    header = request.headers.get("Authorization", "")
    value = header.removeprefix("Bearer ") or request.args.get("access_token", "")
    if not value or _is_jwt(value):
        message = "user authorization required"
        body = {"status": "unauthenticated", "errors": [{"message": message}]}
        raise Refused(401, body, CHALLENGE)
    token = institution.store.tokens.get(value)
    if token is None or institution.faults.expired:
        raise _bad_token("Invalid access token.")
    if token.expires and token.expires < time.time():
        raise _bad_token("Invalid access token.")
    return token


def _is_jwt(value: str) -> bool:
    try:
        jwt.get_unverified_header(value)
    except jwt.PyJWTError:
        return False
    return True


def _may_include(institution: Institution, token: Token) -> bool:
    key = institution.store.keys.get(token.client_id)
    return key is None or not key.enforce_scopes or key.allow_includes


def _check_scope(institution: Institution, token: Token) -> None:
    """Refuse what the token's scopes do not name; the path's own names count."""
    key = institution.store.keys.get(token.client_id)
    rule = request.url_rule.rule if request.url_rule else ""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r":\1", rule)
    wanted = f"url:{request.method}|{path}"
    enforced = key is not None and key.enforce_scopes
    taken_back = wanted in institution.faults.no_scopes
    if taken_back or (enforced and wanted not in token.scopes):
        raise listed(401, "Insufficient scopes on access token.")


def _acting(person: Person) -> Person:
    """Return whom an admin acts as with `as_user_id`."""
    other = request.args.get("as_user_id")
    if other is None:
        return person
    if not person.admin:
        raise listed(401, "Invalid as_user_id")
    g.caller = person
    return person_at(other)
