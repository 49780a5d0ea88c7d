"""What the page of two people shows, for every route that comes back to it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Response, make_response, request
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.errors import Conflict
from lti_mentor.matching.hours import CHIPS
from lti_mentor.mentoring import absence, queries
from lti_mentor.mentoring.models import (
    LIVING,
    Mentorship,
    MentorshipState,
    Participant,
)
from lti_mentor.people.models import Person
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import Application, PracticeWork
from lti_mentor.scheduling import queries as scheduling
from lti_mentor.scheduling.models import MentoringSession, SessionState
from lti_mentor.scheduling.suggesting import Week, shared_times
from lti_mentor.web import db, decisions, sentences, turns
from lti_mentor.web.names import named
from lti_mentor.web.pages import mentorships, refuse, render, scope
from lti_mentor.web.words import words_of

PAGE = "mentorship/show.html"


def mine(public_id: str) -> Mentorship:
    """Return a mentorship of whoever is asking.

    Raises:
        Missing: No such mentorship, or somebody else's.
    """
    return queries.mentorship_of(db.session(), scope().person, public_id)


def again(found: Mentorship, errors: Any) -> Response:
    """Show the page once more with what is wrong in a form."""
    return refuse(PAGE, errors, **(page(found) | {"value": request.form}))


def page(found: Mentorship) -> dict[str, Any]:
    """Return everything of two people, the next step first."""
    session, me = db.session(), scope().person
    partner, meetings = found.partner_of(me), scheduling.sessions_of(session, found)
    voices = queries.voices(session, found)
    works = practice.works_of_mentorship(session, found)
    part = queries.participant_of(session, found.program, partner)
    is_mentor = me.id == found.mentor_id
    return {
        "mentorship": found,
        "me": me,
        "partner": partner,
        "i_am_mentor": is_mentor,
        "partner_part": part,
        "i_accepted": said(found, me, "accepted_at"),
        "i_signed": said(found, me, "signed_at"),
        "consented": queries.has_consented(session, me, found.program),
        "is_offered": found.state is MentorshipState.OFFERED,
        "is_living": found.state in LIVING,
        "state": sentences.MENTORSHIPS[found.state],
        "why": sentences.why(found.reasons, to_mentor=is_mentor),
        "line": turns.of_mentorship(found, me, turns.desk()),
        "gone": absence.absent(session, [found]).get(found.id),
        "mine": voices.get(me.id),
        "theirs": voices.get(partner.id),
        "works": works,
        "works_words": sentences.WORKS,
        "messages": queries.thread(session, found),
        "subjects": _subjects(works),
        "now": now(),
        "errors": {},
        "value": {"about": request.args.get("about", "")},
        **_talks(found, meetings, part),
    }


def said(found: Mentorship, person: Person, what: str) -> bool:
    """Say whether somebody did this in a mentorship: `accepted_at`, `signed_at`, ..."""
    side = "mentor" if person.id == found.mentor_id else "mentee"
    return getattr(found, f"{side}_{what}") is not None


def _talks(
    found: Mentorship, meetings: Sequence[MentoringSession], part: Participant | None
) -> dict[str, Any]:
    session, me = db.session(), scope().person
    notes = scheduling.notes_of(session, found)
    theirs = _clock_of(found.partner_of(me))
    return {
        "meetings": meetings,
        "open_talks": scheduling.OPEN,
        "objection": _may_object(meetings, me),
        "my_notes": {n.session_id: n for n in notes if n.author_id == me.id},
        "their_notes": {n.session_id: n for n in notes if n.author_id != me.id},
        "together": (together := scheduling.together(session, meetings)),
        "roll": {shared: _roll(rows) for shared, rows in together.items()},
        "others": _other_mentees(found),
        "theirs_at": theirs,
        "suggestions": _suggestions(found, part) if found.state in LIVING else [],
        "agenda": _agenda(found, meetings),
    }


def _roll(rows: Sequence[MentoringSession]) -> list[tuple[str, str]]:
    """Return who booked a shared talk, for the mentor to say who was there."""
    return [
        (str(row.public_id), named(row.mentorship.mentee))
        for row in rows
        if row.state is SessionState.BOOKED
    ]


def _may_object(meetings: Sequence[MentoringSession], me: Person) -> set[int]:
    """Return the talks of which the other one says that this reader did not come."""
    soonest = now() - scheduling.OBJECTION
    return {
        meeting.id
        for meeting in meetings
        if meeting.state is SessionState.MISSED
        and meeting.missed_by_id == me.id
        and meeting.claimed_at
        and meeting.claimed_at > soonest
    }


def _other_mentees(found: Mentorship) -> list[tuple[str, str]]:
    """Return whom else a mentor could talk with at the same time."""
    me = scope().person
    return [
        (str(one.public_id), named(one.mentee))
        for one in mentorships()
        if one.id != found.id and one.mentor_id == me.id == found.mentor_id
        if one.state is MentorshipState.ACTIVE
    ]


def _subjects(works: Sequence[PracticeWork]) -> list[tuple[str, str]]:
    """Return what a question may be tied to: the two's practices, step by step."""
    return [
        (str(row.public_id), words)
        for row, words in subjects(works)
        if isinstance(row, Application | PracticeWork)
    ]


