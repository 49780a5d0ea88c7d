"""Which deliveries wait, and what was sent before."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from lti_mentor.activity.models import Activity, Delivery, DeliveryState, Destination


def waiting(
    session: Session, registration_id: int, destination: Destination, limit: int
) -> Sequence[Delivery]:
    """Return what waits for a destination, oldest first."""
    query = (
        select(Delivery)
        .where(
            Delivery.registration_id == registration_id,
            Delivery.destination == destination,
            Delivery.state == DeliveryState.WAITING,
        )
        .order_by(Delivery.id)
        .limit(limit)
        .options(joinedload(Delivery.activity))
    )
    return session.scalars(query).all()


def superseded(
    session: Session, registration_id: int, limit: int
) -> Sequence[Delivery]:
    """Return scores that wait although a later one for the same place does, too."""
    later, its = aliased(Delivery), aliased(Activity)
    same_place = (
        select(later.id)
        .join(its, its.id == later.activity_id)
        .where(
            later.registration_id == registration_id,
            later.destination == Destination.AGS,
            later.state == DeliveryState.WAITING,
            later.id > Delivery.id,
            its.object_id == Activity.object_id,
        )
    )
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Delivery.registration_id == registration_id,
            Delivery.destination == Destination.AGS,
            Delivery.state == DeliveryState.WAITING,
            same_place.exists(),
        )
        .order_by(Delivery.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def newer_waiting(session: Session, delivery: Delivery) -> bool:
    """Say whether a later score for the same place waits, too."""
    activity = delivery.activity
    query = (
        select(Delivery.id)
        .join(Activity)
        .where(
            Delivery.registration_id == delivery.registration_id,
            Delivery.destination == delivery.destination,
            Delivery.state == DeliveryState.WAITING,
            Delivery.id > delivery.id,
            Activity.object_id == activity.object_id,
        )
        .limit(1)
    )
    return session.scalar(query) is not None


def held(session: Session, activity: Activity) -> Sequence[Delivery]:
    """Return earlier scores for the same place that wait for somebody's decision."""
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Delivery.destination == Destination.AGS,
            Delivery.state == DeliveryState.HELD,
            Activity.id < activity.id,
            Activity.registration_id == activity.registration_id,
            Activity.object_id == activity.object_id,
        )
    )
    return session.scalars(query).all()


def last_sent(session: Session, activity: Activity) -> Delivery | None:
    """Return the last score that the gradebook took for the same place."""
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Delivery.destination == Destination.AGS,
            Delivery.state == DeliveryState.SENT,
            Activity.registration_id == activity.registration_id,
            Activity.object_id == activity.object_id,
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def begun(
    session: Session, activity: Activity, last: Delivery | None
) -> Sequence[Delivery]:
    """Return what was begun for the same place since, and never answered for."""
    query = (
        select(Delivery)
        .join(Activity)
        .where(
            Delivery.destination == Destination.AGS,
            Delivery.state.in_([DeliveryState.SUPERSEDED, DeliveryState.WAITING]),
            Delivery.attempts > 0,
            Activity.id < activity.id,
            Activity.registration_id == activity.registration_id,
            Activity.object_id == activity.object_id,
        )
        .options(contains_eager(Delivery.activity))
    )
    if last is not None:
        query = query.where(Delivery.id > last.id)
    return session.scalars(query).all()


def listed(
    session: Session,
    *,
    registration_id: int | None = None,
    state: DeliveryState | None = None,
    limit: int = 200,
) -> Sequence[Delivery]:
    """Return deliveries, newest first; of one tenant or all, in one state or any."""
    query = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    query = query.options(joinedload(Delivery.activity))
    if registration_id is not None:
        query = query.where(Delivery.registration_id == registration_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    return session.scalars(query).all()


def open_places(session: Session) -> Sequence[tuple[int, Destination]]:
    """Return every (registration, destination) for which something waits."""
    query = select(Delivery.registration_id, Delivery.destination).distinct()
    rows = session.execute(query.where(Delivery.state == DeliveryState.WAITING))
    return [(row[0], row[1]) for row in rows]


def waiting_count(session: Session, registration_id: int) -> int:
    """Return how much waits to be written for one tenant."""
    query = select(func.count(Delivery.id)).where(
        Delivery.registration_id == registration_id,
        Delivery.state == DeliveryState.WAITING,
    )
    return session.scalar(query) or 0
