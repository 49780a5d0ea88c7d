"""Runs migrations on the engine the command line hands over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, TypeDecorator

from lti_mentor.cli.database import load_models
from lti_mentor.db import Base


def render_item(
    kind: str, item: object, _context: AutogenContext
) -> str | Literal[False]:
    """Write our column types as what the database knows, so that a migration
    keeps working when our classes move.
    """
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    return f"sa.{item.impl_instance!r}"


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            look_for_orphans(connection)


def look_for_orphans(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"a row of {broken[0]} points to a missing {broken[2]}")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Switch them off on SQLite, where rebuilding a parent table would cascade and
    delete its children (measured). The switch works outside transactions only.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


load_models()
engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection, without_foreign_keys(connection):
    migrate(connection)
    connection.rollback()
