"""The door for everybody: all of one's own mentorships, from every course (P25)."""

from typing import Any

from lti_mentor.mentoring import queries, view, wishes
from lti_mentor.mentoring.models import (
    OPEN,
    Part,
    ParticipantState,
    ProgramState,
)
from lti_mentor.people import queries as people
from lti_mentor.web import db, turns
from lti_mentor.web.pages import Answer, blueprint, mentorships, render, scope

bp = blueprint("hub", __name__)
UNANSWERED = frozenset({ParticipantState.PROPOSED, ParticipantState.INVITED})


@bp.get("/mine")
def show() -> Answer:
    """Show every mentorship of one's own, whose turn it is, and what could begin."""
    who, session = scope(), db.session()
    everything = mentorships()
    desk = turns.desk()
    open_ones = [one for one in everything if one.state in OPEN]
    lines = {m: turns.of_mentorship(m, who.person, desk) for m in open_ones}
    alone = turns.of_practice([w for w in desk.works if w.mentorship_id is None])
    pool = turns.of_reviews([w for w in desk.waiting if w.mentorship_id is None])
    loose = [line for line in (pool, alone, *_parts()) if line]
    mine = [line for line in (*lines.values(), *loose) if line.is_mine]
    return render(
        "hub/show.html",
        lines=lines,
        loose=loose,
        next=next(iter(mine), None),
        more=len(mine) - 1,
        past=[one for one in everything if one.state not in OPEN],
        taught=people.taught(session, who.person),
        led=view.programs_led_by(session, who.person),
        **_could_begin(),
    )


def _parts() -> list[turns.Line]:
    """Return what somebody was proposed for and has not answered."""
    return [
        turns.of_part(part)
        for part in queries.parts_of(db.session(), scope().person)
        if part.state in UNANSWERED and part.program.state is ProgramState.RUNNING
    ]


def _could_begin() -> dict[str, Any]:
    session, me = db.session(), scope().person
    offered = wishes.noted_in(session, me, Part.MENTOR)
    return {
        "to_learn": wishes.open_to_learn(session, me),
        "to_mentor": [
            (program, program.audience[0].context_id in offered)
            for program in wishes.open_to_mentor(session, me)
        ],
    }
