"""Keeping a Canvas access token fresh: one renewal for all who use it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

from lms_clients.canvas.oauth import renew
from lms_clients.credentials import OAuthTokens
from lms_clients.sites import host_of
from lms_clients.transport import Transport

MARGIN = timedelta(seconds=60)
"""Renew this long before the end, so that no request meets an expired token."""


@dataclass(slots=True, weakref_slot=True)
class Grant:
    """The newest tokens of one person's leave that this process knows."""

    tokens: OAuthTokens
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Grants:
    """The grants in use, each once however many clients use it."""

    _grants: WeakValueDictionary[tuple[str, str, str], Grant] = field(
        default_factory=WeakValueDictionary, repr=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, host: str, tokens: OAuthTokens) -> Grant:
        """Give the grant behind a refresh token; the tokens that end later count."""
        with self._lock:
            key = host, tokens.client_id, tokens.refresh
            grant = self._grants.setdefault(key, Grant(tokens))
        with grant.lock:
            if _ends_later(tokens, grant.tokens):
                grant.tokens = tokens
        return grant


def _ends_later(one: OAuthTokens, other: OAuthTokens) -> bool:
    if one.expires_at is None or other.expires_at is None:
        return False
    return one.expires_at > other.expires_at


SHARED = Grants()
"""Parallel renewals end each other's access token, so a process keeps one of each."""


@dataclass(slots=True)
class TokenKeeper:
    """Hands out an access token that works, renewing it once for all who use it."""

    transport: Transport
    tokens: OAuthTokens = field(repr=False)
    """As this client was given them: whom it asks and tells."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _grant: Grant = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._grant = SHARED.of(host_of(self.transport.base_url), self.tokens)

    def access(self) -> str:
        """Give the token for the next request."""
        with self._grant.lock:
            if self._is_due(self._grant.tokens):
                self._renew()
            return self._grant.tokens.access

    def renewed(self, refused: str) -> str:
        """Give another token than the one just refused.

        Raises:
            Unauthorized: The person must allow us in again.
        """
        with self._grant.lock:
            if self._grant.tokens.access == refused:
                self._renew()
            return self._grant.tokens.access

    def _is_due(self, tokens: OAuthTokens) -> bool:
        end = tokens.expires_at
        return end is not None and self.now() >= end - MARGIN

    def _renew(self) -> None:
        """Renew, unless another process already has; Canvas keeps the refresh token."""
        with self.tokens.lock():
            known = self._grant.tokens
            newest = self.tokens.latest() if self.tokens.latest else known
            if newest.access == known.access or self._is_due(newest):
                ours = replace(self.tokens, refresh=known.refresh)
                newest = renew(self.transport, ours, self.now())
                if self.tokens.on_refresh:
                    self.tokens.on_refresh(newest)
        self._grant.tokens = newest
