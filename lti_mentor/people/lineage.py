"""What a course was copied from: a copy is of its origin's family (P27).

Two say so, a launch (`Context.id.history`) and a notice; whoever comes first, what is
kept is the same. People and grades never come along.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.db import keep
from lti_mentor.lti.claims import ContextClaim
from lti_mentor.people import recognition
from lti_mentor.people.family import family_of
from lti_mentor.people.models import Context, ContextKind, FamilySource
from lti_mentor.platforms.models import Registration


def inherit(session: Session, context: Context, origins: Sequence[str]) -> bool:
    """Let a course be of the family of the first origin that is known here.

    A course code of its own that is another one says that the copy became another
    course. False = nothing changed.
    """
    if not origins or context.family_by is FamilySource.HISTORY:
        return False
    origin = _known(session, context.registration.id, origins)
    return origin is not None and join(context, origin)


def join(context: Context, origin: Context) -> bool:
    """Let a course be of the family of the one it was copied from."""
    if context is origin or context.family_by is FamilySource.HISTORY:
        return False
    own, theirs = family_of(context.label or ""), family_of(origin.label or "")
    if own and theirs and own != theirs:
        return False
    if not origin.family:
        origin.family = own or f"copies of {origin.public_id}"
    context.family, context.family_by = origin.family, FamilySource.HISTORY
    return True


def copied(
    session: Session,
    registration: Registration,
    told: ContextClaim,
    origins: Sequence[str],
) -> bool:
    """Remember that a course was copied from one that is known here.

    It may not have been opened yet: then its ids and names are kept, and nothing
    else. False = nothing was to be remembered.
    """
    if _known(session, registration.id, origins) is None:
        return False
    context = recognition.context(session, registration, told.id, None)
    if context.kind is ContextKind.HUB:
        return False
    keep(context, lti_id=told.id, title=told.title, label=told.label)
    session.flush()
    return inherit(session, context, origins)


def _known(
    session: Session, registration_id: int, origins: Sequence[str]
) -> Context | None:
    """Return our row of the nearest origin."""
    rows = session.scalars(
        select(Context).where(
            Context.registration_id == registration_id,
            Context.lti_id.in_(origins),
            Context.kind == ContextKind.COURSE,
        )
    )
    found = {row.lti_id: row for row in rows}
    return next((found[one] for one in origins if one in found), None)
