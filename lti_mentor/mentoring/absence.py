"""One of two people is not in the course any more: who, and what whoever leads does.

Left and suspended are told apart; a course that is over makes nobody absent (P26).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Conflict, NotAllowed
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.mentoring.steps import close, goes_first, lock
from lti_mentor.people.models import Context, Membership, Person, Standing

GONE = frozenset({Standing.LEFT, Standing.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody the LMS does not let into the course any more."""

    person: Person
    standing: Standing


Seats = dict[int, dict[int, Standing]]
"""Person -> course -> how they belong to it."""


def absent(
    session: Session, mentorships: Iterable[Mentorship]
) -> Mapping[int, Absence]:
    """Return who is absent by mentorship id; one query for any number of pairs.

    A mentee is when their course says so; a mentor, who may come from any offering,
    when no course has them any more.
    """
    living = [m for m in mentorships if m.state in LIVING and m.kept_on_at is None]
    if not living:
        return {}
    seats = _seats(session, living)
    found = {m.id: _of(m, seats) for m in living}
    return {key: one for key, one in found.items() if one is not None}


def _seats(session: Session, living: list[Mentorship]) -> Seats:
    people = {person for m in living for person in (m.mentor_id, m.mentee_id)}
    query = (
        select(
            Membership.person_id,
            Membership.context_id,
            Membership.standing,
            Context.concluded_at,
        )
        .join(Context, Context.id == Membership.context_id)
        .where(Membership.person_id.in_(people))
    )
    seats: Seats = {}
    for person, course, standing, over in session.execute(query):
        kept = Standing.CONCLUDED if over else standing
        seats.setdefault(person, {})[course] = kept
    return seats


def _of(mentorship: Mentorship, seats: Seats) -> Absence | None:
    mentee = seats.get(mentorship.mentee_id, {}).get(mentorship.context_id or 0)
    if mentee in GONE:
        return Absence(mentorship.mentee, mentee)
    mentor = set(seats.get(mentorship.mentor_id, {}).values())
    if mentor and mentor <= GONE:
        is_back_soon = Standing.SUSPENDED in mentor
        how = Standing.SUSPENDED if is_back_soon else Standing.LEFT
        return Absence(mentorship.mentor, how)
    return None


def keep_on(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Say that it goes on although one of the two is not in the course any more.

    Raises:
        NotAllowed: Somebody who does not lead the program.
        Conflict: It has ended.
    """
    _must_lead(session, mentorship, by)
    if mentorship.state not in LIVING:
        raise Conflict("mentorship.not_living", now=mentorship.state)
    mentorship.kept_on_at = mentorship.kept_on_at or now()


def end_for(session: Session, mentorship: Mentorship, by: Person) -> None:
    """End it in the stead of somebody who is gone; twice is once.

    A mentee who stays waits for the next mentor before others.

    Raises:
        NotAllowed: Somebody who does not lead the program, or nobody is absent.
        Conflict: It is not under way.
    """
    _must_lead(session, mentorship, by)
    lock(session, mentorship)
    if mentorship.state is MentorshipState.ENDED:
        return
    gone = absent(session, [mentorship]).get(mentorship.id)
    if gone is None:
        raise Conflict("mentorship.nobody_left", now=mentorship.state)
    close(session, mentorship, by, MentorshipState.ENDED, "left")
    if gone.person.id == mentorship.mentor_id:
        goes_first(session, mentorship)


def _must_lead(session: Session, mentorship: Mentorship, by: Person) -> None:
    if not queries.leads(session, mentorship.program, by):
        raise NotAllowed("program.not_yours")
