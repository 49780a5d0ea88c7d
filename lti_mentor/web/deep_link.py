"""New practice from inside the course: skill and due date are enough (P14)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
from lti_mentor.paging import count_of
from lti_mentor.people.models import Context
from lti_mentor.people.scope import Scope
from lti_mentor.platforms.dialects import dialect_of
from lti_mentor.practice import briefs
from lti_mentor.practice import queries as practice
from lti_mentor.practice.models import PracticeBrief, ScoreMode
from lti_mentor.skills import queries as skills
from lti_mentor.skills.models import Skill
from lti_mentor.sync import queries as sync
from lti_mentor.web import db, tool
from lti_mentor.web.forms import (
    Form,
    FormError,
    as_error,
    end_of_day,
    read,
    start_of_day,
    text,
)
from lti_mentor.web.pages import Answer, blueprint, refuse, render, scope
from lti_mentor.web.zones import zone_name

bp = blueprint("deep_link", __name__)
DUE_IN = timedelta(weeks=4)
MOST_AT_ONCE = 20
"""Practices of one content selection."""
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
    starts_on = fields.Date(load_default=None)
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
    found = queries.programs_in(session, course)
    return {
        "course": course,
        "skills": known,
        "due_on": (now() + DUE_IN).date().isoformat(),
        "takes_start": _takes_start(course),
        "modes": _modes(),
        "rubric": RUBRIC,
        "zone": zone_name(str(get_timezone() or "UTC")),
        "has_program": bool(found),
        "forecast": _forecast(course, found[0] if found else None),
        "accepts_many": scope().launch["deep_linking"].get("accepts_many", False),
        "chosen": [],
        "value": {},
        "errors": {},
    }


def _takes_start(course: Context) -> bool:
    """Say whether the LMS keeps learners out until a day that a link names."""
    return dialect_of(course.registration.lms_kind).link_dates


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
    named = queries.roll(program, Part.MENTOR) if program else None
    mentors = count_of(db.session(), named) if named is not None else 0
    return {"learners": learners, "mentors": mentors, "minutes": MINUTES_A_REVIEW}


@bp.post("/deep-link")
def answer() -> Answer:
    """Build the links the platform asked for; a launch of each will place it."""
    who = scope()
    course = _may(who)
    chosen = _chosen(who, course)
    try:
        chosen.append(_draft(course, read(BriefForm)))
    except FormError as wrong:
        return _again(course, chosen, wrong.errors)
    except Invalid as wrong:
        return _again(course, chosen, as_error(wrong))
    data = _data(course) | {"chosen": chosen}
    if "another" in request.form and data["accepts_many"]:
        return render("instructor/practice_new.html", **data)
    for brief in chosen:
        briefs.mark_linked(brief)
    db.session().flush()
    return _send(who, chosen)


@bp.post("/deep-link/cancel")
def cancel() -> Answer:
    """Go back to the platform with nothing; it says so there."""
    who, words = scope(), _("Nothing was added.")
    _may(who)
    address = who.launch["deep_linking"].get("cancel_url")
    if not address:
        return _send(who, [], words)
    parts = urlsplit(address)
    fields = [*parse_qsl(parts.query, keep_blank_values=True), ("lti_msg", words)]
    return _leave([], "get", parts._replace(query="").geturl(), fields)


def _send(who: Scope, chosen: list[PracticeBrief], message: str = "") -> str:
    address = who.launch["deep_linking"]["return_url"]
    return _leave(chosen, "post", address, [("JWT", _signed(who, chosen, message))])


def _leave(
    chosen: list[PracticeBrief], method: str, url: str, fields: list[tuple[str, str]]
) -> str:
    data = {"briefs": chosen, "method": method, "address": url, "fields": fields}
    return render("instructor/practice_send.html", **data)


def _chosen(who: Scope, course: Context) -> list[PracticeBrief]:
    """Return what was put together before in this dialog, by the same person."""
    asked = request.form.getlist("chosen")[:MOST_AT_ONCE]
    found = [practice.brief_of(db.session(), course, one) for one in asked]
    return [b for b in found if b.created_by_id == who.person.id and not b.linked_at]


def _again(course: Context, chosen: list[PracticeBrief], errors: Any) -> Response:
    data = _data(course) | {"value": request.form, "chosen": chosen}
    return refuse("instructor/practice_new.html", errors, **data)


def _draft(course: Context, sent: dict[str, Any]) -> PracticeBrief:
    session, who = db.session(), scope()
    skill = skills.skill_in(session, course, sent["skill"]) if sent["skill"] else None
    due, start = sent["due_on"], sent["starts_on"] if _takes_start(course) else None
    zone = str(get_timezone() or "UTC")
    answers = briefs.BriefAnswers(
        title=sent["title"],
        skill=skill,
        due_at=end_of_day(due, zone) if due else None,
        starts_at=start_of_day(start, zone) if start else None,
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


def _signed(who: Scope, chosen: list[PracticeBrief], message: str) -> str:
    wanted = who.launch["deep_linking"]
    asked = deeplink.Request(
        who.registration.issuer,
        who.registration.client_id,
        who.launch["deployment_id"],
        wanted["data"],
    )
    items = [_item(brief, has_column=wanted["accepts_line_item"]) for brief in chosen]
    signer = keys.signer(db.session())
    return deeplink.answer(asked, items, signer, message or None)


def _item(brief: PracticeBrief, *, has_column: bool) -> deeplink.Item:
    return deeplink.Item(
        title=brief.title,
        url=f"{tool().settings.public_url}/lti/launch",
        text=brief.task,
        custom={"practice": str(brief.public_id)},
        score_maximum=brief.maximum if has_column else None,
        resource_id=str(brief.public_id),
        tag="practice",
        available_from=brief.starts_at,
        due_at=brief.due_at,
    )
