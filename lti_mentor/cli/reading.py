"""lti-mentor sync."""

import json
from typing import Any

import click
from sqlalchemy.orm import Session, sessionmaker

from lti_mentor.cli.opened import database_engine, show
from lti_mentor.config import Settings
from lti_mentor.db import get_public, reading
from lti_mentor.errors import Conflict, Outside
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context
from lti_mentor.sync import course, queries
from lti_mentor.sync.models import SyncRun, SyncState

COLUMNS = ("calls", "bytes", "rows", "seconds", "database", "waited")


@click.command()
@click.option("--context", "public_id", required=True, help="The course's public id.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def sync(public_id: str, *, as_json: bool) -> None:
    """Read a course from its LMS now, and say what it cost, part by part.

    Ends with 0 where something was read, and with 1 and a code where nothing was.
    """
    settings = Settings.from_env()
    http = Outbound(settings.private_platforms, settings.user_agent)
    with database_engine() as engine:
        sessions = sessionmaker(engine, expire_on_commit=False)
        if course.read(sessions, http, public_id) is None:
            raise Conflict("sync.not_read")
        with sessions() as session, reading(session):
            told = _told(session, public_id)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        _say(told)
    if told["state"] == SyncState.FAILED:
        problems = told["problems"].values()
        codes = ", ".join(sorted({problem["code"] for problem in problems}))
        code = "sync.failed" if codes else "sync.no_way"
        raise Outside(code, **({"problems": codes} if codes else {}))


def _say(told: dict[str, Any]) -> None:
    click.echo(f"{told['state']}: what was read")
    show(
        ("part", *COLUMNS),
        ([part, *(cost[c] for c in COLUMNS)] for part, cost in told["parts"].items()),
    )
    for part, problem in told["problems"].items():
        click.echo(f"{part}: {problem['code']} {problem['missing']}".rstrip())


def _told(session: Session, public_id: str) -> dict[str, Any]:
    run = queries.newest_run(session, get_public(session, Context, public_id))
    assert run is not None  # noqa: S101 - it was just read
    parts = {part: _cost(run, part) for part in run.costs}
    return {
        "state": run.state.value,
        "parts": parts,
        "total": {c: round(sum(one[c] for one in parts.values()), 3) for c in COLUMNS},
        "problems": run.problems,
    }


def _cost(run: SyncRun, part: str) -> dict[str, Any]:
    cost: dict[str, Any] = run.costs[part]
    return {**cost, "rows": run.counts.get(part, 0)}
