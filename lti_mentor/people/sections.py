"""Which section of a course somebody is in, and who may see only some of them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, delete, insert, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_mentor.people.models import Context, SectionSeat

Sections = frozenset[str] | None
"""Sections whose people somebody sees; None = the whole course."""


def keep(
    session: Session, context: Context, people: Mapping[int, Iterable[str]]
) -> None:
    """Keep which sections people, by their ids, are in; nobody else's change."""
    wanted = {
        (person_id, section[:255])
        for person_id, sections in people.items()
        for section in sections
        if section
    }
    rows = session.execute(
        select(SectionSeat.id, SectionSeat.person_id, SectionSeat.section).where(
            SectionSeat.context_id == context.id,
            SectionSeat.person_id.in_(people),
        )
    )
    there = {(row.person_id, row.section): row.id for row in rows}
    gone = [id_ for key, id_ in there.items() if key not in wanted]
    if gone:
        session.execute(delete(SectionSeat).where(SectionSeat.id.in_(gone)))
    new = [
        {"context_id": context.id, "person_id": person_id, "section": section}
        for person_id, section in sorted(wanted - there.keys())
    ]
    if new:
        session.execute(insert(SectionSeat), new)


def within(
    person_id: InstrumentedAttribute[int], context: Context, sections: Sections
) -> ColumnElement[bool]:
    """Return the condition that keeps a list of people to these sections."""
    if sections is None:
        return true()
    seated = select(SectionSeat.person_id).where(
        SectionSeat.context_id == context.id, SectionSeat.section.in_(sections)
    )
    return person_id.in_(seated)


def of_launch(custom: Mapping[str, str]) -> list[str]:
    """Return the sections a launch says this person is in: `42, 43`."""
    given = ",".join(custom.get(name, "") for name in NAMES)
    return [part.strip() for part in given.split(",") if part.strip()]


NAMES = ("canvas_section_ids", "moodle_group_ids")
"""Launch parameters that name sections."""


def seen_by(custom: Mapping[str, str]) -> Sections:
    """Return what a launch says of the sections this person is kept to.

    Only Canvas says so; Moodle tells nobody's group rights in a launch.
    """
    is_limited = custom.get("canvas_section_restricted", "").lower() == "true"
    return frozenset(of_launch(custom)) if is_limited else None
