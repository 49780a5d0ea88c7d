"""A campus and a tool for the tests of the campus."""

from collections.abc import Iterator

import pytest

from lti_mentor.demo import Campus, start
from tests.demo.stand_in import StandIn


@pytest.fixture(scope="module")
def tool() -> Iterator[StandIn]:
    """A tool of a few lines."""
    tool = StandIn()
    yield tool
    tool.stop()


@pytest.fixture
def campus(tool: StandIn) -> Iterator[Campus]:
    """A fresh campus that knows the tool."""
    with start(tool.url) as campus:
        yield campus
