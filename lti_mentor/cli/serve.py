"""lti-mentor run: pages and jobs, each in processes of their own."""

import sys

import click

from lti_mentor.cli.children import Children
from lti_mentor.cli.database import require_current
from lti_mentor.config import Settings

GUNICORN = (
    *("--worker-class", "gthread", "--threads", "4", "--timeout", "60"),
    *("--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"),
)
"""Threads, because pages wait for the database, not for the processor."""


def processes(bind: str, web_processes: int) -> dict[str, list[str]]:
    """Return the commands that make up the tool: pages, and the worker."""
    pages = [sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", bind]
    pages += ["--workers", str(web_processes), "lti_mentor.cli.web:web()"]
    return {"web": pages, "worker": [sys.executable, "-m", "lti_mentor", "worker"]}


@click.command()
def run() -> None:
    """Serve pages and work off jobs, until SIGTERM or Ctrl-C."""
    settings = Settings.from_env()
    require_current(settings.database_url)
    with Children() as children:
        for name, command in processes(settings.bind, settings.web_processes).items():
            children.start(name, command)
        click.echo(f"lti-mentor is at {settings.public_url} (bound to {settings.bind})")
        ended = children.wait()
    if ended is not None:
        raise click.ClickException(f"the {ended} process ended; see its messages above")
