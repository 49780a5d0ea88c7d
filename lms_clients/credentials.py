"""What opens an LMS: a token that lasts, or OAuth tokens that must be renewed."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OAuthTokens:
    """Canvas OAuth2 tokens and what is needed to renew them."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None
    """When the access token ends; None when that is not known."""
    client_id: str
    client_secret: str = field(repr=False)
    on_refresh: Callable[["OAuthTokens"], None] | None = field(
        default=None, repr=False, compare=False
    )
    """Called with the new tokens before they are used, so that they are kept."""
    lock: Callable[[], AbstractContextManager[object]] = field(
        default=nullcontext, repr=False, compare=False
    )
    """Held while renewing, for those whose other processes use the same tokens. The
    threads of this process renew once without it."""
    latest: Callable[[], "OAuthTokens"] | None = field(
        default=None, repr=False, compare=False
    )
    """Asked under the lock before renewing: another process may have done it. Parallel
    renewals end each other's access token (Canvas docs, oauth: it is regenerated)."""


Credentials = str | OAuthTokens
