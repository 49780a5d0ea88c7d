"""What a launch into a course brings about, before the first page is shown."""

from typing import Any

from sqlalchemy.orm import Session

from lti_mentor.lti.claims import Launch, MessageType
from lti_mentor.people import organisation
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import STAFF, Context, ContextKind, Role
from lti_mentor.practice import briefs, service
from lti_mentor.sync import groups
from lti_mentor.sync import queries as sync
from lti_mentor.sync import service as sync_service
from lti_mentor.sync.models import SyncState


def prepare(session: Session, arrival: Arrival, launch: Launch) -> dict[str, Any]:
    """Place a deep-linked practice, begin a learner's work, read a new course.

    Returns what the session should remember of it: public ids only.
    """
    if arrival.context is None or arrival.context.kind is ContextKind.HUB:
        return {}
    if arrival.role in STAFF:
        _ask_the_lms(session, arrival.context)
    elif arrival.membership and organisation.is_on(session, arrival.context):
        sync_service.request_person(session, arrival.membership)
    if launch.message is MessageType.RESOURCE and "practice" in launch.custom:
        return _practice(session, arrival, launch.custom["practice"])
    return {}


def _ask_the_lms(session: Session, context: Context) -> None:
    """Have a new course read; where the tool is off, only where the course stands."""
    if not organisation.is_on(session, context):
        groups.request(session, context.registration)
    elif _is_unread(session, context):
        sync_service.request(session, context)


def _is_unread(session: Session, context: Context) -> bool:
    """Say whether nobody asked for a reading yet, or none could see the roster.

    Some platforms tell the roster's address in resource launches only, and the first
    launch of a course may be a content selection.
    """
    run = sync.newest_run(session, context)
    if run is None:
        return True
    is_over = run.state not in {SyncState.WAITING, SyncState.RUNNING}
    tried = {*run.done, *run.counts, *run.problems}
    return is_over and bool(context.memberships_url) and "roster" not in tried


def _practice(session: Session, arrival: Arrival, practice: str) -> dict[str, Any]:
    if arrival.resource_link is None:
        return {}
    assignment = briefs.place(
        session, arrival.resource_link, practice, arrival.line_item
    )
    if assignment is None:
        return {}
    known = {"assignment": str(assignment.public_id)}
    if arrival.role is Role.LEARNER and not arrival.is_read_only:
        work = service.begin(session, assignment, arrival.person)
        known["work"] = str(work.public_id)
    return known
