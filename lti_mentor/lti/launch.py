"""The second half of a launch: what came back is proved, once, before it is believed.

recall -> check -> consume is the order: the state row tells what to expect, the token
must fit it and be signed, and only then is the row used up, so that a forged token
cannot burn a login and a second post finds it used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pylti1p3.exception import LtiException
from pylti1p3.message_validators import get_validators
from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.crypto import digest, matches
from lti_mentor.errors import Refused
from lti_mentor.lti import claims, proof
from lti_mentor.lti.claims import Launch, MessageType
from lti_mentor.lti.keysets import KeySets
from lti_mentor.lti.login import storage_origin
from lti_mentor.lti.models import LoginState
from lti_mentor.lti.proof import untrusted
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.origins import origins_of
from lti_mentor.platforms.service import require_active

_ERROR_CODE = re.compile(r"[a-z_]{1,60}")

_STATES = LoginState.metadata.tables[LoginState.__tablename__]
_RECALL = (
    select(LoginState, Registration)
    .join(Registration, Registration.id == LoginState.registration_id)
    .where(LoginState.state_digest == bindparam("state"))
)
_CONSUME = (
    update(_STATES)
    .where(_STATES.c.id == bindparam("state"), _STATES.c.used_at.is_(None))
    .values(used_at=bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """The form a platform made the browser post."""

    state: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    error: str = ""
    error_description: str = field(default="", repr=False)
    browser_secret: str | None = field(default=None, repr=False)
    """From the cookie of the login, where the browser kept it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the login of this state says the launch must be."""

    state_id: int
    registration_id: int
    registration: str
    """Public id, for the log."""
    issuer: str
    client_id: str
    jwks_url: str
    origins: list[str]
    storage_origin: str
    """Where platform storage answers."""
    nonce_digest: str
    secret_digest: str
    target_link_uri: str
    deployment_id: str | None
    page_hint: Mapping[str, int]

    def is_bound_by(self, secret: str | None) -> bool:
        """Say whether this browser has proved that it began the login."""
        return secret is not None and matches(secret, self.secret_digest)


def recall(session: Session, state: str) -> Expected:
    """Find the login that this state belongs to.

    Raises:
        Refused: There is none (`launch.state`), it is too old (`launch.expired`), or
            its platform was switched off meanwhile.
    """
    row = session.execute(_RECALL, {"state": digest(state)}).first()
    if not state or row is None:
        raise Refused("launch.state")
    login, registration = row
    if login.expires_at < now():
        raise Refused("launch.expired")
    require_active(registration)
    return Expected(
        state_id=login.id,
        registration_id=registration.id,
        registration=str(registration.public_id),
        issuer=registration.issuer,
        client_id=registration.client_id,
        jwks_url=registration.jwks_url,
        origins=origins_of(registration),
        storage_origin=storage_origin(registration),
        nonce_digest=login.nonce_digest,
        secret_digest=login.secret_digest,
        target_link_uri=login.target_link_uri,
        deployment_id=login.deployment_id,
        page_hint=login.hint,
    )


def authenticate(
    request: LaunchRequest, expected: Expected, keysets: KeySets
) -> dict[str, Any]:
    """Return the payload of a token that this platform signed for this login.

    Asks the platform for its keys where needed, so no transaction may be open.

    Raises:
        Refused: `launch.platform_error`, `launch.token` (with `reason`),
            `launch.key_unknown`.
        Outside: `launch.keys_unreachable`.
    """
    _refuse_platform_error(request)
    payload = proof.payload(request.id_token, expected, keysets)
    _check_nonce(payload["nonce"], expected)
    return payload


def consume(session: Session, expected: Expected) -> None:
    """Use the login up (a unit of its own, that writes).

    Raises:
        Refused: Another post was faster (`launch.replayed`).
    """
    asked = {"state": expected.state_id, "moment": now()}
    used = session.execute(_CONSUME, asked)
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        raise Refused("launch.replayed")


def interpret(payload: dict[str, Any], expected: Expected, public_url: str) -> Launch:
    """Read the claims of an authentic token and hold them against the login.

    Raises:
        Refused: `launch.malformed`, `launch.message`, `launch.deployment_mismatch`,
            `launch.target`, and what `claims.read` refuses.
    """
    launch = claims.read(payload, expected.page_hint)
    _check_message(payload)
    if expected.deployment_id not in {None, launch.deployment_id}:
        raise Refused("launch.deployment_mismatch")
    _check_target(launch, expected, public_url)
    return launch


def _refuse_platform_error(request: LaunchRequest) -> None:
    if not request.error:
        return
    known = _ERROR_CODE.fullmatch(request.error)
    raise Refused(
        "launch.platform_error",
        error=request.error if known else "unreadable",
        description=request.error_description[:300],
    )


def _check_nonce(nonce: object, expected: Expected) -> None:
    is_text = isinstance(nonce, str) and nonce.isascii()
    if not is_text or not matches(str(nonce), expected.nonce_digest):
        raise untrusted("nonce")


def _check_message(payload: dict[str, Any]) -> None:
    fitting = [v for v in get_validators() if v.can_validate(payload)]  # type: ignore[no-untyped-call]
    try:
        for validator in fitting:
            validator.validate(payload)
    except (LtiException, AttributeError, TypeError):
        raise Refused("launch.message") from None


def _check_target(launch: Launch, expected: Expected, public_url: str) -> None:
    """Route only by the signed target, and only to ourselves.

    The certification suite leaves the claim out of deep linking requests.
    """
    target = launch.target_link_uri
    if not target and launch.message is MessageType.RESOURCE:
        raise Refused("launch.malformed", claim="target_link_uri")
    if target and not _is_ours(target, public_url):
        raise Refused("launch.target")
    promised = expected.target_link_uri
    if target and promised and _place(target) != _place(promised):
        raise Refused("launch.target")


def _is_ours(target: str, public_url: str) -> bool:
    ours, theirs = _place(public_url), _place(target)
    return theirs[:2] == ours[:2] and f"{theirs[2]}/".startswith(f"{ours[2]}/")


def _place(url: str) -> tuple[str, str, str]:
    """Return what target addresses are compared by: scheme, host and path (D6)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
