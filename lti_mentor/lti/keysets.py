"""Platforms' public keys: fetched when needed, kept an hour, trusted when sound."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from lti_mentor.clock import now
from lti_mentor.errors import Outside, Refused
from lti_mentor.outbound import Outbound

FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
"""How long known keys serve while their address does not answer."""
COOL_DOWN = timedelta(seconds=60)
"""A stranger's key id makes us ask again at most this often."""
AFTER_FAILURE = timedelta(seconds=10)
MAX_BYTES = 256 * 1024
TIMEOUT = (3.0, 5.0)
LONGEST = 8.0
"""Seconds an answer may take in all: a class waits for it."""
LEAST_BITS = 2048
_MOST_KEYS = 100

Place = tuple[int, str]
"""A registration and the address of its key set."""


@dataclass(slots=True)
class _KeySet:
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched: datetime | None = None
    retry_at: datetime | None = None
    asking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held while the platform is asked: a whole class waits for one answer."""

    def find(self, kid: str, age: timedelta) -> RSAPublicKey | None:
        return self.keys.get(kid) if self.is_younger(age) else None

    def is_younger(self, age: timedelta) -> bool:
        return self.fetched is not None and now() - self.fetched < age

    def may_ask(self) -> bool:
        return self.retry_at is None or now() >= self.retry_at

    def learn(self, keys: dict[str, RSAPublicKey]) -> None:
        self.keys, self.fetched, self.retry_at = keys, now(), now() + COOL_DOWN

    def rest(self) -> None:
        self.retry_at = now() + AFTER_FAILURE


class KeySets:
    """One for the process, shared by its threads; registrations never share keys."""

    def __init__(self, http: Outbound, timeout: tuple[float, float] = TIMEOUT) -> None:
        self._http = http
        self._timeout = timeout
        self._sets: dict[Place, _KeySet] = {}
        self._lock = threading.Lock()

    def key(self, registration_id: int, url: str, kid: str) -> RSAPublicKey:
        """Return the key with this id, asking the platform when it must be asked.

        Raises:
            Refused: The platform publishes no such sound key (`launch.key_unknown`).
            Outside: Its key set cannot be read (`launch.keys_unreachable`).
        """
        known = self._known((registration_id, url))
        self._refresh(known, url, kid)
        if key := known.find(kid, STALE):
            return key
        if known.is_younger(STALE):
            raise Refused("launch.key_unknown")
        raise Outside("launch.keys_unreachable")

    def _known(self, place: Place) -> _KeySet:
        with self._lock:
            return self._sets.setdefault(place, _KeySet())

    def _refresh(self, known: _KeySet, url: str, kid: str) -> None:
        """Ask unless somebody is asking; who knows an older key does not wait."""
        must_wait = known.find(kid, STALE) is None
        if not known.asking.acquire(blocking=must_wait):
            return
        try:
            if known.may_ask() and not known.find(kid, FRESH):
                known.learn(self._fetch(url))
        except Outside:
            known.rest()
        finally:
            known.asking.release()

    def _fetch(self, url: str) -> dict[str, RSAPublicKey]:
        reply = self._http.request(
            "GET",
            url,
            headers={"Accept": "application/json"},
            timeout=self._timeout,
            longest=LONGEST,
            max_bytes=MAX_BYTES,
        )
        answer = reply.json()
        listed = answer.get("keys") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise Outside("outside.malformed")
        return usable(listed)


def usable(listed: list[Any]) -> dict[str, RSAPublicKey]:
    """Return those keys of a key set that signatures may be checked with, by id."""
    return dict(_sound(listed[:_MOST_KEYS]))


def _sound(listed: Iterable[Any]) -> Iterable[tuple[str, RSAPublicKey]]:
    """Keep RSA keys for RS256 signatures of at least 2048 bits, by their ids."""
    for jwk in listed:
        if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
            continue
        if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig":
            continue
        if jwk.get("alg", "RS256") != "RS256":
            continue
        key = _parsed(jwk)
        if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_BITS:
            yield jwk["kid"], key


def _parsed(jwk: dict[str, Any]) -> object:
    try:
        return PyJWK.from_dict(jwk, algorithm="RS256").key
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
