"""Access tokens of record stores that want OAuth2 client credentials (RFC 6749 4.4)."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lti_mentor.clock import now
from lti_mentor.crypto import digest
from lti_mentor.errors import Outside
from lti_mentor.outbound import Outbound
from lti_mentor.passback.records import Store, basic

MARGIN = timedelta(seconds=60)
"""A token is renewed this long before it ends."""
SHORTEST, LONGEST = 60, 3600
"""Seconds a token is believed to live, whatever the other side says or leaves out."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token in memory."""

    value: str = field(repr=False)
    ends_at: datetime


class StoreTokens:
    """Tokens by store and key; one asks, the others wait."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def get(self, store: Store, http: Outbound) -> str:
        """Return a token that is good for another minute.

        Raises:
            Outside: The key is refused or nobody answers; `outside.malformed` where
                the answer holds no token.
        """
        with self._lock:
            token = self._tokens.get(_place(store))
            if token is None or now() >= token.ends_at - MARGIN:
                token = self._tokens[_place(store)] = _ask(store, http)
            return token.value

    def forget(self, store: Store) -> None:
        """Ask anew next time: the store no longer takes this one."""
        with self._lock:
            self._tokens.pop(_place(store), None)


TOKENS = StoreTokens()
"""Of this process."""


def _place(store: Store) -> str:
    return digest("\n".join([store.token_url, store.key, store.secret]))


def _ask(store: Store, http: Outbound) -> Token:
    reply = http.request(
        "POST",
        store.token_url,
        headers={"Authorization": basic(store.key, store.secret)},
        data={"grant_type": "client_credentials"},
    )
    answer = reply.json()
    value = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise Outside("outside.malformed")
    lives = answer.get("expires_in")
    seconds = lives if isinstance(lives, int) else SHORTEST
    seconds = max(SHORTEST, min(seconds, LONGEST))
    return Token(value, now() + timedelta(seconds=seconds))
