"""Everything that goes wrong while scores are on their way, by a seeded dice."""

import random
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from lti_mentor.demo import Campus
from lti_mentor.demo.faults import Faults

AGS_PATHS = {"moodle": "/mod/lti/services.php", "canvas": "/api/lti/courses"}
WEATHER: tuple[dict[str, Any], ...] = (
    {},
    {"loses": 0.2},
    {"cuts": 0.2},
    {"loses": 0.1, "cuts": 0.1, "slow": 0.02},
    {"throttled": 6},
    {"down": True},
    {"wrong": True},
    {"expired": True},
)
"""Switches of the campus, one row at a time."""


class Storm:
    """Turns the weather of both LMSs and kills workers, until it is over."""

    def __init__(self, campus: Campus, env: Mapping[str, str], seed: int) -> None:
        self._campus, self._env = campus, dict(env)
        self._dice = random.Random(seed)  # noqa: S311 - a test's dice
        self._over = threading.Event()
        self._workers = [self._worker() for _ in range(2)]
        self.killed = 0

    def rage(self) -> None:
        """Go on until `calm`."""
        while not self._over.wait(0.5 + self._dice.random()):
            kind = self._dice.choice(list(AGS_PATHS))
            self._turn(kind, self._dice.choice(WEATHER))
            if self._dice.random() < 0.3:
                self._kill(self._dice.randrange(len(self._workers)))

    def calm(self) -> None:
        """Let the sun shine again."""
        self._over.set()
        for kind in AGS_PATHS:
            self._turn(kind, {})

    def end(self) -> None:
        """Stop the workers."""
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def _turn(self, kind: str, weather: dict[str, Any]) -> None:
        faults: Faults = self._campus.faults[kind]
        faults.clear()
        faults.set(path=AGS_PATHS[kind], **weather)

    def _kill(self, number: int) -> None:
        self._workers[number].kill()
        self._workers[number].wait()
        self._workers[number] = self._worker()
        self.killed += 1

    def _worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            env=self._env,
            stderr=subprocess.DEVNULL,
        )
