"""lti-mentor demo: a Moodle-like and a Canvas-like campus, and this tool in both."""

import json
import logging
import os
import secrets
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from lti_mentor import db
from lti_mentor.cli.children import Children
from lti_mentor.cli.database import load_models, upgrade
from lti_mentor.cli.serve import processes
from lti_mentor.errors import Outside
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import service as platforms
from lti_mentor.platforms.models import LMSKind

STATE = Path(".demo")
FIRST_PORT = 8400
NAMES = ("portal", "moodle", "canvas", "mail", "tool")
LOOPBACK = ("127.0.0.0/8", "::1/128")
PATIENCE = 60.0
"""Seconds the demo may take to come up; a second time it takes about three."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Where a demo keeps its state, and where its five servers listen."""

    state: Path
    ports: dict[str, int]

    @property
    def tool(self) -> str:
        """The tool's address: another site than the campus's, as in real life."""
        return f"http://localhost:{self.ports['tool']}"

    @property
    def database(self) -> str:
        """Where the demo's data lives."""
        return f"sqlite:///{self.state / 'lti-mentor.db'}"

    @property
    def env(self) -> dict[str, str]:
        """Settings of the demo's processes."""
        return {
            "LTI_MENTOR_SECRET_KEYS": _secret(self.state),
            "LTI_MENTOR_DATABASE_URL": self.database,
            "LTI_MENTOR_PUBLIC_URL": self.tool,
            "LTI_MENTOR_BIND": f"127.0.0.1:{self.ports['tool']}",
            "LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS": ",".join(LOOPBACK),
            "LTI_MENTOR_BROKER_URL": "",
            "LTI_MENTOR_SMTP_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "LTI_MENTOR_MAIL_FROM": "Mentoring <mentoring@campus.example>",
            "LTI_MENTOR_MAIL_REPLY_TO": "",
        }


@click.command()
def demo() -> None:
    """Start two practice LMSs with people in them, and this tool, registered."""
    logging.getLogger("lti_mentor.outbound").setLevel(logging.ERROR)  # we knock often
    _refuse_real_installation()
    state = STATE.absolute()
    state.mkdir(mode=0o700, exist_ok=True)
    found = Demo(state, _ports(state / "ports.json"))
    http = Outbound(tuple(ip_network(text) for text in LOOPBACK))
    with Children() as children:
        _start(found, children, http)
        portal = f"http://127.0.0.1:{found.ports['portal']}/"
        click.echo(f"\nReady: open {portal} (Ctrl-C ends the demo)\n")
        ended = children.wait()
    if ended is not None:
        raise click.ClickException(f"the {ended} process ended; see its messages above")


@click.command("demo-reset")
def demo_reset() -> None:
    """Forget everything that happened in the demo."""
    if STATE.is_dir():
        shutil.rmtree(STATE)
    click.echo("The demo will start afresh.")


def _start(found: Demo, children: Children, http: Outbound) -> None:
    campus = [sys.executable, "-m", "lti_mentor.demo", "--tool", found.tool]
    for name in NAMES[:-1]:
        campus += [f"--{name}-port", str(found.ports[name])]
    campus += ["--state", str(found.state / "campus")]
    children.start("campus", campus)
    _migrate(found)
    bind = found.env["LTI_MENTOR_BIND"]
    for name, command in processes(bind, web_processes=1).items():
        children.start(name, command, env=found.env)
    _register(found, _wait(found, "portal", "/platforms.json", children, http))
    _wait(found, "tool", "/readyz", children, http)


def _refuse_real_installation() -> None:
    """Keep the demo's open doors away from a database with real people in it."""
    if os.environ.get("LTI_MENTOR_DATABASE_URL"):
        raise click.ClickException(
            "LTI_MENTOR_DATABASE_URL is set: the demo does not run beside a real "
            "installation"
        )
    if os.environ.get("LTI_MENTOR_PUBLIC_URL", "").startswith("https://"):
        raise click.ClickException(
            "LTI_MENTOR_PUBLIC_URL is an https address: the demo runs on this machine "
            "only"
        )


def _ports(remembered: Path) -> dict[str, int]:
    """Return five free ports, the same as last time where they still are free."""
    try:
        ports: dict[str, int] = json.loads(remembered.read_text())
    except (OSError, ValueError):
        ports = {}
    if set(ports) == set(NAMES) and all(map(_is_free, ports.values())):
        return ports
    candidates = (port for port in range(FIRST_PORT, 65536) if _is_free(port))
    ports = {name: next(candidates) for name in NAMES}
    remembered.write_text(json.dumps(ports))
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _secret(state: Path) -> str:
    path = state / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def _migrate(found: Demo) -> None:
    load_models()
    engine = db.engine_for(found.database)
    upgrade(engine)
    engine.dispose()


def _register(found: Demo, told: dict[str, Any]) -> None:
    """Register both LMSs, with the record store and the endpoint of the campus."""
    store, endpoint = told["lrs"], told["caliper"]
    records = {
        "lrs_url": store["url"],
        "lrs_key": store["key"],
        "lrs_secret": store["secret"],
        "caliper_url": endpoint["url"],
        "caliper_key": endpoint["key"],
    }
    db.unlock((_secret(found.state),))
    engine = db.engine_for(found.database)
    with Session(engine) as session, db.transaction(session):
        for lms in told["platforms"]:
            known = dict(lms)
            known["lms_kind"] = LMSKind(known["lms_kind"])
            known["deployments"] = [known.pop("deployment_id")]
            known["origins"] = [known.pop("origin")]
            platforms.add(session, **known, **records)
    engine.dispose()


def _wait(
    found: Demo, name: str, path: str, children: Children, http: Outbound
) -> dict[str, Any]:
    """Wait until a server answers, and return what it says."""
    url = f"http://127.0.0.1:{found.ports[name]}{path}"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            answer = http.request("GET", url)
        except Outside:
            if children.stop.wait(0.1) or children.ended():
                break
        else:
            return answer.json() if path.endswith(".json") else {}
    raise click.ClickException(f"the {name} did not start")
