"""Reading a course from its LMS: outside any transaction, kept page by page.

A part that fails leaves what was there before and says so on the run; a partial
reading never removes anybody.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms_clients import Course, LMSClient, LMSError, NoRules
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import MentorError
from lti_mentor.jobs import service as jobs
from lti_mentor.people.family import family_of
from lti_mentor.people.models import Context, ContextKind
from lti_mentor.sync import people, queries, roster
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.parts import COURSE, Part, keep_activities

log = logging.getLogger(__name__)
SYNC = "sync"
"""Job kind that reads one course."""
PAGE = 200
"""Rows kept in one transaction."""
SMALL_COURSE = 100
"""Learners up to whom everybody's activities are read."""
EARLIER_OFFERINGS = 3
"""How many earlier offerings of a course are read for graduates."""
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)

Roster = Callable[[], Iterator[roster.Entry]]


def request(session: Session, context: Context) -> SyncRun | None:
    """Ask for a reading of this course; hubs are never read (D5)."""
    if context.kind is ContextKind.HUB:
        return None
    run = SyncRun(context_id=context.id)
    session.add(run)
    session.flush()
    jobs.enqueue(
        session,
        SYNC,
        key=str(context.public_id),
        payload={"context": str(context.public_id)},
        registration_id=context.registration_id,
    )
    return run


def read_course(
    session: Session,
    context: Context,
    client: LMSClient | None,
    nrps: Roster | None,
    alive: Callable[[], None] = lambda: None,
) -> SyncState:
    """Read a course through NRPS and the LMS API, whichever are there.

    `alive` is called after each page; a job renews its lease with it.
    """
    run_id, context_id, course = _start(session, context)
    reading = _Reading(session, run_id, context_id, alive)
    if nrps is not None:
        reading.roster(nrps)
    if client is not None and course:
        for part in COURSE:
            reading.part(part, client, course, context_id)
        reading.activities(client, course)
        reading.earlier(client)
    return reading.finish()


def _start(session: Session, context: Context) -> tuple[int, int, str | None]:
    """Take up the run that waits, or the one a lost worker left half-way."""
    with transaction(session):
        open_runs = (
            select(SyncRun)
            .where(
                SyncRun.context_id == context.id,
                SyncRun.state.in_([SyncState.WAITING, SyncState.RUNNING]),
            )
            .order_by(SyncRun.id.desc())
        )
        runs = session.scalars(open_runs).all()
        run = runs[0] if runs else SyncRun(context_id=context.id)
        session.add(run)
        for other in runs[1:]:
            session.delete(other)
        run.state, run.started_at = SyncState.RUNNING, now()
        run.part, run.counts, run.problems = None, {}, {}
        session.flush()
        return run.id, context.id, context.lms_id


