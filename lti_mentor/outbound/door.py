"""The one client: guarded addresses, time limits, size caps, redaction."""

import json
import logging
import os
import random
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from lti_mentor.clock import now
from lti_mentor.config import Network
from lti_mentor.errors import Outside
from lti_mentor.outbound.guard import (
    AddressRefused,
    Guard,
    GuardedAdapter,
    Resolver,
    resolve,
)

log = logging.getLogger(__name__)

MEBIBYTE = 1024 * 1024
TIMEOUT = (3.0, 10.0)
"""Seconds to connect, seconds to wait for each piece."""
LONGEST = 60.0
"""Seconds one answer may take in all, however steadily it drips."""
TRIES = 3
"""Tries of a GET, the first one included."""
LONGEST_PAUSE = 5.0
"""A server that asks for more patience than this is asked again by a job instead."""
BUSY = frozenset({429, 502, 503, 504})
"""Statuses after which the same GET may well succeed."""
MOVED = frozenset({301, 302, 303, 307, 308})
HOPS = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    """Names are found in any case."""
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    links: dict[str, str] = field(default_factory=dict, repr=False)
    """The Link header: relation -> address, as the server wrote it."""

    def json(self) -> Any:
        """Return the body as JSON, whatever content type it claims.

        Raises:
            Outside: It is none (`outside.malformed`).
        """
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except ValueError:
            raise Outside(
                "outside.malformed", status=self.status, host=_host(self.url)
            ) from None

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asked us to wait, if it did."""
        return _retry_after(self.headers)


class Outbound:
    """Speaks to the outside; one for the process, shared by its threads."""

    def __init__(
        self,
        private: tuple[Network, ...] = (),
        user_agent: str = "lti-mentor",
        *,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._adapter = GuardedAdapter(Guard(private, resolver))
        self._user_agent = user_agent
        self._sleep = sleep

    def session(self) -> requests.Session:
        """Return a session behind the guard, with cookies of its own.

        A refused address raises `AddressRefused`, a `requests.RequestException`.
        Proxies and .netrc of the environment are ignored: both would lead around
        the guard. A private CA is taken from REQUESTS_CA_BUNDLE.
        """
        session = requests.Session()
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        session.headers["User-Agent"] = self._user_agent
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        return session

    def check(self, url: str) -> None:
        """Judge an address that browsers or we will go to, without speaking to it.

        Raises:
            Outside: `outside.refused_address`, or `outside.unreachable` where nobody
                knows its host.
        """
        place = _place("GET", url)
        try:
            self._adapter.guard.check(url)
        except (requests.RequestException, OSError, ValueError) as failure:
            raise _translated(failure, place) from None

    def request(  # noqa: PLR0913 - an HTTP request has this many parts
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | bytes | None = None,
        json: object = None,
        timeout: tuple[float, float] = TIMEOUT,
        longest: float = LONGEST,
        max_bytes: int = 10 * MEBIBYTE,
        allow_statuses: Collection[int] | None = None,
        redirects: bool = False,
    ) -> Reply:
        """Send one request and read the answer whole.

        A GET is tried again after 429, 502, 503 and 504; nothing else ever is.
        Statuses from 200 to 299 and those in `allow_statuses` are answers, all
        others errors. With `redirects`, a GET follows them on the same host.

        Raises:
            Outside: `outside.refused_address`, `outside.unreachable`,
                `outside.timeout`, `outside.too_large`, or `outside.status` with
                `status` and, where the server named it, `retry_after`. Details never
                hold the query, headers or body.
        """
        parts = {"headers": headers, "params": params, "data": data, "json": json}
        limits = _Limits(timeout, longest, max_bytes, frozenset(allow_statuses or ()))
        method = method.upper()
        reply = self._patiently(method, url, parts, limits)
        if redirects and method == "GET":
            reply = self._follow(reply, {"headers": headers}, limits)
        if 200 <= reply.status < 300 or reply.status in limits.allowed:
            return reply
        raise Outside(
            "outside.status",
            status=reply.status,
            retry_after=reply.retry_after,
            **_place(method, url),
        )

    def _patiently(
        self, method: str, url: str, parts: dict[str, Any], limits: "_Limits"
    ) -> Reply:
        """Send; a GET to a busy server is sent again after a short pause."""
        for pause in _pauses() if method == "GET" else ():
            reply = self._once(method, url, parts, limits)
            if reply.status not in BUSY or reply.status in limits.allowed:
                return reply
            wanted = reply.retry_after
            if wanted is not None and wanted > LONGEST_PAUSE:
                return reply
            self._sleep(max(pause, wanted or 0.0))
        return self._once(method, url, parts, limits)

    def _follow(self, reply: Reply, parts: dict[str, Any], limits: "_Limits") -> Reply:
        start = reply.url
        for _ in range(HOPS):
            target = urljoin(reply.url, reply.headers.get("Location", ""))
            if reply.status not in MOVED or _origin(target) != _origin(start):
                break
            reply = self._once("GET", target, parts, limits)
        return reply

    def _once(
        self, method: str, url: str, parts: dict[str, Any], limits: "_Limits"
    ) -> Reply:
        started = time.monotonic()
        place = _place(method, url)
        try:
            with self.session().request(
                method,
                url,
                timeout=limits.timeout,
                stream=True,
                allow_redirects=False,
                **parts,
            ) as response:
                reply = _read(response, limits, started)
        except Outside as failure:
            failure.details.update(place)
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as failure:
            log.warning("%(method)s %(host)s%(path)s failed", place)
            raise _translated(failure, place) from None
        said = place | {"status": str(reply.status)}
        log.info("%(method)s %(host)s%(path)s %(status)s", said)
        return reply


@dataclass(frozen=True, slots=True)
class _Limits:
    timeout: tuple[float, float]
    longest: float
    max_bytes: int
    allowed: frozenset[int]


def _read(response: requests.Response, limits: _Limits, started: float) -> Reply:
    body = bytearray()
    for piece in _pieces(response):
        body += piece
        if len(body) > limits.max_bytes:
            raise Outside("outside.too_large", status=response.status_code)
        if time.monotonic() - started > limits.longest:
            raise Outside("outside.timeout", status=response.status_code)
    return Reply(
        status=response.status_code,
        headers=response.headers,
        body=bytes(body),
        url=response.url,
        links={name: link["url"] for name, link in response.links.items()},
    )


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Give the body as it arrives, so that a dripping server meets the clock."""
    while piece := response.raw.read1(65536, decode_content=True):
        yield piece


def _translated(failure: Exception, place: dict[str, str]) -> Outside:
    if isinstance(failure, AddressRefused):
        return Outside("outside.refused_address", reason=str(failure), **place)
    if isinstance(failure, requests.Timeout | ReadTimeoutError | TimeoutError):
        return Outside("outside.timeout", **place)
    if isinstance(failure, requests.exceptions.InvalidURL | ValueError):
        return Outside("outside.refused_address", reason="not an address", **place)
    return Outside("outside.unreachable", reason=type(failure).__name__, **place)


def _pauses() -> Iterator[float]:
    for tried in range(TRIES - 1):
        yield 0.25 * 2**tried * (1 + random.random())  # noqa: S311 - jitter, no secret


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,6}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment - now()).total_seconds())
    except (ValueError, TypeError):
        return None


def _place(method: str, url: str) -> dict[str, str]:
    """Say where a request went, without what may be secret."""
    return {"method": method, "host": _host(url), "path": _path(url)}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
