"""What we tell a platform about ourselves, as data: once per way of installing."""

from typing import Any
from urllib.parse import urlsplit

from lti_mentor.lti.services import (
    LINE_ITEM,
    LINE_ITEM_READ,
    NOTICES,
    RESULT_READ,
    ROSTER,
    SCORE,
)

NAME = "LTI Mentor"
DESCRIPTION = "Mentorship: apply what the course taught, with a mentor at your side."
SCOPES = [LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, ROSTER]
"""What every platform is asked for."""
CANVAS_SCOPES = [*SCOPES, NOTICES]
"""All we ever ask for; a test compares this list with the calls we make."""
CLAIMS = ["iss", "sub", "name", "given_name", "family_name", "email", "locale"]
"""Moodle sends names and e-mails only to tools that ask for these."""
COMMON_PARAMETERS = {"person_timezone": "$Person.address.timezone"}
MOODLE_PARAMETERS = COMMON_PARAMETERS | {
    "moodle_group_ids": "$Moodle.Person.userGroupIds"
}
CANVAS_PARAMETERS = COMMON_PARAMETERS | {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_account_id": "$Canvas.account.id",
    "canvas_account_name": "$Canvas.account.name",
    "canvas_api_base_url": "$Canvas.api.baseUrl",
    "canvas_membership_roles": "$Canvas.membership.roles",
    "canvas_section_ids": "$Canvas.course.sectionIds",
    "canvas_section_restricted": "$Canvas.course.sectionRestricted",
    "canvas_assignment_id": "$Canvas.assignment.id",
    "canvas_masquerading_user_id": "$Canvas.masqueradingUser.id",
    "context_id_history": "$Context.id.history",
    "course_group_ids": "$com.instructure.Course.groupIds",
    "observees": "$com.instructure.User.observees",
}
CANVAS = "https://canvas.instructure.com/lti/"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SELECTION = {"selection_width": 1000, "selection_height": 800}
"""Pixels of the dialog that content is chosen in."""
PLACEMENTS: list[dict[str, Any]] = [
    {
        "placement": "course_navigation",
        "message_type": "LtiResourceLinkRequest",
        "text": "Mentorship",
        "default": "disabled",
        "visibility": "members",
        "display_type": "full_width_in_context",
    },
    {
        "placement": "user_navigation",
        "message_type": "LtiResourceLinkRequest",
        "text": "Mentorship",
        "display_type": "full_width_in_context",
    },
    {
        "placement": "account_navigation",
        "message_type": "LtiResourceLinkRequest",
        "text": "Mentorship (setup)",
        "display_type": "full_width_in_context",
    },
    {
        "placement": "assignment_selection",
        "message_type": "LtiDeepLinkingRequest",
        "text": "Mentor-supported practice",
        **SELECTION,
    },
    {
        "placement": "link_selection",
        "message_type": "LtiDeepLinkingRequest",
        "text": "Mentor-supported practice",
        **SELECTION,
    },
]
"""Where Canvas shows us."""
OURS = frozenset(row["placement"] for row in PLACEMENTS)
"""Names of these placements, without Canvas's prefix."""


def target(public_url: str, message: str) -> str:
    """Return the address a message is meant for."""
    page = "deep-link" if message == "LtiDeepLinkingRequest" else "launch"
    return f"{public_url}/lti/{page}"


def domain(public_url: str) -> str:
    """Return host and port: Moodle compares both with the target's."""
    return urlsplit(public_url).netloc


def icon(public_url: str) -> str:
    """Return the address of our picture, which the LMS's own pages show."""
    return f"{public_url}/lti/icon.svg"


def registration_body(
    public_url: str, *, placements: set[str], scopes: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return what dynamic registration posts.

    `placements` are the names the platform supports, as it writes them. A platform
    that has none of ours (Moodle names "ContentArea") is told of messages alone.
    `scopes` are those it says it has: one that knows no notices is not asked for them.
    """
    placements = {name for name in placements if _bare(name) in OURS}
    parameters = CANVAS_PARAMETERS if placements else MOODLE_PARAMETERS
    wanted = CANVAS_SCOPES if placements and NOTICES in scopes else SCOPES
    return {
        "application_type": "web",
        "client_name": NAME,
        "client_uri": public_url,
        "logo_uri": icon(public_url),
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "jwks_uri": f"{public_url}/lti/jwks",
        "initiate_login_uri": f"{public_url}/lti/login",
        "redirect_uris": [f"{public_url}/lti/launch"],
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(wanted),
        TOOL: {
            "domain": domain(public_url),
            "description": DESCRIPTION,
            "target_link_uri": f"{public_url}/lti/launch",
            "custom_parameters": parameters,
            "claims": CLAIMS,
            "messages": messages(public_url, placements),
            f"{CANVAS}privacy_level": "public",
            f"{CANVAS}tool_id": "lti-mentor",
        },
    }


def messages(public_url: str, placements: set[str]) -> list[dict[str, Any]]:
    """Return the messages we take, each with the placements this platform has."""
    by_bare_name = {_bare(name): name for name in placements}
    found = []
    for row in PLACEMENTS:
        message = row["message_type"]
        wanted = {
            "type": message,
            "label": row["text"],
            "icon_uri": icon(public_url),
            "target_link_uri": target(public_url, message),
        }
        name = by_bare_name.get(row["placement"])
        if name is not None:
            found.append(wanted | {"placements": [name]} | _canvas_extras(row))
        elif not placements and wanted["type"] not in {m["type"] for m in found}:
            found.append(wanted)
    return found


def canvas_config(public_url: str) -> dict[str, Any]:
    """Return the JSON a Canvas admin pastes or points a developer key at."""
    rows = [
        row
        | {
            "target_link_uri": target(public_url, row["message_type"]),
            "icon_url": icon(public_url),
        }
        for row in PLACEMENTS
    ]
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{public_url}/lti/login",
        "target_link_uri": f"{public_url}/lti/launch",
        "public_jwk_url": f"{public_url}/lti/jwks",
        "scopes": CANVAS_SCOPES,
        "extensions": [
            {
                "domain": domain(public_url),
                "tool_id": "lti-mentor",
                "platform": "canvas.instructure.com",
                "privacy_level": "public",
                "settings": {
                    "text": "Mentorship",
                    "icon_url": icon(public_url),
                    **SELECTION,
                    "placements": [row | {"enabled": True} for row in rows],
                },
            }
        ],
        "custom_fields": CANVAS_PARAMETERS,
    }


def _bare(placement: str) -> str:
    return placement.rpartition("/")[2]


_EXTRAS = {
    "visibility": "visibility",
    "display_type": "display_type",
    "selection_width": "launch_width",
    "selection_height": "launch_height",
}
"""A placement's settings in Canvas's JSON, and in a registration's messages."""


def _canvas_extras(row: dict[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {
        f"{CANVAS}{theirs}": row[ours]
        for ours, theirs in _EXTRAS.items()
        if ours in row
    }
    if row.get("default") == "disabled":
        extras[f"{CANVAS}{row['placement']}/default_enabled"] = False
    return extras
