"""The one door to the network: time limits, pace, retries, size caps, redirects.

Nothing here ever formats a URL, a header or a body into an error or a log line:
a request is known by its `name` ("GET /courses/:id/users"), which callers choose.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

import requests

from lms_clients.answer import Answer, error_for
from lms_clients.errors import (
    LMSError,
    Malformed,
    OffSite,
    Throttled,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from lms_clients.pace import LONGEST_PAUSE, SHARED, Pace
from lms_clients.sites import host_of, on_site
from lms_clients.traffic import Traffic

log = logging.getLogger(__name__)

CHUNK = 65536
"""Bytes read at a time."""

FAILURES: tuple[tuple[type[Exception], type[LMSError], str], ...] = (
    (requests.exceptions.InvalidURL, Unreachable, "address"),
    # a token that was copied with a line's end, or with an ellipsis
    (requests.exceptions.InvalidHeader, Unauthorized, "token"),
    (UnicodeEncodeError, Unauthorized, "token"),
    (requests.exceptions.SSLError, Unreachable, "tls"),
    (requests.Timeout, TimedOut, "timeout"),
    (requests.RequestException, Unreachable, "network"),
    # requests looks ahead at a redirect, and trips over one that is no address
    (Exception, OffSite, "off_site"),
)
"""What each exception of a session means; the first that fits."""

LASTING = {"address", "tls"}
"""Codes of `Unreachable` that another try a moment later cannot change."""

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 3


class SessionLike(Protocol):
    """What we need of `requests.Session`; a caller's guard may stand in for it."""

    @property
    def request(self) -> Callable[..., requests.Response]:
        """Send one request, with the arguments of `requests.Session.request`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how often and how much."""

    connect: float = 5.0
    """Seconds to connect."""
    read: float = 30.0
    """Seconds to wait for each piece of the answer."""
    total: float = 90.0
    """Seconds for the whole answer, so that a slow drip ends too."""
    attempts: int = 4
    """Tries in all, the first one included."""
    max_bytes: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `name` is all that logs and errors ever show of it."""

    name: str
    url: str = field(repr=False)
    method: str = "GET"
    params: Mapping[str, Any] | None = field(default=None, repr=False)
    data: Mapping[str, Any] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_read: bool = True
    """Repeating it is harmless, so it may be retried."""


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from replacing our Authorization header by one from .netrc."""
    return request


def new_session() -> requests.Session:
    """Open a session that keeps no cookies from the LMS."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


@dataclass(slots=True)
class Transport:
    """Sends calls to one site."""

    base_url: str
    user_agent: str
    parallel: int = 2
    """Requests under way at once, for the whole host."""
    session: SessionLike = field(default_factory=new_session)
    limits: Limits = field(default_factory=Limits)
    pace: Pace | None = None
    """Given in tests; else the one that all clients of this host share."""
    explain: Callable[[str, Answer], LMSError] = error_for
    """Tells which error an unsuccessful answer is, in the words of this LMS."""
    traffic: Traffic = field(default_factory=Traffic)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self._pace = self.pace or SHARED.of(host_of(self.base_url), self.parallel)

    def send(self, call: Call) -> Answer:
        """Send, and try again when that is safe and may help.

        A write is repeated only after throttling, which refuses before acting.

        Raises:
            LMSError: The answer is an error, or there is none.
        """
        attempt = 1
        while isinstance(outcome := self._try(call), LMSError):
            if attempt >= self.limits.attempts or not _may_repeat(call, outcome):
                raise outcome
            wait = _backoff(attempt, outcome)
            log.info("%s: %s; again in %.1f s", call.name, type(outcome).__name__, wait)
            if isinstance(outcome, Throttled):
                self._pace.rest(wait)
            else:
                self.traffic.add(waited=wait)
                self.sleep(wait)
            attempt += 1
        return outcome

    def _try(self, call: Call) -> Answer | LMSError:
        """Send once; the failure is returned so that no cause hangs on it.

        The exceptions of requests quote URLs, which tracebacks would print.
        """
        with self._pace.turn() as held_back:
            self.traffic.add(waited=held_back)
            try:
                answer = self._follow(call)
            except LMSError as error:
                return error
            except (requests.RequestException, ValueError) as error:
                return _failure(call.name, error)
        self._heed(answer)
        return answer if answer.is_ok else self.explain(call.name, answer)

    def _follow(self, call: Call) -> Answer:
        url, params = on_site(self.base_url, call.url, call.name), call.params
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._exchange(call, url, params)
            target = answer.headers.get("location")
            if answer.status not in REDIRECTS or target is None:
                return answer
            url, params = on_site(self.base_url, target, call.name), None
            if call.method != "GET":
                raise Malformed(f"{call.name}: redirected", code="redirected")
        raise Malformed(f"{call.name}: too many redirects", code="redirects")

    def _exchange(
        self, call: Call, url: str, params: Mapping[str, Any] | None
    ) -> Answer:
        self.traffic.add(calls=1)
        response = self.session.request(
            call.method,
            url,
            params=params,
            data=call.data,
            headers={"User-Agent": self.user_agent, **call.headers},
            timeout=(self.limits.connect, self.limits.read),
            allow_redirects=False,
            stream=True,
            auth=_as_given,
        )
        with response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = self._body(call, response)
            return Answer(call.name, response.status_code, headers, body)

    def _body(self, call: Call, response: requests.Response) -> bytes:
        ends_at = self.clock() + self.limits.total
        body = bytearray()
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > self.limits.max_bytes:
                raise TooLarge(f"{call.name}: too large", code="too_large")
            if self.clock() > ends_at:
                raise TimedOut(
                    f"{call.name}: the answer takes too long", code="timeout"
                )
        self.traffic.add(received=len(body))
        return bytes(body)

    def _heed(self, answer: Answer) -> None:
        remaining = answer.number("x-rate-limit-remaining")
        if remaining is not None and answer.is_ok:
            self._pace.remaining(remaining)


def _failure(name: str, error: Exception) -> LMSError:
    make, code = next(
        (make, code) for kind, make, code in FAILURES if isinstance(error, kind)
    )
    return make(f"{name}: no answer ({type(error).__name__})", code=code)


def _may_repeat(call: Call, failure: LMSError) -> bool:
    if isinstance(failure, Throttled):
        return True
    is_lasting = failure.code in LASTING
    return call.is_read and isinstance(failure, Unreachable) and not is_lasting


def _backoff(attempt: int, failure: LMSError) -> float:
    """Wait as told, else twice as long each time; never in step with others."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret
    wait = failure.retry_after if failure.retry_after is not None else 2.0**attempt
    return min(wait + jitter, LONGEST_PAUSE)
