"""Completion of everybody at once, from a custom report of Moodle's report builder.

The only bulk source of course completion. Its cells are display strings in the
account's language and time zone, so they are read only when that is English and
UTC; otherwise the client asks person by person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from lms_clients.errors import Malformed
from lms_clients.moodle.web_service import WebService
from lms_clients.pagination import MOST_PAGES
from lms_clients.parallel import in_parallel
from lms_clients.types import Completion, CourseCompletion, Site
from lms_clients.wire import Record

SOURCE = "core_course\\reportbuilder\\datasource\\participants"
"""The "Course participants" data source."""

COLUMNS = ("Username", "Course short name", "Completed", "Student progress")
"""Without these the report cannot be used."""

WHEN = "Time completed"
"""May be missing; then nobody has a time."""

MOMENT = "%A, %d %B %Y, %I:%M %p"
"""Moodle's English strftimedaydatetime."""

UTC_NAMES = {"UTC", "Etc/UTC"}

FUNCTION = "core_reportbuilder_retrieve_report"

PER_PAGE = 5000
"""Rows a call; 2,096 came in 3.7 s (Moodle 4.5.6, measured)."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one enrolment says about completion."""

    username: str
    course: str
    is_complete: bool
    progress: float | None
    completed_at: datetime | None

    def completion(self, course_id: str, person_id: str) -> CourseCompletion:
        """Say it in the terms of every LMS."""
        state = Completion.COMPLETE if self.is_complete else Completion.INCOMPLETE
        return CourseCompletion(
            course_id, person_id, state, self.progress, self.completed_at
        )


def find(service: WebService) -> str | None:
    """Find the report on course participants that an admin has built."""
    answer = service.record("core_reportbuilder_list_reports")
    for report in answer.records("reports"):
        if report.maybe_text("source") == SOURCE:
            return report.id("id")
    return None


def speaks_plainly(service: WebService, site: Site) -> bool:
    """Whether the token's account reads English in UTC, so that cells can be read."""
    if site.language != "en":
        return False
    people = service.records(
        "core_user_get_users_by_field", field="id", values=[site.account_id]
    )
    return any(person.maybe_text("timezone") in UTC_NAMES for person in people)


def rows(service: WebService, report_id: str, parallel: int) -> Iterator[Row]:
    """Yield every row of the report, page by page.

    Raises:
        Malformed: Columns are missing, or a cell is not plain English.
    """

    def read(page: int) -> Record:
        return service.record(
            FUNCTION, reportid=report_id, page=page, perpage=PER_PAGE
        ).record("data")

    first = read(0)
    count = ceil((first.number("totalrowcount") or 0) / PER_PAGE)
    if count > MOST_PAGES:
        raise Malformed(f"{FUNCTION}: pages never end", code="page_flood")
    yield from _rows(first)
    for answer in in_parallel(read, range(1, count), parallel):
        yield from _rows(answer)


def _rows(answer: Record) -> Iterator[Row]:
    places = _places(answer)
    for row in answer.records("rows"):
        yield _row(_cells(row), places)


def _places(answer: Record) -> dict[str, int]:
    headers = answer.raw.get("headers")
    if not isinstance(headers, list) or not set(COLUMNS) <= set(map(str, headers)):
        raise Malformed(f"{answer.name}: columns missing", code="report_columns")
    return {str(name): place for place, name in enumerate(headers)}


def _cells(row: Record) -> list[str]:
    columns = row.raw.get("columns")
    if not isinstance(columns, list):
        raise Malformed(f"{row.name}: no columns", code="odd_shape")
    return ["" if cell is None else str(cell) for cell in columns]


def _row(cells: list[str], places: dict[str, int]) -> Row:
    try:
        username, course, completed, progress = (
            cells[places[name]] for name in COLUMNS
        )
        when = cells[places[WHEN]] if WHEN in places else ""
        return Row(
            username=username,
            course=course,
            is_complete={"Yes": True, "No": False, "": False}[completed],
            progress=_share(progress) if progress else None,
            completed_at=_moment(when) if when else None,
        )
    except (IndexError, KeyError, ValueError):
        pass
    raise Malformed("report: a cell is not plain English", code="report_cells")


def _share(text: str) -> float:
    share = round(float(text.removesuffix("%")) / 100, 4)
    if not 0 <= share <= 1:
        raise ValueError("not a share")
    return share


def _moment(text: str) -> datetime:
    return datetime.strptime(text, MOMENT).replace(tzinfo=UTC)
