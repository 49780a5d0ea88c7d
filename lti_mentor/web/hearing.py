"""What platforms tell us unasked: proved, taken once, answered at once."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti_mentor.db import reading
from lti_mentor.errors import MentorError, Refused
from lti_mentor.lti import notices
from lti_mentor.lti.notices import Notice, Sender
from lti_mentor.people import lineage, links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Feature, Health, Registration
from lti_mentor.platforms.service import set_health
from lti_mentor.web import db, decisions, tool
from lti_mentor.web.units import unit

bp = Blueprint("hearing", __name__)


@bp.post("/lti/notices")
def hear() -> ResponseReturnValue:
    """Take what a platform sent; of many, a bad one keeps no good one out."""
    refusals: list[MentorError] = []
    for token in notices.tokens(request.get_json(force=True, silent=True)):
        try:
            _take(token)
        except MentorError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    return jsonify(ok=True)


def _take(token: str) -> None:
    with reading(db.session()) as session:
        sender = notices.sender(session, token)
    decisions.note(registration=sender.registration)
    notice = notices.prove(token, sender, tool().keysets)
    masked = decisions.masked(sender.registration, notice.deployment_id)
    decisions.note(deployment=masked, reason=notice.kind[:60])
    code = unit(lambda session: _act(session, sender, notice))
    decisions.note(code=code)


def _act(session: Session, sender: Sender, notice: Notice) -> str:
    """Do what a notice asks for, once, and return what came of it.

    Raises:
        Refused: It came before (`notice.replayed`), or from an installation that
            nobody has accepted (`notice.deployment`).
    """
    registration = session.get_one(Registration, sender.registration_id)
    known = queries.deployment(session, registration, notice.deployment_id)
    if known is None or not known.is_accepted:
        raise Refused("notice.deployment")
    nonce = f"{sender.registration}/{notice.nonce}"
    if not links.take_once(session, LinkKind.NOTICE, nonce, notice.ends_at):
        raise Refused("notice.replayed")
    if notice.kind == notices.HELLO:
        set_health(session, registration, Feature.NOTICES, Health.OK, "notices.heard")
        return "notice.hello"
    if notice.kind == notices.COPIED and notice.context is not None:
        told = notice.context, notice.origins
        is_news = lineage.copied(session, registration, *told)
        return "notice.copied" if is_news else "notice.nothing_new"
    return "notice.ignored"
