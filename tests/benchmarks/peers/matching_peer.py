"""Pair learners with `matching` (hospital-resident): argument 1 is a JSON file."""

import json
import sys
from pathlib import Path
from time import perf_counter

from matching.games import HospitalResident


def main():
    told = json.loads(Path(sys.argv[1]).read_text())
    scores, rooms = told["scores"], told["rooms"]
    sys.setrecursionlimit(10**6)
    started = perf_counter()
    wishes = {
        row: sorted(
            (m for m, room in enumerate(rooms) if room and points[m] >= 0),
            key=lambda m, points=points: (-points[m], m),
        )
        for row, points in enumerate(scores)
    }
    wishes = {row: mentors for row, mentors in wishes.items() if mentors}
    asking = {
        m: [row for row, has in wishes.items() if m in has] for m in range(len(rooms))
    }
    offers = {
        m: sorted(rows, key=lambda row, m=m: (-scores[row][m], row))
        for m, rows in asking.items()
        if rows
    }
    places = {m: rooms[m] for m in offers}
    game = HospitalResident.create_from_dictionaries(wishes, offers, places)
    found = game.solve()
    chosen = [-1] * len(scores)
    for mentor, learners in found.items():
        for learner in learners:
            chosen[learner.name] = mentor.name
    seconds = perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "mentor_of": chosen}))


if __name__ == "__main__":
    main()
