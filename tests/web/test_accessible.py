"""axe finds nothing on any page of the product, as a browser shows it.

A page whose every element axe has seen before, by its marks, is not shown to it.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread

import pytest
from bs4 import Tag
from flask import Flask
from playwright.sync_api import Page as Tab
from playwright.sync_api import ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import require
from tests.static.conftest import Quiet
from tests.static.test_accessible import OPEN_ALL, problems
from tests.web import pages
from tests.web.pages import Page, Visitor
from tests.web.stage import stage
from tests.web.test_pages_scenes import SCENES

PHONE: ViewportSize = {"width": 375, "height": 800}
SESSION = """([handle, token]) => sessionStorage.setItem(`lti:${handle}`,
  JSON.stringify({token, idle: 1800, ends: Date.now() + 9e6}))"""


@pytest.fixture(scope="module")
def base(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class Looker:
    """Shows pages to axe; remembers what it has seen."""

    tab: Tab
    base: str
    seen: set[str] = field(default_factory=set)

    def look(self, who: Visitor, path: str, page: Page) -> list[str]:
        """Show a page, if anything on it is new; say what is wrong."""
        shapes = {shape(tag) for tag in page.one("#page").find_all(True)}
        if shapes <= self.seen:
            return []
        self.seen |= shapes
        self.tab.goto(f"{self.base}/s/none/lost")
        self.tab.evaluate(SESSION, [who.handle, who.token])
        self.tab.goto(f"{self.base}/s/{who.handle}{path}")
        heading = re.compile(re.escape(page.heading))
        expect(self.tab.locator("h1")).to_have_text(heading)
        self.tab.evaluate(OPEN_ALL)
        return problems(self.tab)


def shape(tag: Tag) -> str:
    """Return an element's marks, whatever it says and wherever it leads."""
    marks = [tag.name, *sorted(tag.get("class") or []), *sorted(set(tag.attrs) - WORDS)]
    return " ".join([*marks, str(tag.get("role")), str(tag.get("type"))])


WORDS = {"class", "href", "id", "value", "title", "datetime", "for"}
"""Attributes that differ from row to row."""


@pytest.fixture(scope="module")
def looker(base: str) -> Iterator[Looker]:
    require("chromium")
    program = shutil.which("chromium")
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = opened.new_context(viewport=PHONE, reduced_motion="reduce")
        yield Looker(context.new_page(), base)
        opened.close()


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing_on_any_page(
    house: pages.House, looker: Looker, name: str
) -> None:
    acting = stage(house)
    visits = dict.fromkeys(SCENES[name](acting))
    seen = {who: acting.as_(who) for who, _ in visits}

    found = [
        (path, looker.look(seen[who], path, seen[who].get(path)))
        for who, path in visits
    ]

    assert [(path, wrong) for path, wrong in found if wrong] == []
