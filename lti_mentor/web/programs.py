"""Starting a program, who takes part, and the draft of pairs."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from lti_mentor.db import get_public
from lti_mentor.errors import Invalid, Missing
from lti_mentor.matching import service as matching
from lti_mentor.mentoring import (
    approval,
    candidates,
    fitting,
    preparation,
    programs,
    queries,
    service,
    settings,
    view,
    waiting,
    wishes,
)
from lti_mentor.mentoring.models import (
    MatchRun,
    Part,
    Program,
    ProgramState,
    Proposal,
    RunState,
)
from lti_mentor.mentoring.presets import PRESETS
from lti_mentor.people import queries as people
from lti_mentor.people import reach
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import queries as skills
from lti_mentor.skills import service as naming
from lti_mentor.web import db, names, sentences
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("programs", __name__)
LENGTHS = (2, 4, 6, 8, 12)
FIRST_PRESET = next(iter(PRESETS))
MAX_TYPED = 5
"""How many skills an instructor may type where the LMS knows none (P29)."""


def _course() -> Context:
    return scope().require_course()


def _starting() -> Context:
    """Return the course in which this person may start a program."""
    scope().require(scope().may_run_programs, "scope.not_instructor")
    return _course()


def _program(public_id: str) -> Program:
    """Return a program of this course, or one this person leads, from anywhere."""
    who = scope()
    course = who.course if who.is_staff else None
    return view.program_seen(db.session(), who.person, course, public_id)


def led(public_id: str) -> Program:
    """Return a program in which this person decides; whoever acts as them looks on."""
    found = _program(public_id)
    scope().require(_leads(found), "scope.not_instructor")
    return found


def _leads(program: Program) -> bool:
    """Say whether pairs are decided by this person.

    Instructors lead a program of their course alone; one over several courses has
    people who lead it by name (D12).
    """
    who = scope()
    is_whole_course = who.is_instructor and who.sections is None
    by_course = is_whole_course and program.is_of_one_course
    return program.is_led_by(who.person) or by_course


def _may_lead(program: Program) -> bool:
    """Say whether this very session may decide on pairs."""
    return scope().may_write and _leads(program)


def _whom(program: Program) -> view.Whom:
    who = scope()
    return view.whom(program, who.person, who.course, who.sections)


@bp.get("/programs")
def index() -> Answer:
    """Go to the course's program, or to the three questions that start one."""
    found = settings.in_course(db.session(), _course())
    open_ones = [one for one in found if one.state is not ProgramState.ARCHIVED]
    if not open_ones:
        return done("programs.new")
    return done("programs.show", program=open_ones[0].public_id)


class ProgramForm(Form):
    """Three answers: which skills, how long, what it is called."""

    name = text()
    skills = fields.List(fields.String(), load_default=list)
    typed = text(required=False)
    weeks = fields.Integer(load_default=6, validate=validate.Range(1, 52))
    preset = fields.String(
        load_default=FIRST_PRESET, validate=validate.OneOf(list(PRESETS))
    )


@bp.get("/programs/new")
def new() -> Answer:
    """Ask the three questions, prefilled."""
    course = _starting()
    return render("instructor/program_new.html", **_new_data(course))


def _new_data(course: Context) -> dict[str, Any]:
    known = skills.skills_of(db.session(), course)
    wanted = request.values.get("preset", "")
    preset = wanted if wanted in PRESETS else FIRST_PRESET
    return {
        "preset": preset,
        "preset_is": PRESETS[preset],
        "presets": sentences.PRESETS,
        "fit": fitting.fit(db.session(), fitting.planned(course, known)),
        "course": course,
        "known": known,
        "lengths": LENGTHS,
        "chosen": [str(skill.public_id) for skill in known],
        "wishes": wishes.count(db.session(), course),
        "value": {},
        "errors": {},
    }


@bp.post("/programs/new")
def start() -> Answer:
    """Start it and gather who could take part."""
    course, session = _starting(), db.session()
    try:
        sent = read(ProgramForm)
        named = [skills.skill_in(session, course, one) for one in sent["skills"]]
        typed = [line for line in sent["typed"].splitlines() if line.strip()]
        named += [naming.type_skill(session, course, t) for t in typed[:MAX_TYPED]]
        answers = programs.ProgramAnswers(
            sent["name"],
            tuple(dict.fromkeys(named)),
            weeks=sent["weeks"],
            preset=sent["preset"],
        )
        program = programs.start_program(session, course, scope().person, answers)
    except FormError as wrong:
        return _again(course, wrong.errors)
    except Invalid as wrong:
        return _again(course, as_error(wrong))
    programs.gather(session, program)
    return done("programs.show", "program_started", program=program.public_id)


def _again(course: Context, errors: Any) -> Response:
    data = _new_data(course) | {
        "value": request.form,
        "chosen": request.form.getlist("skills"),
    }
    return refuse("instructor/program_new.html", errors, **data)


