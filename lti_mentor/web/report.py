"""First pictures: how far people came, and whether they applied what they learned."""

from typing import Any

from flask import Response
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.errors import Missing
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import Degree, Program
from lti_mentor.reports import numbers
from lti_mentor.reports.export import as_csv
from lti_mentor.web import db
from lti_mentor.web.pages import Answer, blueprint, render, scope

bp = blueprint("report", __name__)

PICTURES = ("funnel", "application-rate", "goals-reached")
"""What may be taken along as CSV."""
STEPS: dict[str, LazyString] = {
    "funnel.learners": _("Learners in the course"),
    "funnel.taken_in": _("Taken in"),
    "funnel.matched": _("Matched"),
    "funnel.began": _("Both said yes"),
    "funnel.plan_agreed": _("Plan agreed"),
    "funnel.verified": _("First application verified"),
    "funnel.completed": _("Completed"),
}
"""Steps of the funnel in words."""
DEGREES: dict[Degree, LazyString] = {
    Degree.YES: _("Reached"),
    Degree.PARTLY: _("In part"),
    Degree.NO: _("Not reached"),
}
"""What learners said at the end, in words."""


def _program() -> Program | None:
    found = queries.programs_in(db.session(), scope().require_course())
    return found[0] if found else None


@bp.get("/report")
def show() -> Answer:
    """Show the funnel and the application rate, each with its definition."""
    program = _program()
    if program is None:
        return render("instructor/report_empty.html")
    session = db.session()
    return render(
        "instructor/report.html",
        program=program,
        steps=_steps(program),
        so_far=numbers.verified_so_far(session, program),
        a30=numbers.application_rate(session, program),
        goals=_goals(program),
    )


def _steps(program: Program) -> list[dict[str, Any]]:
    return [
        {"label": STEPS[step.code], "count": step.people}
        for step in numbers.funnel(db.session(), program)
    ]


def _goals(program: Program) -> list[dict[str, Any]]:
    said = numbers.goals_reached(db.session(), program)
    return [{"label": DEGREES[one], "count": count} for one, count in said.items()]


@bp.get("/report/<picture>.csv")
def export(picture: str) -> Answer:
    """Give a picture's numbers as CSV."""
    if picture not in PICTURES:
        raise Missing("report.no_such_picture")
    program = _program()
    rows = _rows(picture, program) if program else []
    body = as_csv([str(_("What")), str(_("People")), str(_("Of"))], rows)
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{picture}.csv"'
    return answer


def _rows(picture: str, program: Program) -> list[tuple[str, int | str, int | str]]:
    if picture == "funnel":
        steps = _steps(program)
        whole = steps[0]["count"]
        return [(str(step["label"]), step["count"], whole) for step in steps]
    if picture == "goals-reached":
        goals = _goals(program)
        total = sum(one["count"] for one in goals)
        return [(str(one["label"]), one["count"], total) for one in goals]
    session = db.session()
    rates = {
        _("Learners with a verified application so far"): numbers.verified_so_far(
            session, program
        ),
        _("Applied within 30 days of completing the course"): numbers.application_rate(
            session, program
        ),
    }
    return [
        (
            str(words),
            rate.yes if rate.is_shown else "",
            rate.of if rate.is_shown else "",
        )
        for words, rate in rates.items()
    ]
