"""Canvas OAuth2: asking for leave, trading the code, renewing, giving back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from lms_clients.credentials import OAuthTokens
from lms_clients.errors import Rejected, Unauthorized
from lms_clients.transport import Call, Transport
from lms_clients.wire import Record, record

TOKEN = "/login/oauth2/token"  # noqa: S105 - an address
NAME = "POST /login/oauth2/token"

KEY_REFUSED = "key"
"""Code of `Unauthorized` when Canvas refuses the tool's developer key: no person can
help, an admin must switch the key on or correct its secret."""
LEAVE = "leave"
"""Code of `Unauthorized` when this one person must allow us in again."""


@dataclass(frozen=True, slots=True)
class Application:
    """An API developer key and the address it answers to."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    def address(self, base_url: str, state: str, scopes: Iterable[str] = ()) -> str:
        """Build the page where a person allows us in; it must open in a top window.

        `state` is the caller's: unguessable, used once, and checked on the way back.
        `scopes` are those of `canvas_scopes()`; none for a key that enforces none.
        """
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
            Unauthorized: The code is spent or not for this key; with the code `key`
                the developer key itself is refused.
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


def renew(transport: Transport, old: OAuthTokens, now: datetime) -> OAuthTokens:
    """Trade the refresh token for another access token; it stays as it is.

    Raises:
        Unauthorized: This person must allow us in again (`leave`), or the tool's key
            is refused (`key`).
    """
    answer = _ask(
        transport,
        {
            "grant_type": "refresh_token",
            "client_id": old.client_id,
            "client_secret": old.client_secret,
            "refresh_token": old.refresh,
        },
        is_read=True,
    )
    return replace(
        old,
        access=answer.text("access_token"),
        refresh=answer.text("refresh_token", old.refresh),
        expires_at=_end(answer, now),
    )


def _ask(transport: Transport, form: Mapping[str, str], *, is_read: bool) -> Record:
    url = transport.base_url + TOKEN
    call = Call(NAME, url, method="POST", data=form, is_read=is_read)
    try:
        return record(NAME, transport.send(call).json())
    except (Rejected, Unauthorized) as error:
        if error.code == KEY_REFUSED:
            raise
        status = error.status
    raise Unauthorized(f"{NAME}: leave is needed again", status=status, code=LEAVE)


def _end(answer: Record, now: datetime) -> datetime | None:
    seconds = answer.number("expires_in")
    return None if seconds is None else now + timedelta(seconds=seconds)
