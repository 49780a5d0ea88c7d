"""The Canvas client."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from urllib.parse import urlsplit

from lms_clients.answer import Answer
from lms_clients.canvas import schemas
from lms_clients.canvas.api import Api
from lms_clients.canvas.inspection import Inspection
from lms_clients.canvas.renewal import TokenKeeper
from lms_clients.capabilities import Capabilities
from lms_clients.credentials import Credentials, OAuthTokens
from lms_clients.errors import Forbidden, NotFound, Rejected, Unsupported
from lms_clients.pagination import once
from lms_clients.parallel import in_parallel
from lms_clients.roster import Roster
from lms_clients.transport import Transport
from lms_clients.types import (
    ActivityCompletion,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    Grade,
    Member,
    Message,
    Proficiency,
    Profile,
    Rating,
    Role,
    Score,
    Section,
    Site,
    Skill,
)
from lms_clients.wire import Record, record, records

PARALLEL = 2
"""Calls at once for one token: each costs 50 units of 600 up front (Canvas docs)."""

ALL_STATES = ("active", "invited", "completed", "inactive")
"""Graduates have a completed enrolment; Canvas leaves them out unless asked."""


@dataclass(slots=True)
class CanvasClient:
    """Canvas, seen through one person's token.

    Open one for each sync: it keeps the last roster.
    """

    transport: Transport
    credentials: Credentials = field(repr=False)
    _api: Api = field(init=False, repr=False)
    _roster: Roster = field(default_factory=Roster, init=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.credentials, OAuthTokens):
            keeper = TokenKeeper(self.transport, self.credentials)
            self._api = Api(self.transport, keeper)
        else:
            self._api = Api(self.transport, token=self.credentials)

    def site(self) -> Site:
        """Say which Canvas this is; it has no name or version of its own to tell."""
        row = self._api.record("/users/:id", id="self")
        return Site(
            kind="canvas",
            name=urlsplit(self.transport.base_url).hostname or "",
            release="",
            account_id=row.id("id"),
            language=row.maybe_text("effective_locale") or row.maybe_text("locale"),
        )

    def capabilities(self, course_id: str | None = None) -> Capabilities:
        """Try what this token may do, on this course or the first one seen."""
        self.site()
        seen = (course.id for course in self.courses())
        ids = {"course_id": course_id} if course_id else {}
        return Capabilities.of(Inspection(self._api, seen, ids).run())

    def courses(self) -> Iterator[Course]:
        """Yield the account's courses, or the person's own without that right."""
        rows = self._api.records("/accounts/:account_id/courses", account_id="self")
        try:
            first = list(islice(rows, 1))
        except (Forbidden, NotFound):
            first, rows = [], self._api.records("/courses")
        named = (row for row in chain(first, rows) if row.maybe_text("name"))
        yield from once(map(schemas.course, named), lambda course: course.id)

    def members(self, course_id: str) -> Iterator[Member]:
        """Yield everyone enrolled, each once, with all of their sections."""
        rows = self._api.records(
            "/courses/:course_id/users",
            {"include[]": ["enrollments", "email"], "enrollment_state[]": ALL_STATES},
            course_id=course_id,
        )
        yield from self._roster.noting(course_id, self._members(course_id, rows))

    def _members(self, course_id: str, rows: Iterable[Record]) -> Iterator[Member]:
        apart: dict[str, list[Record]] | None = None
        for row in once(rows, lambda row: row.id("id")):
            enrolments = list(row.records("enrollments"))
            if "enrollments" not in row.raw:
                apart = self._enrolments(course_id) if apart is None else apart
                enrolments = apart.get(row.id("id"), [])
            if not schemas.is_test_student(enrolments):
                yield schemas.member(row, enrolments)

    def profiles(self, person_ids: Iterable[str]) -> Iterator[Profile]:
        """Yield who may be seen; one call each, so only for a few people."""
        for row in in_parallel(self._profile, person_ids, PARALLEL):
            if row:
                yield schemas.profile(row)

    def sections(self, course_id: str) -> Iterator[Section]:
        """Yield the sections of the course; Canvas may list one twice."""
        rows = self._api.records("/courses/:course_id/sections", course_id=course_id)
        for row in once(rows, lambda row: row.id("id")):
            yield schemas.section(row, course_id)

    def course_completions(self, course_id: str) -> Iterator[CourseCompletion]:
        """Yield module progress; a course without modules just has no rules.

        A hundred learners a page, though Canvas works out each one as it answers
        (courses_controller.rb): pages of 50 would cost 10,000 learners 100 calls more,
        and a full page still has 0.3 s for each within `Limits.read`.
        """
        rows = self._api.records(
            "/courses/:course_id/bulk_user_progress", course_id=course_id
        )
        try:
            first = list(islice(rows, 1))
        except Rejected as error:
            if error.status != NOT_MODULE_BASED:
                raise
            for person_id in self._people(course_id, None):
                yield CourseCompletion(course_id, person_id, Completion.NO_RULES)
            return
        for row in once(chain(first, rows), lambda row: row.id("id")):
            yield schemas.progress(row, course_id)

    def activity_completions(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[ActivityCompletion]:
        """Yield each module item that asks for something; one call a learner, at least.

        For a whole course that is a call for each learner: prefer one `person_id`.
        """
        for rows in in_parallel(
            lambda person: list(self._activities(course_id, person)),
            self._people(course_id, person_id),
            PARALLEL,
        ):
            yield from rows

    def skills(self, course_id: str) -> Iterator[Skill]:
        """Yield the outcomes linked to the course."""
        rows = self._api.records(
            "/courses/:course_id/outcome_group_links",
            {"outcome_style": "full"},
            course_id=course_id,
        )
        found = (schemas.skill(row.record("outcome")) for row in rows)
        yield from once(found, lambda skill: skill.id)

    def proficiencies(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[Proficiency]:
        """Yield outcome rollups; a learner in two sections has two rows, told once."""
        params: dict[str, object] = {"include[]": "outcomes"}
        if person_id is not None:
            params["user_ids[]"] = person_id
        pages = self._api.pages(
            "/courses/:course_id/outcome_rollups",
            params,
            {"course_id": course_id},
            _next_rollups,
        )
        found = self._rollups(course_id, pages)
        yield from once(found, lambda row: (row.person_id, row.skill_id))

    def grades(self, course_id: str) -> Iterator[Grade]:
        """Yield each learner's final total in per cent, where it is not hidden."""
        rows = self._api.records(
            "/courses/:course_id/enrollments",
            {"type[]": "StudentEnrollment", "state[]": ALL_STATES},
            course_id=course_id,
        )
        found = (schemas.grade(row, course_id) for row in rows)
        yield from once(filter(None, found), lambda grade: grade.person_id)

    def add_event(self, event: CalendarEvent) -> str:
        """Write into a person's calendar, acting as that person, or the course's.

        Raises:
            Forbidden: The token may not act as others, or not manage the calendar.
        """
        fields = schemas.event(event)
        if event.person_id is not None:
            fields["as_user_id"] = event.person_id
        answer = self._api.write("POST", "/calendar_events", fields)
        return record("POST /calendar_events", answer).id("id")

    def remove_event(self, event_id: str) -> None:
        """Delete an event; one that is gone already is no error."""
        try:
            self._api.write("DELETE", "/calendar_events/:id", id=event_id)
        except NotFound:
            return

    def send_message(self, message: Message) -> str:
        """Send to one person's Inbox, from the person whose token this is."""
        answer = self._api.write("POST", "/conversations", schemas.message(message))
        for row in records("POST /conversations", answer):
            return row.id("id")
        raise Rejected("POST /conversations: nothing sent", code="not_delivered")

    def rate_skill(self, rating: Rating) -> None:
        """Canvas has no call for it: outcome results follow from rubrics."""
        raise Unsupported("Canvas outcome results cannot be written")

    def update_grades(
        self, course_id: str, activity_id: str, scores: Iterable[Score]
    ) -> None:
        """Not here: grades reach Canvas by the LTI grade service."""
        raise Unsupported("Canvas takes grades by LTI")

    def _people(self, course_id: str, person_id: str | None) -> Iterable[str]:
        if person_id is not None:
            return [person_id]
        members = self._roster.of(course_id) or self.members(course_id)
        return (member.id for member in members if Role.LEARNER in member.roles)

    def _enrolments(self, course_id: str) -> dict[str, list[Record]]:
        """Read enrolments apart: scoped keys may silently ignore `include[]`."""
        found: dict[str, list[Record]] = defaultdict(list)
        for row in self._api.records(
            "/courses/:course_id/enrollments",
            {"state[]": ALL_STATES},
            course_id=course_id,
        ):
            found[row.id("user_id")].append(row)
        return found

    def _profile(self, person_id: str) -> Record | None:
        try:
            return self._api.record("/users/:user_id/profile", user_id=person_id)
        except (Forbidden, NotFound):
            return None

    def _activities(
        self, course_id: str, person_id: str
    ) -> Iterator[ActivityCompletion]:
        student = {"student_id": person_id}
        modules = self._api.records(
            "/courses/:course_id/modules",
            {"include[]": "items", **student},
            course_id=course_id,
        )
        for module in modules:
            items = module.records("items")
            if "items" not in module.raw:  # too many, or includes are not allowed
                items = self._api.records(
                    "/courses/:course_id/modules/:module_id/items",
                    student,
                    course_id=course_id,
                    module_id=module.id("id"),
                )
            for item in items:
                row = schemas.activity(item, course_id, person_id)
                if row:
                    yield row

    def _rollups(
        self, course_id: str, pages: Iterable[Answer]
    ) -> Iterator[Proficiency]:
        apart: dict[str, Skill] | None = None
        for page in pages:
            body = record(page.name, page.json())
            linked = body.record("linked")
            found = map(schemas.skill, linked.records("outcomes"))
            skills = {skill.id: skill for skill in found}
            if "outcomes" not in linked.raw:
                if apart is None:
                    apart = {skill.id: skill for skill in self.skills(course_id)}
                skills = apart
            for rollup in body.records("rollups"):
                yield from schemas.proficiencies(rollup, course_id, skills)


NOT_MODULE_BASED = 400
"""bulk_user_progress takes no arguments of ours, so a 400 can only mean this."""


def _next_rollups(answer: Answer) -> str | None:
    """Find the next page in the header, else in the body's own paging."""
    meta = record(answer.name, answer.json()).record("meta")
    return answer.next_link or meta.record("pagination").maybe_text("next")
