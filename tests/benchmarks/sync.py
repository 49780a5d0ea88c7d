"""First and second reading of a crowded course, the campus in a process of its own.

By itself: BENCH_SYNC_LEARNERS=2000 python -m tests.benchmarks.sync
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.cli.database import upgrade
from lti_mentor.db import engine_for, transaction, unlock
from lti_mentor.demo.people import FIRST_COURSE
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import course
from lti_mentor.sync.models import SyncRun
from tests.benchmarks import servers
from tests.conftest import free_port

LEARNERS = int(os.environ.get("BENCH_SYNC_LEARNERS", "10000"))
SECRET = "only-for-this-bench-and-thrown-away"
COSTS = ("calls", "bytes", "seconds", "database", "waited")

Figures = dict[str, Any]


def measure() -> Figures:
    """Read the course twice through each LMS; the second time nothing changed."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        campus(f"http://localhost:{port}") as (portal, opaque),
    ):
        url = f"sqlite:///{folder}/mentor.db"
        env = os.environ | {
            "LTI_MENTOR_SECRET_KEYS": SECRET,
            "LTI_MENTOR_DATABASE_URL": url,
            "LTI_MENTOR_PUBLIC_URL": f"http://localhost:{port}",
            "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8,::1/128",
        }
        http = Outbound((ip_network("127.0.0.0/8"), ip_network("::1/128")))
        unlock((SECRET,))
        engine = engine_for(url)
        upgrade(engine)
        sessions = sessionmaker(engine, expire_on_commit=False)
        with servers.gunicorn("lti_mentor.cli.web:web()", port, env):
            told = http.request("GET", f"{portal}/platforms.json").json()
            found = {
                one["lms_kind"]: _twice(sessions, http, one, opaque)
                for one in told["platforms"]
            }
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "learners": LEARNERS,
        "canvas_calls_by_arithmetic": _arithmetic(LEARNERS),
        **found,
        "peak_memory_mb": round(peak),
    }


def _arithmetic(learners: int) -> Figures:
    """Return the calls that pages of these lengths need, each list once."""
    by_hundred = -(-learners // 100)
    told = {"nrps_by_50": -(-learners // 50), "members": by_hundred}
    told |= {"completions": by_hundred, "levels": by_hundred}
    total = sum(told.values())
    return {**told, "all": total, "without_nrps": total - told["nrps_by_50"]}


@contextmanager
def campus(tool: str) -> Iterator[tuple[str, str]]:
    """Run the campus; gives its portal's address and Canvas's LTI id of the course."""
    command = [sys.executable, "-m", "tests.benchmarks.big_campus", str(LEARNERS), tool]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            portal, opaque = process.stdout.readline().split()
            yield portal.rstrip("/"), opaque
        finally:
            process.terminate()


def _twice(
    sessions: sessionmaker[Session], http: Outbound, told: dict[str, Any], opaque: str
) -> Figures:
    public_id = _course(sessions, told, opaque)
    first = _read(sessions, http, public_id)
    second = _read(sessions, http, public_id)
    ratio = second["total"]["database"] / first["total"]["database"]
    return {"first": first, "second": second, "second_database": round(ratio, 2)}


def _course(sessions: sessionmaker[Session], told: dict[str, Any], opaque: str) -> str:
    known = dict(told)
    kind = LMSKind(known.pop("lms_kind"))
    known["deployments"] = [known.pop("deployment_id")]
    known["origins"] = [known.pop("origin")]
    number = FIRST_COURSE[kind.value]
    with sessions() as session, transaction(session):
        tenant = service.add(session, **known, lms_kind=kind)
        context = Context(
            registration=tenant,
            lti_id=opaque if kind is LMSKind.CANVAS else str(number),
            lms_id=str(number),
            title="Negotiation",
            memberships_url=_memberships(kind, known["lms_url"], number),
        )
        session.add(context)
        session.flush()
        return str(context.public_id)


def _memberships(kind: LMSKind, url: str, number: int) -> str | None:
    """Return the roster's address; Moodle's names a tool that only a launch tells."""
    is_canvas = kind is LMSKind.CANVAS
    return f"{url}/api/lti/courses/{number}/names_and_roles" if is_canvas else None


def _read(sessions: sessionmaker[Session], http: Outbound, public_id: str) -> Figures:
    written = {"statements": 0, "rows_written": 0}

    def note(_c: Any, _cursor: Any, text: str, rows: Any, _x: Any, many: bool) -> None:
        written["statements"] += 1
        if text.startswith(("INSERT", "UPDATE", "DELETE")) and "sync_run" not in text:
            written["rows_written"] += _rows(text, rows, many=many)

    engine = sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    state = course.read(sessions, http, public_id)
    event.remove(engine, "before_cursor_execute", note)
    with sessions() as session:
        newest = select(SyncRun).order_by(SyncRun.id.desc()).limit(1)
        run = session.scalars(newest).one()
    parts = {p: {"rows": run.counts.get(p, 0), **cost} for p, cost in run.costs.items()}
    total = {c: round(sum(cost[c] for cost in parts.values()), 2) for c in COSTS}
    total["calls_without_roster"] = total["calls"] - _calls(parts, "roster")
    total["calls_by_person"] = _calls(parts, "activities")
    if "roster" not in run.plan:  # Moodle's levels, too, are asked by the person
        total["calls_by_person"] += _calls(parts, "levels")
    total |= written
    return {
        "state": str(state),
        "total": total,
        "parts": parts,
        "problems": run.problems,
    }


def _calls(parts: Figures, part: str) -> int:
    return int(parts.get(part, {}).get("calls", 0))


def _rows(text: str, rows: Any, *, many: bool) -> int:
    """Count the rows of a statement; one with many VALUES has as many brackets."""
    brackets = text.partition(" VALUES ")[2].count("), (")
    return brackets + 1 if brackets or not many else len(rows)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
