"""What every LTI service call must show before it is answered.

Source: Canvas app/controllers/lti/concerns/advantage_services.rb and
advantage_errors.rb: a missing scope is 401, not 403; a concluded course is 404.
"""

import jwt
from flask import request

from lti_mentor.demo.canvas.errors import advantage, gone
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.store import DeveloperKey
from lti_mentor.demo.rows import Course


def unauthorized(message: str) -> Exception:
    """Return the 401 of an LTI service."""
    return advantage(401, "unauthorized", message)


def tool_key(*scopes: str) -> DeveloperKey:
    """Return the key of the call's bearer, which has one of these scopes."""
    institution = canvas()
    claims = _claims(institution)
    key = institution.store.keys.get(claims["sub"])
    if key is None or not key.on:
        raise unauthorized("Unknown or inactive Developer Key")
    granted = set(claims["scopes"].split()) - set(institution.faults.no_scopes)
    if scopes and granted.isdisjoint(scopes):
        raise unauthorized("Insufficient permissions")
    return key


def course_for(key: DeveloperKey, course_id: int) -> Course:
    """Return the running course the key's tool is installed for."""
    institution = canvas()
    course = institution.world.courses.get(course_id)
    if course is None or course.concluded:
        raise gone()
    installed = [
        tool
        for tool in institution.world.tools.values()
        if tool.client_id == key.client_id
        and tool.settings.get("course") in (None, course_id)
    ]
    if not installed:
        text = "Access Token not linked to a Tool associated with this Context"
        raise unauthorized(text)
    return course


def _claims(institution: Institution) -> dict[str, str]:
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise unauthorized("Missing access token")
    audience = f"{institution.url}/login/oauth2/token"
    try:
        claims: dict[str, str] = jwt.decode(
            header.removeprefix("Bearer "),
            institution.secret,
            algorithms=["HS256"],
            audience=audience,
        )
    except jwt.ExpiredSignatureError:
        raise unauthorized("Access token expired") from None
    except jwt.InvalidSignatureError:
        raise unauthorized("Invalid access token signature") from None
    except jwt.InvalidAudienceError:
        text = "Invalid access token field/s: the 'aud' is invalid"
        raise unauthorized(text) from None
    except jwt.PyJWTError:
        raise unauthorized("Invalid access token format") from None
    if institution.lms.tokens.look(header) is None:
        raise unauthorized("Access token expired")
    return claims
