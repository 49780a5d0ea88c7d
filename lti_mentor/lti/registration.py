"""Dynamic registration: opened inside the LMS by its admin, we introduce ourselves."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lti_mentor.errors import Outside, Refused
from lti_mentor.lti.configuration import TOOL, registration_body
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.platforms.models import LMSKind
from lti_mentor.platforms.origins import KNOWN, origin_of

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
SHARED_HOSTS = (".instructure.com", ".canvaslms.com")
"""Where the endpoints of hosted Canvas lie; its issuer names no institution."""
MOST_BYTES = 256 * 1024
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
)


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform says about itself."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str | None = None
    family: LMSKind = LMSKind.OTHER
    name: str = ""
    guid: str | None = None
    placements: frozenset[str] = frozenset()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """What the platform answered: who we are there."""

    platform: Platform
    client_id: str
    deployment_ids: tuple[str, ...] = ()
    """Moodle names one, Canvas sometimes; others are learnt at the first launch."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The two parameters a platform opens our registration page with."""

    configuration_url: str
    token: str | None = field(default=None, repr=False)


def discover(http: Outbound, opening: Opening) -> Platform:
    """Read the platform's configuration.

    Canvas wants the registration token for this already.

    Raises:
        Refused: It is incomplete or names foreign hosts (`registration.incomplete`,
            `registration.foreign_host`).
        Outside: It cannot be read.
    """
    reply = http.request(
        "GET",
        opening.configuration_url,
        headers={"Accept": "application/json", **_bearer(opening)},
        max_bytes=MOST_BYTES,
    )
    said = reply.json()
    if not isinstance(said, dict):
        raise Refused("registration.incomplete", claim="configuration")
    for name in ("issuer", *ENDPOINTS):
        if not isinstance(said.get(name), str) or origin_of(said[name]) is None:
            raise Refused("registration.incomplete", claim=name)
    _check_hosts(said, opening.configuration_url)
    return _platform(said, opening.configuration_url)


def register(
    http: Outbound, opening: Opening, platform: Platform, public_url: str
) -> Registered:
    """Introduce ourselves and return who we are to this platform.

    The token goes to no other host than the one that gave us the configuration.

    Raises:
        Refused: The platform says no; its reason, where it gave a short one, is in
            `reason` (`registration.refused`).
        Outside: It does not answer sensibly.
    """
    body = registration_body(public_url, placements=set(platform.placements))
    reply = http.request(
        "POST",
        platform.registration_url,
        headers={"Accept": "application/json", **_bearer(opening)},
        json=body,
        max_bytes=MOST_BYTES,
        allow_statuses=range(400, 500),
    )
    if reply.status >= 400:
        raise Refused("registration.refused", status=reply.status, reason=_why(reply))
    said = reply.json()
    client_id = said.get("client_id") if isinstance(said, dict) else None
    if not isinstance(client_id, str | int) or not str(client_id):
        raise Outside("outside.malformed", status=reply.status)
    return Registered(platform, str(client_id), _deployments(said))


def _check_hosts(said: dict[str, Any], configuration_url: str) -> None:
    """Hold every host against the one an admin opened us from.

    A platform may speak for its own host only; hosted Canvas shares issuer and
    endpoints between institutions, on hosts that Instructure owns.
    """
    home = urlsplit(configuration_url).hostname or ""
    is_shared = said["issuer"] in KNOWN
    if urlsplit(said["registration_endpoint"]).hostname != home:
        raise Refused("registration.foreign_host", claim="registration_endpoint")
    names = ENDPOINTS[:-1] if is_shared else ("issuer", *ENDPOINTS[:-1])
    for name in names:
        host = urlsplit(said[name]).hostname or ""
        if host != home and not (is_shared and host.endswith(SHARED_HOSTS)):
            raise Refused("registration.foreign_host", claim=name)


def _platform(said: dict[str, Any], configuration_url: str) -> Platform:
    about = said.get(PLATFORM)
    about = about if isinstance(about, dict) else {}
    canvas = "https://canvas.instructure.com/lti/account_"
    audience = said.get("authorization_server")
    family = str(about.get("product_family_code", "")).lower()
    origins = [origin_of(configuration_url)]
    if isinstance(about.get(f"{canvas}domain"), str):
        origins.append(origin_of("https://" + about[f"{canvas}domain"]))
    guid = about.get(f"{canvas}lti_guid")
    is_token_url = isinstance(audience, str) and audience.startswith("https://")
    return Platform(
        issuer=said["issuer"],
        auth_url=said["authorization_endpoint"],
        token_url=said["token_endpoint"],
        jwks_url=said["jwks_uri"],
        registration_url=said["registration_endpoint"],
        token_audience=audience if is_token_url and family != "canvas" else None,
        family=LMSKind(family) if family in set(LMSKind) else LMSKind.OTHER,
        name=str(about.get(f"{canvas}name") or "")[:255],
        guid=guid if isinstance(guid, str) else None,
        placements=frozenset(_placements(about.get("messages_supported"))),
        origins=tuple(origin for origin in origins if origin),
    )


def _placements(supported: object) -> set[str]:
    rows = supported if isinstance(supported, list) else []
    found: set[str] = set()
    for row in rows:
        names = row.get("placements") if isinstance(row, dict) else None
        found |= {n for n in names or () if isinstance(n, str)}
    return found


def _deployments(said: dict[str, Any]) -> tuple[str, ...]:
    tool = said.get(TOOL)
    inside = tool.get("deployment_id") if isinstance(tool, dict) else None
    found = (inside, said.get("deployment_id"))
    return tuple({str(d) for d in found if isinstance(d, str | int) and str(d)})


def _bearer(opening: Opening) -> dict[str, str]:
    return {"Authorization": f"Bearer {opening.token}"} if opening.token else {}


def _why(reply: Reply) -> str:
    """Return a short reason; HTML pages give none (Moodle: plain text or HTML)."""
    text = reply.body[:2000].decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return ""
    try:
        said = json.loads(text)
    except ValueError:
        return text[:120]
    if not isinstance(said, dict):
        return ""
    return str(said.get("errorMessage") or said.get("error") or "")[:120]
