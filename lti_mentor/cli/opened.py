"""What a command needs: settings, a session, a table on the screen."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_mentor import db
from lti_mentor.cli.database import load_models
from lti_mentor.config import Settings


@contextmanager
def writing() -> Iterator[Session]:
    """Open the configured database for one unit of work."""
    with (
        database_engine() as engine,
        Session(engine) as session,
        db.transaction(session),
    ):
        yield session


@contextmanager
def database_engine() -> Iterator[Engine]:
    """Open the configured database, with its secrets readable."""
    settings = Settings.from_env()
    db.unlock(settings.secret_keys)
    load_models()
    engine = db.engine_for(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def log_to_stderr() -> None:
    """Log what we do, and of others only what is wrong; times are UTC."""
    lines = logging.Formatter(
        "%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    lines.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("lti_mentor").setLevel(logging.INFO)


def show(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings, in columns as wide as they need."""
    lines = [
        ["" if cell is None else str(cell) for cell in row] for row in (headings, *rows)
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        cells = zip(line, widths, strict=True)
        click.echo("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
