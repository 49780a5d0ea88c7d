"""A clean exit: everything of a tenant as one archive, and everything gone (P30).

Which rows are a tenant's is read from the tables themselves: those that carry its
registration, and those that belong to such a row. A table that no such path leads to
must be named in `INSTALLATION`; a test holds that list.
"""

import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.db import Base, Secret
from lti_mentor.people.models import OneUseLink, Person, WebSession
from lti_mentor.platforms.models import Registration

INSTALLATION = frozenset({"tool_key", "one_use_link"})
"""Tables of the installation itself; links of a tenant are found by what they say."""
PASSING = frozenset({"web_session", "login_state", "job"})
"""Rows that live for hours and say nothing of anybody: not taken along."""
OF_NOBODY = frozenset(
    {
        "registration",
        "deployment",
        "place",
        "context",
        "skill",
        "resource_link",
        "line_item",
        "program",
        "program_context",
        "program_skill",
        "practice_brief",
        "practice_assignment",
    }
)
"""What an organisation set up; beyond it stand people, whom its admins do not see
(D4). A new table is no part of it until somebody says so."""
ROWS_AT_ONCE = 500
NOTE = """Everything this tool kept for {name}, as of {when}.
One file a table, one row a line (JSON). Rows refer to each other by their ids.
Tokens, access keys and secrets are left out. It holds names, texts and scores: keep it
as carefully as a gradebook.
"""
NOTE_OF_NOBODY = """What {name} set up in this tool, as of {when}.
Courses, skills, programs and practices, but nobody's name, text or score.
One file a table, one row a line (JSON). Rows refer to each other by their ids.
The whole record is written by whoever runs the server:
lti-mentor platform export {id} --to <file>
"""


def _owned(tenants: Collection[int]) -> dict[Table, ColumnElement[bool]]:
    """Return every table with rows of these tenants, parents first, and which rows."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        condition = _condition(table, tenants, found)
        if condition is not None:
            found[table] = condition
    return found


def _condition(
    table: Table, tenants: Collection[int], owned: dict[Table, ColumnElement[bool]]
) -> ColumnElement[bool] | None:
    if table.name == Registration.__tablename__:
        return table.c.id.in_(tenants)
    if "registration_id" in table.c:
        return table.c.registration_id.in_(tenants)
    for key in table.foreign_keys:
        parent, column = key.column.table, key.parent
        if parent in owned and not column.nullable:
            return column.in_(select(parent.c.id).where(owned[parent]))
    return None


def tables_of_nobody() -> set[str]:
    """Return the tables that no registration leads to."""
    return {table.name for table in Base.metadata.sorted_tables} - {
        table.name for table in _owned([])
    }


def archive(connection: Connection, registration: Registration) -> Iterator[bytes]:
    """Yield a zip with all rows of a tenant; the connection is closed at the end."""
    note = NOTE.format(name=registration.name, when=now().isoformat())
    tables = _columns(registration, people=True)
    return _archived(connection, tables, note)


def archive_of_nobody(
    connection: Connection, registration: Registration
) -> Iterator[bytes]:
    """Yield a zip with what a tenant set up, without any person (see `OF_NOBODY`)."""
    about = {"name": registration.name, "when": now().isoformat()}
    note = NOTE_OF_NOBODY.format(id=registration.public_id, **about)
    tables = _columns(registration, people=False)
    return _archived(connection, tables, note)


def _columns(registration: Registration, *, people: bool) -> dict[str, Select[Any]]:
    """Return what is taken along of each table, as queries by its name."""
    found = {}
    for table, condition in _owned([registration.id]).items():
        is_wanted = people or table.name in OF_NOBODY
        columns = [c for c in table.c if _may_leave(c, people=people)]
        if is_wanted and table.name not in PASSING:
            found[table.name] = select(*columns).where(condition).order_by(*columns[:1])
    return found


def _archived(
    connection: Connection, tables: Mapping[str, Select[Any]], note: str
) -> Iterator[bytes]:
    pipe = _Pipe()
    with (
        connection,
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        packed.writestr("README.txt", note)
        for name, query in tables.items():
            with packed.open(f"{name}.jsonl", "w") as file:
                rows = connection.execute(query).mappings()
                for part in rows.partitions(ROWS_AT_ONCE):
                    file.write("".join(map(_line, part)).encode())
                    yield pipe.taken()
    yield pipe.taken()


def _may_leave(column: Column[Any], *, people: bool) -> bool:
    is_secret = isinstance(column.type, Secret) or column.name.endswith("_digest")
    names_somebody = any(
        key.column.table.name == Person.__tablename__ for key in column.foreign_keys
    )
    return not is_secret and (people or not names_somebody)


def _line(row: RowMapping) -> str:
    return json.dumps(dict(row), ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class _Pipe(io.RawIOBase):
    """Takes what is written, to be handed on piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece."""
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what came since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def revoke(session: Session, registration: Registration) -> None:
    """Switch a registration off: its secrets are forgotten, its sessions end.

    Its rows stay; an operator can switch it on again, with new secrets.
    """
    registration.is_active = False
    registration.lms_token = registration.lrs_secret = registration.lrs_key = None
    theirs = WebSession.registration_id == registration.id
    living = update(WebSession).where(theirs, WebSession.ended_at.is_(None))
    session.execute(living.values(ended_at=now()))
    session.flush()


def erase(session: Session, registration: Registration) -> dict[str, int]:
    """Delete everything of a tenant and of its test copies; return rows by table.

    What was written into the LMS stays there: columns, grades, comments, the tool's
    entry.
    """
    tenants = _with_copies(session, registration)
    _drop_links(session, tenants)
    owned = _owned(tenants)
    counts = {}
    for table, condition in reversed(owned.items()):
        counts[table.name] = _count(session, table, condition)
        session.execute(delete(table).where(condition))
    return {name: count for name, count in reversed(counts.items()) if count}


def counts(session: Session, registration: Registration) -> dict[str, int]:
    """Return how many rows of each table `erase` would delete."""
    owned = _owned(_with_copies(session, registration))
    found = {t.name: _count(session, t, condition) for t, condition in owned.items()}
    return {name: count for name, count in found.items() if count}


def _count(session: Session, table: Table, condition: ColumnElement[bool]) -> int:
    rows = select(func.count()).select_from(table).where(condition)
    return session.scalar(rows) or 0


def _with_copies(session: Session, registration: Registration) -> list[int]:
    """Return the tenant and, where it is no copy itself, its copies."""
    same = (
        (Registration.issuer == registration.issuer)
        & (Registration.client_id == registration.client_id)
        & (Registration.environment != "")
    )
    mine = Registration.id == registration.id
    wanted = mine if registration.environment else or_(mine, same)
    return list(session.scalars(select(Registration.id).where(wanted)))


def _drop_links(session: Session, tenants: Collection[int]) -> None:
    """Delete tickets of these tenants' sessions and launches."""
    owned = _owned(tenants)
    living = next(table for table in owned if table.name == "web_session")
    ours = set(session.scalars(select(living.c.id).where(owned[living])))
    for link in session.scalars(select(OneUseLink)):
        launched = link.payload.get("session") or {}
        if (
            link.payload.get("session_id") in ours
            or launched.get("registration_id") in tenants
        ):
            session.delete(link)
    session.flush()
