"""Which web addresses belong to a registration: scheme, host and port."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from lti_mentor.errors import Invalid
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
    return list(dict.fromkeys([*registration.origins, *fixed(registration)]))


def fixed(registration: Registration) -> list[str]:
    """Return the origins that come with the registration's own addresses."""
    ends = (registration.issuer, registration.auth_url, registration.token_url)
    own = [origin_of(url) for url in (*ends, registration.lms_url or "")]
    known = KNOWN.get(registration.issuer, ())
    return list(dict.fromkeys([*(origin for origin in own if origin), *known]))


def read(typed: str) -> str:
    """Return an origin that somebody typed, as it is kept.

    Raises:
        Invalid: No origin of the web (`origin.bad`), or a wildcard that is not the
            whole left-most label (`origin.wildcard`).
    """
    origin = origin_of(typed.replace("://*.", "://", 1))
    if origin is None or any(sign in typed for sign in " ;,'\""):
        raise Invalid("origin.bad")
    scheme, _, host = origin.partition("://")
    if "*" in host:
        raise Invalid("origin.wildcard")
    return f"{scheme}://*.{host}" if "*" in typed else origin


def checked(registration: Registration, typed: str) -> str:
    """Return an origin an organisation admin typed; the operator may know better.

    Raises:
        Invalid: As `read`; or a wildcard over a domain that is not this platform's
            own (`origin.wildcard`).
    """
    origin = read(typed)
    domain = (urlsplit(origin).hostname or "").removeprefix("*.")
    is_new_and_wild = "*" in origin and origin not in registration.origins
    if is_new_and_wild and not _is_own(registration, domain):
        raise Invalid("origin.wildcard")
    return origin


SHARED = frozenset({"co", "com", "ac", "edu", "gov", "net", "org", "sch"})
"""Second labels under which everybody registers, as in `ac.uk`."""
HOSTERS = frozenset(
    {"moodlecloud.com", "instructure.com", "github.io", "azurewebsites.net"}
)
"""Domains under which institutions sit that know nothing of each other."""


def _is_own(registration: Registration, domain: str) -> bool:
    """Say whether a domain is the platform's own: one of its addresses lies in it."""
    labels = domain.split(".")
    is_shared = len(labels) == 2 and labels[0] in SHARED and len(labels[1]) == 2
    if len(labels) < 2 or is_shared or domain in HOSTERS:
        return False
    hosts = [
        urlsplit(url).hostname or "" for url in fixed(registration) if "*" not in url
    ]
    return any(host == domain or host.endswith(f".{domain}") for host in hosts)


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
