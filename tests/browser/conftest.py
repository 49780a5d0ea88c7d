"""A campus, the product beside it, and browsers of several minds about cookies."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import lti_mentor.demo
from lti_mentor.demo import Campus
from tests.browser import product, visit
from tests.browser.product import Product
from tests.conftest import require


@pytest.fixture
def campus() -> Iterator[Campus]:
    """Both LMSs in this process; they know no tool yet."""
    with lti_mentor.demo.start() as campus:
        yield campus


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Product]:
    """The product, which knows no LMS yet."""
    with product.run(tmp_path) as running:
        yield running


@dataclass
class Installed:
    """A campus that has the tool in its courses, and the tool that knows both LMSs."""

    campus: Campus
    tool: Product


@pytest.fixture(scope="session")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with (
        product.run(tmp_path_factory.mktemp("installed")) as tool,
        lti_mentor.demo.start(tool.url) as campus,
    ):
        for platform in campus.platforms:
            known = dict(platform)
            known["deployment"] = known.pop("deployment_id")
            tool.add_platform(**known)
        yield Installed(campus, tool)


@pytest.fixture
def installed(_installed: Installed) -> Iterator[Installed]:
    """The same for all tests; what goes wrong on purpose ends with the test."""
    yield _installed
    for faults in _installed.campus.faults.values():
        faults.clear()


@pytest.fixture(params=["blocked"])
def browser(request: pytest.FixtureRequest, tmp_path: Path):
    """Open a Chromium with a profile of its own."""
    with chromium(tmp_path / "profile", request.param) as context:
        yield context


@contextmanager
def chromium(profile: Path, mode: str):
    """Open a Chromium in one of the modes; without one, skip or fail."""
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or ""
    with (
        sync_playwright() as player,
        visit.chromium(player, program, profile, mode) as context,
    ):
        yield context
