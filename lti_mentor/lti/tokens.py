"""Access tokens for a platform's services: asked for rarely, never shared."""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from pylti1p3.registration import Registration as Toolbox
from pylti1p3.service_connector import ServiceConnector
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Outside
from lti_mentor.lti.keys import Signer, signer
from lti_mentor.outbound import Outbound
from lti_mentor.platforms.dialects import Dialect, dialect_of
from lti_mentor.platforms.models import Registration

MARGIN = timedelta(seconds=60)
"""A token is renewed this long before it ends."""
ASSERTION_LIFE = 240
"""Seconds; Canvas refuses assertions older than 300."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to ask one platform for tokens, detached from the database."""

    tenant: str
    """Public id of the registration: tokens of two tenants never mix."""
    client_id: str
    token_url: str
    audience: str
    dialect: Dialect = field(repr=False)
    signer: Signer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and what it may do."""

    value: str = field(repr=False)
    ends_at: datetime
    scopes: frozenset[str] | None
    """What the platform says it granted; None where it does not say."""


def access(session: Session, registration: Registration) -> Access:
    """Read what later calls need, so that none of them holds a transaction."""
    return Access(
        tenant=str(registration.public_id),
        client_id=registration.client_id,
        token_url=registration.token_url,
        audience=registration.token_audience or registration.token_url,
        dialect=dialect_of(registration.lms_kind),
        signer=signer(session),
    )


Place = tuple[str, str, frozenset[str]]


class TokenCache:
    """Tokens in memory by tenant, token address and scopes."""

    def __init__(self) -> None:
        self._tokens: dict[Place, Token] = {}
        self._asking: dict[Place, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, access: Access, scopes: frozenset[str], http: Outbound) -> Token:
        """Return a token that is good for another minute at least.

        Where many ask at once, one asks the platform and the others wait for it.
        """
        place = (access.tenant, access.token_url, scopes)
        with self._lock:
            token = self._good(place)
            asking = self._asking.setdefault(place, threading.Lock())
        if token is not None:
            return token
        with asking:
            token = self._good(place)
            if token is None:
                token = self._tokens[place] = request_token(access, scopes, http)
        return token

    def drop(
        self, access: Access, scopes: frozenset[str], token: Token | None = None
    ) -> None:
        """Forget a token that the platform no longer takes.

        A named one is forgotten only if no other came in its place meanwhile.
        """
        place = (access.tenant, access.token_url, scopes)
        with self._lock:
            if token is None or self._tokens.get(place) is token:
                self._tokens.pop(place, None)

    def _good(self, place: Place) -> Token | None:
        token = self._tokens.get(place)
        return token if token and token.ends_at - MARGIN > now() else None


TOKENS = TokenCache()
"""The process's own cache."""


def request_token(access: Access, scopes: frozenset[str], http: Outbound) -> Token:
    """Ask the platform for a token.

    Raises:
        Outside: It refuses (`service.token_refused` with its `status`), wants to be
            asked later (with its `retry_after`), or does not answer sensibly.
    """
    reply = http.request(
        "POST",
        access.token_url,
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion(access),
            "scope": " ".join(sorted(scopes)),
        },
        allow_statuses={*range(400, 500)} - {429},
        max_bytes=64 * 1024,
    )
    if reply.status >= 400:
        raise Outside("service.token_refused", status=reply.status)
    answer = reply.json()
    value = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise Outside("outside.malformed", status=reply.status)
    granted = answer.get("scope")
    return Token(
        value=value,
        ends_at=now() + timedelta(seconds=_seconds(answer.get("expires_in"))),
        scopes=frozenset(granted.split()) if isinstance(granted, str) else None,
    )


def assertion(access: Access) -> str:
    """Return a signed statement that we are this client."""
    issued = int(time.time())
    return sign(
        access.signer,
        {
            "iss": access.client_id,
            "sub": access.client_id,
            "aud": access.audience,
            "iat": issued - 5,
            "exp": issued + ASSERTION_LIFE,
            "jti": str(uuid4()),
        },
    )


def sign(signer: Signer, message: dict[str, str | int]) -> str:
    """Return a JWT of ours."""
    connector = ServiceConnector(Toolbox())
    return connector.encode_jwt(message, signer.private_pem, {"kid": signer.kid})


def _seconds(expires_in: object) -> float:
    """Return a token's life; an hour, as everybody has it, where it is not told."""
    try:
        return min(max(float(str(expires_in)), 0.0), 86400.0)
    except ValueError:
        return 3600.0
