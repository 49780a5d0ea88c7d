"""An instructor puts a practice into a course of a peer."""

from typing import Any
from urllib.parse import urljoin

from tests.peers.browser import Browser, form_of
from tests.peers.servers import Peer, Tool

PRACTICE = {
    "title": "Ask before you answer",
    "task": "Ask two open questions.",
    "applications": "2",
    "sessions": "0",
    "maximum": "20",
    "mode": "progressive",
    "rubric": "none",
}


def choose(browser: Browser, tool: Tool, peer: Peer) -> tuple[int, dict[str, Any]]:
    """Select content as its page does; return the item's number and what is held."""
    opened = browser.launch(peer.start_url("iris", "deep-link"), tool.url)
    assert opened.next == f"/s/{opened.handle}/deep-link"
    builder = form_of(opened.get("deep-link"))
    place = urljoin(opened.next, "deep-link")
    assert builder.action == urljoin(tool.url, place)
    browser.send(form_of(opened.post("deep-link", **PRACTICE)))
    items = peer.held()["items"]
    return len(items) - 1, items[-1]
