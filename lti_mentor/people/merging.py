"""Making one row of two that turned out to be the same person or course (D3)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.db import Base


def merge(session: Session, kept: Base, gone: Base) -> None:
    """Move everything that points at `gone` over to `kept`, then delete `gone`.

    Where both have a row that only one may have (two memberships of one course), the
    kept one's stays.
    """
    session.flush()
    gone_id = _id(gone)
    table = Base.metadata.tables[kept.__tablename__]
    for referring in Base.metadata.sorted_tables:
        for column in referring.columns:
            if column.references(table.c.id):
                _repoint(session, column, _id(kept), gone_id)
    session.expire_all()
    session.execute(sa.delete(table).where(table.c.id == gone_id))
    session.expunge(gone)


def _repoint(session: Session, column: sa.Column[Any], kept: int, gone: int) -> None:
    table = column.table
    mine = session.scalars(
        sa.select(table.c.id).where(column == gone).order_by(table.c.id)
    ).all()
    for row_id in mine:
        one = table.c.id == row_id
        try:
            with session.begin_nested():
                session.execute(sa.update(table).where(one).values({column.name: kept}))
        except IntegrityError:
            session.execute(sa.delete(table).where(one))


def _id(row: Base) -> int:
    return int(row.id)  # type: ignore[attr-defined]
