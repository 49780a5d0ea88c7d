"""10,000 members over 100 pages at 20 ms: our clients beside others, in one run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lms_clients.moodle.completion import PARALLEL as MOODLE_PARALLEL
from tests.benchmarks import slow_lms
from tests.peers.installed import python_of

HERE = Path(__file__).parent
PEERS = HERE / "peers"
ROUNDS = 5
SLOW = {"canvasapi"}
"""What takes so long that a round more or less changes nothing."""

Figures = dict[str, Any]

READERS = {
    "ours_canvas": 1,
    "canvasapi": 1,
    "session_canvas": 1,
    "ours_moodle": MOODLE_PARALLEL,
    "session_moodle": MOODLE_PARALLEL,
}
"""Pages at once: Canvas's pages are known only from the page before."""


def measure() -> Figures:
    """Read with each client in turn, several times; the best of each counts."""
    with slow() as url:
        best = {name: _best(name, url) for name in READERS}
    ideal = slow_lms.LATENCY * slow_lms.PEOPLE / slow_lms.PER_PAGE
    for name, found in best.items():
        found["beside_ideal"] = round(found["seconds"] * READERS[name] / ideal, 2)
    return {
        "pages": slow_lms.PEOPLE // slow_lms.PER_PAGE,
        "latency_ms": slow_lms.LATENCY * 1000,
        **best,
        "canvas_beside_canvasapi": _beside(best, "ours_canvas", "canvasapi"),
        "canvas_beside_session": _beside(best, "ours_canvas", "session_canvas"),
        "moodle_beside_session": _beside(best, "ours_moodle", "session_moodle"),
    }


def _best(name: str, url: str) -> Figures:
    rounds = 1 if name in SLOW else ROUNDS
    found = (_read(name, url) for _ in range(rounds))
    return min(found, key=lambda one: float(one["seconds"]))


def _beside(found: Figures, one: str, other: str) -> float:
    ratio: float = found[one]["seconds"] / found[other]["seconds"]
    return round(ratio, 2)


@contextmanager
def slow() -> Iterator[str]:
    """Run the slow LMS; gives its address."""
    command = [sys.executable, str(HERE / "slow_lms.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def _read(name: str, url: str) -> Figures:
    python = python_of("canvasapi", PEERS) if name == "canvasapi" else sys.executable
    done = subprocess.run(
        [python, str(HERE / "readers.py"), name, url],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        check=True,
        text=True,
    )
    found: Figures = json.loads(done.stdout)
    return found
