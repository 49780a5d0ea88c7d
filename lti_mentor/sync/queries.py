"""What we know of a course, and since when: the readiness card (P29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.people.reach import has_no_way_in
from lti_mentor.people.sections import Sections, within
from lti_mentor.skills.models import ContextSkill, CourseCompletion, SkillLevel
from lti_mentor.sync.models import SyncRun

RECENT = 5
"""Readings that are looked through for something a single one may lack."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts of what the LMS really told us about one course."""

    members: int
    learners: int
    completions: int
    """Learners of whom the LMS said whether they completed the course."""
    by_word: int
    """Learners who completed it by the instructor's word."""
    skills: int
    leveled: int
    """Learners of whom the LMS said at least one level."""
    by_launch: int
    """Members who have been here themselves."""
    by_mail: int
    """Members who have not, and whom a mail reaches."""
    run: SyncRun | None
    has_roster: bool
    """LTI told us where the roster is."""
    has_api: bool
    """An LMS API token is there."""
    locked_out: Sequence[str] = ()
    """Names of learners whom nothing reaches: never here, and without an address."""

    @property
    def rows(self) -> int:
        """Count the rows of the last reading."""
        return sum(self.run.counts.values()) if self.run else 0

    @property
    def through_roster(self) -> bool:
        """Say whether the last reading had LTI's own roster."""
        return self.run is not None and self.run.has_roster

    @property
    def through_api(self) -> bool:
        """Say whether the last reading had something of the LMS's API."""
        return self._has_read({"members", "completions", "skills", "levels"})

    def _has_read(self, parts: set[str]) -> bool:
        read = self.run.counts.keys() - self.run.problems.keys() if self.run else ()
        return not parts.isdisjoint(read)


def newest_run(session: Session, context: Context) -> SyncRun | None:
    """Return the last reading of a course, running or done."""
    query = (
        select(SyncRun)
        .filter_by(context_id=context.id)
        .order_by(SyncRun.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def roster_read_at(
    session: Session, context: Context, since: datetime
) -> datetime | None:
    """Return when a reading with LTI's whole roster last ended, if since then."""
    query = (
        select(SyncRun)
        .where(SyncRun.context_id == context.id, SyncRun.finished_at > since)
        .order_by(SyncRun.id.desc())
    )
    known = (run.finished_at for run in session.scalars(query) if run.read_roster)
    return next(known, None)


def newest_listing(session: Session, context: Context) -> SyncRun | None:
    """Return the newest reading that found other courses by their names."""
    recent = runs(session, context, RECENT)
    return next((run for run in recent if run.others), None)


def runs(session: Session, context: Context, most: int = 10) -> Sequence[SyncRun]:
    """Return the newest readings of a course."""
    query = (
        select(SyncRun)
        .filter_by(context_id=context.id)
        .order_by(SyncRun.id.desc())
        .limit(most)
    )
    return session.scalars(query).all()


def readiness(
    session: Session, context: Context, sections: Sections = None
) -> Readiness:
    """Count what is known of a course; four queries.

    Numbers are of the whole course, names of the sections the reader sees only (D4).
    """
    active = (Membership.context_id == context.id) & Membership.is_active
    learner = active & (Membership.role == Role.LEARNER)
    learners = select(Membership.person_id).where(learner)
    people = session.execute(
        select(
            func.count(Membership.id),
            func.count(Membership.id).filter(Membership.role == Role.LEARNER),
            func.count(Person.last_seen),
            func.count(Person.id).filter(Person.last_seen.is_(None), ~has_no_way_in()),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(active)
    ).one()

    def completions(*, by_rule: bool) -> ScalarSelect[int]:
        return (
            select(func.count(CourseCompletion.id))
            .where(
                CourseCompletion.context_id == context.id,
                CourseCompletion.person_id.in_(learners),
                CourseCompletion.by_rule.is_(by_rule),
            )
            .scalar_subquery()
        )

    said = session.execute(
        select(
            completions(by_rule=False),
            completions(by_rule=True),
            select(func.count(ContextSkill.id))
            .where(ContextSkill.context_id == context.id)
            .scalar_subquery(),
            select(func.count(func.distinct(SkillLevel.person_id)))
            .where(SkillLevel.person_id.in_(learners))
            .scalar_subquery(),
        )
    ).one()
    unreached = (
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            learner,
            has_no_way_in(),
            within(Membership.person_id, context, sections),
        )
        .order_by(Person.name)
    )
    return Readiness(
        locked_out=session.scalars(unreached).all(),
        members=people[0],
        learners=people[1],
        completions=said[0],
        by_word=said[1],
        skills=said[2],
        leveled=said[3],
        by_launch=people[2],
        by_mail=people[3],
        run=newest_run(session, context),
        has_roster=bool(context.memberships_url),
        has_api=bool(context.registration.lms_token),
    )
