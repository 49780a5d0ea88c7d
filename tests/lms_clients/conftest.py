"""What the client tests share: clients of local servers that never wait."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from lms_clients import Credentials, LMSClient, Pace, connect
from lms_clients.canvas.client import CanvasClient
from lms_clients.moodle.client import MoodleClient
from lms_clients.transport import new_session
from tests.lms_clients.local_server import Reply, Request, Served, served
from tests.lms_clients.moodle_server import TOKEN, MoodleServer


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    time: float = 0.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Reply]], Served]]:
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(served(answer))


Opener = Callable[..., LMSClient]


@pytest.fixture
def open_lms(clock: Clock) -> Iterator[Opener]:
    """Connect with a session that is closed and a pace that does not wait."""
    with new_session() as session:

        def opener(
            kind: str, url: str, credentials: Credentials = "token", **options
        ) -> LMSClient:
            pace = Pace(parallel=4, sleep=clock.sleep, clock=clock)
            options = {"session": session, "pace": pace, **options}
            client = connect(kind, url, credentials, **options)
            assert isinstance(client, MoodleClient | CanvasClient)
            client.transport.sleep = clock.sleep
            return client

        yield opener


@pytest.fixture
def moodle(serve, open_lms):
    """Open a Moodle with these switches: a client, and what was asked of it."""

    def make(**switches):
        options = {
            name: switches.pop(name) for name in ("report_id",) if name in switches
        }
        server = serve(MoodleServer(**switches))
        return open_lms("moodle", server.url, TOKEN, **options), server

    return make
