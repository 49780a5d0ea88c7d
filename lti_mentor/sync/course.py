"""Opening the ways into one course and reading it: for the worker and a command."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lms_clients.traffic import Traffic
from lti_mentor.clock import now
from lti_mentor.db import get_public, reading, transaction
from lti_mentor.errors import Conflict
from lti_mentor.lti import services
from lti_mentor.lti.services import Member, Services
from lti_mentor.mentoring.models import ProgramContext
from lti_mentor.outbound import Outbound, Reply
from lti_mentor.people import organisation
from lti_mentor.people.models import Context, ContextKind, Membership, Person, Role
from lti_mentor.platforms import lms
from lti_mentor.platforms.dialects import dialect_of
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.zones import iana
from lti_mentor.sync import groups, roster, service
from lti_mentor.sync.models import SyncState

SPREAD = timedelta(hours=4)
"""Over how long the nightly readings are spread, so that no LMS is stormed."""


class Counted(Outbound):
    """A way out that counts what goes through it."""

    def __init__(self, inner: Outbound, traffic: Traffic) -> None:
        self._inner = inner
        self._traffic = traffic

    def request(self, method: str, url: str, **options: Any) -> Reply:
        """Send one request; tries of it count as one."""
        reply = self._inner.request(method, url, **options)
        self._traffic.add(calls=1, received=len(reply.body))
        return reply


def read(
    sessions: Callable[[], Session], http: Outbound, public_id: str
) -> SyncState | None:
    """Read one course through whatever its LMS offers; None where nobody may ask.

    No transaction stays open while the LMS is asked.
    """
    traffic = Traffic()
    with sessions() as session:
        with transaction(session):
            context = get_public(session, Context, public_id)
            if context.kind is ContextKind.HUB or not context.registration.is_active:
                return None
            client = None
            with suppress(Conflict):  # no API: LTI services only
                client = lms.connect(context.registration, http, traffic)
            entries = _entries(session, context, Counted(http, traffic))
        return service.read_course(session, context, client, entries, traffic=traffic)


def read_person(
    sessions: Callable[[], Session], http: Outbound, context: str, person: str
) -> list[str]:
    """Read what one learner has done and can do in one course."""
    with sessions() as session:
        with reading(session):
            course = get_public(session, Context, context)
            learner = get_public(session, Person, person)
            if not course.registration.is_active:
                return []
            client = lms.connect(course.registration, http)
        return service.read_person(session, course, learner, client)


def ask_for_all_courses(session: Session) -> None:
    """Queue a reading of every course in use that is not over, spread over the night.

    In use is where somebody launched and the tool is on, or a program goes on. Copies
    are read like others; nothing is ever written to them.
    """
    has_program = exists().where(ProgramContext.context_id == Context.id)
    has_launched = exists().where(
        Membership.context_id == Context.id, Membership.from_launch.is_(True)
    )
    courses = select(Context, has_program).where(
        Context.kind == ContextKind.COURSE,
        Context.concluded_at.is_(None),
        or_(has_program, has_launched),
    )
    for context, is_needed in session.execute(courses).all():
        is_on = is_needed or organisation.is_on(session, context)
        if context.registration.is_active and is_on:
            later = SPREAD * random.random()  # noqa: S311 - spreads load, no secret
            service.queue(session, context, now() + later)
    for registration in session.scalars(select(Registration)):
        if registration.is_active:
            groups.request(session, registration)


def _entries(
    session: Session, context: Context, http: Outbound
) -> service.Roster | None:
    if not context.memberships_url:
        return None
    dialect = dialect_of(context.registration.lms_kind)
    asked = services.connect(session, context.registration, http)
    link = context.lti_id if dialect.own_link_tells_ids else None
    return _roster(asked, context.memberships_url, link)


def _roster(asked: Services, url: str, link: str | None) -> service.Roster:
    def entries() -> Iterator[roster.Entry]:
        for member in asked.members(url, resource_link_id=link):
            yield _entry(member)

    return entries


def _entry(member: Member) -> roster.Entry:
    return roster.Entry(
        sub=member.sub,
        role=Role(member.standing.role.value),
        name=member.name,
        email=member.email,
        lms_user_id=member.custom.get("canvas_user_id"),
        is_active=member.is_active,
        legacy_id=member.legacy_id,
        is_test=member.standing.is_test,
        zone=iana(member.custom.get("person_timezone")),
    )
