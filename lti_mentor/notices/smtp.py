"""One line to the mail server for many messages: TLS, sign-in, what it answered."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self, TypeVar

from lti_mentor.config import Mail
from lti_mentor.errors import Outside

T = TypeVar("T")
TIMEOUT = 20.0
"""Seconds the server may take for each answer."""
_NUMBERS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
"""The enhanced status code (RFC 3463) that an answer begins with."""

PER_MESSAGE = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    UnicodeError,
)
"""What says something of one message, and nothing of the server."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said to one message: numbers only, its words name people."""

    code: int
    numbers: str = ""
    is_about_address: bool = False
    """It does not take mail for this recipient."""

    @property
    def is_sent(self) -> bool:
        """Say whether the server has taken it over."""
        return 200 <= self.code < 300

    @property
    def is_final(self) -> bool:
        """Say whether it would be refused again."""
        return self.code >= 500

    def __str__(self) -> str:
        """Return the numbers, fit for a log or a page."""
        return f"{self.code} {self.numbers}".strip()


class Door:
    """Sends messages over one connection, opened for the first and kept; a context.

    Every failure of the server itself is `Outside`: no answer, no TLS, a wrong
    password, a sender it does not take. What it says of one message is a `Reply`.
    """

    def __init__(self, mail: Mail, trust: ssl.SSLContext | None = None) -> None:
        self._mail = mail
        self._trust = trust or ssl.create_default_context()
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def greet(self) -> Reply:
        """Connect, secure and sign in, and ask whether the server is there.

        Raises:
            Outside: It does not answer, or not as it must.
        """
        return _reply(*self._guarded(lambda line: line.noop()))

    def send(self, message: EmailMessage) -> Reply:
        """Hand one message over and return what was said of it.

        Raises:
            Outside: The server failed; whether it has the message is not known.
        """
        try:
            self._guarded(lambda line: line.send_message(message))
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            return _reply(code, said, is_about_address=True)
        except smtplib.SMTPDataError as refused:
            return _reply(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            return Reply(553, "5.6.7", is_about_address=True)  # RFC 6531: no such signs
        return Reply(250)

    def _guarded(self, do: Callable[[smtplib.SMTP], T]) -> T:
        try:
            line = self._line = self._line or self._connect()
            return do(line)
        except PER_MESSAGE:
            raise
        except smtplib.SMTPSenderRefused as problem:
            raise self._failed("mail.sender_refused", problem.smtp_code) from None
        except smtplib.SMTPResponseException as problem:
            raise self._failed("mail.refused", problem.smtp_code) from None
        except ssl.SSLError:
            raise self._failed("mail.no_tls") from None
        except (smtplib.SMTPException, OSError):
            raise self._failed("mail.no_answer") from None

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.begins_with_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=TIMEOUT, context=self._trust
            )
        else:
            line = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
        try:
            self._secure(line)
            self._sign_in(line)
        except BaseException:
            line.close()
            raise
        return line

    def _secure(self, line: smtplib.SMTP) -> None:
        line.ehlo()
        if self._mail.begins_with_tls or not self._mail.needs_tls:
            return
        if not line.has_extn("starttls"):
            raise self._failed("mail.no_tls")
        line.starttls(context=self._trust)
        line.ehlo()

    def _sign_in(self, line: smtplib.SMTP) -> None:
        if not self._mail.user:
            return
        try:
            line.login(self._mail.user, self._mail.password)
        except smtplib.SMTPAuthenticationError as problem:
            raise self._failed("mail.signed_out", problem.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise self._failed("mail.signed_out") from None

    def _failed(self, code: str, status: int | None = None) -> Outside:
        self._hang_up()
        return Outside(code, host=self._mail.host, status=status)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        with suppress(smtplib.SMTPException, OSError, socket.timeout):
            line.quit()
        line.close()


def _reply(code: int, said: bytes | str, *, is_about_address: bool = False) -> Reply:
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    found = _NUMBERS.match(text)
    numbers = found.group(1) if found else ""
    return Reply(code, numbers, is_about_address)
