"""Who may start programs, and programs that wait for a yes (P30)."""

from collections.abc import Sequence

from flask import request

from lti_mentor.db import get_public
from lti_mentor.errors import Missing
from lti_mentor.mentoring import approval
from lti_mentor.mentoring.models import Program
from lti_mentor.platforms.models import Registration, Starting
from lti_mentor.web import db
from lti_mentor.web.admin.desk import bp, changed
from lti_mentor.web.pages import Answer, done, scope


def waiting_programs(registration: Registration) -> Sequence[Program]:
    """Return the programs that wait for an organisation admin's yes."""
    return approval.waiting(db.session(), registration)


@bp.post("/courses/starting")
def change_starting() -> Answer:
    """Say who may start programs."""
    registration, wanted = changed(), request.form.get("starting", "")
    if wanted not in set(Starting):
        raise Missing("starting.missing")
    registration.starting = Starting(wanted)
    return done("admin.reach", "settings")


@bp.post("/courses/program")
def answer_program() -> Answer:
    """Let a program begin, or decline it with a sentence."""
    registration, session = changed(), db.session()
    mine = Program.registration_id == registration.id
    program = get_public(session, Program, request.form.get("program", ""), mine)
    if request.form.get("answer") == "yes":
        approval.approve(session, program, scope().person)
        return done("admin.reach", "approved")
    words = request.form.get("words", "")
    approval.decline(session, program, scope().person, words)
    return done("admin.reach", "answered")
