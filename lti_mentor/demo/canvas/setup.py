"""What a Canvas that knows the tool from the start looks like."""

from typing import Any

from lti_mentor.demo.campus import Campus
from lti_mentor.demo.canvas.claims import NOTICE_SCOPE
from lti_mentor.demo.canvas.developer_keys import create_key, install
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import Token
from lti_mentor.demo.lti import ALL_SCOPES
from lti_mentor.demo.people import person_named
from lti_mentor.demo.rows import Tool

TOKEN = "7~practiceCampusServiceToken0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
"""The admin's access token for `/api/v1`, as made by hand in the profile."""
CUSTOM = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_account_id": "$Canvas.account.id",
    "canvas_api_base_url": "$Canvas.api.baseUrl",
    "canvas_api_domain": "$Canvas.api.domain",
    "canvas_assignment_id": "$Canvas.assignment.id",
    "canvas_enrollment_state": "$Canvas.enrollment.enrollmentState",
    "canvas_membership_roles": "$Canvas.membership.roles",
    "canvas_section_ids": "$Canvas.course.sectionIds",
    "canvas_masquerading_user_id": "$Canvas.masqueradingUser.id",
    "context_id_history": "$Context.id.history",
    "observees": "$com.instructure.User.observees",
    "person_timezone": "$Person.address.timezone",
}
"""Custom fields of the tool that is there from the start."""
PLACEMENTS = {
    "course_navigation": "Mentorship",
    "account_navigation": "Mentorship (admin)",
    "user_navigation": "My mentoring",
    "assignment_selection": "Mentor-supported practice",
    "link_selection": "Mentorship activity",
}
"""Where that tool appears, and under which name."""


def register(campus: Campus, tool_url: str) -> Tool:
    """Make the tool known: key ON, installed in the account, in every placement."""
    canvas = _institution(campus)
    with canvas.store.change():
        key = create_key(
            canvas, configuration(tool_url), redirect_uris=[tool_url + "/lti/launch"]
        )
        key.on = True
        return install(canvas, key)


def platform(campus: Campus) -> dict[str, str]:
    """Return what the tool must know about this Canvas."""
    canvas = _institution(campus)
    tool = next(iter(canvas.world.tools.values()))
    return {
        "name": campus.canvas.name,
        "issuer": canvas.issuer,
        "client_id": tool.client_id,
        "auth_url": canvas.url + "/api/lti/authorize_redirect",
        "token_url": canvas.url + "/login/oauth2/token",
        "jwks_url": canvas.url + "/api/lti/security/jwks",
        "deployment_id": tool.deployment_id,
        "origin": canvas.url,
        "lms_kind": "canvas",
        "lms_url": canvas.url,
        "lms_token": TOKEN,
    }


def add_service_token(canvas: Institution) -> None:
    """Give the admin the token that `platforms.json` tells."""
    admin = person_named(canvas.world, "Ada Admin")
    canvas.store.add(Token(TOKEN, admin.id))


def configuration(tool_url: str) -> dict[str, Any]:
    """Return the Canvas JSON configuration of a tool at this address."""
    return {
        "title": "Mentorship",
        "description": "Apply what you learned, with a mentor.",
        "oidc_initiation_url": tool_url + "/lti/login",
        "target_link_uri": tool_url + "/lti/launch",
        "public_jwk_url": tool_url + "/lti/jwks",
        "scopes": [*ALL_SCOPES, NOTICE_SCOPE],
        "custom_fields": CUSTOM,
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": tool_url.split("://", 1)[-1],
                "tool_id": "lti-mentor",
                "privacy_level": "public",
                "settings": {
                    "text": "Mentorship",
                    "placements": [
                        _placement(tool_url, *one) for one in PLACEMENTS.items()
                    ],
                },
            }
        ],
    }


def _placement(tool_url: str, name: str, text: str) -> dict[str, Any]:
    if name.endswith("_selection"):
        message, path = "LtiDeepLinkingRequest", "/lti/deep-link"
    else:
        message, path = "LtiResourceLinkRequest", "/lti/launch"
    return {
        "placement": name,
        "message_type": message,
        "enabled": True,
        "text": text,
        "target_link_uri": f"{tool_url}{path}?placement={name}",
    }


def _institution(campus: Campus) -> Institution:
    found: Institution = campus.canvas.recall("canvas")["institution"]
    return found
