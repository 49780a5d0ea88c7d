"""A browser, and the shell's site for it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import require
from tests.static import site


class Quiet(WSGIRequestHandler):
    """Writes no access log into the test output."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Running:
    """A site that a browser can open."""

    base: str
    told: site.Told


Serve = Callable[[Flask], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an app on loopback and answer its port's address."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def tool(serve: Serve) -> Running:
    """Serve the shell's site in English."""
    app, told = site.make("en")
    return Running(serve(app), told)


@pytest.fixture(scope="module")
def chromium():
    """Start the system's Chromium."""
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        program = shutil.which("chromium")
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """Open an empty tab; afterwards nothing may have been written to its console."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda wrong: page.complaints.append(str(wrong)))
    yield page
    context.close()
