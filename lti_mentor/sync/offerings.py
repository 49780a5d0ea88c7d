"""Other offerings of a course, as its LMS lists them (P27)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from operator import itemgetter
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms_clients import Course
from lti_mentor.clock import now
from lti_mentor.people import family
from lti_mentor.people.family import family_of
from lti_mentor.people.models import Context, FamilySource
from lti_mentor.sync import listed

EARLIER_OFFERINGS = 3
"""How many earlier offerings of a course are read for graduates."""
MOST_OTHERS = 30
"""How many courses that sound like this one an instructor may pick from."""
ALIKE = 0.5
"""How much a name must be like this course's to be offered (difflib's ratio)."""
LATEST = datetime.max.replace(tzinfo=UTC)


def keep(session: Session, context: Context, page: Sequence[Course]) -> None:
    """Keep when this course runs, and a row for each of its other offerings."""
    context.family = context.family or family_of(context.label or context.title)
    for course in page:
        if course.id == context.lms_id:
            _describe(context, course)
    known = _known(session, context, page)
    for course in page:
        row = known.get(course.id)
        if course.id == context.lms_id:
            continue
        if row is not None:
            _describe(row, course)
        if context.family and family_of(course.short_name) == context.family:
            _offering(session, context, course, row)
    session.flush()


def _known(
    session: Session, context: Context, page: Sequence[Course]
) -> dict[str, Context]:
    """Return our rows for these courses by the LMS's id; one query."""
    ids = {course.id for course in page}
    subs = {listed.subject_of(context, id_): id_ for id_ in ids}  # Moodle: one id
    rows = session.scalars(
        select(Context).where(
            Context.registration_id == context.registration_id,
            or_(
                Context.lms_id.in_(ids),
                Context.lti_id.in_([sub for sub in subs if sub]),
            ),
        )
    )
    return {row.lms_id or subs[row.lti_id]: row for row in rows}


def _offering(
    session: Session, context: Context, course: Course, row: Context | None
) -> None:
    if row is None:
        row = Context(
            registration_id=context.registration_id,
            lti_id=listed.subject_of(context, course.id),
            title=course.name[:500],
            label=course.short_name[:255],
        )
        session.add(row)
        _describe(row, course)
    if row.lms_id is None:
        row.lms_id = course.id
    if row.family_by in {None, FamilySource.CODE}:
        row.family, row.family_by = context.family, FamilySource.CODE


def _describe(row: Context, course: Course) -> None:
    """Note when a course runs, and that it is over where the LMS says so."""
    row.starts_at, row.ends_at = course.starts_at, course.ends_at
    if course.is_over != (row.concluded_at is not None):
        row.concluded_at = now() if course.is_over else None


def earlier(session: Session, context: Context) -> list[tuple[int, str]]:
    """Return row and LMS id of the newest offerings that began before this one."""
    began = context.starts_at or LATEST
    before = [
        (row.id, row.lms_id)
        for row in (one.context for one in family.offerings(session, context))
        if row.lms_id and (row.starts_at is None or row.starts_at < began)
    ]
    return before[:EARLIER_OFFERINGS][::-1]


def alike(context: Context, course: Course) -> dict[str, Any] | None:
    """Return a course as something to pick from, where it sounds like this one."""
    began = context.starts_at or LATEST
    if course.id == context.lms_id or (course.starts_at and course.starts_at >= began):
        return None
    ours, theirs = context.title.casefold(), course.name.casefold()
    ratio = SequenceMatcher(None, ours, theirs).ratio()
    if ratio < ALIKE:
        return None
    return {
        "id": course.id,
        "name": course.name[:200],
        "code": course.short_name[:80],
        "began": course.starts_at.date().isoformat() if course.starts_at else None,
        "alike": round(ratio, 2),
    }


def best(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those most alike, few enough for a list on a page."""
    return sorted(found, key=itemgetter("alike"), reverse=True)[:MOST_OTHERS]
