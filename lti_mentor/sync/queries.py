"""What we know of a course, and since when: the readiness card (P29)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.skills.models import ContextSkill, CourseCompletion, SkillLevel
from lti_mentor.sync.models import SyncRun


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts of what the LMS really told us about one course."""

    members: int
    learners: int
    completions: int
    """Learners of whom the LMS said whether they completed the course."""
    skills: int
    leveled: int
    """Learners of whom the LMS said at least one level."""
    by_launch: int
    """Members who have been here themselves."""
    with_address: int
    """Members with an e-mail address."""
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
        return self._has_read({"roster"})

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


def runs(session: Session, context: Context, most: int = 10) -> Sequence[SyncRun]:
    """Return the newest readings of a course."""
    query = (
        select(SyncRun)
        .filter_by(context_id=context.id)
        .order_by(SyncRun.id.desc())
        .limit(most)
    )
    return session.scalars(query).all()


def readiness(session: Session, context: Context) -> Readiness:
    """Count what is known of a course; four queries."""
    active = (Membership.context_id == context.id) & Membership.is_active
    learner = active & (Membership.role == Role.LEARNER)
    learners = select(Membership.person_id).where(learner)
    people = session.execute(
        select(
            func.count(Membership.id),
            func.count(Membership.id).filter(Membership.role == Role.LEARNER),
            func.count(Person.last_seen),
            func.count(Person.email),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(active)
    ).one()
    said = session.execute(
        select(
            select(func.count(CourseCompletion.id))
            .where(
                CourseCompletion.context_id == context.id,
                CourseCompletion.person_id.in_(learners),
            )
            .scalar_subquery(),
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
            Person.last_seen.is_(None),
            Person.email.is_(None),
            Person.is_test.is_(False),
        )
        .order_by(Person.name)
    )
    return Readiness(
        locked_out=session.scalars(unreached).all(),
        members=people[0],
        learners=people[1],
        completions=said[0],
        skills=said[1],
        leveled=said[2],
        by_launch=people[2],
        with_address=people[3],
        run=newest_run(session, context),
        has_roster=bool(context.memberships_url),
        has_api=bool(context.registration.lms_token),
    )
