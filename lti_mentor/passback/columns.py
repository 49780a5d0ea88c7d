"""A column of our own, where the platform names none: looked for first, made once.

Scores of one platform are sent by one worker at a time (the job's lease), and a column
is made just before its first score: so a class that opens a practice at once, or an
answer lost on its way back, still leaves one.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Delivery
from lti_mentor.lti.services import LINE_ITEM, Column, Services
from lti_mentor.people.models import LineItem
from lti_mentor.platforms.dialects import Dialect
from lti_mentor.practice.models import PracticeAssignment, PracticeWork

ANEW = "ags.column_anew"
"""Code on a waiting delivery whose column was deleted and is wanted again."""
TAG = "practice"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column to find or to make, free of the database."""

    assignment_id: int
    lineitems_url: str
    column: Column
    known_as: tuple[str, ...]
    """Ids of ours it may carry: the practice's, its brief's, or that of its deep link,
    which in a copied course is the original's still."""
    link: str
    """The platform's id of the place; another place's column is not ours."""


def wanted(session: Session, delivery: Delivery, dialect: Dialect) -> Wanted | None:
    """Return the column this score lacks; None = it has one, or none is wanted.

    Where launches name the column, a launch without one says that the teacher wants
    none, unless somebody has asked for it anew.
    """
    found = _assignment(session, delivery)
    if found is None or found.line_item is not None:
        return None
    course = found.context
    may_create = not course.ags_scopes or LINE_ITEM in course.ags_scopes
    is_wanted = not dialect.launch_names_column or delivery.code == ANEW
    if not (course.lineitems_url and may_create and is_wanted):
        return None
    name, brief = str(found.public_id), found.brief
    names = dict.fromkeys((name, str(brief.public_id), found.deep_link))
    return Wanted(
        assignment_id=found.id,
        lineitems_url=course.lineitems_url,
        column=Column("", brief.title, float(brief.maximum), name, tag=TAG),
        known_as=tuple(one for one in names if one),
        link=found.resource_link.lti_id,
    )


def find_or_create(wanted: Wanted, services: Services) -> str:
    """Return the column's address; no transaction is open.

    Raises:
        Outside: The platform does not answer, or refuses.
    """
    for name in wanted.known_as:
        found = services.line_items(wanted.lineitems_url, resource_id=name)
        ours = [c for c in found if c.resource_link_id in {None, wanted.link}]
        if ours:
            return ours[0].url
    return services.create_line_item(wanted.lineitems_url, wanted.column).url


def keep(session: Session, wanted: Wanted, url: str) -> None:
    """Remember the column; scores go there from now on."""
    assignment = session.get_one(PracticeAssignment, wanted.assignment_id)
    course = assignment.context_id
    known = select(LineItem).where(LineItem.context_id == course, LineItem.url == url)
    item = session.scalars(known).first() or LineItem(context_id=course, url=url)
    item.resource_link_id = assignment.resource_link_id
    item.maximum = wanted.column.maximum
    session.add(item)
    assignment.line_item = item
    session.flush()


def forget(session: Session, delivery: Delivery) -> None:
    """Let go of a column that was deleted."""
    if found := _assignment(session, delivery):
        found.line_item = None


def _assignment(session: Session, delivery: Delivery) -> PracticeAssignment | None:
    query = (
        select(PracticeAssignment)
        .join(PracticeWork, PracticeWork.assignment_id == PracticeAssignment.id)
        .where(PracticeWork.public_id == delivery.activity.object_id)
    )
    return session.scalars(query).one_or_none()
