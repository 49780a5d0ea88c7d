"""A mentorship under way: rest and go on, the fit check, the end and its questions."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Conflict, Invalid
from lti_mentor.mentoring.models import (
    Degree,
    Mentorship,
    MentorshipState,
    Voice,
)
from lti_mentor.mentoring.steps import (
    close,
    goes_first,
    lock,
    must_be_living,
    must_be_party,
    side_of,
    tell,
)
from lti_mentor.people.models import Person

FIT_AFTER = 2
"""Held talks after which both are asked, each alone, whether it fits."""
LONGEST_PAUSE = timedelta(days=366)
CLOSING_DAYS = 14
"""How long the closing questions wait; then it is completed without them."""
MAX_WORDS = 10_000
"""Characters of one text somebody writes in a mentorship."""
CHANGE = "change"
"""Reason of a mentorship that a fit check ended."""
WANTS_ANOTHER = frozenset({CHANGE, "other_mentor", "not_helpful"})
"""Reasons by which a mentee waits for somebody else, before others."""
_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
S = MentorshipState


def pause(
    session: Session, mentorship: Mentorship, by: Person, until: datetime | None = None
) -> None:
    """Let it rest until a day, or until one of the two goes on.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
        Invalid: The day has passed, or lies more than a year ahead.
    """
    must_be_party(mentorship, by)
    if until is not None and not now() < until < now() + LONGEST_PAUSE:
        raise Invalid("mentorship.pause_date")
    lock(session, mentorship)
    was_paused = mentorship.state is S.PAUSED
    if not was_paused:
        mentorship.advance(S.PAUSED)
        tell(session, Verb.PAUSED_MENTORSHIP, mentorship, by)
    mentorship.paused_until, mentorship.paused_by_id = until, by.id


def resume(session: Session, mentorship: Mentorship, by: Person | None) -> None:
    """Go on after a pause (None = its last day has passed); twice is once.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It does not rest.
    """
    if by is not None:
        must_be_party(mentorship, by)
    lock(session, mentorship)
    if mentorship.state is S.ACTIVE:
        return
    if mentorship.state is not S.PAUSED:
        raise Conflict("mentorship.not_paused", now=mentorship.state)
    mentorship.advance(S.ACTIVE)
    mentorship.paused_until = mentorship.paused_by_id = None
    tell(session, Verb.RESUMED_MENTORSHIP, mentorship, by)


def check_fit(
    session: Session,
    mentorship: Mentorship,
    by: Person,
    *,
    helps: Degree | None,
    goes_on: bool,
) -> None:
    """Keep what somebody says of the two, for nobody to read.

    A no ends it without blame: the mentee waits for somebody else before others, and
    the other one is told only that it ended.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
    """
    must_be_party(mentorship, by)
    lock(session, mentorship)
    must_be_living(mentorship, by)
    own = voice(session, mentorship, by)
    own.fit_at, own.fit_helps, own.fit_goes_on = now(), helps, goes_on
    if not goes_on:
        end(session, mentorship, by, CHANGE)


def conclude(session: Session, mentorship: Mentorship, by: Person) -> None:
    """Begin the end: the goals are reached, the closing questions are asked.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
    """
    must_be_party(mentorship, by)
    lock(session, mentorship)
    if mentorship.state is S.CONCLUDING:
        return
    mentorship.advance(S.CONCLUDING)
    tell(session, Verb.CONCLUDED_MENTORSHIP, mentorship, by)


@dataclass(frozen=True, slots=True)
class ClosingWords:
    """The three closing questions; each may stay open."""

    reached: Degree | None = None
    takes_along: str = ""
    thanks: str = ""


def answer_closing(
    session: Session, mentorship: Mentorship, by: Person, words: ClosingWords
) -> None:
    """Keep somebody's closing answers; when both have been asked it is completed.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It does not come to its end.
        Invalid: Far too much text.
    """
    must_be_party(mentorship, by)
    if max(len(words.takes_along), len(words.thanks)) > MAX_WORDS:
        raise Invalid("text.too_long", most=MAX_WORDS)
    lock(session, mentorship)
    if mentorship.state not in {S.CONCLUDING, S.COMPLETED}:
        raise Conflict("mentorship.not_concluding", now=mentorship.state)
    own = voice(session, mentorship, by)
    own.reached, own.takes_along = words.reached, words.takes_along.strip()
    own.thanks = words.thanks.strip()
    column = f"{side_of(mentorship, by)}_closed_at"
    setattr(mentorship, column, getattr(mentorship, column) or now())
    both = mentorship.mentor_closed_at and mentorship.mentee_closed_at
    if both and mentorship.state is S.CONCLUDING:
        close(session, mentorship, by, S.COMPLETED, "completed")


def end(session: Session, mentorship: Mentorship, by: Person, reason: str) -> None:
    """End it early; work under way goes on with the instructor. Twice is once.

    `reason` is a code, never what somebody typed, and told to nobody. Where the
    mentee did not choose it, or would like somebody else, they wait before others.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: It is not under way.
        Invalid: The reason is no code.
    """
    must_be_party(mentorship, by)
    if not _CODE.fullmatch(reason):
        raise Invalid("mentorship.reason")
    lock(session, mentorship)
    if mentorship.state is S.ENDED:
        return
    close(session, mentorship, by, S.ENDED, reason)
    if by.id == mentorship.mentor_id or reason in WANTS_ANOTHER:
        goes_first(session, mentorship)


def share_contact(
    session: Session, mentorship: Mentorship, by: Person, contact: str
) -> None:
    """Tell the other one how to reach somebody; empty takes it back.

    Raises:
        NotAllowed: Not one of the two.
        Conflict: The two are not working together.
        Invalid: More than a card holds.
    """
    must_be_living(mentorship, by)
    if len(contact) > 500:
        raise Invalid("text.too_long", most=500)
    voice(session, mentorship, by).contact = contact.strip()


def voice(session: Session, mentorship: Mentorship, person: Person) -> Voice:
    """Return somebody's own row in a mentorship, beginning it where there is none."""
    there = select(Voice).filter_by(mentorship_id=mentorship.id, person_id=person.id)
    found = session.scalars(there).one_or_none()
    if found is not None:
        return found
    found = Voice(mentorship=mentorship, person=person)
    try:
        with session.begin_nested():
            session.add(found)
    except IntegrityError:  # the same person's second click was faster
        return session.scalars(there).one()
    return found


def resume_due(session: Session) -> int:
    """Let mentorships go on whose pause is over; return how many."""
    over = select(Mentorship).where(
        Mentorship.state == S.PAUSED, Mentorship.paused_until < now()
    )
    rows = session.scalars(over.with_for_update(skip_locked=True)).all()
    for mentorship in rows:
        resume(session, mentorship, None)
    return len(rows)


def complete_silent(session: Session) -> int:
    """Complete what was concluded and whose questions nobody answers; how many."""
    long_ago = select(Activity.object_id).where(
        Activity.verb == Verb.CONCLUDED_MENTORSHIP,
        Activity.at < now() - timedelta(days=CLOSING_DAYS),
    )
    silent = select(Mentorship).where(
        Mentorship.state == S.CONCLUDING, Mentorship.public_id.in_(long_ago)
    )
    rows = session.scalars(silent.with_for_update(skip_locked=True)).all()
    for mentorship in rows:
        close(session, mentorship, None, S.COMPLETED, "completed")
    return len(rows)
