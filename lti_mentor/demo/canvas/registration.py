"""Dynamic registration: what a tool asks, what it hears, what the admin confirms.

Sources: Canvas doc/lti/registration.md, app/controllers/lti/ims/
dynamic_registration_controller.rb, and a captured registration of 2026.
"""

import secrets
import time
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.canvas.claims import NOTICE_SCOPE, NOTICE_TYPES
from lti_mentor.demo.canvas.developer_keys import (
    BadConfigurationError,
    create_key,
    install,
)
from lti_mentor.demo.canvas.errors import Refused
from lti_mentor.demo.canvas.institution import ACCOUNT_NAME, Institution, canvas
from lti_mentor.demo.lti import ALL_SCOPES
from lti_mentor.demo.rows import Tool

routes = Blueprint("canvas_registration", __name__)

EXTENSION = "https://canvas.instructure.com/lti/"
"""What Canvas's own registration fields begin with."""
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
"""The LTI part of a registration."""
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
"""The LTI part of the platform's configuration."""
LIFE = 3600
"""Seconds a registration token lasts."""
PROGRESS_SCOPE = "https://canvas.instructure.com/lti-ags/progress/scope/show"
"""Follow the upload of files that came with a score."""
SCOPES = [*ALL_SCOPES, NOTICE_SCOPE, PROGRESS_SCOPE]
"""Scopes a tool may ask for."""
PERSONAL = ["sub", "picture", "email", "name", "given_name", "family_name", "locale"]
"""Claims about a person that a tool may ask for."""
PLACEMENTS = {
    "LtiResourceLinkRequest": [
        "course_navigation",
        "account_navigation",
        "user_navigation",
        "link_selection",
        "assignment_selection",
    ],
    "LtiDeepLinkingRequest": [
        "assignment_selection",
        "link_selection",
        "course_assignments_menu",
        "module_index_menu_modal",
    ],
}
"""Where each kind of message can start."""


def invitation(institution: Institution, tool_url: str, person: int) -> str:
    """Return the tool's registration address with configuration and token."""
    claims = {
        "uuid": secrets.token_hex(16),
        "initiated_at": int(time.time()),
        "user_id": person,
        "root_account_global_id": 10_000_000_000_001,
        "root_account_domain": institution.domain,
        "registration_url": tool_url,
        "exp": int(time.time()) + LIFE,
    }
    token = jwt.encode(claims, institution.secret, algorithm="HS256")
    where = f"{institution.url}/api/lti/security/openid-configuration"
    where = quote(f"{where}?registration_token={token}", safe="")
    joint = "&" if "?" in tool_url else "?"
    return f"{tool_url}{joint}openid_configuration={where}&registration_token={token}"


@routes.get("/api/lti/security/openid-configuration")
def configuration() -> Response:
    """Tell the tool about this Canvas; the token must come as a bearer here too."""
    institution = canvas()
    _token(institution)
    url = institution.url
    return jsonify(
        {
            "issuer": institution.issuer,
            "authorization_endpoint": f"{url}/api/lti/authorize_redirect",
            "registration_endpoint": f"{url}/api/lti/registrations",
            "jwks_uri": f"{url}/api/lti/security/jwks",
            "token_endpoint": f"{url}/login/oauth2/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", *SCOPES],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": PERSONAL,
            "subject_types_supported": ["public"],
            "authorization_server": institution.domain,
            PLATFORM_CONFIGURATION: _platform(institution),
        }
    )


def _platform(institution: Institution) -> dict[str, Any]:
    prefix = EXTENSION if institution.says("canvas_placements_are_urls") else ""
    return {
        "product_family_code": "canvas",
        "version": "OpenSource",
        "messages_supported": [
            {"type": kind, "placements": [prefix + name for name in names]}
            for kind, names in PLACEMENTS.items()
        ],
        "notice_types_supported": NOTICE_TYPES,
        "variables": ["Canvas.user.id", "Canvas.course.id", "Person.address.timezone"],
        EXTENSION + "account_name": ACCOUNT_NAME,
        EXTENSION + "account_lti_guid": institution.guid,
        EXTENSION + "account_domain": institution.domain,
    }


