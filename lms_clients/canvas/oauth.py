"""Canvas OAuth2: asking for leave, trading the code, renewing under a lock."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from lms_clients.credentials import OAuthTokens
from lms_clients.errors import Rejected, Unauthorized
from lms_clients.transport import Call, Transport
from lms_clients.wire import Record, record

TOKEN = "/login/oauth2/token"  # noqa: S105 - an address
MARGIN = timedelta(seconds=60)
"""Renew this long before the end, so that no request meets an expired token."""


@dataclass(frozen=True, slots=True)
class Application:
    """An API developer key and the address it answers to."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    def address(self, base_url: str, state: str, scopes: Iterable[str] = ()) -> str:
        """Build the page where a person allows us in; it must open in a top window."""
        query = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "state": state,
        }
        asked = " ".join(scopes)
        if asked:
            query["scope"] = asked
        return f"{base_url}/login/oauth2/auth?{urlencode(query)}"

    def exchange(self, transport: Transport, code: str) -> tuple[OAuthTokens, str]:
        """Trade the code of the return visit for tokens; it works once, 10 minutes.

        Answers the tokens and the id of the person who gave leave: compare it with
        the person who was sent, for a browser may be signed in as somebody else.

        Raises:
            Unauthorized: The code is spent or not for this key.
        """
        answer = _ask(
            transport,
            {
                "grant_type": "authorization_code",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "redirect_uri": self.redirect_uri,
                "code": code,
            },
            is_read=False,
        )
        tokens = OAuthTokens(
            access=answer.text("access_token"),
            refresh=answer.text("refresh_token"),
            expires_at=_end(answer, datetime.now(UTC)),
            client_id=self.client_id,
            client_secret=self.client_secret,
        )
        return tokens, answer.record("user").id("id")


def revoke(transport: Transport, access: str) -> None:
    """Give a token back; one that is gone already is no error."""
    headers = {"Authorization": f"Bearer {access}"}
    call = Call(
        "DELETE /login/oauth2/token",
        transport.base_url + TOKEN,
        method="DELETE",
        headers=headers,
    )
    try:
        transport.send(call)
    except Unauthorized:
        return


@dataclass(slots=True)
class TokenKeeper:
    """Hands out an access token that works, renewing it once for all threads."""

    transport: Transport
    tokens: OAuthTokens
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def access(self) -> str:
        """Give the token for the next request."""
        with self._lock:
            if self._is_due(self.tokens):
                self._renew()
            return self.tokens.access

    def renewed(self, refused: str) -> str:
        """Give another token than the one just refused.

        Raises:
            Unauthorized: The person must allow us in again.
        """
        with self._lock:
            if self.tokens.access == refused:
                self._renew()
            return self.tokens.access

    def _is_due(self, tokens: OAuthTokens) -> bool:
        end = tokens.expires_at
        return end is not None and self.now() >= end - MARGIN

    def _renew(self) -> None:
        """Renew, unless another process already has; Canvas keeps the refresh token."""
        old = self.tokens
        if old.latest is not None:
            newest = old.latest()
            if newest.access != old.access and not self._is_due(newest):
                self.tokens = newest
                return
        answer = _ask(
            self.transport,
            {
                "grant_type": "refresh_token",
                "client_id": old.client_id,
                "client_secret": old.client_secret,
                "refresh_token": old.refresh,
            },
            is_read=True,
        )
        self.tokens = replace(
            old,
            access=answer.text("access_token"),
            refresh=answer.text("refresh_token", old.refresh),
            expires_at=_end(answer, self.now()),
        )
        if old.on_refresh is not None:
            old.on_refresh(self.tokens)


def _ask(transport: Transport, form: Mapping[str, str], *, is_read: bool) -> Record:
    name = "POST /login/oauth2/token"
    url = transport.base_url + TOKEN
    call = Call(name, url, method="POST", data=form, is_read=is_read)
    try:
        return record(name, transport.send(call).json())
    except (Rejected, Unauthorized) as error:
        status = error.status
    raise Unauthorized(f"{name}: leave is needed again", status=status, code="leave")


def _end(answer: Record, now: datetime) -> datetime | None:
    seconds = answer.number("expires_in")
    return None if seconds is None else now + timedelta(seconds=seconds)
