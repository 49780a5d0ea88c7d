"""Servers of these tests: the real product, and the peers, each a process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor import db
from lti_mentor.lti import services
from lti_mentor.lti.services import Services
from lti_mentor.lti.tokens import TokenCache
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context
from lti_mentor.platforms.models import Registration
from tests.conftest import LOOPBACK, SECRET, free_port
from tests.peers.installed import python_of

PATIENCE = 30.0
"""Seconds a server, or the worker, may take."""
PLATFORMS = Path(__file__).parent / "platforms"

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until something is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise TimeoutError(what)


@dataclass
class Peer:
    """A running platform."""

    url: str
    registration: dict[str, str]
    """What an admin types into `lti-mentor platform add`, by option."""

    def start_url(self, who: str, message: str = "launch", item: str = "") -> str:
        """Return where a browser starts: a plain link, an item's, or the selection."""
        return f"{self.url}/peer/start?who={who}&message={message}&item={item}"

    def held(self) -> dict[str, Any]:
        """Return what the platform has stored: items, line_items, scores."""
        with requests.Session() as asking:
            answer = asking.get(f"{self.url}/peer/held", timeout=10)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found


@dataclass
class Tool:
    """The product as `lti-mentor run` serves it, pages and worker."""

    url: str
    env: dict[str, str]
    sessions: sessionmaker[Session]
    """On its database."""

    def command(self, *arguments: str) -> None:
        """Run `lti-mentor` with the tool's settings."""
        whole = [sys.executable, "-m", "lti_mentor", *arguments]
        subprocess.run(whole, env=self.env, check=True, capture_output=True)

    def register(self, peer: Peer) -> None:
        """Do what an admin does with a new platform."""
        options = [
            word for name, value in peer.registration.items() for word in (name, value)
        ]
        self.command("platform", "add", *options)

    @contextmanager
    def tenant(self, peer: Peer) -> Iterator[tuple[Session, Registration]]:
        """Open the database at a peer's registration."""
        issuer = peer.registration["--issuer"]
        with self.sessions() as session, db.transaction(session):
            query = sa.select(Registration).filter_by(issuer=issuer)
            yield session, session.scalars(query).one()

    def services(self, peer: Peer) -> Services:
        """Return the product's client of this peer's services, with a real way out."""
        with self.tenant(peer) as (session, registration):
            return services.connect(
                session, registration, Outbound(LOOPBACK), TokenCache()
            )

    def course(self, peer: Peer) -> Context:
        """Return the one course that launches came from."""
        with self.tenant(peer) as (session, registration):
            query = sa.select(Context).filter_by(registration_id=registration.id)
            found: Context = session.scalars(query).one()
            session.expunge(found)
            return found


@contextmanager
def tool_at(folder: Path) -> Iterator[Tool]:
    """Migrate a fresh SQLite file and run the product on it."""
    port = free_port()
    url = f"http://localhost:{port}"
    env = os.environ | {
        "LTI_MENTOR_SECRET_KEYS": SECRET,
        "LTI_MENTOR_DATABASE_URL": f"sqlite:///{folder / 'tool.db'}",
        "LTI_MENTOR_PUBLIC_URL": url,
        "LTI_MENTOR_BIND": f"127.0.0.1:{port}",
        "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8,::1/128",
        "LTI_MENTOR_BROKER_URL": "",
        "LTI_MENTOR_WEB_PROCESSES": "1",
    }
    engine = db.engine_for(env["LTI_MENTOR_DATABASE_URL"])
    tool = Tool(url, env, sessionmaker(engine, expire_on_commit=False))
    tool.command("db", "upgrade")
    running = [sys.executable, "-m", "lti_mentor", "run"]
    with _process(running, folder / "tool.log", env):
        wait_for(lambda: _answer(f"{url}/readyz"), "the tool does not answer")
        yield tool
    engine.dispose()


@contextmanager
def peer_at(folder: Path, name: str, tool: Tool) -> Iterator[Peer]:
    """Run a peer that knows the tool, and make it known to the tool."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    script = PLATFORMS / f"run_{name.replace('-', '_')}.py"
    command = [python_of(name), str(script), str(port), tool.url, str(folder)]
    with _process(command, folder / f"{name}.log", dict(os.environ)):
        answer = wait_for(lambda: _answer(f"{url}/peer/registration"), f"no {name}")
        peer = Peer(url, json.loads(answer))
        tool.register(peer)
        yield peer


@contextmanager
def _process(command: list[str], log: Path, env: dict[str, str]) -> Iterator[None]:
    with log.open("w") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out, env=env)
        try:
            yield
        except TimeoutError as late:
            late.add_note(log.read_text()[-4000:])
            raise
        finally:
            running.terminate()
            running.wait(PATIENCE)


def _answer(url: str) -> str | None:
    with requests.Session() as asking:
        try:
            answer = asking.get(url, timeout=10)
        except (requests.ConnectionError, requests.Timeout):
            return None
    return answer.text if answer.ok else None