@routes.post("/api/lti/registrations")
def register() -> Response:
    """Save the tool's wish as a key that is still off."""
    institution = canvas()
    _token(institution)
    body = request.get_json(force=True, silent=True) or {}
    if TOOL_CONFIGURATION not in body:
        raise Refused(422, {"errors": [{"field": TOOL_CONFIGURATION}]})
    with institution.store.change():
        try:
            key = create_key(institution, as_configuration(body), body["redirect_uris"])
        except (BadConfigurationError, KeyError) as error:
            raise Refused(422, {"errors": [{"field": str(error)}]}) from None
        told = {**body, "client_id": key.client_id, "scope": " ".join(key.scopes)}
        if institution.says("canvas_registration_tells_deployment"):
            told["deployment_id"] = install(institution, key).deployment_id
    told[TOOL_CONFIGURATION] = body[TOOL_CONFIGURATION] | {
        EXTENSION + "registration_config_url": (
            f"{institution.url}/api/lti/registrations/{key.client_id}/view"
        )
    }
    return jsonify(told)


def as_configuration(body: dict[str, Any]) -> dict[str, Any]:
    """Return a registration in the form of a Canvas JSON configuration."""
    own = body[TOOL_CONFIGURATION]
    asked = body.get("scope", "").split()
    return {
        "title": body.get("client_name"),
        "description": own.get("description") or body.get("client_name"),
        "oidc_initiation_url": body.get("initiate_login_uri"),
        "target_link_uri": own.get("target_link_uri"),
        "public_jwk_url": body.get("jwks_uri"),
        "scopes": [scope for scope in asked if scope in SCOPES],
        "custom_fields": own.get("custom_parameters") or {},
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": own.get("domain"),
                "tool_id": own.get(EXTENSION + "tool_id"),
                "privacy_level": own.get(EXTENSION + "privacy_level", "anonymous"),
                "settings": {
                    "text": body.get("client_name"),
                    "icon_url": body.get("logo_uri"),
                    "placements": [
                        placed
                        for message in own.get("messages", [])
                        for placed in _placements(message)
                    ],
                },
            }
        ],
    }


def _placements(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one message's placements; those Canvas does not know are left out."""
    known = PLACEMENTS.get(message.get("type", ""), [])
    names = [name.removeprefix(EXTENSION) for name in message.get("placements", [])]
    default = message.get(EXTENSION + "course_navigation/default_enabled", True)
    return [
        {
            "placement": name,
            "message_type": message["type"],
            "enabled": True,
            "text": message.get("label"),
            "target_link_uri": message.get("target_link_uri"),
            "custom_fields": message.get("custom_parameters") or {},
            "default": "enabled" if default else "disabled",
            "visibility": message.get(EXTENSION + "visibility", "public"),
        }
        for name in names
        if name in known
    ]


def confirm(
    institution: Institution,
    client_id: str,
    scopes: list[str],
    placements: list[str],
    privacy: str,
) -> Tool:
    """Cut the wish down to what the admin ticked, switch it on and install it."""
    key = institution.store.keys[client_id]
    extension = key.configuration["extensions"][0]
    settings = extension["settings"]
    with institution.store.change():
        key.scopes = [scope for scope in key.scopes if scope in scopes]
        settings["placements"] = [
            one for one in settings["placements"] if one["placement"] in placements
        ]
        extension["privacy_level"] = privacy
        key.on = True
        tool = next(
            (t for t in institution.world.tools.values() if t.client_id == client_id),
            None,
        ) or install(institution, key)
        tool.scopes = key.scopes
        tool.settings |= {
            "placements": settings["placements"],
            "privacy_level": privacy,
        }
    return tool


def _token(institution: Institution) -> None:
    """Refuse a request without a registration token of the last hour."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        claims = jwt.decode(bearer, institution.secret, algorithms=["HS256"])
        claims["registration_url"]
    except (jwt.PyJWTError, KeyError):
        message = {"errorMessage": "JWT did not include expected contents"}
        raise Refused(401, message) from None


def is_tool_address(text: str) -> bool:
    """Say whether an admin's input can be a registration address."""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