def subjects(works: Sequence[PracticeWork]) -> list[tuple[Base, str]]:
    """Return the rows a message may be about, each with what it is called."""
    found: list[tuple[Base, str]] = []
    for work in works:
        found.append((work, work.brief.title))
        found += [
            (one, _("%(title)s, application %(n)d", title=work.brief.title, n=n))
            for n, one in enumerate(work.applications, start=1)
        ]
    return found


def _clock_of(partner: Person) -> Callable[[datetime], str]:
    """Return how to say a moment on the other one's clock; "" where it is the same."""
    here = ZoneInfo(str(get_timezone() or "UTC"))
    zone = ZoneInfo(partner.zone) if partner.zone else here

    def theirs(moment: datetime) -> str:
        if moment.astimezone(zone).utcoffset() == moment.astimezone(here).utcoffset():
            return ""
        clock: str = format_datetime(
            moment, "EEE HH:mm", tzinfo=zone, locale=get_locale()
        )
        return clock

    return theirs


def _suggestions(found: Mentorship, part: Participant | None) -> list[datetime]:
    me = scope().person
    own = queries.participant_of(db.session(), found.program, me)
    if own is None or part is None:
        return []
    return shared_times(_week(own), _week(part), now())


def _week(part: Participant) -> Week:
    chosen = [divmod(hour, 24) for hour in part.hours]
    hours = chosen or [
        (day, hour)
        for chip in part.chips
        for day in CHIPS[chip][0]
        for hour in CHIPS[chip][1]
    ]
    return Week(hours, part.person.zone or part.program.zone)


def _agenda(found: Mentorship, meetings: Sequence[MentoringSession]) -> str:
    """Suggest what to talk about: getting to know each other, later open practice."""
    if not meetings:
        lines = [
            _("Who we are, and what brings us here"),
            _("What we would like to reach: %(goal)s", goal=found.goals)
            if found.goals
            else _("What we would like to reach"),
            _("The next real occasion to use it, and what could get in the way"),
            _("How often we talk, and how we write in between"),
        ]
    else:
        lines = [_("What happened since our last talk"), *_open_steps(found)]
    return "\n".join(f"- {line}" for line in lines)


def _open_steps(found: Mentorship) -> list[str]:
    works = practice.works_of_mentorship(db.session(), found)
    return [
        f"{work.brief.title}: {sentences.WORKS[work.state][0]}"
        for work in works
        if work.turn.value != "none"
    ]


MEANWHILE = (Conflict, StaleDataError, IntegrityError)
"""What the rules or the database say when something has changed since."""


def meanwhile(error: Exception) -> Response:
    """Answer a click on a stale page with the page as it is now, and why."""
    found = _asked_for()
    problem = (
        error if isinstance(error, Conflict) else Conflict("page.changed_meanwhile")
    )
    decisions.note(code=problem.code, reason="")
    said_now = {"meanwhile": words_of(problem), "code": problem.code}
    shown = render(PAGE, **(page(found) | said_now | {"value": request.form}))
    return make_response(shown, problem.status)


def _asked_for() -> Mentorship:
    """Return the mentorship of this address, read anew."""
    session, names = db.session(), request.view_args or {}
    session.rollback()
    if "mentorship" in names:
        return mine(names["mentorship"])
    meeting = scheduling.session_of(session, scope().person, names["meeting"])
    return meeting.mentorship
