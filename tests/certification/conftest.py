"""A tool and a platform, as in tests/web, and what the tool logged of its decisions."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.platform import Platform, running
from tests.tool import Tool, close, fresh, make_app

Codes = Callable[[], list[str]]


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
    """The tool, in a browser that keeps no cookies: every step is a request."""
    tool = fresh(app, platform)
    tool.browser = app.test_client(use_cookies=False)
    return tool


@pytest.fixture
def codes(caplog: pytest.LogCaptureFixture) -> Codes:
    """Give the codes of all decisions so far, as an operator reads them in the log."""
    caplog.set_level(logging.INFO, "lti_mentor.web.decisions")

    def read() -> list[str]:
        said = (record.getMessage() for record in caplog.records)
        found = (re.match(r"decision code=(\S+) ", line) for line in said)
        return [line[1] for line in found if line]

    return read
