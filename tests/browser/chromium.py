"""Chromium, with the few verbs that Firefox has here as well."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from playwright.sync_api import Error, Frame, Page

from tests.browser.firefox import PATIENCE, Failed


class Engine(Protocol):
    """A browser with one tab that is looked at."""

    def open(self, url: str) -> None:
        """Go to a page of the LMS."""

    def run(self, script: str, *given: Any) -> Any:
        """Run a function's body where we are: in the LMS's page, or in the frame."""

    def enter(self, css: str) -> None:
        """Go on in a frame of the LMS's page."""

    def click(self, css: str) -> None:
        """Click as a person does."""

    def until(self, script: str, *given: Any) -> Any:
        """Wait until a script answers something, through any change of pages."""

    def complaints(self) -> list[str]:
        """Return what the console says is wrong, refusals of the page's policy too."""


@dataclass
class Chromium:
    """A tab of Playwright's."""

    page: Page
    frame: str | None = None
    heard: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Addresses this tab has asked, with all its frames."""

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("request", lambda asked: self.asked.append(asked.url))
        self.page.on("pageerror", lambda wrong: self.heard.append(str(wrong)))

    def _hear(self, said: Any) -> None:
        if said.type in {"error", "warning"}:
            self.heard.append(said.text)

    def open(self, url: str) -> None:
        self.frame = None
        self.page.goto(url)

    def enter(self, css: str) -> None:
        self.frame = css

    def run(self, script: str, *given: Any) -> Any:
        called = f"(given) => (function() {{ {script} }}).apply(null, given)"
        return self.here().evaluate(called, list(given))

    def here(self) -> Frame:
        """Return the frame we are in; it may be another one after each page."""
        if self.frame is None:
            return self.page.main_frame
        element = self.page.query_selector(self.frame)
        inside = element and element.content_frame()
        if not inside:
            raise Failed(f"no frame {self.frame}")
        return inside

    def click(self, css: str) -> None:
        self.here().click(css)

    def until(self, script: str, *given: Any) -> Any:
        end, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            try:
                if found := self.run(script, *given):
                    return found
            except (Error, Failed) as error:
                last = str(error)
            self.page.wait_for_timeout(50)
        raise Failed(f"never: {script} {given} {last}")

    def complaints(self) -> list[str]:
        return self.heard
