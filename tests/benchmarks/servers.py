"""Servers to measure: the same gunicorn for us and for every peer."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_mentor.cli.serve import GUNICORN
from tests.benchmarks import load

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn(
    app: str,
    port: int,
    env: dict[str, str],
    alive: str = "/healthz",
    python: str = sys.executable,
) -> Iterator[Callable[[], float]]:
    """Serve an app with two processes; gives its processor seconds so far."""
    command = [python, "-m", "gunicorn", *GUNICORN, "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", app],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, alive)
        yield lambda: processor_seconds(process.pid)
    finally:
        process.terminate()
        process.wait()


def processor_seconds(pid: int) -> float:
    """Return what a process and its children have used of the processors."""
    rows = [_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return sum(used for own, parent, used in rows if pid in {own, parent})


def _stat(path: Path) -> tuple[int, int, float]:
    """Return pid, parent and processor seconds (`proc(5)`, fields 1, 4, 14, 15)."""
    try:
        before, _, after = path.read_text().rpartition(")")
    except OSError:
        return 0, 0, 0.0
    fields = after.split()
    used = (int(fields[11]) + int(fields[12])) / TICKS
    return int(before.split()[0]), int(fields[1]), used


def _wait(port: int, path: str) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            load.get(connection, path, {})
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
