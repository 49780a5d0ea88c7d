"""A campus, the product beside it, and a browser that blocks third-party cookies."""

import shutil
from collections.abc import Iterator
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


@pytest.fixture(params=["blocked"])
def browser(request: pytest.FixtureRequest, tmp_path: Path):
    """Open a Chromium with a profile of its own."""
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or ""
    with (
        sync_playwright() as player,
        visit.chromium(player, program, tmp_path / "profile", request.param) as context,
    ):
        yield context
