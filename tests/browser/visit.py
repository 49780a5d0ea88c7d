"""A browser tab that looks: pictures, barriers, complaints of the console."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    BrowserContext,
    Frame,
    FrameLocator,
    Page,
    Playwright,
    Response,
    expect,
)

SCREENS = Path(__file__).parents[2] / "build" / "screens"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = 375, 1280
PATIENCE = 25_000
"""Milliseconds for a page on a machine that does other things too."""
WANTED = "--disable-features="


MODES: dict[str, dict[str, Any]] = {
    "blocked": {"cookie_controls_mode": 1, "block_third_party_cookies": True},
    "allowed": {"cookie_controls_mode": 0, "block_third_party_cookies": False},
    "cookies": {"cookie_controls_mode": 1, "block_third_party_cookies": True},
    "refused": {
        "content_settings": {
            "exceptions": {"cookies": {"localhost,127.0.0.1": {"setting": 2}}}
        }
    },
}
"""Preferences by what a frame of another site may keep: nothing of third parties'
cookies, everything, partitioned cookies but no storage, or nothing at all."""
INCOGNITO = "incognito"
"""A window that is off the record; it has no preferences of its own."""


@contextmanager
def chromium(
    player: Playwright, program: str, profile: Path, mode: str
) -> Iterator[BrowserContext]:
    """Open a Chromium as people have it, in one of the modes.

    Playwright switches storage partitioning off by default; here it stays on. Without
    it a frame that may keep no third-party cookies is refused all storage.
    """
    started: dict[str, Any] = {"executable_path": program, "args": ["--no-sandbox"]}
    if mode != "cookies":
        started["ignore_default_args"] = [PLAYWRIGHTS]
        started["args"].append(WANTED + "LocalNetworkAccessChecks")
    looks: dict[str, Any] = {"viewport": {"width": DESK, "height": 900}}
    looks["reduced_motion"] = "reduce"
    if mode == INCOGNITO:
        context = player.chromium.launch(**started).new_context(**looks)
        context.new_page()
    else:
        _prefer(profile, mode)
        context = player.chromium.launch_persistent_context(profile, **started, **looks)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(POLICY)
    expect.set_options(timeout=PATIENCE)
    yield context
    context.close()
    if context.browser:
        context.browser.close()


def _prefer(profile: Path, mode: str) -> None:
    default = profile / "Default"
    default.mkdir(parents=True)
    preferences = json.dumps({"profile": MODES[mode]})
    (default / "Preferences").write_text(preferences)


POLICY = """addEventListener("securitypolicyviolation", (event) => {
  if (event.sample === "" && event.effectiveDirective === "style-src-attr") return;
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`);
})"""
"""Says aloud what a page's policy refused, but for the empty styles axe leaves."""


EMPTY_STYLE = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
"""axe leaves `style=""` behind; htmx copies it and the page's policy says no."""
PLAYWRIGHTS = (
    WANTED + "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,"
    "PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,"
    "AimEnabled,PreconnectToSearch,msForceBrowserSignIn,"
    "msEdgeUpdateLaunchServicesPreferredVersion"
)


@dataclass
class Visit:
    """One tab in an LMS, the tool in its frame."""

    page: Page
    frame: str
    """Selector of the frame the LMS shows the tool in."""
    folder: Path
    """Where the pictures go."""
    tool_url: str
    count: int = 0
    last: str = "arriving"
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda wrong: self.complaints.append(str(wrong)))
        self.page.on("response", self._note)

    def _hear(self, said: Any) -> None:
        if said.type in {"error", "warning"} and EMPTY_STYLE not in said.text:
            self.complaints.append(f"after {self.last}: {said.text} {said.location}")

    def _note(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {answer.url}")

    @property
    def tool(self) -> FrameLocator:
        """The tool's page inside the LMS's."""
        return self.page.frame_locator(self.frame)

    def look(self, name: str) -> None:
        """Keep a picture of the tool and find no barrier in it."""
        self.count += 1
        self.last = name
        self._settle()
        self._picture(f"{self.count:02}-{name}")
        self.find_no_barrier(self._inside(), name)

    def look_at_lms(self, name: str) -> None:
        """Keep a picture of the LMS's own page."""
        self.count += 1
        self.page.screenshot(
            path=self.folder / f"{self.count:02}-{name}.png", full_page=True
        )

    def find_no_barrier(self, frame: Frame, name: str) -> None:
        """Run axe on a frame."""
        options = {"runOnly": WCAG, "resultTypes": ["violations"]}
        found = Axe().run(frame, options=options).response["violations"]
        told = [
            (rule["id"], [node["html"][:200] for node in rule["nodes"]])
            for rule in found
        ]
        assert told == [], (name, told)

    def portrait(self, name: str) -> None:
        """Look at the same page on a phone."""
        self.page.set_viewport_size({"width": PHONE, "height": 812})
        self._settle()
        self._picture(name)
        inside = self._inside()
        self.find_no_barrier(inside, name)
        wide = inside.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{name} scrolls sideways"
        self.page.set_viewport_size({"width": DESK, "height": 900})

    def _settle(self) -> None:
        """Wait until a page is there and nothing is being fetched."""
        expect(self.tool.locator(".topbar")).to_be_visible()
        expect(self.tool.locator("#loading")).to_be_hidden()

    def _inside(self) -> Frame:
        element = self.page.locator(self.frame).element_handle()
        found = element.content_frame()
        assert found is not None
        return found

    def _picture(self, name: str) -> None:
        """Show all of the tool at once: what is not on the screen is not painted."""
        frame, size = self.page.locator(self.frame), self.page.viewport_size
        assert size is not None
        whole = "document.querySelector('#page').scrollHeight"
        height = 40 + self._inside().evaluate(whole)
        self.page.set_viewport_size({"width": size["width"], "height": height + 400})
        frame.evaluate("(e, to) => { e.style.blockSize = `${to}px` }", height)
        frame.screenshot(path=self.folder / f"{name}.png")
        frame.evaluate("(e) => { e.style.blockSize = '' }")
        self.page.set_viewport_size(size)

    def calm(self) -> None:
        """Nothing went wrong on the way."""
        left = [
            one
            for one in self.complaints
            if not any(re.search(pattern, one) for pattern in self.expected)
        ]
        assert left == [], left
