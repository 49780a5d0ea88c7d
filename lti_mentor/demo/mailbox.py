"""The campus's mail server: takes every mail, delivers none, shows all of them."""

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any, cast

from flask import Blueprint, render_template

from lti_mentor.demo import shell
from lti_mentor.demo.rows import Mail
from lti_mentor.demo.world import World, first, next_id

routes = Blueprint("mailbox", __name__)
LONGEST_LINE = 8192
MOST_LINES = 50_000
"""Of one mail; more is cut off."""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs that sends one mail after another."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, world: World) -> None:
        super().__init__((host, port), _Conversation)
        self.world = world

    def begin(self) -> Callable[[], None]:
        """Serve in a thread; return what ends it."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()

        def end() -> None:
            self.shutdown()
            thread.join()
            self.server_close()

        return end


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self) -> None:
        """Answer one line after another until the client has had enough."""
        self._say("220 campus.example")
        while line := self.rfile.readline(LONGEST_LINE):
            verb = line.decode("utf-8", "replace").strip()[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._say("354 go on")
                keep(cast(MailServer, self.server).world, self._content())
            self._say(ANSWERS.get(verb, "502 not here"))

    def _content(self) -> bytes:
        lines = []
        for _ in range(MOST_LINES):
            line = self.rfile.readline(LONGEST_LINE)
            if line in {b".\r\n", b".\n", b""}:
                break
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


ANSWERS = dict.fromkeys(("EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP"), "250 fine")
ANSWERS["DATA"] = "250 taken"


def keep(world: World, content: bytes) -> None:
    """Put a mail into its box; the same mail again takes the first one's place."""
    read: Any = email.message_from_bytes(content, policy=email.policy.default)
    message = cast(EmailMessage, read)
    known = str(message["Message-ID"] or "")
    with world.change():
        there = first(world.mails, message_id=known) if known else None
        world.add(
            Mail(
                id=there.id if there else next_id(world.mails),
                message_id=known,
                recipient=str(message["To"] or ""),
                subject=str(message["Subject"] or ""),
                text=_part(message, "text/plain"),
                calendar=_part(message, "text/calendar"),
                at=int(time.time()),
            )
        )


def _part(message: EmailMessage, kind: str) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == kind]
    return str(parts[0].get_content()) if parts else ""


@routes.get("/mail")
def inbox() -> str:
    """Show what the people of the campus were sent, newest first."""
    return render_template("mail.html", mails=mails(shell.campus().records))


def mails(world: World) -> list[Mail]:
    """Return every mail, newest first."""
    return list(world.mails.values())[::-1]
