"""The first half of a launch: a platform says who may come, we ask it who it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest, random_token
from lti_mentor.errors import Refused
from lti_mentor.lti.models import LoginState
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.copies import tenant
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.platforms.origins import origin_of, origins_of
from lti_mentor.platforms.service import require_active

LIFETIME = timedelta(minutes=10)
LONGEST = 8192
"""Characters of one login parameter; Canvas hints are signed tokens of 400 and more."""

_REMEMBER = insert(LoginState.metadata.tables[LoginState.__tablename__])

PARAMETERS = {
    "iss": "issuer",
    "login_hint": "login_hint",
    "target_link_uri": "target_link_uri",
    "client_id": "client_id",
    "lti_message_hint": "message_hint",
    "lti_deployment_id": "deployment_id",
    "lti_storage_target": "storage_target",
    "canvas_environment": "environment",
}
"""What a login may carry, and what we call it; everything else is ignored."""


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """A login initiation as it arrived: unsigned, so only a hint."""

    issuer: str
    login_hint: str = field(repr=False)
    target_link_uri: str = ""
    client_id: str | None = None
    message_hint: str | None = field(default=None, repr=False)
    deployment_id: str | None = None
    storage_target: str | None = None
    environment: str = ""
    """Which Canvas this is: `beta` and `test` are copies."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "LoginRequest":
        """Take what we know of a form or a query.

        Raises:
            Refused: Issuer or hint is missing, or something is far too long
                (`login.incomplete`, `login.too_long`).
        """
        found = {ours: values.get(wire) for wire, ours in PARAMETERS.items()}
        if any(len(value or "") > LONGEST for value in found.values()):
            raise Refused("login.too_long")
        if not found["issuer"] or not found["login_hint"]:
            raise Refused("login.incomplete")
        given: dict[str, Any] = {name: v for name, v in found.items() if v}
        return cls(**given)

    def as_parameters(self) -> dict[str, str]:
        """Return the login as it came, so that it can be begun again elsewhere."""
        mine = asdict(self)
        return {wire: mine[ours] for wire, ours in PARAMETERS.items() if mine[ours]}


@dataclass(frozen=True, slots=True)
class LoginStarted:
    """What the browser needs to go on; `state` and `secret` are stored as digests."""

    registration: str
    """Public id, for the log."""
    auth_url: str = field(repr=False)
    """The whole address to go to."""
    state: str = field(repr=False)
    secret: str = field(repr=False)
    storage_origin: str
    """Where platform storage answers; `*` on Canvas, which names no origin."""
    origins: list[str]


def start(session: Session, login: LoginRequest, redirect_uri: str) -> LoginStarted:
    """Remember a login and return where to send the browser (a unit that writes).

    Raises:
        Refused: No active registration fits (`login.unknown`, `login.pending`).
    """
    registration = require_active(
        tenant(session, _registration(session, login), login.environment)
    )
    state, nonce, secret = random_token(), random_token(), random_token()
    remembered = {
        "registration_id": registration.id,
        "state_digest": digest(state),
        "nonce_digest": digest(nonce),
        "secret_digest": digest(secret),
        "redirect_uri": redirect_uri,
        "target_link_uri": login.target_link_uri,
        "deployment_id": login.deployment_id,
        "hint": _ids(login.message_hint),
        "expires_at": now() + LIFETIME,
    }
    session.execute(_REMEMBER, remembered)
    question = {"state": state, "nonce": nonce, "redirect_uri": redirect_uri}
    return LoginStarted(
        registration=str(registration.public_id),
        auth_url=_auth_url(registration, login, question),
        state=state,
        secret=secret,
        storage_origin=storage_origin(registration),
        origins=origins_of(registration),
    )


def _registration(session: Session, login: LoginRequest) -> Registration:
    if login.client_id is None:
        return require_active(platforms.only_one(session, login.issuer))
    return require_active(platforms.find(session, login.issuer, login.client_id))


def _auth_url(
    registration: Registration, login: LoginRequest, question: dict[str, str]
) -> str:
    parameters = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "login_hint": login.login_hint,
        **question,
    }
    if login.message_hint:
        parameters["lti_message_hint"] = login.message_hint
    joint = "&" if "?" in registration.auth_url else "?"
    return f"{registration.auth_url}{joint}{urlencode(parameters)}"


def storage_origin(registration: Registration) -> str:
    """Return the origin that platform storage messages go to."""
    if registration.lms_kind is LMSKind.CANVAS:
        return "*"
    return origin_of(registration.auth_url) or "*"


def _ids(message_hint: str | None) -> dict[str, int]:
    """Read Moodle's course module id: launches name only the instance."""
    try:
        hint = json.loads(message_hint or "")
    except (ValueError, RecursionError):
        return {}
    cmid = hint.get("cmid") if isinstance(hint, dict) else None
    return {"cmid": cmid} if type(cmid) is int and cmid > 0 else {}
