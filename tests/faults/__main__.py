"""make faults SEED=n: many scores to gradebooks that fail, by workers that are killed.

At the end every cell holds our score, none ever fell, nothing was handed in twice, and
no statement is missing. Prints one line of counts; fails where they are wrong.
`FAULTS_LEARNERS` and `FAULTS_CHANGES` set the size.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from ipaddress import ip_network

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.activity.service import record
from lti_mentor.cli.database import load_models, upgrade
from lti_mentor.db import engine_for, transaction, unlock
from lti_mentor.demo import Campus, start
from lti_mentor.demo.rows import Person as Learner
from lti_mentor.lti import keys
from lti_mentor.outbound import Outbound
from lti_mentor.passback import service as passback
from lti_mentor.practice.models import PracticeWork
from tests.benchmarks import servers
from tests.benchmarks.big_campus import FIRST, crowd
from tests.conftest import free_port
from tests.faults.course import MAXIMUM, Work, open_courses
from tests.faults.ledger import Ledger
from tests.faults.storm import Storm

SECRET = "only-for-this-storm-and-thrown-away"
PATIENCE = 180.0
"""Seconds for what still waits once the weather is fine."""


@dataclass(frozen=True, slots=True)
class Count:
    """The line that is printed."""

    seed: int
    cells: int
    equal: int
    lowered: int
    duplicated: int
    missing: int
    killed: int
    """How often a worker was."""
    seconds: float

    @property
    def is_right(self) -> bool:
        """Say whether nothing was lost, doubled or lowered."""
        wrong = self.lowered + self.duplicated + self.missing
        return self.equal == self.cells and not wrong


def run(seed: int, learners: int, changes: int) -> Count:
    """Let it storm over so many score changes, and count what came of it."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, _tool(folder) as (env, sessions, url):
        ledger = Ledger()
        half = learners // 2
        with start(url, seed=partial(crowd, learners=half)) as campus, ledger.open():
            http = Outbound((ip_network("127.0.0.0/8"), ip_network("::1/128")))
            class_of = {kind: _learners(campus, kind, half) for kind in campus.faults}
            works = open_courses(sessions, campus, http, class_of)
            storm = Storm(campus, env, seed)
            try:
                ours = _change_scores(sessions, works, storm, seed, changes)
                _drain(sessions)
            finally:
                storm.end()
            equal = sum(ledger.last(cell) == score for cell, score in ours.items())
            missing = _missing(sessions, campus)
    return Count(
        seed=seed,
        cells=len(ours),
        equal=equal,
        lowered=ledger.lowered(),
        duplicated=ledger.duplicated(),
        missing=missing,
        killed=storm.killed,
        seconds=round(time.monotonic() - begun, 1),
    )


@contextmanager
def _tool(folder: str) -> Iterator[tuple[dict[str, str], sessionmaker[Session], str]]:
    """Run the pages (the LMSs fetch our keys there) on a database of its own."""
    port = free_port()
    url = f"http://localhost:{port}"
    env = os.environ | {
        "LTI_MENTOR_SECRET_KEYS": SECRET,
        "LTI_MENTOR_DATABASE_URL": f"sqlite:///{folder}/mentor.db",
        "LTI_MENTOR_PUBLIC_URL": url,
        "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8,::1/128",
    }
    unlock((SECRET,))
    engine = engine_for(env["LTI_MENTOR_DATABASE_URL"])
    upgrade(engine)
    with servers.gunicorn("lti_mentor.cli.web:web()", port, env):
        yield env, sessionmaker(engine, expire_on_commit=False), url
    engine.dispose()


def _learners(campus: Campus, kind: str, count: int) -> list[Learner]:
    people = campus.world(kind).people
    return [people[FIRST + number] for number in range(count)]


def _change_scores(
    sessions: sessionmaker[Session],
    works: list[Work],
    storm: Storm,
    seed: int,
    changes: int,
) -> dict[tuple[str, str], float]:
    """Raise scores at random while it storms; return the last of each cell."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    scores: dict[tuple[str, str], float] = {}
    raging = threading.Thread(target=storm.rage)
    raging.start()
    try:
        for number in range(changes):
            work = works[number] if number < len(works) else dice.choice(works)
            cell = (work.kind, work.sub)
            scores[cell] = min(MAXIMUM, scores.get(cell, 0.0) + dice.randint(1, 5))
            _score(sessions, work, scores[cell])
            if number == changes // 2:
                _rotate(sessions)
    finally:
        storm.calm()
        raging.join()
    return scores


def _score(sessions: sessionmaker[Session], work: Work, points: float) -> None:
    with sessions() as session, transaction(session):
        row = session.get_one(PracticeWork, work.id)
        context = row.assignment.context
        record(
            session,
            Verb.SCORED,
            row,
            registration=context.registration,
            learner=row.learner,
            context=context,
            points=f"{points:.2f}",
            maximum=MAXIMUM,
            final=True,
        )


def _rotate(sessions: sessionmaker[Session]) -> None:
    """Sign with another key from now on, as an operator does once a year."""
    with sessions() as session, transaction(session):
        keys.rotate(session)


def _drain(sessions: sessionmaker[Session]) -> None:
    """Wait until nothing waits, asking for every place as time itself does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with sessions() as session, transaction(session):
            if not passback.sweep(session):
                return
        time.sleep(1)


def _missing(sessions: sessionmaker[Session], campus: Campus) -> int:
    """Count activities no statement tells of."""
    with sessions() as session:
        ids = session.scalars(select(Activity.public_id)).all()
    return len({str(one) for one in ids} - set(campus.records.statements))


def main() -> None:
    """Run one seed."""
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--learners", type=int, default=2000)
    options.add_argument("--changes", type=int, default=20000)
    given = options.parse_args()
    load_models()
    count = run(given.seed, given.learners, given.changes)
    sys.stdout.write(json.dumps(asdict(count)) + "\n")
    sys.exit(0 if count.is_right else 1)


if __name__ == "__main__":
    main()
