"""Receipts: what was written about somebody, where, when, and what was not (P18)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_mentor.activity.models import Activity, Delivery, Destination
from lti_mentor.practice.models import PracticeWork


def of_work(session: Session, work: PracticeWork) -> Sequence[Delivery]:
    """Return everything told to other systems about one practice, newest first."""
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Activity.object_type == PracticeWork.__tablename__,
            Activity.object_id == work.public_id,
        )
        .order_by(Delivery.id.desc())
        .options(joinedload(Delivery.activity))
    )
    return session.scalars(query).all()


def newest_scores(session: Session, works: Collection[UUID]) -> dict[UUID, Delivery]:
    """Return the newest grade delivery of each of these works: one query."""
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Delivery.destination == Destination.AGS,
            Activity.object_type == PracticeWork.__tablename__,
            Activity.object_id.in_(works),
        )
        .order_by(Delivery.id)
        .options(joinedload(Delivery.activity))
    )
    return {row.activity.object_id: row for row in session.scalars(query)}
