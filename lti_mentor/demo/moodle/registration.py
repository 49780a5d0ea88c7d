"""Dynamic registration: discovery and openid-registration.php."""

import re
import secrets
import string
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
from flask import Blueprint, Response, jsonify, request

from lti_mentor.demo.lti import LINEITEM, LINEITEM_READ, NRPS, RESULT, SCORE
from lti_mentor.demo.moodle.errors import error_page
from lti_mentor.demo.moodle.urls import TOOL_SETTING
from lti_mentor.demo.moodle.variables import VALUES
from lti_mentor.demo.rows import Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import next_id

routes = Blueprint("registration", __name__)

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
"""The part of a registration that is LTI's."""
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
"""The part of discovery that is LTI's."""
BASIC_OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome"
"""LTI 1.1 grading as a scope."""
LIFETIME = 3600
"""Seconds a registration token lives."""
REQUIRED: dict[str, Callable[[Any], bool]] = {
    "response_types": lambda value: "id_token" in value,
    "initiate_login_uri": bool,
    "redirect_uris": lambda value: isinstance(value, list) and bool(value),
    "client_name": bool,
    "jwks_uri": bool,
    "token_endpoint_auth_method": lambda value: value == "private_key_jwt",
}
"""Attributes a registration must have and what they must be."""
VARIABLES = [
    "basic-lti-launch-request",
    "ContentItemSelectionRequest",
    "ToolProxyRegistrationRequest",
    *(name for name in VALUES if not name.endswith(".url")),
    "Result.sourcedId",
    "BasicOutcome.url",
]
"""The variables Moodle advertises; fewer than it understands."""


class Refused(Exception):
    """A registration Moodle does not take; the words are the whole answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@routes.errorhandler(Refused)
def refuse(error: Refused) -> Response:
    """Answer plain words that call themselves HTML (measured)."""
    response = Response(error.words, error.status)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


@routes.get("/mod/lti/openid-configuration.php")
def discovery() -> Response:
    """Describe this Moodle; needs no authentication, names no deployment."""
    base = here().url + "/mod/lti"
    return _json(
        {
            "issuer": here().url,
            "token_endpoint": base + "/token.php",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": base + "/certs.php",
            "authorization_endpoint": base + "/auth.php",
            "registration_endpoint": base + "/openid-registration.php",
            "scopes_supported": [
                BASIC_OUTCOME,
                LINEITEM_READ,
                RESULT,
                SCORE,
                LINEITEM,
                NRPS,
                TOOL_SETTING,
                "openid",
            ],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": [
                "sub",
                "iss",
                "name",
                "given_name",
                "family_name",
                "email",
            ],
            PLATFORM: {
                "product_family_code": "moodle",
                "version": "4.5.6 (Build: 20250811)",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
                ],
                "variables": VARIABLES,
            },
        }
    )


def new_token() -> str:
    """Return a registration token for a client id that is yet to be."""
    letters = string.ascii_letters + string.digits
    client_id = "".join(secrets.choice(letters) for _ in range(15))
    return _token(client_id, "reg")


def update_token(tool: Tool) -> str:
    """Return a token that changes a registration, as often as one likes."""
    return _token(str(tool.id), "reg-update")


def _token(subject: str, scope: str) -> str:
    now = int(time.time())
    claims = {"sub": subject, "scope": scope, "iat": now, "exp": now + LIFETIME}
    return here().keys.sign(claims)


@routes.post("/mod/lti/openid-registration.php")
def register() -> Response:
    """Make the tool known, pending, or change it in place; answered 200, not 201."""
    claims = _bearer()
    if claims is None:
        return error_page("Error when validating registration token")
    settings = read(request.get_json(force=True, silent=True) or {})
    world = here().world
    with world.change():
        if claims["scope"] == "reg-update":
            tool = world.tools[int(claims["sub"])]
        else:
            tool = _new_tool(claims["sub"])
            world.extra.setdefault("used_tokens", []).append(claims["sub"])
        for name, value in settings.items():
            setattr(tool, name, value)
        world.add(tool)
    return _json(describe(tool))


@routes.get("/mod/lti/openid-registration.php")
def current() -> Response:
    """Answer the present registration to an update token."""
    claims = _bearer()
    if claims is None or claims["scope"] != "reg-update":
        return error_page("Error when validating registration token")
    return _json(describe(here().world.tools[int(claims["sub"])]))


def _bearer() -> dict[str, Any] | None:
    """Return the registration token's claims; None when it is none of ours."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise Refused(401, "missing_registration_token")
    try:
        claims = here().keys.verify(header.removeprefix("Bearer "))
    except jwt.PyJWTError:
        return None
    if claims["sub"] in here().world.extra.get("used_tokens", []):
        raise Refused(401, "token_already_used")
    return claims


