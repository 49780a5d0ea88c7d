"""A tool and a platform for tests that go over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_mentor.web import db
from tests.platform import Platform, running
from tests.tool import Tool, build


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


@pytest.fixture
def tool(tmp_path: Path, platform: Platform) -> Iterator[Tool]:
    tool = build(tmp_path, platform)
    yield tool
    with tool.app.app_context():
        db.session.remove()
        db.engine.dispose()
