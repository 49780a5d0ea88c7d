"""The product and two foreign platforms, running once for all tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.peers.browser import Browser, Jar
from tests.peers.servers import Peer, Tool, peer_at, tool_at

INSTALLING = 900
"""Seconds the first run may take to install a peer; later ones take none."""
PEERS = ("lti1p3platform", "lti-consumer-xblock")

Browsers = Callable[..., Browser]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/peers/" in item.nodeid:
            item.add_marker(pytest.mark.timeout(INSTALLING))


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    with tool_at(tmp_path_factory.mktemp("tool")) as running:
        yield running


@pytest.fixture(scope="session")
def running_peers(
    tool: Tool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Peer]]:
    """Start a peer when a test first asks for it, whatever order the tests are in."""
    with ExitStack() as running:

        @cache
        def start(name: str) -> Peer:
            folder = tmp_path_factory.mktemp("peer")
            return running.enter_context(peer_at(folder, name, tool))

        yield start


@pytest.fixture(params=PEERS)
def peer(request: pytest.FixtureRequest, running_peers: Callable[[str], Peer]) -> Peer:
    """Each of the two platforms."""
    return running_peers(request.param)


@pytest.fixture
def permissive(running_peers: Callable[[str], Peer]) -> Peer:
    """The platform whose storage these tests wrote: it keeps everything it is told."""
    return running_peers(PEERS[0])


@pytest.fixture
def browsers() -> Iterator[Browsers]:
    """Open browsers, a fresh one for each person."""
    with ExitStack() as opened:

        def open_one(jar: Jar | None = None) -> Browser:
            browser = Browser(jar if jar is not None else Jar())
            opened.enter_context(browser.http)
            return browser

        yield open_one
