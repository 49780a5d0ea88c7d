"""A practice from the platform's link to a grade in the platform's gradebook."""

import re
from typing import Any

from lti_mentor.clock import now
from lti_mentor.lti.services import Column
from tests.peers.browser import Opened
from tests.peers.choosing import choose
from tests.peers.conftest import Browsers
from tests.peers.servers import Peer, Tool, wait_for


def test_a_practice_done_here_becomes_a_grade_there(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    item, _held = choose(browsers(), tool, peer)
    _practise_alone(browsers().launch(peer.start_url("lena"), tool.url))
    _have_a_column(tool, peer)
    lena = browsers().launch(peer.start_url("lena", item=str(item)), tool.url)
    iris = browsers().launch(peer.start_url("iris"), tool.url)
    work = _work(lena)

    lena.post(f"work/{work}/plan", occasion="the weekly call", action="ask twice")
    iris.post(f"review/{work}/plan", answer="agree")
    _apply(lena, iris, work)
    first = _score(peer, 9)
    _apply(lena, iris, work)
    lena.post(f"work/{work}/reflection", learned="They told more.")
    last = _score(peer, 20)

    assert first["activityProgress"] == "InProgress"
    assert last["activityProgress"] == "Completed"
    assert {first["gradingProgress"], last["gradingProgress"]} == {"FullyGraded"}
    assert last["timestamp"] > first["timestamp"]


def _have_a_column(tool: Tool, peer: Peer) -> None:
    """Open edX stores a link's line item but makes no column: the tool has to."""
    if not peer.held()["line_items"]:
        column = Column("", "Apply it", 20, resource_id="ours")
        url = tool.course(peer).lineitems_url or ""
        tool.services(peer).create_line_item(url, column)


def _practise_alone(lena: Opened) -> None:
    """Take part without a mentor, so that the instructor reviews."""
    program = re.search(r"/join/([0-9a-f-]{36})", lena.get("mentorship").text)
    assert program is not None
    lena.post(f"join/{program[1]}/alone")


def _work(lena: Opened) -> str:
    found = re.search(r"/work/([0-9a-f-]{36})", lena.get("practice").text)
    assert found is not None
    return found[1]


def _apply(lena: Opened, iris: Opened, work: str) -> None:
    lena.post(
        f"work/{work}/applications",
        happened_on=now().date().isoformat(),
        situation="Call with a supplier",
        did="Asked twice",
        result="They told more",
        evidence_text="My notes",
    )
    iris.post(f"review/{work}", basis="artifact", decision="verified")


def _score(peer: Peer, at_least: float) -> dict[str, Any]:
    """Wait for Lena's score at the platform."""

    def look() -> dict[str, Any] | None:
        scores = [s for s in peer.held()["scores"] if s["userId"] == "lena"]
        found: dict[str, Any] | None = next(
            (s for s in scores if s["scoreGiven"] >= at_least), None
        )
        return found

    return wait_for(look, f"no score of {at_least} arrived")
