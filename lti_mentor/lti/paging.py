"""Following `rel="next"`: opaque, on the same host, never in a circle."""

import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from lti_mentor.errors import Outside
from lti_mentor.outbound import Reply

MOST_PAGES = 1000
_NEXT = re.compile(
    r"<([^>]+)>\s*;[^<]*?\brel=[^A-Za-z<,]*next(?![A-Za-z])", re.IGNORECASE
)
"""Also where the relation stands unquoted, or in Moodle's typographic quotes."""


def next_url(reply: Reply) -> str | None:
    """Return the address of the next page, exactly as the platform wrote it."""
    found = _NEXT.search(reply.headers.get("Link") or "")
    if found is None:
        return None
    return urljoin(reply.url, html.unescape(found.group(1).strip()))


def pages(
    first: str,
    fetch: Callable[[str], Reply],
    keep: dict[str, str] | None = None,
) -> Iterator[Reply]:
    """Fetch one page after the other; `keep` is put back where a link lost it.

    Raises:
        Outside: The next page is elsewhere (`service.foreign_page`), was read before
            (`service.page_loop`), or there are too many (`service.too_many_pages`).
    """
    seen: set[str] = set()
    url: str | None = first
    while url:
        if url in seen:
            raise Outside("service.page_loop")
        if len(seen) >= MOST_PAGES:
            raise Outside("service.too_many_pages")
        seen.add(url)
        reply = fetch(url)
        yield reply
        url = next_url(reply)
        if url and urlsplit(url)[:2] != urlsplit(first)[:2]:
            raise Outside("service.foreign_page")
        url = with_query(url, keep) if url and keep else url


def with_query(url: str, parameters: dict[str, str]) -> str:
    """Add parameters that the address does not have yet; the rest stays as it is."""
    parts = urlsplit(url)
    present = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    missing = {k: v for k, v in parameters.items() if k not in present}
    if not missing:
        return url
    query = "&".join(part for part in (parts.query, urlencode(missing)) if part)
    return parts._replace(query=query).geturl()


def under(url: str, segment: str) -> str:
    """Append a path segment and keep the query (`?type_id=` on Moodle)."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{segment}").geturl()
