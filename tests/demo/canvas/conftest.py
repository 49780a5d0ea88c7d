"""A campus with a tool that both sides know."""

import copy
from collections.abc import Iterator

import pytest
import requests

import lti_mentor.demo
from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.setup import TOKEN
from lti_mentor.demo.keys import KeyRing
from lti_mentor.demo.people import fill
from lti_mentor.demo.rows import TABLES
from lti_mentor.demo.world import World
from tests.demo.canvas.api import Api
from tests.demo.canvas.tool import Tool


@pytest.fixture(scope="module")
def served() -> Iterator[Tool]:
    with Tool().serve() as tool:
        yield tool


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    """Both worlds with their people and keys, made once."""
    made = {kind: World(kind) for kind in ("moodle", "canvas")}
    for world in made.values():
        fill(world)
        KeyRing(world)
    return made


@pytest.fixture
def campus(served: Tool, worlds: dict[str, World]) -> Iterator[Campus]:
    def seed(world: World) -> None:
        for table in TABLES.values():
            rows = copy.deepcopy(getattr(worlds[world.kind], table))
            getattr(world, table).update(rows)

    with lti_mentor.demo.start(served.url, seed=seed) as campus:
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
