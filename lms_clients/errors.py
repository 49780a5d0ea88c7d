"""What can go wrong when talking to an LMS.

LMSError
├── Unreachable      no usable answer: DNS, TLS, broken off, 5xx after retries
│   └── TimedOut     no answer in time
├── Throttled        told to slow down, and still so after retries
├── Unauthorized     the token is missing, expired or revoked
├── Forbidden        the token is fine but may not do this; `missing` names the right
├── NotFound         no such course, person or activity, or hidden from this token
├── Rejected         understood and refused: bad arguments, or a rule of the LMS
│   └── NoRules      the course has no completion rules; a normal state
├── Unsupported      this LMS has no way to do it at all
└── Malformed        an answer that is not what the API documents
    ├── TooLarge     more bytes than we are willing to read
    └── OffSite      it points to another site, where our token must not go

No error carries an upstream body, a URL, a token or a name. What they carry is
the name of the call, an HTTP status and a code made of `[a-z0-9_.]`.
"""

import re


class LMSError(Exception):
    """Base of every error this library raises."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        missing: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.missing = missing
        self.retry_after = retry_after


class Unreachable(LMSError):
    """No usable answer came back; trying again later may help."""


class TimedOut(Unreachable):
    """The LMS did not answer in time."""


class Throttled(LMSError):
    """The LMS asked us to slow down more often than we were told to retry."""


class Unauthorized(LMSError):
    """The access token is missing, expired or revoked: somebody must renew it."""


class Forbidden(LMSError):
    """The access token is valid but lacks a right; `missing` names it if known."""


class NotFound(LMSError):
    """The thing asked for does not exist, or is hidden from this token."""


class Rejected(LMSError):
    """The LMS understood the request and refused it; repeating it will not help."""


class NoRules(Rejected):
    """The course defines no completion; nothing is broken."""


class Unsupported(LMSError):
    """This LMS offers no such thing; see the client's capabilities."""


class Malformed(LMSError):
    """The answer does not have the documented shape."""


class TooLarge(Malformed):
    """The answer is larger than we read."""


class OffSite(Malformed):
    """A redirect or a next link leaves the LMS, where our token must not go."""


def safe_code(value: object) -> str:
    """Keep an upstream error code only if it looks like one, not like a sentence."""
    text = str(value).lower()
    return text if re.fullmatch(r"[a-z0-9_.]{1,60}", text) else ""
