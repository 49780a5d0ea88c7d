"""Which web addresses belong to a registration: scheme, host and port."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from lti_mentor.platforms.models import Registration

KNOWN: dict[str, tuple[str, ...]] = {
    "https://canvas.instructure.com": ("https://*.instructure.com",),
    "https://canvas.beta.instructure.com": ("https://*.instructure.com",),
    "https://canvas.test.instructure.com": ("https://*.instructure.com",),
}
"""Hosted Canvas: one issuer for every institution, each on its own host."""
MOST = 20
"""Origins one registration may collect."""
_DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(url: str) -> str | None:
    """Return `https://host[:port]` of an address; None when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def origins_of(registration: Registration) -> list[str]:
    """Return every origin that may frame us or take our answers, wildcards included."""
    ends = (registration.issuer, registration.auth_url, registration.token_url)
    own = [origin_of(url) for url in (*ends, registration.lms_url or "")]
    known = KNOWN.get(registration.issuer, ())
    found = [*registration.origins, *(origin for origin in own if origin), *known]
    return list(dict.fromkeys(found))


def belongs(registration: Registration, url: str) -> bool:
    """Say whether an address lies on one of the registration's origins."""
    origin = origin_of(url)
    return origin is not None and any(
        _covers(allowed, origin) for allowed in origins_of(registration)
    )


def learn(registration: Registration, urls: Iterable[str]) -> None:
    """Add the origins of addresses that the platform itself has signed."""
    for url in urls:
        origin = origin_of(url)
        room = len(registration.origins) < MOST
        if origin and room and not belongs(registration, url):
            registration.origins = [*registration.origins, origin]


def upgraded(registration: Registration, url: str) -> str:
    """Return a service address with https where the platform forgot the s.

    Self-hosted Canvas was seen to send `http://` line item containers beside
    `https://` line items on the same host. Where its tokens come over http too, http is
    what it speaks.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or origin_of(url) == origin_of(registration.token_url):
        return url
    secure = f"https://{parts.netloc}"
    return url.replace("http", "https", 1) if secure in _exact(registration) else url


def _exact(registration: Registration) -> set[str]:
    return {origin for origin in origins_of(registration) if "*" not in origin}


def _covers(allowed: str, origin: str) -> bool:
    if "*." not in allowed:
        return allowed == origin
    scheme, _, domain = allowed.partition("*")
    return origin.startswith(scheme) and origin.endswith(domain)
