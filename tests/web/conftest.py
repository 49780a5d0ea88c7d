"""A tool and a platform for tests that go over HTTP."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.platform import Platform, running
from tests.tool import Tool, close, fresh, make_app
from tests.web import pages


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("tool"))
    yield app
    close(app)


@pytest.fixture
def tool(app: Flask, platform: Platform) -> Tool:
    return fresh(app, platform)


@pytest.fixture
def house(app: Flask) -> Iterator[pages.House]:
    """The app with an empty database that the test fills, without any platform."""
    with pages.house(app) as house:
        yield house
