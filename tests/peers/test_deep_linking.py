"""A practice is chosen inside a platform nobody here wrote."""

from uuid import UUID

from tests.peers.choosing import PRACTICE, choose
from tests.peers.conftest import Browsers
from tests.peers.servers import Peer, Tool


def test_the_platform_takes_and_keeps_the_practice_an_instructor_builds(
    tool: Tool, peer: Peer, browsers: Browsers
) -> None:
    _number, item = choose(browsers(), tool, peer)

    assert item["title"] == PRACTICE["title"]
    assert item["url"] == f"{tool.url}/lti/launch"
    assert item["lineItem"]["scoreMaximum"] == int(PRACTICE["maximum"])
    assert item["lineItem"]["resourceId"] == item["custom"]["practice"]
    assert UUID(item["custom"]["practice"]).version == 4


def test_what_the_platform_wants_back_comes_back_as_it_was(
    tool: Tool, permissive: Peer, browsers: Browsers
) -> None:
    _number, item = choose(browsers(), tool, permissive)

    assert item["data"] == {"place": "week 3"}
