"""make bench: launch and learner's home with 10,000 learners, beside a bare page.

Everything runs in one go on this machine, so that the ratios mean something where the
milliseconds do not. Prints, and writes build/bench.json. Nothing is asserted.
"""

import http.client
import json
import os
import platform as machine
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy.orm import Session

from lti_mentor.cli.database import load_models, upgrade
from lti_mentor.cli.serve import GUNICORN
from lti_mentor.db import engine_for, transaction, unlock
from lti_mentor.platforms import service
from tests.benchmarks import bare, crowd, load
from tests.platform import Platform, running

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "10000"))
ONE_BY_ONE, AT_ONCE = 300, 1600
SECRET = "only-for-this-bench-and-thrown-away"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def main() -> None:
    load_models()
    with tempfile.TemporaryDirectory() as folder, running() as lms:
        found = measure(Path(folder), lms)
    found["matching"] = _matching()
    target = Path("build/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))  # noqa: T201


def measure(folder: Path, lms: Platform) -> dict[str, Any]:
    port, bare_port = _free_port(), _free_port()
    env = os.environ | {
        "LTI_MENTOR_SECRET_KEYS": SECRET,
        "LTI_MENTOR_DATABASE_URL": f"sqlite:///{folder}/mentor.db",
        "LTI_MENTOR_PUBLIC_URL": f"http://localhost:{port}",
        "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": "127.0.0.0/8",
        "BARE_DATABASE_URL": f"sqlite:///{folder}/bare.db",
    }
    os.environ["BARE_DATABASE_URL"] = env["BARE_DATABASE_URL"]
    sessions = _fill(env["LTI_MENTOR_DATABASE_URL"], lms)
    bare.fill(LEARNERS)
    with (
        _server("lti_mentor.cli.web:web()", port, env, "/healthz"),
        _server("tests.benchmarks.bare:app()", bare_port, env, "/learner/key-1"),
    ):
        home = _page(port, _home(sessions))
        page = _page(bare_port, _bare)
        launch = load.summary([_launch(port, lms, n) for n in range(100)])
        again = _page(port, _home(sessions))
    best = home if home["p50_ms"] < again["p50_ms"] else again
    return {
        "machine": f"{machine.machine()}, {os.cpu_count()} cores, "
        f"Python {machine.python_version()}",
        "learners": LEARNERS,
        "learner_home": best,
        "bare_page": page,
        "home_beside_bare": load.ratio(best, page),
        "launch_to_first_page": launch,
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


def _launch(port: int, lms: Platform, n: int) -> float:
    """Return the milliseconds our side took, from login to first page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    target = f"http://localhost:{port}/lti/launch"
    begun = {
        "iss": lms.url,
        "client_id": lms.client_id,
        "login_hint": "1",
        "lti_message_hint": "{}",
        "target_link_uri": target,
    }
    clock = time.perf_counter
    start = clock()
    data = _data(load.post(connection, "/lti/login", urlencode(begun), FORM))
    took = clock() - start
    login = dict(parse_qsl(urlsplit(data["auth_url"]).query))
    claims = lms.claims(login | {"target_link_uri": target}, sub=f"b-{n}")
    sent = {"state": data["state"], "id_token": lms.sign(claims)}
    start = clock()
    launched = _data(load.post(connection, "/lti/launch", urlencode(sent), FORM))
    ticket = {"ticket": launched["ticket"], "secret": data["secret"]}
    opened = json.loads(load.post(connection, "/lti/session", json.dumps(ticket), JSON))
    path = opened["next"].replace("/home", "/mentorship")
    load.get(connection, path, {"Authorization": f"Bearer {opened['token']}"})
    took += clock() - start
    connection.close()
    return took * 1000


def _data(page: bytes) -> dict[str, Any]:
    found = re.search(rb'id="launch"[^>]*>(.*?)</script>', page, re.DOTALL)
    if found is None:
        raise RuntimeError("no launch page")
    return dict(json.loads(found[1]))


@contextmanager
def _server(app: str, port: int, env: dict[str, str], alive: str) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", app],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, alive)
        yield
    finally:
        process.terminate()
        process.wait()


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


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _matching() -> dict[str, Any]:
    from lti_mentor.matching.bench import bench

    return {"1000x200": bench(1000, 200)}


if __name__ == "__main__":
    main()
