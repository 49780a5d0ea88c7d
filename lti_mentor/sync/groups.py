"""Which category or sub-account each course stands in, as the LMS's API tells it.

Canvas says it with each launch as well; Moodle only here. Asked for where the tool is
on by groups, and nothing else is read of a course where it is off.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_clients import LMSClient
from lti_mentor.db import transaction
from lti_mentor.jobs import service as jobs
from lti_mentor.people.models import Context
from lti_mentor.platforms.models import Reach, Registration

GROUPS = "groups"
"""Job kind that reads where courses stand."""


def request(session: Session, registration: Registration) -> bool:
    """Ask where courses stand, if that matters and there is an API to ask."""
    if registration.reach is Reach.EVERYWHERE or not registration.lms_token:
        return False
    tenant = str(registration.public_id)
    jobs.enqueue(
        session,
        GROUPS,
        key=tenant,
        payload={"registration": tenant},
        registration_id=registration.id,
    )
    return True


def read(session: Session, registration_id: int, client: LMSClient) -> int:
    """Note for every course we know where it stands; return how many were told."""
    told = {one.id: one.group_id for one in client.courses() if one.group_id}
    with transaction(session):
        known = select(Context).where(
            Context.registration_id == registration_id, Context.lms_id.is_not(None)
        )
        found = [one for one in session.scalars(known) if one.lms_id in told]
        for context in found:
            group = told[context.lms_id or ""]
            if group != context.group_id:
                context.group_id, context.group_name = group, ""
        return len(found)
