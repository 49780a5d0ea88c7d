"""Reading a course from its LMS: outside any transaction, kept page by page.

A part that fails leaves what was there before and says so on the run; a partial
reading never removes anybody.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy.orm import Session

from lms_clients import Course, LMSClient, LMSError
from lms_clients.parallel import in_parallel
from lms_clients.traffic import Traffic
from lms_clients.types import Completion, Member
from lms_clients.types import Role as RoleThere
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.jobs import service as jobs
from lti_mentor.people.models import Context, ContextKind, Membership, Person, Role
from lti_mentor.platforms.models import LMSKind
from lti_mentor.skills import done
from lti_mentor.sync import offerings, queries, roster, seats, single, whole
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.sync.parts import (
    BULK_LEVELS,
    COMPLETIONS,
    COURSE,
    GRADES,
    ROSTER,
    SKILLS,
    Part,
    end_members,
    keep_members,
)
from lti_mentor.sync.reading import OPEN, Reading, take_up

SYNC = "sync"
"""Job kind that reads one course."""
SYNC_PERSON = "sync.person"
"""Job kind that reads what one learner has done in one course."""
PERSON_EVERY = timedelta(minutes=10)
"""A person's launches ask for a reading of them at most so often."""

Roster = Callable[[], Iterator[roster.Entry]]


def request(session: Session, context: Context) -> SyncRun | None:
    """Ask for a reading of this course now; hubs are never read (D5)."""
    if context.kind is ContextKind.HUB:
        return None
    run = queries.newest_run(session, context)
    if run is None or run.state not in OPEN:
        run = SyncRun(context_id=context.id)
        session.add(run)
    session.flush()
    queue(session, context)
    return run


def queue(session: Session, context: Context, due_at: datetime | None = None) -> None:
    """Queue a reading of this course, for now or for later; nothing is shown of it."""
    jobs.enqueue(
        session,
        SYNC,
        key=str(context.public_id),
        payload={"context": str(context.public_id)},
        registration_id=context.registration_id,
        due_at=due_at,
    )


def request_person(session: Session, seat: Membership) -> bool:
    """Ask for what one learner has done here; at most once in ten minutes."""
    context, person = seat.context, seat.person
    api = context.registration.lms_token and context.lms_id and person.lms_user_id
    if not api or seat.role is not Role.LEARNER:
        return False
    if seat.activities_at and seat.activities_at > now() - PERSON_EVERY:
        return False
    jobs.enqueue(
        session,
        SYNC_PERSON,
        key=f"{context.public_id}:{person.public_id}",
        payload={"context": str(context.public_id), "person": str(person.public_id)},
        registration_id=context.registration_id,
    )
    return True


def read_course(
    session: Session,
    context: Context,
    client: LMSClient | None,
    nrps: Roster | None,
    alive: Callable[[], None] = lambda: None,
    traffic: Traffic | None = None,
) -> SyncState:
    """Read a course through NRPS and the LMS API, whichever are there.

    `alive` is called after each page. `traffic` counts what both of them cost.
    """
    with transaction(session):
        run = take_up(session, context)
        course, kind = context.lms_id, context.registration.lms_kind
        reading = Reading(session, run.id, context.id, alive, traffic or Traffic())
    api = _Api(reading, client, course, kind) if client and course else None
    reading.plan(
        [
            *(["courses", ROSTER.name] if api else []),
            *(["roster"] if nrps else []),
            *([*api.names(), "earlier"] if api else []),
        ]
    )
    told = seats.NOBODY
    if api:
        api.courses()
        told = api.members(has_roster=nrps is not None)
    has_roster = nrps is not None and _roster(reading, nrps, told)
    if api:
        if nrps and not has_roster:
            api.end_members(told)
        api.read()
        api.earlier()
        api.grades()
    with reading.unit():
        done.apply(session, reading.context())
    return reading.finish()


def read_person(
    session: Session, context: Context, person: Person, client: LMSClient
) -> list[str]:
    """Read what one learner has done and can do; return the parts that were told."""
    with transaction(session):
        asked = single.one(session, context, person)
        course = context.lms_id
    told: list[str] = []
    if asked is None or course is None:
        return told
    seat, lms_id = asked
    for kind in (single.ACTIVITIES, single.LEVELS):
        try:
            rows = kind.ask(client, course, lms_id)
        except LMSError:  # the course's own reading says what is missing
            continue
        with transaction(session):
            single.keep(session, context, kind, [single.Answered(seat, rows)])
        told.append(kind.name)
    return told


def _roster(reading: Reading, entries: Roster, told: seats.Told) -> bool:
    """Read names and roles through LTI, which needs no LMS token.

    Where the LMS's API told everything, the roster is asked once a week only.
    """
    if told.mailed and not reading.finished("roster"):
        with reading.unit():
            is_wanted = roster.is_wanted(reading.session, reading.context(), told)
        if not is_wanted:
            reading.skip("roster")
            return True

    def keep(page: Sequence[roster.Entry], context: Context) -> None:
        roster.keep(reading.session, context, page, told)

    def end(context: Context, seen: set[str]) -> None:
        roster.end(reading.session, context, seen, told)

    return reading.read("roster", entries, keep, end)


