"""Which addresses belong to the LMS we were given a token for."""

from urllib.parse import SplitResult, urljoin, urlsplit

from lms_clients.errors import OffSite

PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """Name the host and port of an address, the key of everything kept per LMS."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{_port(parts)}"


def on_site(base_url: str, link: str, name: str) -> str:
    """Give the address behind a link, unchanged but for a downgrade to http.

    The path and query stay byte for byte: page marks are opaque and
    case-sensitive.

    Raises:
        OffSite: The link leaves the site, where our token must not go.
    """
    base = urlsplit(base_url)
    refusal = OffSite(f"{name}: a link leaves the site", code="off_site")
    try:
        parts = urlsplit(urljoin(base_url + "/", link))
        same = _same_site(base, parts)
    except ValueError:
        raise refusal from None
    if not same:
        raise refusal
    if base.scheme == "https" and parts.scheme == "http":
        return parts._replace(scheme="https", netloc=base.netloc).geturl()
    return parts.geturl()


def _same_site(base: SplitResult, link: SplitResult) -> bool:
    """Same host and port; both schemes' default ports count as one site.

    Canvas behind a TLS proxy may write http into its own links.
    """
    if link.hostname != base.hostname or link.username or link.password:
        return False
    if link.scheme not in PORTS:
        return False
    if link.scheme == base.scheme:
        return _port(link) == _port(base)
    return all(_port(part) == PORTS[part.scheme] for part in (base, link))


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS.get(parts.scheme, 0)
