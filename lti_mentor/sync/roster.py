"""Who is in a course, as LTI's own roster (NRPS) says: no LMS token needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_mentor import db
from lti_mentor.clock import now
from lti_mentor.people import wishes
from lti_mentor.people.models import Context, Role
from lti_mentor.people.wishes import Source
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import listed, queries, seats

ASKED_AGAIN = timedelta(days=7)
"""How old a reading of the roster may be where the API's list says the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the roster."""

    sub: str
    role: Role
    name: str = ""
    email: str | None = None
    lms_user_id: str | None = None
    """The LMS API's id where the roster tells it; Moodle's is the sub."""
    legacy_id: str | None = None
    is_active: bool = True
    is_test: bool = False
    zone: str | None = None
    """IANA name, where the roster tells it."""

    @property
    def id(self) -> str:
        """Return what tells this line from every other."""
        return self.sub


def keep(
    session: Session,
    context: Context,
    rows: Sequence[Entry],
    told: seats.Told = seats.NOBODY,
) -> None:
    """Keep a page of the roster, in a few statements; a role from a launch wins.

    Of whom the API told, the roster adds ids and zone only.
    """
    ids = {row.sub: _lms_id(context, row) for row in rows}
    there = listed.known(
        session, context, [id_ for id_ in ids.values() if id_], ids.keys()
    )
    taken = []
    for row in rows:
        person = there.find(row.sub, ids[row.sub])
        if person is None or person.sub not in {None, row.sub}:
            person = there.add()
        there.learn(person, row.sub, ids[row.sub])
        is_told = told.names(person.lms_user_id)
        name = person.name if is_told and person.name else row.name
        email = None if told.mails(person.lms_user_id) else row.email
        listed.describe(person, name, email)
        db.keep(person, legacy_id=row.legacy_id, is_test=row.is_test or None)
        wishes.hear(person, Source.ROSTER, zone=row.zone)
        standing = seats.standing(context, is_active=row.is_active)
        seat = seats.Seat(person, row.role, standing, is_known_better=is_told)
        taken.append(seat)
    there.save(session, context)
    seats.keep(session, context, taken)


def _lms_id(context: Context, row: Entry) -> str | None:
    is_moodle = context.registration.lms_kind is LMSKind.MOODLE
    return row.lms_user_id or (row.sub if is_moodle else None)


def is_wanted(session: Session, context: Context, told: seats.Told) -> bool:
    """Say whether the roster may know what the API's whole list did not tell.

    That is: anything, when it was not read for a week (zones and addresses change
    there); the subject of a person the API names by its own id only; an address of
    somebody new; whether somebody whom the API no longer lists, or never did, is
    still there. On Canvas it costs a call for fifty people, on Moodle one in all.
    """
    read_at = queries.roster_read_at(session, context, since=now() - ASKED_AGAIN)
    if read_at is None:
        return True
    return any(
        row.sub is None or row.created_at > read_at or not told.names(row.lms_user_id)
        for row in seats.judged(session, context)
        if not row.is_test
    )


def end(session: Session, context: Context, subs: set[str], told: seats.Told) -> None:
    """After a complete roster: who is not on it is inactive, never deleted.

    Moodle leaves out who is suspended, expired or gone alike (measured, 4.5.6), and
    Canvas who is invited: whom the API listed has not left.
    """

    def is_gone(sub: str | None, lms_id: str | None) -> bool:
        return sub is not None and sub not in subs and not told.names(lms_id)

    seats.unseat(session, context, is_gone)
