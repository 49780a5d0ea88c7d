"""Being told of copied courses: each installation is asked once, and seen to daily."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.crypto import digest
from lti_mentor.jobs import service as jobs
from lti_mentor.jobs.models import Job
from lti_mentor.lti import notices
from lti_mentor.lti.claims import NoticesClaim
from lti_mentor.platforms import origins
from lti_mentor.platforms.models import Feature, Registration
from lti_mentor.sync.findings import Door

LISTEN = "notices"
"""Job kind that tries this row of Setup and health, and so asks to be told."""
EVERY = timedelta(days=1)
"""How often, at most, we look whether we are still told, or ask who refused again."""


def request(
    session: Session, registration: Registration, deployment_id: str, told: NoticesClaim
) -> None:
    """Have a worker ask this installation, where it can tell what we want to know.

    A copy is asked for nothing, and nobody while an admin has paused all writing.
    """
    kinds = [kind for kind in notices.WANTED if kind in told.kinds]
    if notices.COPIED not in kinds or not registration.is_written_to:
        return
    tenant = str(registration.public_id)
    url = origins.upgraded(registration, told.url)
    jobs.schedule(
        session,
        LISTEN,
        key=f"{tenant}/{digest(deployment_id)[:16]}",
        every=EVERY,
        payload={
            "registration": tenant,
            "feature": Feature.NOTICES.value,
            "url": url,
            "kinds": kinds,
        },
        registration_id=registration.id,
    )


def doors(session: Session, registration: Registration) -> tuple[Door, ...]:
    """Return where launches said that we may ask, one an installation."""
    asked = select(Job.payload).where(
        Job.kind == LISTEN, Job.registration_id == registration.id
    )
    rows = session.scalars(asked.order_by(Job.id))
    return tuple(Door(row["url"], tuple(row["kinds"])) for row in rows)
