"""What the page of one program shows: every list a page at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

from lti_mentor.mentoring import (
    candidates,
    preparation,
    queries,
    settings,
    view,
    waiting,
    wishes,
)
from lti_mentor.mentoring.models import MatchRun, Part, Program, Proposal, RunState
from lti_mentor.paging import SIZE, Paged, count_of, page_of
from lti_mentor.people import queries as people
from lti_mentor.people import reach
from lti_mentor.people.models import Person
from lti_mentor.web import db, names, sentences
from lti_mentor.web.pages import page_number, scope

MOST_LISTED = 100
"""People to choose one from; where there are more, part of a name is typed."""
Data = dict[str, Any]


def data(program: Program, seen: view.Whom, *, may_lead: bool) -> Data:
    """Return what the page of a program is made of."""
    session = db.session()
    run = queries.newest_run(session, program)
    mentors = _page(queries.roll(program, Part.MENTOR), "mentors")
    ids = [part.person_id for part in mentors.rows]
    graduates = candidates.graduates(session, program, ids)
    return {
        "program": program,
        "may_lead": may_lead,
        "volunteers": wishes.volunteers(session, program) if may_lead else [],
        "stand_ins": choices(candidates.stand_ins(session, program)),
        "mentors": mentors,
        "places": queries.count_places(session, program),
        "unprepared": preparation.unprepared(session, program, mentors.rows),
        "graduates": {one.person.id: one for one in graduates},
        "mentees": _page(queries.roll(program, Part.MENTEE, seen), "learners"),
        "mentorships": _page(queries.open_ones(program, seen), "pairs"),
        "line": _line(program) if may_lead else Paged([], 0),
        "others": _others(program),
        "words": sentences.MENTORSHIPS,
        "run": run,
        "is_computing": run is not None and run.state is RunState.WAITING,
        "called": "",
        "errors": {},
        **_nameable(session, program, seen, may_lead=may_lead),
        **_draft(session, run, seen),
    }


def choices(people: Sequence[Person]) -> list[tuple[str, str]]:
    """Return people as the options of a field."""
    return [(str(one.public_id), names.named(one)) for one in people]


def _page(query: Select[Any], name: str) -> Paged[Any]:
    return page_of(db.session(), query, page_number(name))


def _line(program: Program) -> Paged[Any]:
    return _page(waiting.in_line(program), "waiting")


def _nameable(
    session: Session, program: Program, seen: view.Whom, *, may_lead: bool
) -> Data:
    if not may_lead:
        return {"nameable": [], "is_typed": False}
    query = candidates.nameable(session, program, seen)
    are_many = count_of(session, query) > MOST_LISTED
    people = [] if are_many else session.scalars(query).all()
    return {"is_typed": are_many, "nameable": choices(people)}


def _others(program: Program) -> list[Program]:
    """Return the other programs of this course, for whoever teaches it."""
    who = scope()
    if not who.is_staff or who.course is None:
        return []
    found = settings.in_course(db.session(), who.course)
    return [one for one in found if one.id != program.id]


def _draft(session: Session, run: MatchRun | None, seen: view.Whom) -> Data:
    """Return the pairs that were computed, while nobody has been asked yet."""
    none: Paged[Any] = Paged([], 0)
    if run is None or run.state is not RunState.DRAFT:
        return {"pairs": none, "unmatched": none, "without_way_in": none}
    pairs = _page(queries.proposed(run, seen), "proposed")
    why = {pair.id: sentences.why(pair.reasons) for pair in pairs.rows}
    return {
        "pairs": pairs,
        "why": why,
        "without_way_in": _without_way_in(session, run, seen),
        "unmatched": _unmatched(session, run, seen),
    }


def _without_way_in(session: Session, run: MatchRun, seen: view.Whom) -> Paged[Person]:
    """Return those of a draft's pairs whom nothing we send would reach (P25)."""
    kept = queries.proposed(run, seen).options().where(~Proposal.is_dropped)
    kept = kept.order_by(None)
    two = or_(
        Person.id.in_(kept.with_only_columns(Proposal.mentor_id)),
        Person.id.in_(kept.with_only_columns(Proposal.mentee_id)),
    )
    return page_of(session, reach.without_way_in(two))


def _unmatched(session: Session, run: MatchRun, seen: view.Whom) -> Paged[Data]:
    rules = {row["person"]: row["rule"] for row in run.unmatched}
    told = people.persons(session, run.program.registration, rules, seen(Person.id))
    of_nobody = sentences.RULES["pair.not_possible"]
    rows = [
        {"person": told[who], "rule": sentences.RULES.get(rule, of_nobody)}
        for who, rule in rules.items()
        if who in told
    ]
    number = min(max(1, page_number("without")), max(1, -(-len(rows) // SIZE)))
    shown = rows[(number - 1) * SIZE : number * SIZE]
    return Paged(shown, len(rows), number)
