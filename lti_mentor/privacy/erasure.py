"""One person is forgotten: what says who they were, and every word they wrote (D21).

What happened stays, as codes and numbers about somebody nobody can name any more: their
row becomes that pseudonym, so that scores that were sent can still be accounted for.
While the LMS lists them they come back as somebody new; so they leave the course first.
What was written into the LMS or a record store is erased there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_mentor.db import Base
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import (
    LIVING,
    Avoidance,
    Choice,
    Concern,
    Consent,
    Exclusion,
    Interest,
    Mentorship,
    MentorshipState,
    Message,
    Participant,
    ParticipantState,
    PutOff,
    Voice,
)
from lti_mentor.notices.models import NoMail, Notice
from lti_mentor.people.models import (
    Draft,
    LinkKind,
    Membership,
    OneUseLink,
    Person,
    SectionSeat,
    WebSession,
)
from lti_mentor.practice import closing
from lti_mentor.practice.models import (
    FINAL,
    Application,
    Evidence,
    Plan,
    PracticeWork,
    Reflection,
    Review,
)
from lti_mentor.scheduling.models import (
    CalendarCopy,
    CalendarFeed,
    CalendarWish,
    MentoringSession,
    SessionNote,
)
from lti_mentor.skills.models import (
    ActivityCompletion,
    CourseCompletion,
    CourseGrade,
    SkillLevel,
)

GONE: tuple[InstrumentedAttribute[Any], ...] = (
    WebSession.person_id,
    Draft.person_id,
    SectionSeat.person_id,
    Membership.person_id,
    Interest.person_id,
    PutOff.person_id,
    Voice.person_id,
    SessionNote.author_id,
    CalendarFeed.person_id,
    CalendarWish.person_id,
    CalendarCopy.person_id,
    Consent.person_id,
    Avoidance.person_id,
    Choice.mentee_id,
    Choice.mentor_id,
    Exclusion.one_id,
    Exclusion.other_id,
    SkillLevel.person_id,
    CourseCompletion.person_id,
    CourseGrade.person_id,
    ActivityCompletion.person_id,
    Notice.person_id,
    NoMail.person_id,
)
"""Rows that say nothing but what somebody is, has or wants: deleted."""
NOBODY: Mapping[str, Any] = {
    **dict.fromkeys(("sub", "lms_user_id", "legacy_id", "username", "email")),
    "refused_email": None,
    **dict.fromkeys(("locale", "zone", "last_seen")),
    "told": {},
    **dict.fromkeys(("is_org_admin", "is_reader", "may_start"), False),
    "name": "",
}
"""What is left of the person's own row."""


def find(session: Session, said: str) -> list[Person]:
    """Return everybody with this address, LMS id, subject or id of ours."""
    ways = [
        Person.sub == said,
        Person.lms_user_id == said,
        func.lower(Person.email) == said.lower(),
    ]
    with suppress(ValueError):
        ways.append(Person.public_id == UUID(said))
    return list(session.scalars(select(Person).where(or_(*ways)).order_by(Person.id)))


def erase(session: Session, person: Person) -> dict[str, int]:
    """Forget a person; return how many rows of each table were deleted or emptied."""
    counts: Counter[str] = Counter()
    _part(session, person)
    _close_doors(session, person)
    for column in GONE:
        table = Base.metadata.tables[column.class_.__tablename__]
        mine = table.c[column.key] == person.id
        counts[table.name] += _did(session, delete(table).where(mine))
    for table, mine, empty in _texts(person):
        counts[table.name] += _did(session, update(table).where(mine).values(empty))
    for name, value in NOBODY.items():
        setattr(person, name, value)
    session.flush()
    session.expire_all()
    return {name: count for name, count in counts.items() if count}


def _part(session: Session, person: Person) -> None:
    """End what others wait for: offers, mentorships, work under way."""
    either = or_(Mentorship.mentor_id == person.id, Mentorship.mentee_id == person.id)
    for pair in session.scalars(select(Mentorship).where(either)):
        if pair.state is MentorshipState.OFFERED:
            mentoring.decline(session, pair, person)
        elif pair.state in LIVING:
            mentoring.end(session, pair, person, reason="erased")
    mine = PracticeWork.learner_id == person.id
    for work in session.scalars(select(PracticeWork).where(mine)):
        if work.state not in FINAL:
            closing.withdraw(session, work, person)


def _close_doors(session: Session, person: Person) -> None:
    """Drop sessions and tickets of others whose launch named this person."""
    known = {person.sub, person.lms_user_id, person.legacy_id} - {None}
    theirs = WebSession.registration_id == person.registration_id
    for row in session.scalars(select(WebSession).where(theirs)):
        if _names(row.launch, known):
            session.delete(row)
    tickets = OneUseLink.kind == LinkKind.LAUNCH_TICKET
    for link in session.scalars(select(OneUseLink).where(tickets)):
        held = link.payload["session"]
        is_of_them = held["person_id"] == person.id
        if is_of_them or _names(held["launch"], known):
            session.delete(link)


def _names(launch: Mapping[str, Any], known: set[str | None]) -> bool:
    named = {launch.get("for_user"), *launch.get("observed", ())}
    return bool(named & known)


def _texts(
    person: Person,
) -> Iterator[tuple[Table, ColumnElement[bool], dict[str, Any]]]:
    """Yield tables, which rows of them are this person's words, and those emptied."""
    me = person.id
    work = select(PracticeWork.id).where(PracticeWork.learner_id == me)
    done = select(Application.id).where(Application.work_id.in_(work))
    both = or_(Mentorship.mentor_id == me, Mentorship.mentee_id == me)
    for row, mine, names in (
        (Message, Message.author_id == me, "text"),
        (Mentorship, both, "goals meeting_note"),
        (Concern, Concern.by_id == me, "words answer"),
        (MentoringSession, MentoringSession.offered_by_id == me, "place agenda"),
        (Plan, Plan.work_id.in_(work), "occasion action obstacle response note"),
        (Plan, Plan.agreed_by_id == me, "note"),
        (Application, Application.work_id.in_(work), "situation did result"),
        (Evidence, Evidence.application_id.in_(done), "content"),
        (Review, Review.application_id.in_(done), "comment"),
        (Review, Review.reviewer_id == me, "comment"),
        (Reflection, Reflection.work_id.in_(work), "learned next_time"),
    ):
        table = Base.metadata.tables[row.__tablename__]
        yield table, mine, dict.fromkeys(names.split(), "")
    table = Base.metadata.tables[Participant.__tablename__]
    left = {"chips": [], "hours": [], "languages": [], "introduction": ""}
    yield table, Participant.person_id == me, left | {"state": ParticipantState.LEFT}


def _did(session: Session, change: Any) -> int:
    return int(session.execute(change).rowcount)  # type: ignore[attr-defined]
