"""lti-mentor config and db: what an installation is told, and where its data lives."""

import os

import click
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from lti_mentor.cli import database
from lti_mentor.config import VARIABLES, Settings
from lti_mentor.db import engine_for


@click.command()
def config() -> None:
    """Explain every setting and check those that are set."""
    for name, meaning in VARIABLES.items():
        click.echo(f"{name} ({'set' if os.environ.get(name) else 'not set'})")
        click.echo(click.wrap_text(meaning, 79, "    ", "    "))
    settings = Settings.from_env()
    address = make_url(settings.database_url).render_as_string(hide_password=True)
    click.echo(f"\nThe settings are fine. The database is {address}: ", nl=False)
    engine = engine_for(settings.database_url)
    try:
        current = database.is_current(engine)
    except SQLAlchemyError as failure:
        raise click.ClickException(
            f"it cannot be reached ({type(failure).__name__})"
        ) from None
    finally:
        engine.dispose()
    click.echo("up to date." if current else "run `lti-mentor db upgrade`.")


@click.group()
def db() -> None:
    """Create and migrate the database."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version; safe to repeat."""
    engine = engine_for(Settings.from_env().database_url)
    try:
        database.upgrade(engine)
    finally:
        engine.dispose()
    click.echo("The database is up to date.")


@db.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration for what changed in the models (for developers)."""
    click.echo(f"wrote {database.new_migration(message)}")
