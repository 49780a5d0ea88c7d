"""Platforms nobody here wrote, each in a virtual environment of its own.

Made once into `build/peers/<name>-<version>/` and used again by later runs.
"""

import subprocess
import sys
from pathlib import Path

from tests.conftest import require

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "build" / "peers"


def python_of(peer: str, pins_in: Path = HERE) -> str:
    """Return the Python that has this peer; skip the test where it cannot be had."""
    pins = pins_in / f"requirements-{peer}.txt"
    wanted = f"{sys.version_info[:2]}\n{pins.read_text()}"
    home = CACHE / wanted.splitlines()[1].replace("==", "-")
    stamp = home / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        if not _install(home, pins):
            require(f"the package {peer}")
        stamp.write_text(wanted)
    return str(home / "bin" / "python")


def _install(home: Path, pins: Path) -> bool:
    venv = [sys.executable, "-m", "venv", "--clear", str(home)]
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--retries", "1", "-r", str(pins)]
    return all(
        subprocess.run(command, capture_output=True, check=False).returncode == 0
        for command in (venv, pip)
    )
