"""Dynamic registration: opened inside the LMS by its admin, we introduce ourselves."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lti_mentor.errors import Outside, Refused
from lti_mentor.lti.configuration import TOOL, registration_body
from lti_mentor.lti.keysets import usable
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.platforms.models import LMSKind
from lti_mentor.platforms.origins import KNOWN, origin_of

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
SHARED_HOSTS = (".instructure.com", ".canvaslms.com")
"""Where the endpoints of hosted Canvas lie; its issuer names no institution."""
MOST_BYTES = 256 * 1024
LONGEST = 15.0
"""Seconds one answer of a platform may take while an admin waits."""
LONGEST_ID = 255
"""Letters of an issuer, a client id, a deployment id."""
LONGEST_URL = 2000
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
)
_LONGEST = {"issuer": LONGEST_ID} | dict.fromkeys(ENDPOINTS, LONGEST_URL)


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
    scopes: frozenset[str] = frozenset()
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

    @property
    def is_update(self) -> bool:
        """Say whether the platform knows us already and lets us change our entry.

        Only Moodle says so, inside its token (scope `reg-update`); the token is the
        platform's to check, so this decides nothing but words.
        """
        _, _, rest = (self.token or "").partition(".")
        claims = rest.partition(".")[0]
        try:
            said = json.loads(
                base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
            )
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("scope") == "reg-update"


def discover(http: Outbound, opening: Opening) -> Platform:
    """Read the platform's configuration.

    Canvas wants the registration token for this already.

    Raises:
        Refused: It is incomplete or names foreign hosts (`registration.incomplete`,
            `registration.foreign_host`).
        Outside: It cannot be read, or an address in it is none we go to.
    """
    reply = http.request(
        "GET",
        opening.configuration_url,
        headers={"Accept": "application/json", **_bearer(opening)},
        longest=LONGEST,
        max_bytes=MOST_BYTES,
    )
    said = reply.json()
    if not isinstance(said, dict):
        raise Refused("registration.incomplete", claim="configuration")
    for name, longest in _LONGEST.items():
        if not _is_address(said.get(name), longest):
            raise Refused("registration.incomplete", claim=name)
    _check_hosts(said, opening.configuration_url)
    for name in ENDPOINTS:
        http.check(said[name])
    return _platform(said, opening.configuration_url)


def vouch(http: Outbound, platform: Platform) -> int:
    """Return how many keys a platform that was typed in shows us.

    Raises:
        Outside: An address is none we go to, or its keys cannot be read
            (`registration.no_keys`); `claim` names the address.
    """
    for claim in ("auth_url", "token_url", "jwks_url"):
        try:
            http.check(getattr(platform, claim))
        except Outside as refused:
            raise Outside(refused.code, claim=claim) from None
    try:
        reply = http.request(
            "GET", platform.jwks_url, longest=LONGEST, max_bytes=MOST_BYTES
        )
        said = reply.json()
    except Outside as failure:
        raise Outside("registration.no_keys", claim="jwks_url") from failure
    listed = said.get("keys") if isinstance(said, dict) else None
    found = usable(listed) if isinstance(listed, list) else {}
    if not found:
        raise Outside("registration.no_keys", claim="jwks_url")
    return len(found)


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
    body = registration_body(
        public_url, placements=set(platform.placements), scopes=platform.scopes
    )
    reply = http.request(
        "POST",
        platform.registration_url,
        headers={"Accept": "application/json", **_bearer(opening)},
        json=body,
        longest=LONGEST,
        max_bytes=MOST_BYTES,
        allow_statuses=range(400, 500),
    )
    if reply.status >= 400:
        raise Refused("registration.refused", status=reply.status, reason=_why(reply))
    said = reply.json()
    client_id = said.get("client_id") if isinstance(said, dict) else None
    if not _is_id(client_id):
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
    guid = guid if _is_id(guid) else None
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
        guid=str(guid) if guid else None,
        placements=frozenset(_placements(about.get("messages_supported"))),
        scopes=frozenset(_texts(said.get("scopes_supported"))),
        origins=tuple(origin for origin in origins if origin),
    )


def _texts(listed: object) -> list[str]:
    rows = listed if isinstance(listed, list) else []
    return [row for row in rows if isinstance(row, str)]


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
    return tuple({str(one) for one in found if _is_id(one)})


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and 0 < len(str(value)) <= LONGEST_ID


def _is_address(value: object, longest: int) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= longest
        and not any(sign.isspace() for sign in value)
        and origin_of(value) is not None
    )


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
