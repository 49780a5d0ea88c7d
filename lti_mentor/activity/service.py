"""Writing down what happened, and queueing what must be told."""

from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.activity.models import (
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
    verb and is enabled on the registration is written in the same transaction.
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
    return activity


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
    if registration.lrs_url:
        return frozenset({Destination.AGS, Destination.XAPI})
    return frozenset({Destination.AGS})