@bp.get("/programs/<program>")
def show(program: str) -> Answer:
    """Show who could mentor, who waits, and the draft of pairs."""
    found, session = _program(program), db.session()
    run, seen = queries.newest_run(session, found), _whom(found)
    mentors = queries.participants(session, found, Part.MENTOR)
    return render(
        "instructor/program.html",
        program=found,
        may_lead=(may_lead := _may_lead(found)),
        volunteers=wishes.volunteers(session, found) if may_lead else [],
        stand_ins=_choices(candidates.stand_ins(session, found)),
        mentors=mentors,
        unprepared=preparation.unprepared(session, found, mentors),
        others=_others(found),
        line=waiting.line(session, found) if may_lead else [],
        graduates={g.person.id: g for g in candidates.graduates(session, found)},
        mentees=queries.participants(session, found, Part.MENTEE, seen),
        nameable=_choices(candidates.nameable(session, found, seen)),
        places=sum(mentor.capacity for mentor in mentors),
        mentorships=queries.open_mentorships(session, found, seen),
        words=sentences.MENTORSHIPS,
        run=run,
        is_computing=run is not None and run.state is RunState.WAITING,
        **_draft(run, seen),
    )


def _others(program: Program) -> list[Program]:
    """Return the other programs of this course, for whoever teaches it."""
    who = scope()
    if not who.is_staff or who.course is None:
        return []
    found = settings.in_course(db.session(), who.course)
    return [one for one in found if one.id != program.id]


def _choices(people: Sequence[Person]) -> list[tuple[str, str]]:
    return [(str(one.public_id), names.named(one)) for one in people]


def _draft(run: MatchRun | None, seen: view.Whom) -> dict[str, Any]:
    if run is None:
        return {"pairs": [], "unmatched": [], "without_way_in": []}
    session = db.session()
    ids = [row["person"] for row in run.unmatched]
    found = people.persons(session, run.program.registration, ids, seen(Person.id))
    pairs = queries.proposals(session, run, seen)
    return {
        "pairs": [{"pair": pair, "why": sentences.why(pair.reasons)} for pair in pairs],
        "without_way_in": _without_way_in(session, run, pairs),
        "unmatched": [
            {
                "person": found[row["person"]],
                "rule": sentences.RULES.get(
                    row["rule"], sentences.RULES["pair.not_possible"]
                ),
            }
            for row in run.unmatched
            if row["person"] in found
        ],
    }


def _without_way_in(
    session: Session, run: MatchRun, pairs: Sequence[Proposal]
) -> Sequence[Person]:
    """Return those of a draft's pairs whom nothing we send would reach (P25)."""
    if run.state is not RunState.DRAFT:
        return []
    kept = [pair for pair in pairs if not pair.is_dropped]
    two = {one for pair in kept for one in (pair.mentor_id, pair.mentee_id)}
    return reach.without_way_in(session, two)


@bp.post("/programs/<program>/mentors")
def endorse(program: str) -> Answer:
    """Name somebody of the course, now or earlier, as a mentor."""
    found, session = led(program), db.session()
    known = candidates.nameable(session, found, _whom(found))
    offered = wishes.volunteers(session, found)
    person = _chosen([*known, *offered])
    source = "offered" if person in offered else "endorsed"
    programs.endorse(session, found, person, by=scope().person, source=source)
    return done("programs.show", "endorsed", program=program)


def _chosen(people: Sequence[Person], name: str = "person") -> Person:
    """Return who of these was named in a field of the form.

    Raises:
        Missing: None of them.
    """
    wanted = request.form.get(name, "")
    person = next((one for one in people if str(one.public_id) == wanted), None)
    if person is None:
        raise Missing("person.missing")
    return person


@bp.post("/programs/<program>/stand-in")
def stand_in(program: str) -> Answer:
    """Let somebody of the staff lead it as well, or nobody any more."""
    found, session = led(program), db.session()
    is_named = request.form.get("stand_in", "") != ""
    others = candidates.stand_ins(session, found)
    person = _chosen(others, "stand_in") if is_named else None
    programs.name_stand_in(session, found, person, by=scope().person)
    return done("programs.show", "settings", program=program)


@bp.post("/programs/<program>/gather")
def gather(program: str) -> Answer:
    """Look again who graduated and who is new in the course."""
    programs.gather(db.session(), led(program))
    return done("programs.show", "settings", program=program)


@bp.post("/programs/<program>/match")
def match(program: str) -> Answer:
    """Compute the best pairs; a worker does it, the page waits and can be left."""
    found = led(program)
    approval.require_running(found)
    programs.gather(db.session(), found)
    matching.request(db.session(), found, scope().person)
    return done("programs.show", "matching", program=program)


@bp.post("/programs/<program>/pairs/<pair>")
def drop(program: str, pair: str) -> Answer:
    """Take a pair out of the draft, or put it back."""
    proposal = _proposal(program, pair)
    dropped = request.form.get("keep") != "yes"
    service.drop(proposal, dropped=dropped)
    code = "dropped" if dropped else "restored"
    return done("programs.show", code, program=program)


@bp.post("/programs/<program>/pairs/<pair>/never")
def never(program: str, pair: str) -> Answer:
    """Take a pair out for good: no later match proposes the two to each other."""
    proposal = _proposal(program, pair)
    service.drop(proposal, dropped=True)
    programs.exclude(
        db.session(),
        proposal.run.program,
        proposal.mentee,
        proposal.mentor,
        by=scope().person,
    )
    return done("programs.show", "never", program=program)


def _proposal(program: str, pair: str) -> Proposal:
    found = led(program)
    in_program = Proposal.run.has(MatchRun.program_id == found.id)
    return get_public(db.session(), Proposal, pair, in_program)


@bp.post("/programs/<program>/publish/<run>")
def publish(program: str, run: str) -> Answer:
    """Ask both sides of every pair that was kept."""
    found = queries.run_of(db.session(), led(program), run)
    service.publish(db.session(), found, scope().person)
    return done("programs.show", "published", program=program)