def _new_tool(client_id: str) -> Tool:
    number = next_id(here().world.tools)
    tool = Tool(number, "", client_id, str(number), "", "", "")
    tool.active = tool.in_chooser = False
    return tool


def read(body: dict[str, Any]) -> dict[str, Any]:
    """Return what Moodle keeps of a registration.

    Placements, labels, roles, per-message parameters and messages other than
    deep linking are dropped; HTML is stripped from the description (measured).

    Raises:
        Refused: Something required is missing, 400.
    """
    for name, fits in REQUIRED.items():
        if not body.get(name) or not fits(body[name]):
            raise Refused(400, f"missing required attribute {name}")
    config = body.get(TOOL_CONFIGURATION) or {}
    domain = config.get("domain")
    if not domain:
        raise Refused(400, "missing_domain")
    target = config.get("target_link_uri") or f"https://{domain}"
    if urlsplit(target).netloc != domain:
        raise Refused(400, "domain_targetlinkuri_mismatch")
    return {
        "name": body["client_name"],
        "login_url": body["initiate_login_uri"],
        "launch_url": target,
        "jwks_url": body["jwks_uri"],
        "redirect_uris": body["redirect_uris"],
        "deep_link_url": _deep_link(config, target),
        "description": re.sub(r"<[^>]*>", "", config.get("description", "")),
        "icon_url": body.get("logo_uri", ""),
        "custom": {k: str(v) for k, v in config.get("custom_parameters", {}).items()},
        "scopes": body.get("scope", "").split(),
        "claims": _claims(config.get("claims", [])),
        "settings": {"domain": domain},
    }


def _deep_link(config: dict[str, Any], target: str) -> str:
    for message in config.get("messages", []):
        if message.get("type") == "LtiDeepLinkingRequest":
            return str(message.get("target_link_uri") or target)
    return ""


def _claims(asked: list[str]) -> list[str]:
    """Return which personal data are sent; without `claims`, none."""
    kept = []
    if set(asked) & {"name", "given_name", "family_name"}:
        kept.append("name")
    if "email" in asked:
        kept.append("email")
    return kept


def describe(tool: Tool) -> dict[str, Any]:
    """Return a registration as Moodle answers it.

    Claims the right to write columns as soon as any AGS scope was asked, and
    cuts a parameter's value at its second `=` (measured).
    """
    config: dict[str, Any] = {
        "version": "1.3.0",
        "deployment_id": tool.deployment_id,
        "target_link_uri": tool.launch_url,
        "domain": tool.settings.get("domain") or urlsplit(tool.launch_url).netloc,
        "description": tool.description,
        "messages": [],
        "custom_parameters": {k: v.split("=")[0] for k, v in tool.custom.items()},
        "claims": ["sub", "iss"],
    }
    if tool.deep_link_url:
        message = {"type": "LtiDeepLinkingRequest"}
        config["messages"] = [message | {"target_link_uri": tool.deep_link_url}]
    if "name" in tool.claims:
        config["claims"] += ["name", "family_name", "given_name"]
    if "email" in tool.claims:
        config["claims"] += ["email"]
    return {
        "client_id": tool.client_id,
        "response_types": ["id_token"],
        "jwks_uri": tool.jwks_url,
        "initiate_login_uri": tool.login_url,
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": tool.redirect_uris,
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": tool.name,
        "logo_uri": tool.icon_url,
        "scope": " ".join(_answered_scopes(tool)),
        TOOL_CONFIGURATION: config,
    }


def _answered_scopes(tool: Tool) -> list[str]:
    grading = [SCORE, RESULT, LINEITEM_READ, LINEITEM]
    found = grading if set(grading) & set(tool.scopes) else []
    return found + [row for row in (NRPS, TOOL_SETTING) if row in tool.scopes]


def _json(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response
