"""Text somebody was typing (D10)."""

import json

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.people.models import Draft, Person

MOST_CHARACTERS = 64 * 1024
LONGEST_KEY = 120


def save(
    session: Session, person: Person, form: str, fields: dict[str, list[str]]
) -> Draft:
    """Keep what is in a form now, instead of what was.

    Raises:
        Invalid: Too much text or too long a key (`draft.too_long`).
    """
    if len(form) > LONGEST_KEY or len(json.dumps(fields)) > MOST_CHARACTERS:
        raise Invalid("draft.too_long")
    draft = _find(session, person, form)
    if draft is None:
        draft = Draft(person_id=person.id, form=form)
        session.add(draft)
    draft.fields = dict(fields)
    draft.saved_at = now()
    session.flush()
    return draft


def load(session: Session, person: Person, form: str) -> dict[str, list[str]]:
    """Return what was kept of a form; empty when nothing was."""
    draft = _find(session, person, form)
    return dict(draft.fields) if draft else {}


def clear(session: Session, person: Person, form: str) -> None:
    """Forget a form that was sent."""
    session.execute(
        delete(Draft).where(Draft.person_id == person.id, Draft.form == form)
    )


def _find(session: Session, person: Person, form: str) -> Draft | None:
    return session.scalars(
        select(Draft).where(Draft.person_id == person.id, Draft.form == form)
    ).first()
