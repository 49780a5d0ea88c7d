"""The Moodle client."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from lms_clients.capabilities import Ability, Capabilities
from lms_clients.errors import Forbidden, NotFound, Rejected, TooLarge, Unsupported
from lms_clients.moodle import schemas
from lms_clients.moodle.completion import PARALLEL, CompletionReader
from lms_clients.moodle.inspection import SITE_HOME, Inspection
from lms_clients.moodle.rights import CATEGORIES
from lms_clients.moodle.web_service import WebService
from lms_clients.pagination import numbered, once
from lms_clients.parallel import in_parallel, threads
from lms_clients.roster import Roster
from lms_clients.transport import Transport
from lms_clients.types import (
    ActivityCompletion,
    CalendarEvent,
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
from lms_clients.wire import Record, record

PER_PAGE = 1000
"""Members a call: 1.3 s (measured). Of grades 3,000 fields, where PHP drops what is
above `max_input_vars`, which Moodle wants at 5,000."""

MEMBER_FIELDS = "id,username,fullname,email,idnumber,roles,groups,lastcourseaccess"
"""All fields of 2,000 people take 8.8 s, these few 2.5 s (measured)."""

MOST_GRADED = 2000
"""Learners whose gradebook is read at once: 9.4 s, and 33 ms for one (measured). At
6,000 nothing would come within the 30 s that we wait for an answer to begin."""

EVERYBODY = "0"

SYSTEM_CONTEXT = 1
"""The whole site, where frameworks usually live."""


@dataclass(slots=True)
class MoodleClient:
    """Moodle, seen through one web service token.

    Open one for each sync: it keeps the last roster and one reading of the report.
    """

    transport: Transport
    token: str = field(repr=False)
    report_id: str | None = None
    """The custom report for bulk completion; searched for when not given."""
    _service: WebService = field(init=False, repr=False)
    _completion: CompletionReader = field(init=False, repr=False)
    _roster: Roster = field(default_factory=Roster, init=False, repr=False)

    def __post_init__(self) -> None:
        self._service = WebService(self.transport, self.token)
        self._completion = CompletionReader(self._service, self.site, self.report_id)

    def site(self) -> Site:
        """Say which Moodle this is, and what the token's service allows."""
        return schemas.site(self._service.record("core_webservice_get_site_info"))

    def capabilities(self, course_id: str | None = None) -> Capabilities:
        """Try what this token may do, on this course or the first one seen."""
        inspection = Inspection(self._service, self.site().functions, course_id)
        is_bulk = self._completion.is_bulk()
        return Capabilities.of(
            replace(item, is_bulk=is_bulk)
            if item.ability is Ability.COURSE_COMPLETIONS
            else item
            for item in inspection.run()
        )

    def courses(self) -> Iterator[Course]:
        """Yield every course but the site home; those of a large site by category."""
        try:
            rows = self._service.records("core_course_get_courses")
        except TooLarge:  # one call for all of them, with every summary
            found = in_parallel(self._in_category, self._categories(), PARALLEL)
            rows = chain.from_iterable(found)
        for row in rows:
            if row.id("id") != SITE_HOME:
                yield schemas.course(row)

    def members(self, course_id: str) -> Iterator[Member]:
        """Yield everyone enrolled; suspended people are there and not active."""

        def page(number: int) -> list[Record]:
            return self._enrolled(
                course_id,
                userfields=MEMBER_FIELDS,
                limitfrom=number * PER_PAGE,
                limitnumber=PER_PAGE,
                sortby="id",
            )

        with threads(1) as pool:
            gone = pool.submit(self._suspended, course_id)
            rows = numbered("core_enrol_get_enrolled_users", page, PARALLEL, PER_PAGE)
            members = (schemas.member(row, gone.result()) for row in rows)
            yield from self._roster.noting(
                course_id, once(members, lambda member: member.id)
            )

    def profiles(self, person_ids: Iterable[str]) -> Iterator[Profile]:
        """Yield who may be seen; Moodle leaves the others out without a word."""
        ids = iter(person_ids)
        while values := list(islice(ids, PER_PAGE)):
            for row in self._service.records(
                "core_user_get_users_by_field", field="id", values=values
            ):
                yield schemas.profile(row)

    def sections(self, course_id: str) -> Iterator[Section]:
        """Yield the groups of the course."""
        rows = self._service.records("core_group_get_course_groups", courseid=course_id)
        yield from map(schemas.section, rows)

    def course_completions(self, course_id: str) -> Iterator[CourseCompletion]:
        """Yield from the bulk report where there is one, else person by person."""
        yield from self._completion.of_course(course_id, self._learners(course_id))

    def activity_completions(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[ActivityCompletion]:
        """Yield each tracked activity; one call for each learner."""
        names = self._completion.names(course_id)
        for rows in in_parallel(
            lambda person: self._completion.activities(course_id, person, names),
            self._people(course_id, person_id),
            PARALLEL,
        ):
            yield from rows

    def skills(self, course_id: str) -> Iterator[Skill]:
        """Yield the course's competencies, with levels where frameworks are visible."""
        rows = self._service.records(
            "core_competency_list_course_competencies", id=course_id
        )
        scales = self._scales()
        for row in rows:
            yield schemas.skill(row.record("competency"), scales)

    def proficiencies(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[Proficiency]:
        """Yield each rating; one call for each learner."""
        for rows in in_parallel(
            lambda person: self._ratings(course_id, person),
            self._people(course_id, person_id),
            PARALLEL,
        ):
            yield from rows

    def grades(self, course_id: str) -> Iterator[Grade]:
        """Yield the whole gradebook: in one call, a large one learner by learner."""
        people = [member.id for member in self._learners(course_id)]
        try:
            if len(people) <= MOST_GRADED:
                yield from self._grades(course_id, EVERYBODY)
                return
        except TooLarge:  # each column of each learner is 400 bytes
            pass
        for rows in in_parallel(
            lambda person: self._grades(course_id, person), people, PARALLEL
        ):
            yield from rows

    def add_event(self, event: CalendarEvent) -> str:
        """Write into the calendar of a group or of the course.

        Raises:
            Unsupported: It is for one person: Moodle would put it into the
                calendar of the token's owner.
        """
        if event.person_id is not None:
            raise Unsupported("Moodle has no call for another person's calendar")
        function = "core_calendar_create_calendar_events"
        answer = record(
            function, self._service.write(function, events=[schemas.event(event)])
        )
        for row in answer.records("events"):
            return row.id("id")
        raise Rejected(f"{function}: no event", code="no_event")

    def remove_event(self, event_id: str) -> None:
        """Delete an event; one that is gone already is no error."""
        try:
            self._service.write(
                "core_calendar_delete_calendar_events",
                events=[{"eventid": event_id, "repeat": 0}],
            )
        except NotFound:
            return

    def send_message(self, message: Message) -> str:
        """Send one message, alone.

        A batch with one bad address fails as a whole although Moodle has delivered
        the rest (4.5.6, measured).

        Raises:
            Rejected: The person may not be written to, or does not exist.
        """
        function = "core_message_send_instant_messages"
        sent = self._service.write(function, messages=[schemas.message(message)])
        row = record(function, sent[0] if isinstance(sent, list) and sent else sent)
        if row.id("msgid") == "-1":
            raise Rejected(f"{function}: not delivered", code="not_delivered")
        return row.id("msgid")

    def rate_skill(self, rating: Rating) -> None:
        """Rate a competency in the course; the note becomes evidence.

        Raises:
            Rejected: It may not be rated now, for example for who left the course.
        """
        self._service.write(
            "core_competency_grade_competency_in_course",
            courseid=rating.course_id,
            userid=rating.person_id,
            competencyid=rating.skill_id,
            grade=rating.value,
            note=rating.note,
        )

    def update_grades(
        self, course_id: str, activity_id: str, scores: Iterable[Score]
    ) -> None:
        """Write grades of an LTI activity, named by its course module id.

        Raises:
            Rejected: Moodle did not take them.
        """
        function = "core_grades_update_grades"
        ready = map(schemas.score, scores)
        while grades := list(islice(ready, PER_PAGE)):
            result = self._service.write(
                function,
                source="mod/lti",
                courseid=course_id,
                component="mod_lti",
                activityid=activity_id,
                itemnumber=0,
                grades=grades,
            )
            if result != 0:
                raise Rejected(f"{function}: not taken", code="not_taken")

    def _categories(self) -> Iterator[str]:
        rows = self._service.records(CATEGORIES)
        return (row.id("id") for row in rows)

    def _in_category(self, category_id: str) -> list[Record]:
        answer = self._service.record(
            "core_course_get_courses_by_field", field="category", value=category_id
        )
        return list(answer.records("courses"))

    def _enrolled(self, course_id: str, **options: object) -> list[Record]:
        function = "core_enrol_get_enrolled_users"
        asked = [{"name": name, "value": value} for name, value in options.items()]
        rows = self._service.records(function, courseid=course_id, options=asked)
        return list(rows)

    def _suspended(self, course_id: str) -> frozenset[str]:
        rows = self._enrolled(course_id, userfields="id", onlysuspended=1)
        return frozenset(row.id("id") for row in rows)

    def _learners(self, course_id: str) -> Iterator[Member]:
        members = self._roster.of(course_id) or self.members(course_id)
        return (member for member in members if Role.LEARNER in member.roles)

    def _people(self, course_id: str, person_id: str | None) -> Iterable[str]:
        if person_id is not None:
            return [person_id]
        return (member.id for member in self._learners(course_id))

    def _grades(self, course_id: str, person_id: str) -> list[Grade]:
        try:
            report = self._service.record(
                "gradereport_user_get_grade_items", courseid=course_id, userid=person_id
            )
        except NotFound:
            return []
        return [
            grade
            for row in report.records("usergrades")
            for grade in schemas.grades(row)
        ]

    def _ratings(self, course_id: str, person_id: str) -> list[Proficiency]:
        try:
            report = self._service.record(
                "report_competency_data_for_report",
                courseid=course_id,
                userid=person_id,
                moduleid=0,
            )
        except NotFound:
            return []
        rows = [
            schemas.proficiency(row.record("usercompetencycourse"))
            for row in report.records("usercompetencies")
        ]
        return [row for row in rows if row]

    def _scales(self) -> dict[str, tuple[str, str]]:
        """Give (name, scaleconfiguration) of each framework; none if not visible."""
        try:
            rows = self._service.records(
                "core_competency_list_competency_frameworks",
                sort="shortname",
                order="",
                skip=0,
                limit=0,
                context={"contextid": SYSTEM_CONTEXT},
                includes="children",
                onlyvisible=0,
                query="",
            )
        except (Forbidden, Rejected):
            return {}
        return {
            row.id("id"): (row.text("shortname"), row.text("scaleconfiguration", ""))
            for row in rows
        }
