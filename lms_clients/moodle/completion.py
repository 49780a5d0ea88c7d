"""How far learners are in a Moodle course: in bulk where that can be trusted."""

import html
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lms_clients.errors import Forbidden, Malformed, NoRules, NotFound, Rejected
from lms_clients.moodle import report, schemas
from lms_clients.moodle.web_service import WebService
from lms_clients.parallel import in_parallel
from lms_clients.types import (
    ActivityCompletion,
    Completion,
    CourseCompletion,
    Member,
    Site,
)

log = logging.getLogger(__name__)

PARALLEL = 4
"""Calls at once; a burst of more made every call ten times slower (measured)."""

MOST_ASKED = 10
"""Learners asked for to find out whether the course has rules."""

UNUSABLE = (Forbidden, Malformed, NotFound, Rejected)
"""What is only a help, such as the report or names, cannot be had; go without."""


@dataclass(slots=True)
class CompletionReader:
    """Reads completion; keeps one reading of the bulk report for all courses."""

    service: WebService
    site: Callable[[], Site]
    report_id: str | None = None
    _rows: dict[tuple[str, str], report.Row] | None = field(default=None, init=False)
    """By course short name and user name; read once: a client lives for one sync."""
    _names: dict[str, dict[str, str]] = field(default_factory=dict, init=False)
    _naming: threading.Lock = field(default_factory=threading.Lock, init=False)

    def is_bulk(self) -> bool:
        """Whether a report is there and its words can be read."""
        try:
            return self._find_report() is not None
        except UNUSABLE:
            return False

    def of_course(
        self, course_id: str, learners: Iterable[Member]
    ) -> Iterator[CourseCompletion]:
        """Yield one row for each learner who is still enrolled."""
        people = list(learners)
        if not self._has_rules(course_id, people):
            yield from self._one_by_one(self._by_activities, course_id, people)
            return
        found = self._reported(course_id) if people else {}
        for person in people:
            row = found.get(person.username or "")
            if row:
                yield row.completion(course_id, person.id)
        rest = [person for person in people if (person.username or "") not in found]
        yield from self._one_by_one(self._by_status, course_id, rest)

    def names(self, course_id: str) -> dict[str, str]:
        """Give the names of the activities by course module id, as far as visible.

        Asked once a course, whoever asks for its people one by one, and from how
        many threads.
        """
        with self._naming:
            if course_id not in self._names:
                self._names[course_id] = self._read_names(course_id)
            return self._names[course_id]

    def _read_names(self, course_id: str) -> dict[str, str]:
        try:
            sections = self.service.records(
                "core_course_get_contents",
                courseid=course_id,
                options=[{"name": "excludecontents", "value": "true"}],
            )
            return {
                module.id("id"): html.unescape(module.text("name"))
                for section in sections
                for module in section.records("modules")
            }
        except UNUSABLE:
            return {}

    def activities(
        self, course_id: str, person_id: str, names: Mapping[str, str]
    ) -> list[ActivityCompletion]:
        """Read the activities of one learner; none when no longer enrolled."""
        try:
            answer = self.service.record(
                "core_completion_get_activities_completion_status",
                courseid=course_id,
                userid=person_id,
            )
        except NotFound:
            return []
        return [
            schemas.activity(row, course_id, person_id, names)
            for row in answer.records("statuses")
            if row.flag("hascompletion")
        ]

    def _one_by_one(
        self,
        read: Callable[[str, str], CourseCompletion | None],
        course_id: str,
        people: list[Member],
    ) -> Iterator[CourseCompletion]:
        for row in in_parallel(lambda one: read(course_id, one.id), people, PARALLEL):
            if row:
                yield row

    def _has_rules(self, course_id: str, people: list[Member]) -> bool:
        """Ask for learners until one is really enrolled; expired ones are refused."""
        for person in people[:MOST_ASKED]:
            try:
                if self._by_status(course_id, person.id):
                    return True
            except NoRules:
                return False
        return True

    def _by_status(self, course_id: str, person_id: str) -> CourseCompletion | None:
        """Read the course's completion of one learner by its criteria."""
        try:
            status = self.service.record(
                "core_completion_get_course_completion_status",
                courseid=course_id,
                userid=person_id,
            ).record("completionstatus")
        except NotFound:
            return None
        return schemas.course_completion(status, course_id, person_id)

    def _by_activities(self, course_id: str, person_id: str) -> CourseCompletion:
        """Say how many of the tracked activities are done, where no rules exist."""
        done = [row.state.is_done for row in self.activities(course_id, person_id, {})]
        progress = sum(done) / len(done) if done else None
        return CourseCompletion(course_id, person_id, Completion.NO_RULES, progress)

    def _reported(self, course_id: str) -> dict[str, report.Row]:
        """Give the report's rows of one course by user name; empty when unusable."""
        if self._rows is None:
            self._rows = self._read_report()
        if not self._rows:
            return {}
        answer = self.service.record(
            "core_course_get_courses_by_field", field="id", value=course_id
        )
        names = {row.text("shortname") for row in answer.records("courses")}
        return {user: row for (name, user), row in self._rows.items() if name in names}

    def _find_report(self) -> str | None:
        report_id = self.report_id or report.find(self.service)
        if report_id and report.speaks_plainly(self.service, self.site()):
            return report_id
        return None

    def _read_report(self) -> dict[tuple[str, str], report.Row]:
        rows: dict[tuple[str, str], report.Row] = {}
        try:
            report_id = self._find_report()
            if report_id is None:
                return {}
            for row in report.rows(self.service, report_id, PARALLEL):
                known = rows.get((row.course, row.username))
                if known is None or row.is_complete:
                    rows[row.course, row.username] = row
        except UNUSABLE as error:
            log.info("bulk completion is not usable: %s", error)
            return {}
        return rows
