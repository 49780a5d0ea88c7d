"""Starts the campus: two LMSs, and the portal with the record store."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_mentor.demo import canvas, moodle, people, portal
from lti_mentor.demo.campus import Campus, Lms, RecordStore
from lti_mentor.demo.mailbox import MailServer
from lti_mentor.demo.world import World

DIALECTS: dict[str, Any] = {"moodle": moodle, "canvas": canvas}
"""Each has create_app(campus), register(campus, tool_url) and platform(campus)."""
LRS_KEY, LRS_SECRET = "campus", "campus-record-store"
"""The record store's Basic credentials; the campus has no secrets to keep."""
EVERYWHERE = "0.0.0.0"  # noqa: S104
"""What a container listens on; the browser still comes to 127.0.0.1."""
NAMES = {"moodle": "Moodle practice campus", "canvas": "Canvas practice campus"}
"""What the LMSs call themselves."""


class _Quiet(WSGIRequestHandler):
    """A request handler that writes no log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


def start(
    tool_url: str | None = None,
    state: Path | str | None = None,
    *,
    host: str = "127.0.0.1",
    ports: tuple[int, int, int] = (0, 0, 0),
    mail_port: int = 0,
    seed: Callable[[World], None] = people.fill,
    **switches: Any,
) -> Campus:
    """Run the campus in threads of this process.

    Args:
        tool_url: Where the tool is; both LMSs then know it from the start.
        state: Folder that keeps what happened; None forgets it.
        host: Address of this machine to listen on.
        ports: Of portal, Moodle and Canvas; 0 takes a free one.
        mail_port: Of the mail server; 0 takes a free one.
        seed: What fills a new world.
        switches: Faults and guesses to set in both LMSs.
    """
    folder = Path(state) if state else None
    worlds = {kind: _world(kind, folder, seed) for kind in ("moodle", "canvas")}
    records = _world("records", folder, None)
    campus = Campus(
        moodle=Lms("moodle", NAMES["moodle"], worlds["moodle"]),
        canvas=Lms("canvas", NAMES["canvas"], worlds["canvas"]),
        records=records,
        lrs=RecordStore("", LRS_KEY, LRS_SECRET),
        tool_url=(tool_url or "").rstrip("/"),
        state=folder,
    )
    for faults in campus.faults.values():
        faults.set(**switches)
    _serve_all(campus, host, ports)
    mail = MailServer(host, mail_port, records)
    campus.mail_port = mail.server_address[1]
    campus.closers.append(mail.begin())
    if campus.tool_url:
        _register(campus)
    return campus


def _world(
    kind: str, folder: Path | None, seed: Callable[[World], None] | None
) -> World:
    world = World(kind, folder / f"{kind}.json" if folder else None)
    if not world.load() and seed:
        with world.change():
            seed(world)
    return world


def _serve_all(campus: Campus, host: str, ports: tuple[int, int, int]) -> None:
    portal_port, moodle_port, canvas_port = ports
    for lms, port in ((campus.moodle, moodle_port), (campus.canvas, canvas_port)):
        app = DIALECTS[lms.kind].create_app(campus)
        lms.url = _serve(campus, app, host, port)
    campus.portal_url = _serve(campus, portal.create_app(campus), host, portal_port)
    campus.lrs.url = campus.portal_url + "/xapi"


def _serve(campus: Campus, app: Flask, host: str, port: int) -> str:
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    campus.closers.append(lambda: _close(server, thread))
    shown = "127.0.0.1" if host == EVERYWHERE else host
    return f"http://{shown}:{server.server_port}"


def _close(server: BaseWSGIServer, thread: threading.Thread) -> None:
    with contextlib.suppress(OSError):
        server.shutdown()
    thread.join()
    server.server_close()


def _register(campus: Campus) -> None:
    """Make both LMSs know the tool; told to the outside only when both do."""
    for kind, dialect in DIALECTS.items():
        if not campus.lms(kind).world.tools:
            dialect.register(campus, campus.tool_url)
    campus.platforms = [dialect.platform(campus) for dialect in DIALECTS.values()]
