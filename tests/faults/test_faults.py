"""Gradebooks fail and workers are killed: no score is lost, doubled or lowered."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("seed", ["1", "2"])
def test_after_a_storm_every_cell_holds_our_score(seed: str) -> None:
    size = ["--learners", "40", "--changes", "200"]

    storm = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--seed", seed, *size],
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert storm.returncode == 0, storm.stdout + storm.stderr[-2000:]
