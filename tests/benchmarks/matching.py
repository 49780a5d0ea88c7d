"""Matching: seconds to the proven best, and beside others on the same people."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from lti_mentor.matching.assignment import assign
from lti_mentor.matching.bench import bench, made_up_pool
from lti_mentor.matching.problem import TOP_SCORE, Ints, Scores
from lti_mentor.matching.tiles import PoolScores
from tests.peers.installed import python_of

PEERS = Path(__file__).parent / "peers"
SIZES = ((1000, 200), (5000, 1000), (20_000, 5000))
LARGEST = (100_000, 20_000)
"""Measured where BENCH_LARGEST is set: it takes minutes."""
SUPPLIES = (0.6, 1.1)

Figures = dict[str, Any]


def measure() -> Figures:
    """Our times by size and supply, and everybody's at 1000 x 200."""
    sizes = [*SIZES, *([LARGEST] if os.environ.get("BENCH_LARGEST") else [])]
    return {
        "ours": {
            f"{learners}x{mentors} supply {supply}": _median(learners, mentors, supply)
            for learners, mentors in sizes
            for supply in SUPPLIES
        },
        "beside": {f"supply {supply}": beside(supply) for supply in SUPPLIES},
    }


def _median(learners: int, mentors: int, supply: float) -> Figures:
    times = 1 if (learners, mentors) == LARGEST else 3
    runs = [bench(learners, mentors, supply) for _ in range(times)]
    middle = median(run["in_all"] for run in runs)
    return next(run for run in runs if run["in_all"] >= middle)


def beside(supply: float, learners: int = 1000, mentors: int = 200) -> Figures:
    """Everybody on the same scores, which nobody is charged for."""
    pool = made_up_pool(learners, mentors, supply, seed=0)
    rooms = np.array([mentor.capacity for mentor in pool.mentors])
    scores = PoolScores(pool).tile(np.arange(learners)).astype(np.int32)
    found = {
        "ours": _told(scores, *_timed(_ours, scores, rooms)),
        "dense_scipy": _told(scores, *_timed(_dense, scores, rooms)),
        "greedy": _told(scores, *_timed(_greedy, scores, rooms)),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.json"
        told = {"scores": scores.tolist(), "rooms": rooms.tolist()}
        file.write_text(json.dumps(told))
        for peer in ("mentor-match", "matching"):
            found[peer] = _told(scores, *_peer(peer, file))
    best = found["ours"]
    for figures in found.values():
        figures["times_ours"] = round(figures["seconds"] / best["seconds"], 1)
        figures["total_beside"] = round(figures["total"] / best["total"] - 1, 4)
    return found


def _peer(peer: str, file: Path) -> tuple[Ints, float]:
    script = PEERS / f"{peer.replace('-', '_')}_peer.py"
    command = [python_of(peer, PEERS), str(script), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return np.array(told["mentor_of"]), told["seconds"]


def _timed(way: Any, scores: Scores, rooms: Ints) -> tuple[Ints, float]:
    seconds = []
    for _ in range(3):
        started = perf_counter()
        mentor_of = way(scores, rooms)
        seconds.append(perf_counter() - started)
    return mentor_of, median(seconds)


def _told(scores: Scores, mentor_of: Ints, seconds: float) -> Figures:
    rows = np.flatnonzero(mentor_of >= 0)
    total = int(scores[rows, mentor_of[rows]].sum())
    return {"seconds": round(seconds, 3), "matched": len(rows), "total": total}


def _ours(scores: Scores, rooms: Ints) -> Ints:
    return assign(scores, rooms).mentor_of


def _dense(scores: Scores, rooms: Ints) -> Ints:
    bonus = (TOP_SCORE + 1) * len(scores)
    worth = np.repeat(np.where(scores >= 0, scores + bonus, 0), rooms, axis=1)
    row, slot = linear_sum_assignment(worth, maximize=True)
    is_real = worth[row, slot] > 0
    mentor_of = np.full(len(scores), -1)
    mentor_of[row[is_real]] = np.repeat(np.arange(len(rooms)), rooms)[slot[is_real]]
    return mentor_of


def _greedy(scores: Scores, rooms: Ints) -> Ints:
    """Take the best pair that is left, again and again."""
    mentor_of, left = np.full(len(scores), -1), rooms.copy()
    order = np.argsort(-scores, axis=None, kind="stable")
    for cell in order[: int((scores >= 0).sum())].tolist():
        row, mentor = divmod(cell, scores.shape[1])
        if mentor_of[row] < 0 and left[mentor]:
            mentor_of[row] = mentor
            left[mentor] -= 1
    return mentor_of
