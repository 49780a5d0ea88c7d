"""Firefox, driven over Marionette: JSON on a socket, all that is needed of it.

Playwright speaks only to a Firefox of its own; the one systems ship answers to
Marionette (Firefox source, testing/marionette and remote/marionette/driver.sys.mjs).
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 25.0
"""Seconds for a page on a machine that does other things too."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name under which WebDriver hands out elements."""
PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "dom.disable_open_during_load": True,
    "ui.prefersReducedMotion": 1,
}
COMPLAINTS = """
return Services.console.getMessageArray()
  .filter((said) => said instanceof Ci.nsIScriptError)
  .filter((said) => !(said.flags & Ci.nsIScriptError.warningFlag))
  .filter((said) => said.sourceName.startsWith("http") || said.category === "CSP")
  .map((said) => `${said.category}: ${said.errorMessage} ${said.sourceName}`)
"""


class Failed(AssertionError):
    """Firefox answered with an error."""


@dataclass
class Firefox:
    """One running Firefox, in one tab of which something is looked at."""

    wire: socket.socket
    count: int = 0

    def ask(self, command: str, **parameters: Any) -> Any:
        """Send a WebDriver command and return its value."""
        self.count += 1
        said = json.dumps([0, self.count, f"WebDriver:{command}", parameters])
        self.wire.sendall(f"{len(said.encode())}:{said}".encode())
        _, _, error, result = self.hear()
        if error:
            raise Failed(f"{command}: {error['error']}: {error['message']}")
        whole = isinstance(result, dict) and set(result) == {"value"}
        return result["value"] if whole else result

    def hear(self) -> Any:
        """Return the next message: its length, a colon, JSON."""
        length = b""
        while not length.endswith(b":"):
            length += self._read(1)
        return json.loads(self._read(int(length[:-1])))

    def _read(self, wanted: int) -> bytes:
        got = b""
        while len(got) < wanted:
            more = self.wire.recv(wanted - len(got))
            if not more:
                raise Failed("Firefox hung up")
            got += more
        return got

    def open(self, url: str) -> None:
        """Go to a page of the LMS."""
        self.ask("Navigate", url=url)

    def run(self, script: str, *given: Any) -> Any:
        """Run a function's body where we are: in the LMS's page, or in the frame."""
        return self.ask("ExecuteScript", script=script, args=list(given))

    def enter(self, css: str) -> None:
        """Go on in a frame of the LMS's page."""
        self.ask("SwitchToFrame", id=None)
        self.ask("SwitchToFrame", element=self.find(css))

    def find(self, css: str) -> str:
        """Return a handle of the first such element."""
        return str(self.ask("FindElement", using="css selector", value=css)[ELEMENT])

    def click(self, css: str) -> None:
        """Click as a person does: the element must be there to be hit."""
        self.ask("ElementClick", id=self.find(css))

    def until(self, script: str, *given: Any) -> Any:
        """Wait until a script answers something, through any change of pages."""
        end, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            try:
                if found := self.run(script, *given):
                    return found
            except Failed as error:
                last = str(error)
            time.sleep(0.1)
        raise Failed(f"never: {script} {given} {last}")

    def complaints(self) -> list[str]:
        """Return what the console says is wrong, refusals of the page's policy too."""
        self.ask("SwitchToFrame", id=None)
        self._context("chrome")
        found = self.run(COMPLAINTS)
        self._context("content")
        return list(found)

    def _context(self, name: str) -> None:
        self.count += 1
        said = json.dumps([0, self.count, "Marionette:SetContext", {"value": name}])
        self.wire.sendall(f"{len(said)}:{said}".encode())
        _, _, error, _ = self.hear()
        assert not error, error


@contextmanager
def firefox(profile: Path, **preferences: Any) -> Iterator[Firefox]:
    """Run a Firefox with a profile of its own and these preferences."""
    profile.mkdir(parents=True)
    lines = (PREFERENCES | preferences).items()
    told = "\n".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in lines)
    (profile / "user.js").write_text(told)
    program = shutil.which("firefox-esr") or "firefox-esr"
    flags = ["--headless", "--no-remote", "--marionette"]
    flags += ["--remote-allow-system-access", "--profile", str(profile)]
    with (profile / "firefox.log").open("wb") as log:
        process = subprocess.Popen([program, *flags], stdout=log, stderr=log)
    try:
        with socket.create_connection(("127.0.0.1", _port(profile)), PATIENCE) as wire:
            wire.settimeout(2 * PATIENCE)
            running = Firefox(wire)
            running.hear()
            running.ask("NewSession", capabilities={})
            yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _port(profile: Path) -> int:
    """Return the port, which Firefox writes down when it listens."""
    note = profile / "MarionetteActivePort"
    end = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < end:
        if note.exists() and (text := note.read_text().strip()):
            return int(text)
        time.sleep(0.05)
    raise Failed((profile / "firefox.log").read_text())
