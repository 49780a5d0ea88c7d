"""One run under way: every page in a transaction, every failure kept in words.

A run that a lost worker left goes on where it stopped: finished parts are not read
again, and of the part under way only pages that differ from the kept ones are kept.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms_clients import LMSError, NoRules, Unreachable
from lms_clients.traffic import Traffic
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.errors import MentorError
from lti_mentor.people.models import Context
from lti_mentor.sync.models import SyncRun, SyncState

log = logging.getLogger(__name__)
PAGE = 500
"""Rows kept in one transaction."""
RESUMABLE = timedelta(hours=6)
"""How old a run may be to go on; an older one begins again."""
PATIENCE = 2
"""Parts that may find nobody there before the others are left to the next reading."""
WITHOUT_API = frozenset({"roster"})
"""Parts that LTI tells, often from another address."""
OPEN = (SyncState.WAITING, SyncState.RUNNING)

Keep = Callable[[Sequence[Any], Context], object]
Rows = Callable[[], Iterable[Any]]


def take_up(session: Session, context: Context) -> SyncRun:
    """Return the run that waits, or the one a lost worker left half-way."""
    query = (
        select(SyncRun)
        .where(SyncRun.context_id == context.id, SyncRun.state.in_(OPEN))
        .order_by(SyncRun.id.desc())
    )
    runs = session.scalars(query).all()
    run = runs[0] if runs else SyncRun(context_id=context.id)
    session.add(run)
    for other in runs[1:]:
        session.delete(other)
    if run.state is not SyncState.RUNNING or run.started_at < now() - RESUMABLE:
        run.started_at, run.part = now(), None
        run.counts, run.problems, run.costs = {}, {}, {}
        run.plan, run.done, run.pages = [], [], []
    run.state = SyncState.RUNNING
    session.flush()
    return run


@dataclass(slots=True)
class Reading:
    """Reads part after part into one run."""

    session: Session
    run_id: int
    context_id: int
    alive: Callable[[], None] = lambda: None
    traffic: Traffic = field(default_factory=Traffic)
    _database: float = 0.0
    _unanswered: int = 0
    """Parts in a row, up to now, that the LMS's API had no answer for."""

    @contextmanager
    def unit(self) -> Iterator[SyncRun]:
        """Open one transaction, timed."""
        began = time.perf_counter()
        try:
            with transaction(self.session):
                yield self.session.get_one(SyncRun, self.run_id)
        finally:
            self._database += time.perf_counter() - began

    def plan(self, parts: Sequence[str]) -> None:
        """Note which parts this reading has."""
        with self.unit() as run:
            run.plan = list(parts)

    def finished(self, part: str) -> bool:
        """Say whether this run read a part already."""
        with self.unit() as run:
            return part in run.done

    def has_failed(self, part: str) -> bool:
        """Say whether this run could not read a part."""
        with self.unit() as run:
            return part in run.problems

    def skip(self, part: str) -> None:
        """Note that there is nothing more to read of a part."""
        with self.unit() as run:
            run.done = [*run.done, part]

    def context(self) -> Context:
        """Return the course that is read; only inside a unit."""
        return self._course(self.context_id)

    def _course(self, context_id: int) -> Context:
        whole = [joinedload(Context.registration)]
        return self.session.get_one(Context, context_id, options=whole)

    def read(
        self,
        part: str,
        rows: Rows,
        keep: Keep,
        ends: Callable[[Context, set[str]], object] | None = None,
        of: int | None = None,
    ) -> bool:
        """Keep page after page of one part; False when it broke off.

        `ends` runs after a complete list, with the ids that were seen. `of` is the
        row of another course, whose people are kept. An API that is away is not
        asked again and again: each try of each part is waited for.
        """
        if self.finished(part):
            return True
        if self._unanswered >= PATIENCE and part not in WITHOUT_API:
            self._failed(part, Unreachable("not asked: no answer to parts before"))
            return False
        context_id = of or self.context_id
        with self.metered(part):
            try:
                seen = self._pages(part, rows, keep, context_id)
            except NoRules:  # a normal state: the course counts nothing as completed
                seen = None
            except (LMSError, MentorError) as problem:
                self._failed(part, problem)
                self._heard(part, is_away=isinstance(problem, Unreachable))
                return False
            self._heard(part, is_away=False)
            with self.unit() as run:
                if seen is not None and ends is not None:
                    ends(self._course(context_id), seen)
                run.done = [*run.done, part]
                run.counts = {part: 0, **run.counts}
        return True

    def _heard(self, part: str, *, is_away: bool) -> None:
        if part not in WITHOUT_API:
            self._unanswered = self._unanswered + 1 if is_away else 0

    def _pages(self, part: str, rows: Rows, keep: Keep, context_id: int) -> set[str]:
        seen: set[str] = set()
        with self.unit() as run:
            kept = list(run.pages) if run.part == part else []
            run.part, run.pages = part, kept
            run.counts = {**run.counts, part: 0}
        for number, page in enumerate(paged(rows())):
            digest = _digest(page)
            is_kept = kept[number : number + 1] == [digest]
            with self.unit() as run:
                if not is_kept:
                    keep(page, self._course(context_id))
                    run.pages = [*run.pages[:number], digest]
                run.counts = {**run.counts, part: run.counts[part] + len(page)}
            seen |= {row.id for row in page if hasattr(row, "id")}
            self.alive()
        return seen

    def _failed(self, part: str, problem: LMSError | MentorError) -> None:
        said = _words(problem)
        log.warning("sync.part_failed %s %s", part, said["code"])
        with self.unit() as run:
            if not run.counts.get(part):
                run.counts = {k: n for k, n in run.counts.items() if k != part}
            run.problems = {**run.problems, part: said}
            run.done = [*run.done, part]

    @contextmanager
    def metered(self, part: str) -> Iterator[None]:
        """Add what happens inside to the costs of a part."""
        traffic = self.traffic
        before = (traffic.calls, traffic.received, traffic.waited)
        began, database = time.perf_counter(), self._database
        try:
            yield
        finally:
            cost = {
                "calls": traffic.calls - before[0],
                "bytes": traffic.received - before[1],
                "waited": traffic.waited - before[2],
                "seconds": time.perf_counter() - began,
                "database": self._database - database,
            }
            with self.unit() as run:
                known = run.costs.get(part, {})
                added = {k: round(known.get(k, 0) + v, 4) for k, v in cost.items()}
                run.costs = {**run.costs, part: added}

    def finish(self) -> SyncState:
        """Say how it went; with nobody to ask, nothing was read."""
        with self.unit() as run:
            read = [part for part in run.counts if part not in run.problems]
            run.state = SyncState.DONE if read else SyncState.FAILED
            if run.problems and read:
                run.state = SyncState.PARTIAL
            run.part, run.pages, run.finished_at = None, [], now()
            return run.state


def paged(rows: Iterable[Any], size: int = PAGE) -> Iterator[list[Any]]:
    """Yield lists of so many rows."""
    items = iter(rows)
    while page := list(islice(items, size)):
        yield page


def _digest(page: Sequence[Any]) -> str:
    text = json.dumps(page, default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value):
        return [getattr(value, one.name) for one in fields(value)]
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _words(problem: LMSError | MentorError) -> dict[str, Any]:
    if isinstance(problem, LMSError):
        return {
            "code": type(problem).__name__.lower(),
            "status": problem.status,
            "missing": problem.missing,
        }
    status = problem.details.get("status")
    return {"code": problem.code, "status": status, "missing": ""}
