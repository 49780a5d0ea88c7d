"""Migrations make the tables the models describe, and lose no row on the way."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from lti_mentor.cli import database
from lti_mentor.db import engine_for
from lti_mentor.errors import Conflict

PARENT_AND_CHILD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "a1", None
def upgrade():
    op.create_table("up", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "low", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("up_id", sa.Integer, sa.ForeignKey("up.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO up VALUES (1)")
    op.execute("INSERT INTO low VALUES (1, 1)")
"""
REBUILD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "a2", "a1"
def upgrade():
    with op.batch_alter_table("up", recreate="always") as batch:
        batch.add_column(sa.Column("name", sa.String))
"""
ORPHAN = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "a2", "a1"
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("DELETE FROM up")
"""


def run(engine: sa.Engine, folder: Path, *scripts: str) -> None:
    for number, script in enumerate(scripts):
        (folder / f"{number}.py").write_text(script)
    config = database.config(engine)
    config.set_main_option("version_locations", str(folder))
    command.upgrade(config, "head")


def count(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(rows.scalar_one())


def test_migrations_and_models_agree(empty_url: str) -> None:
    engine = engine_for(empty_url)

    database.upgrade(engine)

    assert database.is_current(engine)
    database.check(engine)
    engine.dispose()


def test_an_upgrade_may_be_repeated(empty_url: str) -> None:
    engine = engine_for(empty_url)

    database.upgrade(engine)
    database.upgrade(engine)

    assert database.is_current(engine)
    engine.dispose()


def test_a_difference_is_told(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/t.db")
    database.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE extra (id INTEGER PRIMARY KEY)")

    with pytest.raises(Conflict, match=r"db\.differs"):
        database.check(engine)
    engine.dispose()


def test_rebuilding_a_parent_table_keeps_its_children(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/t.db")

    run(engine, tmp_path, PARENT_AND_CHILD, REBUILD)

    assert (count(engine, "up"), count(engine, "low")) == (1, 1)
    engine.dispose()


def test_a_migration_that_leaves_orphans_is_undone_whole(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/t.db")
    run(engine, tmp_path, PARENT_AND_CHILD)

    with pytest.raises(RuntimeError, match="a row of low points to a missing up"):
        run(engine, tmp_path, PARENT_AND_CHILD, ORPHAN)

    assert (count(engine, "up"), count(engine, "low")) == (1, 1)
    assert not sa.inspect(engine).has_table("half")
    engine.dispose()


def test_foreign_keys_are_on_again_after_a_migration(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path}/t.db")

    run(engine, tmp_path, PARENT_AND_CHILD)

    with engine.connect() as connection:
        state = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    assert state == 1
    engine.dispose()
