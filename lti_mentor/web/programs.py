"""Starting a program, who takes part, and the draft of pairs."""

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _
from marshmallow import fields, validate

from lti_mentor.db import get_public
from lti_mentor.errors import Invalid
from lti_mentor.matching import service as matching
from lti_mentor.mentoring import (
    approval,
    candidates,
    fitting,
    programs,
    queries,
    service,
    settings,
    view,
    wishes,
)
from lti_mentor.mentoring.models import (
    MatchRun,
    Program,
    ProgramState,
    Proposal,
)
from lti_mentor.mentoring.presets import PRESETS
from lti_mentor.people.models import Context, Person
from lti_mentor.skills import queries as skills
from lti_mentor.skills import service as naming
from lti_mentor.web import db, sentences
from lti_mentor.web import program as page
from lti_mentor.web.forms import Form, FormError, as_error, read, text
from lti_mentor.web.pages import Answer, blueprint, done, refuse, render, scope

bp = blueprint("programs", __name__)
LENGTHS = (2, 4, 6, 8, 12)
FIRST_PRESET = next(iter(PRESETS))
NOT_FOUND = _("Nobody of this course or an earlier one is called so.")
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
    return render("instructor/program.html", **_page_of(_program(program)))


def _page_of(found: Program) -> dict[str, Any]:
    return page.data(found, _whom(found), may_lead=_may_lead(found))


@bp.post("/programs/<program>/mentors")
def endorse(program: str) -> Answer:
    """Name somebody of the course, now or earlier, as a mentor."""
    found, session = led(program), db.session()
    wanted = request.form.get("person", "")
    offered = wishes.volunteers(session, found)
    person = next((one for one in offered if str(one.public_id) == wanted), None)
    source = "offered" if person else "endorsed"
    if person is None:
        known = candidates.nameable(session, found, _whom(found)).order_by(None)
        is_known = Person.id.in_(known.with_only_columns(Person.id))
        person = get_public(session, Person, wanted, is_known)
    programs.endorse(session, found, person, by=scope().person, source=source)
    return done("programs.show", "endorsed", program=program)


@bp.post("/programs/<program>/mentors/find")
def find_mentor(program: str) -> Answer:
    """Look for somebody by name, to name them as a mentor; no name in an address."""
    found, session = led(program), db.session()
    words = request.form.get("called", "")
    known = candidates.nameable(session, found, _whom(found))
    people = candidates.called(session, known, words, page.MOST_LISTED)
    data = _page_of(found) | {"called": words, "nameable": page.choices(people)}
    if not people:
        return refuse("instructor/program.html", {"called": NOT_FOUND}, **data)
    return render("instructor/program.html", **data)


@bp.post("/programs/<program>/stand-in")
def stand_in(program: str) -> Answer:
    """Let somebody of the staff lead it as well, or nobody any more."""
    found, session = led(program), db.session()
    wanted, person = request.form.get("stand_in", ""), None
    if wanted:
        others = [one.id for one in candidates.stand_ins(session, found)]
        person = get_public(session, Person, wanted, Person.id.in_(others))
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
