"""Where the tool is used in an organisation, course by course; nobody by name (D4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Delivery, DeliveryState
from lti_mentor.mentoring.models import Program, ProgramContext, ProgramState
from lti_mentor.people.models import STAFF, Context, Membership, Person, WebSession
from lti_mentor.people.queries import courses
from lti_mentor.platforms.models import Registration
from lti_mentor.sync.models import SyncRun, SyncState

FAILING = (DeliveryState.DEAD, DeliveryState.HELD)
"""What does not go out by itself any more."""


@dataclass(frozen=True, slots=True)
class CourseUse:
    """What an organisation admin sees of one course."""

    course: Context
    programs: tuple[ProgramState, ...] = ()
    learners: int = 0
    staff: int = 0
    last_seen: datetime | None = None
    """When a launch from this course was last used."""
    failing: int = 0
    """Records that wait for somebody's decision."""
    read_at: datetime | None = None
    read_as: SyncState | None = None

    @property
    def has_trouble(self) -> bool:
        """Say whether something there needs a look."""
        is_unread = self.read_as in {SyncState.FAILED, SyncState.PARTIAL}
        return bool(self.failing) or is_unread


def by_course(session: Session, registration: Registration) -> list[CourseUse]:
    """Return every course of a registration: one query for each fact, not for each."""
    tenant = registration.id
    people = _people(session, tenant)
    seen = _pairs(session, _last_seen(tenant))
    failing = _pairs(session, _failing(tenant))
    read = _last_runs(session, tenant)
    programs = _programs(session, tenant)
    return [
        CourseUse(
            course=course,
            programs=programs.get(course.id, ()),
            learners=people.get(course.id, (0, 0))[0],
            staff=people.get(course.id, (0, 0))[1],
            last_seen=seen.get(course.id),
            failing=failing.get(course.id, 0),
            read_at=read[course.id][1] if course.id in read else None,
            read_as=read[course.id][0] if course.id in read else None,
        )
        for course in courses(session, registration)
    ]


def _pairs(session: Session, query: Select[Any, Any]) -> dict[int, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


def _people(session: Session, tenant: int) -> dict[int, tuple[int, int]]:
    """Count learners and staff of each course, as the LMS or launches told them."""
    is_staff = Membership.role.in_(STAFF)
    query = (
        select(
            Membership.context_id,
            _count(~is_staff),
            _count(is_staff),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            Person.registration_id == tenant,
            Person.is_test.is_(False),
            Membership.is_active,
        )
        .group_by(Membership.context_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _count(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((what, 1), else_=0))


def _last_seen(tenant: int) -> Select[Any, Any]:
    return (
        select(WebSession.context_id, func.max(WebSession.last_seen))
        .where(WebSession.registration_id == tenant)
        .group_by(WebSession.context_id)
    )


def _failing(tenant: int) -> Select[Any, Any]:
    return (
        select(Activity.context_id, func.count(Delivery.id))
        .join(Activity, Activity.id == Delivery.activity_id)
        .where(Delivery.registration_id == tenant, Delivery.state.in_(FAILING))
        .group_by(Activity.context_id)
    )


def _last_runs(
    session: Session, tenant: int
) -> dict[int, tuple[SyncState, datetime | None]]:
    newest = (
        select(func.max(SyncRun.id))
        .join(Context, Context.id == SyncRun.context_id)
        .where(Context.registration_id == tenant)
        .group_by(SyncRun.context_id)
    )
    query = select(SyncRun.context_id, SyncRun.state, SyncRun.finished_at).where(
        SyncRun.id.in_(newest)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _programs(session: Session, tenant: int) -> dict[int, tuple[ProgramState, ...]]:
    query = (
        select(ProgramContext.context_id, Program.state)
        .join(Program, Program.id == ProgramContext.program_id)
        .where(Program.registration_id == tenant)
        .order_by(Program.id)
    )
    found: dict[int, tuple[ProgramState, ...]] = {}
    for context_id, state in session.execute(query):
        found[context_id] = (*found.get(context_id, ()), state)
    return found


def totals(rows: Sequence[CourseUse]) -> dict[str, int]:
    """Return sums for the head of the page."""
    return {
        "courses": len(rows),
        "running": _sum(ProgramState.RUNNING in row.programs for row in rows),
        "failing": sum(row.failing for row in rows),
        "troubled": _sum(row.has_trouble for row in rows),
    }


def _sum(found: Iterable[bool]) -> int:
    return sum(1 for one in found if one)
