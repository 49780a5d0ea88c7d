"""A real mail server on loopback that takes, refuses or hangs up as it is told."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from aiosmtpd.smtp import Session as Conversation

from tests.conftest import free_port


@dataclass
class MailServer:
    """What came in, and what to answer: one answer per recipient or message."""

    messages: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    at_recipient: dict[str, str] = field(default_factory=dict)
    """Answers to RCPT by address; others are taken."""
    at_data: list[str] = field(default_factory=list)
    """Answers to the next messages; "hang up" takes the message and says nothing."""
    users: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Conversation,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Conversation,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self.at_recipient.get(address, "250 2.1.5 fine")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Conversation, envelope: Envelope
    ) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 2.0.0 taken"
        if answer.startswith(("250", "hang up")):
            content = envelope.content
            assert isinstance(content, bytes)
            read: Any = email.message_from_bytes(content, policy=email.policy.default)
            self.messages.append(read)
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
            await asyncio.sleep(0)
        return answer

    def takes(
        self,
        _server: SMTP,
        _session: Conversation,
        _envelope: Envelope,
        _mechanism: str,
        data: Any,
    ) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        return AuthResult(success=self.users.get(user) == password, handled=False)


@contextmanager
def serving(
    *, trust: SSLContext | None = None, users: dict[str, str] | None = None
) -> Iterator[MailServer]:
    """Serve; with a certificate it offers STARTTLS, with users it asks who is there."""
    server = MailServer(users=users or {})
    controller = Controller(
        server,
        hostname=server.host,
        port=free_port(),
        tls_context=trust,
        authenticator=server.takes if users else None,
        auth_require_tls=False,
    )
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()