@dataclass(slots=True)
class _Api:
    """Reads one course through the LMS's own API."""

    reading: Reading
    client: LMSClient
    course: str
    kind: LMSKind
    others: list[dict[str, Any]] = field(default_factory=list)

    def parts(self) -> tuple[Part, ...]:
        """Return what this LMS tells of a whole course at once, beside its people."""
        return (*COURSE, BULK_LEVELS) if self.kind is LMSKind.CANVAS else COURSE

    def names(self) -> list[str]:
        """Return every part after the people, in order."""
        kinds = single.kinds(self.kind)
        return [*(p.name for p in self.parts()), *(k.name for k in kinds)]

    def courses(self) -> None:
        """Read when the course runs, and which other offerings it has."""

        def keep(page: Sequence[Course], context: Context) -> None:
            offerings.keep(self.reading.session, context, page)
            found = (offerings.alike(context, course) for course in page)
            self.others = offerings.best([*self.others, *filter(None, found)])

        if self.reading.read("courses", self.client.courses, keep) and self.others:
            with self.reading.unit() as run:
                run.others = self.others

    def members(self, *, has_roster: bool) -> seats.Told:
        """Read who is in the course; say of whom the API told."""
        if self.reading.finished(ROSTER.name):
            return seats.Told(is_lost=not self.reading.has_failed(ROSTER.name))
        mailed: dict[str, bool] = {}
        learners: list[str] = []

        def rows() -> Iterator[Member]:
            for member in self.client.members(self.course):
                mailed[member.id] = bool(member.email)
                if RoleThere.LEARNER in member.roles:
                    learners.append(member.id)
                yield member
            whole.check(self.reading, self.client, mailed, learners)

        def keep(page: Sequence[Member], context: Context) -> None:
            keep_members(self.reading.session, context, page)

        def end(context: Context, seen: set[str]) -> None:
            session = self.reading.session
            end_members(session, context, seen, has_roster=has_roster)

        is_whole = self.reading.read(ROSTER.name, rows, keep, end)
        return seats.Told(mailed) if is_whole else seats.NOBODY

    def end_members(self, told: seats.Told) -> None:
        """Judge by the API's list alone who has left, where LTI's broke off."""
        if told.mailed:
            with self.reading.unit():
                context = self.reading.context()
                seen = set(told.mailed)
                end_members(self.reading.session, context, seen, has_roster=False)

    def read(self) -> None:
        """Read the course whole, then those people of whom more is worth a call."""
        for part in self.parts():
            self.part(part, self.course)
        for kind in single.kinds(self.kind):
            self.single(kind, self.course)

    def part(
        self,
        part: Part,
        course: str,
        of: int | None = None,
    ) -> None:
        """Read one part of this course, or of another offering."""
        session = self.reading.session
        name = f"earlier.{of}.{part.name}" if of else part.name

        def keep(page: Sequence[Any], context: Context) -> None:
            part.keep(session, context, page)

        def end(context: Context, seen: set[str]) -> None:
            if part.ends is not None:
                part.ends(session, context, seen)

        def rows() -> Iterable[Any]:
            found = part.read(self.client, course)
            return takewhile(_has_rules, found) if part is COMPLETIONS else found

        self.reading.read(name, rows, keep, end, of)

    def single(self, kind: single.Single, course: str, of: int | None = None) -> None:
        """Read one kind of facts person by person; elsewhere of graduates only."""
        session = self.reading.session
        name = f"earlier.{of}.{kind.name}" if of else kind.name
        if self.reading.finished(name):
            return
        with self.reading.unit():
            if of:
                context = session.get_one(Context, of)
                asked = single.graduates(session, context, kind)
            else:
                asked = single.whom(session, self.reading.context(), kind)
        if not asked:
            self.reading.skip(name)
            return

        def ask(one: tuple[int, str]) -> single.Answered:
            seat, lms_id = one
            return single.Answered(seat, kind.ask(self.client, course, lms_id))

        def keep(page: Sequence[single.Answered], context: Context) -> None:
            single.keep(session, context, kind, page)

        self.reading.read(
            name, lambda: in_parallel(ask, asked, single.AT_ONCE), keep, of=of
        )

    def earlier(self) -> None:
        """Read earlier offerings of this course: last term's graduates (P27)."""
        with self.reading.unit():
            before = offerings.earlier(self.reading.session, self.reading.context())
        for row, course in before:
            for part in (ROSTER, COMPLETIONS, SKILLS):
                self.part(part, course, row)
            if self.kind is LMSKind.CANVAS:
                self.part(BULK_LEVELS, course, row)
            else:
                self.single(single.LEVELS, course, row)
        self.reading.skip("earlier")

    def grades(self) -> None:
        """Read grades of the course, where they say who has done it (P29)."""
        with self.reading.unit():
            places = done.wants_grades(self.reading.session, self.reading.context())
            asked = [(place.id, place.lms_id) for place in places]
        for row, course in asked:
            of = None if row == self.reading.context_id else row
            if course:
                self.part(GRADES, course, of)


def _has_rules(row: Any) -> bool:
    """Say whether a course has rules; rows of one without are worth no calls."""
    return row.state is not Completion.NO_RULES
