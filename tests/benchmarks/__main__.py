"""make bench: launches and pages with 10,000 learners, beside peers in the same run.

Everything runs in one go on this machine, so that the ratios mean something where the
milliseconds do not. Prints, and writes build/bench.json. Nothing is asserted.
`make bench ARGS=launches` measures one part.
"""

import json
import os
import platform as machine
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.cli.database import load_models, upgrade
from lti_mentor.db import engine_for, transaction, unlock
from lti_mentor.platforms import service
from tests.benchmarks import (
    bare,
    clients,
    crowd,
    launches,
    load,
    matching,
    program,
    servers,
    sync,
)
from tests.conftest import free_port
from tests.peers.installed import python_of
from tests.platform import Platform, running

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "10000"))
ONE_BY_ONE, AT_ONCE = 300, 1600
SECRET = "only-for-this-bench-and-thrown-away"
PEERS = Path(__file__).parent / "peers"


def main() -> None:
    load_models()
    wanted = sys.argv[1:] or list(PARTS)
    found: dict[str, Any] = {
        "machine": f"{machine.machine()}, {os.cpu_count()} cores, "
        f"Python {machine.python_version()}"
    }
    for name in wanted:
        found[name] = PARTS[name]()
    target = Path("build/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))  # noqa: T201


def pages() -> dict[str, Any]:
    """The learner's home beside a bare page with as many rows."""
    with tempfile.TemporaryDirectory() as folder, running() as lms:
        port, bare_port = free_port(), free_port()
        env = _env(folder, port) | {"BARE_DATABASE_URL": f"sqlite:///{folder}/bare.db"}
        os.environ["BARE_DATABASE_URL"] = env["BARE_DATABASE_URL"]
        sessions = _fill(env["LTI_MENTOR_DATABASE_URL"], lms)
        bare.fill(LEARNERS)
        with (
            servers.gunicorn("lti_mentor.cli.web:web()", port, env),
            servers.gunicorn(
                "tests.benchmarks.bare:app()", bare_port, env, "/learner/key-1"
            ),
        ):
            home = _page(port, _home(sessions))
            page = _page(bare_port, _bare)
            again = _page(port, _home(sessions))
    best = home if home["p50_ms"] < again["p50_ms"] else again
    return {
        "learners": LEARNERS,
        "learner_home": best,
        "bare_page": page,
        "home_beside_bare": load.ratio(best, page),
    }


def launched() -> dict[str, Any]:
    """A launch beside the one of pylti1p3's Flask example, and a class at nine."""
    with tempfile.TemporaryDirectory() as folder, running() as lms:
        port = free_port()
        env = _env(folder, port)
        _fill(env["LTI_MENTOR_DATABASE_URL"], lms)
        with servers.gunicorn("lti_mentor.cli.web:web()", port, env) as busy:
            launch = launches.ours(lms, env["LTI_MENTOR_PUBLIC_URL"])
            ours = launches.measure(port, launch, "a", busy)
            by_script = launches.ours_by_script(lms, env["LTI_MENTOR_PUBLIC_URL"])
            without_cookies = launches.measure(port, by_script, "s", busy)
            as_published = _example(Path(folder), lms, keeps_keys=False)
            with_keys_kept = _example(Path(folder), lms, keeps_keys=True)
            again = launches.measure(port, launch, "b", busy)
        best = ours if ours["per_second"] > again["per_second"] else again
        found = {
            "ours": best,
            "ours_without_cookies": without_cookies,
            "example_as_published": as_published,
            "example_keeping_keys": with_keys_kept,
            "beside_as_published": load.ratio(best, as_published),
            "beside_keeping_keys": load.ratio(best, with_keys_kept),
        }
        with servers.gunicorn("lti_mentor.cli.web:web()", port, env):
            url = env["LTI_MENTOR_PUBLIC_URL"]
            new = launches.ours(lms, url, "opened-at-nine", is_new=True)
            found["class_at_nine"] = launches.nine_o_clock(port, new, lms)
    return found


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "pages": pages,
    "launches": launched,
    "program": program.measure,
    "matching": matching.measure,
    "clients": clients.measure,
    "sync": sync.measure,
}


def _example(folder: Path, lms: Platform, *, keeps_keys: bool) -> launches.Figures:
    port = free_port()
    (folder / "example.pem").write_text(launches.some_key())
    config = folder / "example.json"
    config.write_text(json.dumps(launches.example_config(lms)))
    env = os.environ | {
        "PEER_CONFIG": str(config),
        "PEER_CACHE": str(folder / f"cache-{keeps_keys}"),
        "PEER_KEEPS_KEYS": str(int(keeps_keys)),
        "PYTHONPATH": str(PEERS),
    }
    python = python_of("pylti1p3", PEERS)
    app = "pylti_example:app()"
    with servers.gunicorn(app, port, env, python=python) as busy:
        launch = launches.example(lms, f"http://localhost:{port}")
        return launches.measure(port, launch, "e", busy)


def _env(folder: str, port: int) -> dict[str, str]:
    return os.environ | {
        "LTI_MENTOR_SECRET_KEYS": SECRET,
        "LTI_MENTOR_DATABASE_URL": f"sqlite:///{folder}/mentor.db",
        "LTI_MENTOR_PUBLIC_URL": f"http://localhost:{port}",
        "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8",
    }


def _fill(database_url: str, lms: Platform) -> list[tuple[str, str]]:
    unlock((SECRET,))
    engine = engine_for(database_url)
    upgrade(engine)
    with Session(engine) as session, transaction(session):
        tenant = service.add(session, **lms.registration(lms_kind="moodle"))
        sessions = crowd.fill(session, tenant, LEARNERS)
    engine.dispose()
    return sessions


def _page(port: int, ask: load.Ask) -> dict[str, Any]:
    load.latency(port, ask, 40)  # warm
    found: dict[str, Any] = dict(load.latency(port, ask, ONE_BY_ONE))
    found["per_second"] = load.throughput(port, ask, AT_ONCE)
    return found


def _home(sessions: list[tuple[str, str]]) -> load.Ask:
    def ask(connection: Any, n: int) -> None:
        handle, token = sessions[n % len(sessions)]
        headers = {"Authorization": f"Bearer {token}"}
        load.get(connection, f"/s/{handle}/mentorship", headers)

    return ask


def _bare(connection: Any, n: int) -> None:
    load.get(connection, f"/learner/key-{n * 7 % (LEARNERS - 30)}", {})


if __name__ == "__main__":
    main()
