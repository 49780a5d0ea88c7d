"""A person's own calendar address: made on demand, read by a calendar, revoked."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_mentor.clock import now
from lti_mentor.crypto import digest, random_token
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.mentoring.queries import is_party
from lti_mentor.people.models import Person
from lti_mentor.people.reach import is_shut_out
from lti_mentor.scheduling import queries
from lti_mentor.scheduling.calendar import Entry, entry_of
from lti_mentor.scheduling.models import STANDS, CalendarFeed, MentoringSession

LOOKS_BACK = timedelta(days=180)
"""How long a talk that is over stays in the feed."""
NOTED = timedelta(hours=1)
"""How exactly it is noted when a calendar last asked."""


def make(session: Session, person: Person) -> str:
    """Return the secret of a new address; an older one ends at once.

    Only its digest is kept: nobody can read it again, only make another.
    """
    secret = random_token()
    revoke(session, person)
    session.add(CalendarFeed(person=person, secret_digest=digest(secret)))
    session.flush()
    return secret


def revoke(session: Session, person: Person) -> None:
    """End somebody's address; who has none has none."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person.id))


def feed_of(session: Session, person: Person) -> CalendarFeed | None:
    """Return somebody's feed, if they made one."""
    query = select(CalendarFeed).filter_by(person_id=person.id)
    return session.scalars(query).one_or_none()


def reader_of(session: Session, secret: str) -> Person | None:
    """Return whose talks an address shows; None when it is none, or theirs no more."""
    query = select(CalendarFeed).where(CalendarFeed.secret_digest == digest(secret))
    found = session.scalars(query.options(joinedload(CalendarFeed.person))).first()
    if found is None:
        return None
    person = found.person
    is_open = person.registration.is_active and not is_shut_out(session, person)
    return person if is_open else None


def note_read(session: Session, person: Person) -> None:
    """Note that a calendar asked."""
    mine = CalendarFeed.person_id == person.id
    session.execute(update(CalendarFeed).where(mine).values(read_at=now()))


def is_to_note(feed: CalendarFeed | None) -> bool:
    """Say whether the last note is old enough for another."""
    if feed is None:
        return False
    return feed.read_at is None or feed.read_at < now() - NOTED


def entries_for(session: Session, person: Person) -> list[Entry]:
    """Return all of somebody's talks that have a time, over every mentorship.

    Called off ones are left out, and so vanish from the calendar that reads this.
    """
    query = (
        select(MentoringSession)
        .join(MentoringSession.mentorship)
        .where(
            is_party(person),
            MentoringSession.state.in_(STANDS),
            MentoringSession.starts_at > now() - LOOKS_BACK,
        )
        .order_by(MentoringSession.starts_at, MentoringSession.id)
        .options(
            contains_eager(MentoringSession.mentorship).options(
                joinedload(Mentorship.mentor), joinedload(Mentorship.mentee)
            )
        )
    )
    return _entries(session, session.scalars(query).all(), person)


def _entries(
    session: Session, meetings: Sequence[MentoringSession], person: Person
) -> list[Entry]:
    together = queries.together(session, meetings)
    found: dict[object, Entry] = {}
    for meeting in meetings:
        rows = together[meeting.shared_id] if meeting.shared_id else ()
        entry = entry_of(meeting, person, rows)
        found.setdefault(entry.uid, entry)
    return list(found.values())
