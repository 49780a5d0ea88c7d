"""Which courses are offerings of one course (P27)."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentor.clock import now
from lti_mentor.db import get_public
from lti_mentor.people.models import (
    Context,
    ContextKind,
    FamilySource,
    Membership,
    OfferingWord,
    Person,
    Role,
    Standing,
)

_CODE = re.compile(r"^\W*([^\W\d_]{2,}[ _-]?\d{2,4})(?!\d)", re.UNICODE)
TAUGHT = (Standing.ACTIVE, Standing.CONCLUDED)
"""Standings of somebody who teaches a course, or did until it was over."""


class Found(enum.StrEnum):
    """How another offering is known."""

    WORD = "word"
    """An instructor of this course said so."""
    HISTORY = "history"
    """One was copied from the other."""
    CODE = "code"
    """They begin with the same course code."""


@dataclass(frozen=True, slots=True)
class Offering:
    """Another offering of a course, and how we know."""

    context: Context
    found: Found


def family_of(label: str) -> str | None:
    """Return the course code that offerings share, such as NEG101; None = no code.

    Takes the letters and digits a label begins with: `NEG101-2026S`, `NEG 101 (2)`
    and `neg101` are offerings of one course.
    """
    found = _CODE.match(label.strip())
    return re.sub(r"[ _-]", "", found[1]).upper() if found else None


def is_offering(own: type[Context], other: type[Context]) -> ColumnElement[bool]:
    """Return the condition that `other` is `own`, or another offering of it.

    What an instructor of `own` said comes before codes and copies.
    """
    said = (
        select(OfferingWord.is_offering)
        .where(OfferingWord.context_id == own.id, OfferingWord.other_id == other.id)
        .scalar_subquery()
    )
    is_one = func.coalesce(said, other.family == own.family)
    return or_(
        other.id == own.id, (other.registration_id == own.registration_id) & is_one
    )


def offerings(session: Session, context: Context) -> list[Offering]:
    """Return the other offerings of a course, the newest first; two queries."""
    own = aliased(Context)
    rows = session.scalars(
        select(Context)
        .join(own, is_offering(own, Context))
        .where(own.id == context.id, Context.id != context.id)
    )
    said = set(
        session.scalars(
            select(OfferingWord.other_id).filter_by(
                context_id=context.id, is_offering=True
            )
        )
    )
    newest = sorted(rows, key=_begun, reverse=True)
    return [Offering(row, _found(context, row, said)) for row in newest]


def _begun(row: Context) -> tuple[bool, float, int]:
    began = row.starts_at.timestamp() if row.starts_at else 0.0
    return (row.starts_at is not None, began, row.id)


def _found(context: Context, row: Context, said: set[int]) -> Found:
    if row.id in said:
        return Found.WORD
    is_copy = FamilySource.HISTORY in {context.family_by, row.family_by}
    return Found.HISTORY if is_copy else Found.CODE


def addable(session: Session, context: Context, person: Person) -> Sequence[Context]:
    """Return courses this person teaches, or taught, that are no offerings yet (D4)."""
    own = aliased(Context)
    known = (
        select(Context.id)
        .join(own, is_offering(own, Context))
        .where(own.id == context.id)
    )
    query = (
        select(Context)
        .where(
            Context.id.in_(_taught_by(person)),
            Context.id.not_in(known),
            Context.registration_id == context.registration_id,
            Context.kind == ContextKind.COURSE,
        )
        .order_by(Context.title, Context.id)
    )
    return session.scalars(query).all()


def taught_here(
    session: Session, context: Context, person: Person
) -> Sequence[Context]:
    """Return this course and those of its offerings that this person teaches."""
    own = aliased(Context)
    query = (
        select(Context)
        .join(own, is_offering(own, Context))
        .where(
            own.id == context.id,
            or_(Context.id == context.id, Context.id.in_(_taught_by(person))),
        )
        .order_by(Context.id)
    )
    return session.scalars(query).all()


def _taught_by(person: Person) -> Select[int]:
    return select(Membership.context_id).where(
        Membership.person_id == person.id,
        Membership.role == Role.INSTRUCTOR,
        Membership.standing.in_(TAUGHT),
    )


def addable_one(
    session: Session, context: Context, person: Person, public_id: str
) -> Context:
    """Return a course that may be said to be an offering.

    Raises:
        Missing: No such course, or none this person teaches.
    """
    return get_public(
        session,
        Context,
        public_id,
        Context.id.in_(_taught_by(person)),
        Context.id != context.id,
        Context.registration_id == context.registration_id,
        Context.kind == ContextKind.COURSE,
    )


def offering(session: Session, context: Context, public_id: str) -> Context:
    """Return another offering of a course, also one that was said to be none.

    Raises:
        Missing: No such offering.
    """
    own = aliased(Context)
    said = select(OfferingWord.other_id).filter_by(context_id=context.id)
    known = (
        select(Context.id)
        .join(own, is_offering(own, Context))
        .where(own.id == context.id, Context.id != context.id)
    )
    here = or_(Context.id.in_(known), Context.id.in_(said))
    return get_public(session, Context, public_id, here)


def left_out(session: Session, context: Context) -> Sequence[Context]:
    """Return the courses an instructor said are no offerings, by title."""
    query = (
        select(Context)
        .join(OfferingWord, OfferingWord.other_id == Context.id)
        .where(
            OfferingWord.context_id == context.id, OfferingWord.is_offering.is_(False)
        )
        .order_by(Context.title, Context.id)
    )
    return session.scalars(query).all()


def say(
    session: Session, context: Context, other: Context, by: Person, *, is_one: bool
) -> bool:
    """Keep an instructor's word about another course; False = it was so already."""
    word = session.scalars(
        select(OfferingWord).filter_by(context_id=context.id, other_id=other.id)
    ).one_or_none()
    if word is not None and word.is_offering is is_one:
        return False
    if word is None:
        word = OfferingWord(context_id=context.id, other_id=other.id)
        session.add(word)
    word.is_offering, word.said_by_id, word.said_at = is_one, by.id, now()
    session.flush()
    return True
