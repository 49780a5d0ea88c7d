"""lti-mentor platform export and erase: the clean exit of a whole LMS (P30)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.orm import Session

from lti_mentor.cli.opened import database_engine, show, writing
from lti_mentor.db import get_public
from lti_mentor.platforms.models import Registration
from lti_mentor.privacy import leaving


@click.command()
@click.argument("public_id", metavar="ID")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; it must not be there yet.",
)
def export(public_id: str, to: Path) -> None:
    """Write everything kept for one LMS into a zip file; no secrets are in it.

    ID is the first column of `platform list`.
    """
    with database_engine() as engine, Session(engine) as session:
        registration = get_public(session, Registration, public_id)
        with _fresh(to) as file:
            file.writelines(leaving.archive(engine.connect(), registration))
        click.echo(f"{registration.name} is in {to.name}. Keep it like a gradebook.")


@contextmanager
def _fresh(path: Path) -> Iterator[BinaryIO]:
    """Open a file that nobody else can read and that was not there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as wrong:
        raise click.ClickException(f"{path.name}: {wrong.strerror}") from None
    with os.fdopen(handle, "wb") as file:
        yield file


@click.command()
@click.argument("public_id", metavar="ID")
@click.option("--name", help="Its name, to say that you mean it.")
def erase(public_id: str, name: str | None) -> None:
    """Delete everything kept for one LMS and its test copies, for good.

    ID is the first column of `platform list`.
    """
    with writing() as session:
        registration = get_public(session, Registration, public_id)
        typed = name or click.prompt(f"Type {registration.name} to erase it")
        if typed.strip() != registration.name:
            raise click.ClickException("That is not its name; nothing was erased.")
        show(("table", "rows"), leaving.erase(session, registration).items())
