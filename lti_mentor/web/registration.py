"""Pages an LMS admin installs us with: dynamic registration, and Canvas's JSON."""

import logging

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti_mentor.db import reading, transaction
from lti_mentor.errors import MentorError, Refused
from lti_mentor.lti.configuration import canvas_config
from lti_mentor.lti.registration import Opening, Registered, discover, register
from lti_mentor.people import links
from lti_mentor.people.models import LinkKind
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.origins import origin_of
from lti_mentor.web import db, tool

bp = Blueprint("registration", __name__)
log = logging.getLogger(__name__)


@bp.get("/lti/register")
def ask() -> ResponseReturnValue:
    """Say what connecting means, and offer the button."""
    opening = _opening()
    invite = request.args.get("invite", "")
    with reading(db.session()) as session:
        is_invited = _is_invited(session, invite)
    return render_template(
        "register.html",
        configuration_url=opening.configuration_url,
        token=opening.token,
        invite=invite,
        is_invited=is_invited,
        platform=origin_of(opening.configuration_url),
    )


@bp.post("/lti/register")
def connect() -> ResponseReturnValue:
    """Connect with the platform that opened this page."""
    opening = _opening()
    try:
        platform = discover(tool().http, opening)
        registered = register(
            tool().http, opening, platform, tool().settings.public_url
        )
    except MentorError as refused:
        log.info(
            "decision code=%s correlation=%s", refused.code, g.get("correlation", "-")
        )
        raise
    session = db.session()
    with transaction(session):
        is_active = _store(session, registered, request.form.get("invite", ""))
    log.info("decision code=registration.done correlation=%s", g.correlation)
    return render_template("registered.html", is_active=is_active)


@bp.get("/lti/canvas.json")
def canvas() -> ResponseReturnValue:
    """Return what a Canvas developer key is made from."""
    return jsonify(canvas_config(tool().settings.public_url))


def _opening() -> Opening:
    """Read the parameters a platform opens us with; its page may frame ours."""
    url = request.values.get("openid_configuration", "")
    origin = origin_of(url)
    if origin is None or len(url) > 4096:
        raise Refused("registration.no_configuration")
    g.frame_origins = [origin]
    return Opening(url, request.values.get("registration_token"))


def _is_invited(session: Session, invite: str) -> bool:
    kind = LinkKind.REGISTRATION_INVITE
    return bool(invite) and links.look(session, kind, invite) is not None


def _store(session: Session, registered: Registered, invite: str) -> bool:
    """Write the registration down; without an invite it waits for approval.

    What is there already is never overwritten by a registration.
    """
    platform = registered.platform
    known = queries.find(session, platform.issuer, registered.client_id)
    if known is not None:
        return known.is_active
    kind = LinkKind.REGISTRATION_INVITE
    is_invited = bool(invite) and links.use(session, kind, invite) is not None
    registration = service.add(
        session,
        issuer=platform.issuer,
        client_id=registered.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        name=platform.name or origin_of(platform.origins[0]),
        origins=platform.origins,
        lms_kind=platform.family,
        token_audience=platform.token_audience,
        platform_guid=platform.guid,
        is_active=is_invited,
        lms_admins=is_invited,
    )
    for deployment_id in registered.deployment_ids:
        service.accept_deployment(session, registration, deployment_id)
    return is_invited
