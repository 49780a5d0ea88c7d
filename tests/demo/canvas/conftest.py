"""A campus with a tool that both sides know."""

from collections.abc import Iterator

import pytest
import requests

import lti_mentor.demo
from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.setup import TOKEN
from tests.demo.canvas.api import Api
from tests.demo.canvas.tool import Tool


@pytest.fixture(scope="module")
def served() -> Iterator[Tool]:
    with Tool().serve() as tool:
        yield tool


@pytest.fixture
def campus(served: Tool) -> Iterator[Campus]:
    with lti_mentor.demo.start(served.url) as campus:
        served.platform = campus.platforms[-1]
        for seen in (served.logins, served.launches, served.notices):
            seen.clear()
        yield campus


@pytest.fixture
def tool(campus: Campus, served: Tool) -> Tool:
    """The tool, which the campus already knows."""
    return served


@pytest.fixture
def canvas(campus: Campus) -> Institution:
    """The inside of the campus's Canvas, to arrange what a test needs."""
    found: Institution = campus.canvas.recall("canvas")["institution"]
    return found


@pytest.fixture
def api(campus: Campus) -> Iterator[Api]:
    """The REST API with the admin's token."""
    with requests.Session() as web:
        yield Api(web, campus.canvas.url, TOKEN)
