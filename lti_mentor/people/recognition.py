"""Which person and which course a launch means: one row under both its names (D3).

Launches know people and courses by LTI's ids, the LMS API by its own.
"""

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from lti_mentor.people.merging import merge
from lti_mentor.people.models import Context, Person
from lti_mentor.platforms.models import Registration

_PERSON = select(Person).where(
    Person.registration_id == bindparam("registration"),
    or_(Person.sub == bindparam("lti"), Person.lms_user_id == bindparam("api")),
)
_CONTEXT = select(Context).where(
    Context.registration_id == bindparam("registration"),
    or_(Context.lti_id == bindparam("lti"), Context.lms_id == bindparam("api")),
)


def person(
    session: Session, registration: Registration, sub: str, lms_id: str | None
) -> Person:
    """Return the row of this person, new where nobody knew them by either name."""
    asked = {"registration": registration.id, "lti": sub, "api": lms_id}
    rows = session.scalars(_PERSON, asked).all()
    by_sub = next((row for row in rows if row.sub == sub), None)
    by_api = next((row for row in rows if lms_id and row.lms_user_id == lms_id), None)
    if by_api and by_api.sub not in {None, sub}:
        by_api.lms_user_id = None  # the LMS moved this id to somebody else
        by_api = None
        session.flush()
    if by_sub and by_api and by_sub is not by_api:
        by_sub.username = by_sub.username or by_api.username
        merge(session, kept=by_sub, gone=by_api)
    found = by_sub or by_api
    if found is None:
        found = Person(registration=registration)
        session.add(found)
    return found


def context(
    session: Session, registration: Registration, lti_id: str, lms_id: str | None
) -> Context:
    """Return the row of this course, new where nobody knew it by either name."""
    asked = {"registration": registration.id, "lti": lti_id, "api": lms_id}
    rows = session.scalars(_CONTEXT, asked).all()
    by_lti = next((row for row in rows if row.lti_id == lti_id), None)
    by_api = next((row for row in rows if lms_id and row.lms_id == lms_id), None)
    if by_api and by_api.lti_id not in {None, lti_id}:
        by_api.lms_id = None
        by_api = None
        session.flush()
    if by_lti and by_api and by_lti is not by_api:
        merge(session, kept=by_lti, gone=by_api)
    found = by_lti or by_api
    if found is None:
        found = Context(registration=registration)
        session.add(found)
    return found
