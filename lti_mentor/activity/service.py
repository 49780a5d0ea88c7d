"""Writing down what happened, and queueing what must be told."""

from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.activity.models import (
    ANNOUNCED,
    DESTINATIONS,
    Activity,
    Delivery,
    Destination,
    Verb,
)
from lti_mentor.db import Base
from lti_mentor.jobs import service as jobs
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration

DELIVER = "deliver"
"""Job kind that works off one registration's deliveries to one destination."""
TELL = "notices.tell"
"""Job kind that tells people of one activity."""


def record(  # noqa: PLR0913 - an activity is a sentence: who, verb, what, about, where
    session: Session,
    verb: Verb,
    thing: Base,
    *,
    registration: Registration,
    actor: Person | None = None,
    learner: Person | None = None,
    context: Context | None = None,
    **data: Any,
) -> Activity:
    """Write down that `actor` did `verb` to `thing`, and what must be told of it.

    `data` holds codes and numbers only. One Delivery per destination that takes the
    verb and is enabled on the registration is written in the same transaction, and so
    is the job that tells the people it concerns.
    """
    session.flush()  # the thing needs its public id
    activity = Activity(
        registration_id=registration.id,
        verb=verb,
        actor_id=actor and actor.id,
        learner_id=learner and learner.id,
        context_id=context and context.id,
        object_type=thing.__tablename__,
        object_id=thing.public_id,  # type: ignore[attr-defined]
        data=data,
    )
    session.add(activity)
    _tell(session, activity, registration)
    if verb in ANNOUNCED:
        _announce(session, activity)
    return activity


def _announce(session: Session, activity: Activity) -> None:
    session.flush()  # the activity needs its public id
    told = str(activity.public_id)
    jobs.enqueue(
        session,
        TELL,
        key=told,
        payload={"activity": told},
        registration_id=activity.registration_id,
    )


def _tell(session: Session, activity: Activity, registration: Registration) -> None:
    wanted = DESTINATIONS.get(activity.verb, frozenset())
    destinations = sorted(wanted & _enabled(registration))
    for destination in destinations:
        session.add(
            Delivery(
                activity=activity,
                registration_id=registration.id,
                destination=destination,
            )
        )
        queue_delivery(session, registration, destination)


def queue_delivery(
    session: Session, registration: Registration, destination: Destination
) -> None:
    """Ask the worker to work off this registration's deliveries to one destination.

    A job each, so that a record store that is down holds up no grade.
    """
    jobs.enqueue(
        session,
        DELIVER,
        key=f"{registration.id}/{destination}",
        payload={"destination": destination.value},
        registration_id=registration.id,
    )


def _enabled(registration: Registration) -> frozenset[Destination]:
    """AGS is always on: whether a grade can be written is the line item's question."""
    addresses = {
        Destination.XAPI: registration.lrs_url,
        Destination.CALIPER: registration.caliper_url,
    }
    set_up = {place for place, address in addresses.items() if address}
    return frozenset({Destination.AGS} | set_up)
