"""New practice from inside the course: skill and due date are enough (P14)."""

from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_babel import LazyString, get_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from lti_mentor.clock import now
from lti_mentor.errors import Invalid, NotAllowed
from lti_mentor.lti import deeplink, keys
from lti_mentor.mentoring import approval, programs, queries
from lti_mentor.mentoring.models import Part, Program, ProgramState
from lti_mentor.people.models import Context
from lti_mentor.people.scope import Scope
from lti_mentor.practice import briefs
from lti_mentor.practice.models import PracticeBrief, ScoreMode
from lti_mentor.skills import queries as skills
from lti_mentor.skills.models import Skill
from lti_mentor.sync import queries as sync
from lti_mentor.web import db, tool
from lti_mentor.web.forms import Form, FormError, as_error, end_of_day, read, text
from lti_mentor.web.pages import Answer, blueprint, refuse, render, scope

bp = blueprint("deep_link", __name__)
DUE_IN = timedelta(weeks=4)
MINUTES_A_REVIEW = 6
"""About how long one review takes; the load forecast says so."""
RUBRIC: tuple[tuple[str, LazyString, tuple[LazyString, ...]], ...] = (
    (
        "used",
        _l("The skill was used on a real occasion"),
        (_l("Not yet"), _l("In part"), _l("Fully")),
    ),
    (
        "worked",
        _l("What came of it is shown"),
        (_l("Not shown"), _l("Told"), _l("Shown by evidence")),
    ),
)
"""The rubric a practice starts with: two criteria, three levels each."""


class BriefForm(Form):
    """Everything but the title may stay as it is."""

    title = text()
    skill = text(required=False)
    due_on = fields.Date(load_default=None)
    task = text(required=False)
    applications = fields.Integer(load_default=1, validate=validate.Range(1, 20))
    sessions = fields.Integer(load_default=1, validate=validate.Range(0, 20))
    maximum = fields.Integer(load_default=100, validate=validate.Range(1, 10_000))
    mode = fields.Enum(ScoreMode, by_value=True, load_default=ScoreMode.FINAL)
    rubric = fields.String(load_default="")


def _may(who: Scope) -> Context:
    """Return the course a link may be put into.

    Raises:
        NotAllowed: This launch asks for no content, or from nobody who may add it.
    """
    if not who.may_choose_content or who.course is None:
        raise NotAllowed("deep_link.not_asked")
    return who.course


@bp.get("/deep-link")
def build() -> Answer:
    """Ask for skill and date; everything else is preset and can be opened."""
    return render("instructor/practice_new.html", **_data(_may(scope())))


def _data(course: Context) -> dict[str, Any]:
    session = db.session()
    known = skills.skills_of(session, course)
    zone = str(get_timezone() or "UTC")
    found = queries.programs_in(session, course)
    return {
        "course": course,
        "skills": known,
        "due_on": (now() + DUE_IN).date().isoformat(),
        "modes": _modes(),
        "rubric": RUBRIC,
        "zone": zone,
        "has_program": bool(found),
        "forecast": _forecast(course, found[0] if found else None),
        "value": {},
        "errors": {},
    }


def _modes() -> list[tuple[str, str, str]]:
    return [
        (
            ScoreMode.FINAL.value,
            _("One grade, when complete"),
            _("Nothing stands in the gradebook until the practice is done."),
        ),
        (
            ScoreMode.PROGRESSIVE.value,
            _("The grade grows with each verified application"),
            _("In week 1 learners see a low score that rises."),
        ),
    ]


def _forecast(course: Context, program: Program | None) -> dict[str, Any]:
    learners = sync.readiness(db.session(), course).learners
    mentors = (
        len(queries.participants(db.session(), program, Part.MENTOR)) if program else 0
    )
    return {"learners": learners, "mentors": mentors, "minutes": MINUTES_A_REVIEW}


@bp.post("/deep-link")
def answer() -> Answer:
    """Build the link the platform asked for; nothing is placed until it is launched."""
    who = scope()
    course = _may(who)
    try:
        brief = _draft(course, read(BriefForm))
    except FormError as wrong:
        return _again(course, wrong.errors)
    except Invalid as wrong:
        return _again(course, as_error(wrong))
    briefs.mark_linked(brief)
    db.session().flush()
    return render(
        "instructor/practice_send.html",
        brief=brief,
        return_url=who.launch["deep_linking"]["return_url"],
        jwt=_signed(who, brief),
    )


def _again(course: Context, errors: Any) -> Response:
    data = _data(course) | {"value": request.form}
    return refuse("instructor/practice_new.html", errors, **data)


def _draft(course: Context, sent: dict[str, Any]) -> PracticeBrief:
    session, who = db.session(), scope()
    skill = skills.skill_in(session, course, sent["skill"]) if sent["skill"] else None
    due = sent["due_on"]
    zone = str(get_timezone() or "UTC")
    answers = briefs.BriefAnswers(
        title=sent["title"],
        skill=skill,
        due_at=end_of_day(due, zone) if due else None,
        task=sent["task"],
        applications_required=sent["applications"],
        sessions_required=sent["sessions"],
        maximum=sent["maximum"],
        mode=sent["mode"],
        rubric=_rubric() if sent["rubric"] != "none" else (),
    )
    program = _program(course, skill)
    return briefs.draft(session, program, course, who.person, answers)


def _rubric() -> tuple[dict[str, Any], ...]:
    return tuple(
        {"key": key, "label": str(label), "levels": [str(level) for level in levels]}
        for key, label, levels in RUBRIC
    )


def _program(course: Context, skill: Skill | None) -> Program:
    """Return the course's program; a practice drafts one where there is none (D13)."""
    session = db.session()
    found = queries.programs_in(session, course)
    if found:
        return found[0]
    waits = approval.answered(session, course)
    if waits is not None and waits.state is ProgramState.DRAFT:
        return waits
    answers = programs.ProgramAnswers(
        course.title or _("Mentorship"), (skill,) if skill else ()
    )
    program = programs.start_program(session, course, scope().person, answers)
    programs.gather(session, program)
    return program


def _signed(who: Scope, brief: PracticeBrief) -> str:
    wanted = who.launch["deep_linking"]
    item = deeplink.Item(
        title=brief.title,
        url=f"{tool().settings.public_url}/lti/launch",
        text=brief.task,
        custom={"practice": str(brief.public_id)},
        score_maximum=brief.maximum if wanted["accepts_line_item"] else None,
        resource_id=str(brief.public_id),
        tag="practice",
        due_at=brief.due_at,
    )
    asked = deeplink.Request(
        who.registration.issuer,
        who.registration.client_id,
        who.launch["deployment_id"],
        wanted["data"],
    )
    return deeplink.answer(asked, [item], keys.signer(db.session()))