class _Reading:
    """One run under way: every part counted, every failure kept in words."""

    def __init__(
        self, session: Session, run_id: int, context_id: int, alive: Callable[[], None]
    ) -> None:
        self.session = session
        self.run_id = run_id
        self.context_id = context_id
        self.alive = alive
        self.counts: dict[str, int] = {}

    def roster(self, entries: Roster) -> None:
        """Read names and roles through LTI, which needs no LMS token."""

        def keep(page: Sequence[roster.Entry], context: Context) -> None:
            roster.keep(self.session, context, page)

        seen = self._read("roster", self.context_id, entries, keep)
        if seen is not None:
            with transaction(self.session):
                context = self.session.get_one(Context, self.context_id)
                roster.end(self.session, context, seen)

    def part(self, part: Part, client: LMSClient, course: str, context_id: int) -> None:
        """Read one part through the LMS API."""

        def keep(page: Sequence[Any], context: Context) -> None:
            part.keep(self.session, context, page)

        name = part.name if context_id == self.context_id else f"earlier_{part.name}"
        rows = self._read(name, context_id, lambda: part.read(client, course), keep)
        if rows is not None and part.ends is not None:
            with transaction(self.session):
                context = self.session.get_one(Context, context_id)
                part.ends(self.session, context, rows)

    def activities(self, client: LMSClient, course: str) -> None:
        """Read who did which activity: of everybody, or of those who take part.

        Moodle and Canvas answer this for one learner a call, so a large course is
        asked only about the people of its programs.
        """
        with transaction(self.session):
            context = self.session.get_one(Context, self.context_id)
            asked = queries.whose_activities(self.session, context, SMALL_COURSE)
        if not asked:
            return

        def keep(page: Sequence[Any], context: Context) -> None:
            keep_activities(self.session, context, page)

        def rows() -> Iterator[Any]:
            for person_id in asked:
                yield from client.activity_completions(course, person_id)

        self._read("activities", self.context_id, rows, keep)

    def earlier(self, client: LMSClient) -> None:
        """Read earlier offerings of this course: last term's graduates (P27)."""
        with transaction(self.session):
            context = self.session.get_one(Context, self.context_id)
            context.family = context.family or family_of(context.label or context.title)
            family, own = context.family, context.lms_id
        if not family:
            return
        found: list[tuple[datetime, int, str]] = []
        began = [LATEST]

        def keep(page: Sequence[Course], context: Context) -> None:
            for course in page:
                if course.id == own:
                    context.starts_at, context.ends_at = (
                        course.starts_at,
                        course.ends_at,
                    )
                    began.append(course.starts_at or LATEST)
                elif family_of(course.short_name) == family:
                    row = _offering(self.session, context, course)
                    found.append((course.starts_at or EARLIEST, row.id, course.id))

        self._read("courses", self.context_id, client.courses, keep)
        before = sorted(offering for offering in found if offering[0] < began[-1])
        for _, context_id, course_id in before[-EARLIER_OFFERINGS:]:
            for part in COURSE:
                self.part(part, client, course_id, context_id)

    def _read(
        self,
        name: str,
        context_id: int,
        rows: Callable[[], Iterable[Any]],
        keep: Callable[[Sequence[Any], Context], None],
    ) -> set[str] | None:
        """Keep page after page; return the ids seen, None when it broke off."""
        seen: set[str] = set()
        counted = self.counts.get(name, 0)
        self._note(part=name)
        try:
            for page in _pages(rows()):
                with transaction(self.session):
                    keep(page, self.session.get_one(Context, context_id))
                seen |= {row.id for row in page if hasattr(row, "id")}
                counted += len(page)
                self._note(part=name, counted=counted)
                self.alive()
        except NoRules:  # a normal state: the course counts nothing as completed
            log.info("sync.no_rules %s", name)
        except (LMSError, MentorError) as problem:
            self._note(part=name, counted=counted, problem=_words(problem))
            return None
        self._note(part=name, counted=counted)
        return seen

    def _note(
        self,
        *,
        part: str,
        counted: int | None = None,
        problem: dict[str, Any] | None = None,
    ) -> None:
        with transaction(self.session):
            run = self.session.get_one(SyncRun, self.run_id)
            run.part = part
            if counted is not None:
                self.counts[part] = counted
                run.counts = dict(self.counts)
            if problem is not None:
                log.warning("sync.part_failed %s %s", part, problem["code"])
                run.problems = {**run.problems, part: problem}

    def finish(self) -> SyncState:
        """Say how it went; with nobody to ask, nothing was read."""
        with transaction(self.session):
            run = self.session.get_one(SyncRun, self.run_id)
            read = [p for p in run.counts if p not in run.problems]
            run.state = SyncState.DONE if read else SyncState.FAILED
            if run.problems and read:
                run.state = SyncState.PARTIAL
            run.part, run.finished_at = None, now()
            return run.state


def _pages(rows: Iterable[Any]) -> Iterator[list[Any]]:
    items = iter(rows)
    while page := list(islice(items, PAGE)):
        yield page


def _words(problem: LMSError | MentorError) -> dict[str, Any]:
    if isinstance(problem, LMSError):
        return {
            "code": type(problem).__name__.lower(),
            "status": problem.status,
            "missing": problem.missing,
        }
    return {"code": problem.code, "status": None, "missing": ""}


def _offering(session: Session, context: Context, course: Course) -> Context:
    """Return our row for another offering the LMS lists."""
    lti_id = people.subject_of(context, course.id)  # Moodle: one id for both, too
    known = select(Context).where(
        Context.registration_id == context.registration_id,
        or_(Context.lms_id == course.id, Context.lti_id == (lti_id or "")),
    )
    row = session.scalars(known).first()
    if row is None:
        row = Context(
            registration_id=context.registration_id,
            lti_id=lti_id,
            title=course.name[:500],
            label=course.short_name[:255],
        )
        session.add(row)
    row.lms_id, row.family = course.id, context.family
    _dates(row, course)
    session.flush()
    return row


def _dates(row: Context, course: Course) -> None:
    row.starts_at, row.ends_at = course.starts_at, course.ends_at
