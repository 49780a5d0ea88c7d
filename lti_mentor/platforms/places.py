"""Where the tool is switched on: everywhere, or in chosen courses and groups (P30)."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentor.platforms.models import Place, PlaceKind, Reach, Registration


def chosen(session: Session, registration: Registration) -> Sequence[Place]:
    """Return the chosen courses and groups, by name."""
    query = select(Place).filter_by(registration_id=registration.id)
    return session.scalars(query.order_by(Place.kind.desc(), Place.name)).all()


def is_on(
    session: Session, registration: Registration, course: str, group: str | None
) -> bool:
    """Say whether the tool is on in a course, by its public id and its group's id."""
    if registration.reach is Reach.EVERYWHERE:
        return True
    keys = {PlaceKind.COURSE: course, PlaceKind.GROUP: group}
    wanted = [
        (Place.kind == kind) & (Place.key == key) for kind, key in keys.items() if key
    ]
    found = select(Place.id).where(Place.registration_id == registration.id)
    return any(session.scalar(found.where(one).limit(1)) for one in wanted)


def switch_on(
    session: Session, registration: Registration, kind: PlaceKind, key: str, name: str
) -> Place:
    """Switch the tool on in a course or a group; a second time changes its name."""
    place = session.scalars(
        select(Place).filter_by(registration_id=registration.id, kind=kind, key=key)
    ).first()
    if place is None:
        place = Place(registration_id=registration.id, kind=kind, key=key)
        session.add(place)
    place.name = name[:500]
    session.flush()
    return place


def switch_off(session: Session, registration: Registration, public_id: str) -> None:
    """Take a place off the list; what runs there stays, nothing new begins."""
    ours = Place.registration_id == registration.id
    for place in session.scalars(select(Place).where(ours)):
        if str(place.public_id) == public_id:
            session.execute(delete(Place).where(Place.id == place.id))
