"""The two halves of a launch over HTTP, our key set, and signs of life."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from flask import (
    Blueprint,
    Response,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.crypto import digest
from lti_mentor.db import reading, transaction
from lti_mentor.errors import MentorError, Refused
from lti_mentor.lti import keys, launch
from lti_mentor.lti.claims import CORE, Launch, MessageType
from lti_mentor.lti.launch import Expected, LaunchRequest
from lti_mentor.lti.login import LIFETIME, LoginRequest, LoginStarted, start
from lti_mentor.people import sessions
from lti_mentor.people.arrival import Arrival
from lti_mentor.people.models import STAFF
from lti_mentor.people.service import arrive
from lti_mentor.platforms import service as platforms
from lti_mentor.platforms.dialects import dialect_of
from lti_mentor.platforms.models import Registration
from lti_mentor.platforms.origins import belongs, origin_of
from lti_mentor.sync import notices
from lti_mentor.web import db, decisions, fixed, steps, tool
from lti_mentor.web.browsers import came
from lti_mentor.web.landing import prepare
from lti_mentor.web.security import form_origin
from lti_mentor.web.units import unit

bp = Blueprint("lti", __name__)
bp.after_app_request(decisions.write)

KEPT = frozenset(
    {
        "practice",
        "program",
        "canvas_assignment_id",
        "canvas_section_ids",
        "canvas_section_restricted",
        "canvas_membership_roles",
        "course_group_ids",
        "brand_config_url",
        "prefers_high_contrast",
    }
)
"""Custom parameters that later steps use; no others are stored."""
PAGES = {
    MessageType.DEEP_LINKING: "deep-link",
    MessageType.SUBMISSION_REVIEW: "submission",
    MessageType.DATA_PRIVACY: "kept",
}
"""First page by message; a link that carries a practice opens it, all else `home`."""
PROBE = "__Host-lti_probe"
"""Shows that this browser keeps our partitioned cookies."""


@bp.route("/lti/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Remember who begins, and send the browser on to the platform."""
    wanted = LoginRequest.read(request.values)
    session = db.session()
    with transaction(session):
        started = start(session, wanted, redirect_uri())
    g.frame_origins = started.origins
    g.form_origins = form_origin(started.auth_url)
    decisions.note(code="login.started", registration=started.registration)
    if PROBE in request.cookies:
        return _with_cookies(redirect(started.auth_url), started)  # type: ignore[arg-type]
    page = render_template(
        "login.html",
        auth_url=started.auth_url,
        state=started.state,
        secret=started.secret,
        storage_target=wanted.storage_target,
        storage_origin=started.storage_origin,
        retry=wanted.as_parameters(),
        reason=None,
    )
    return _with_cookies(make_response(page), started)


@bp.post("/lti/launch")
def receive() -> ResponseReturnValue:
    """Prove what the platform sent, let the person arrive, hand out a ticket."""
    given = _launch_request()
    with reading(db.session()) as session:
        expected = launch.recall(session, given.state)
    g.frame_origins = expected.origins
    decisions.note(registration=expected.registration)
    known, way_in = _accept(given, expected)
    decisions.note(code="launch.accepted", reason=_how(expected.registration, known))
    if wanted := known.deep_linking:  # the tool may have to stay in this very document
        g.form_origins = form_origin(wanted.return_url)
    told = way_in | {
        "step": "finish",
        "state": given.state,
        "storage_target": request.form.get("lti_storage_target"),
        "storage_origin": expected.storage_origin,
    }
    page = fixed.page("finish.html", "launch", told)
    return _without_cookie(make_response(page), given.state)


@bp.get("/lti/deep-link")
def content_selection() -> ResponseReturnValue:
    """Tell who opens the address of content selections that it opens in a course."""
    raise Refused("launch.outside")


@bp.get("/lti/jwks")
def jwks() -> ResponseReturnValue:
    """Publish our public keys."""
    session = db.session()
    with reading(session):
        found = keys.published(session)
    if not found["keys"]:
        with transaction(session):
            keys.signer(session)
            found = keys.published(session)
    response = jsonify(found)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return jsonify(ok=True)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Say whether requests can be served: the tables are there."""
    with reading(db.session()) as session:
        session.execute(select(Registration.id).limit(1)).all()
    return jsonify(ok=True)


def redirect_uri() -> str:
    """Return the one address platforms may send launches to."""
    return f"{tool().settings.public_url}/lti/launch"


def _accept(given: LaunchRequest, expected: Expected) -> tuple[Launch, dict[str, Any]]:
    """Use the login up and let the person in: one unit, all or nothing.

    The way in is a session, where the browser has shown its cookie of the login, or a
    ticket, for which it has to show the secret first.

    Of a refusal there remains, in a unit of its own, that the login is used up, and
    what the admin should see of deployment and platform.
    """
    payload = launch.authenticate(given, expected, tool().keysets)
    _note_party(expected.registration, payload)
    is_bound = expected.is_bound_by(given.browser_secret)
    known = None
    try:
        known = launch.interpret(payload, expected, tool().settings.public_url)
        return known, unit(
            lambda session: _arrive(session, expected, known, is_bound=is_bound)
        )
    except MentorError:
        unit(lambda session: _keep(session, expected, known))
        raise


def _arrive(
    session: Session, expected: Expected, known: Launch, *, is_bound: bool
) -> dict[str, Any]:
    """Let the person in and return the way: `{opened}` or `{ticket}`."""
    launch.consume(session, expected)
    registration = _meet(session, expected, known)
    arrival = arrive(session, registration, known)
    _check_return(registration, known)
    remembered = _remembered(registration, known) | prepare(session, arrival, known)
    _listen(session, arrival, known)
    page = steps.remembered(session, arrival, known) or first_page(known)
    if is_bound:
        return {"opened": asdict(sessions.open_now(session, arrival, remembered, page))}
    proof = expected.secret_digest
    return {"ticket": sessions.offer(session, arrival, remembered, page, proof)}


def _listen(session: Session, arrival: Arrival, known: Launch) -> None:
    """Ask to be told of copied courses, where teachers and admins come from."""
    is_meant = arrival.role in STAFF or arrival.is_org_admin
    if known.notices and is_meant and not arrival.is_read_only:
        notices.request(
            session, arrival.registration, known.deployment_id, known.notices
        )


def _keep(session: Session, expected: Expected, known: Launch | None) -> None:
    with suppress(Refused):
        launch.consume(session, expected)
    if known is not None:
        with suppress(Refused):
            _meet(session, expected, known)


def _meet(session: Session, expected: Expected, known: Launch) -> Registration:
    """Hold deployment and platform against what is known of this registration."""
    registration = session.get_one(Registration, expected.registration_id)
    met = platforms.meet_deployment(session, registration, known.deployment_id)
    guid = known.platform_guid
    is_same = guid is None or platforms.meet_platform(session, registration, guid)
    if not met.is_accepted:
        raise Refused("launch.deployment")
    if not is_same:
        raise Refused("launch.other_platform")
    return registration


def _check_return(registration: Registration, known: Launch) -> None:
    wanted = known.deep_linking
    if wanted and not belongs(registration, wanted.return_url):
        raise Refused("launch.return_address")


def first_page(known: Launch) -> str:
    """Return the page a launch opens, below `/s/<handle>/`."""
    if known.message is MessageType.RESOURCE and "practice" in known.custom:
        return "practice"
    return PAGES.get(known.message, "home")


def _remembered(registration: Registration, known: Launch) -> dict[str, Any]:
    """Return what the session keeps of a launch: ids and settings, no names."""
    kept: dict[str, Any] = {
        "message": known.message.value,
        "deployment_id": known.deployment_id,
        "custom": {k: v for k, v in known.custom.items() if k in KEPT},
        "for_user": known.for_user,
        "observed": list(known.observed),
        "came": came(request.headers),
        "history": list(known.context.history) if known.context else [],
    }
    if wanted := known.deep_linking:
        kept["deep_linking"] = {
            "return_url": wanted.return_url,
            "cancel_url": _cancel_url(registration, known, wanted.return_url),
            "data": wanted.data,
            "accepts_many": wanted.accepts_many,
            "accepts_line_item": wanted.accepts_line_item,
        }
    return kept


def _cancel_url(
    registration: Registration, known: Launch, return_url: str
) -> str | None:
    """Return where the platform wants to hear that nothing was chosen, if anywhere.

    Kept where the family is known to have one only: elsewhere the address of a launch
    may hold a session key.
    """
    cancels = dialect_of(registration.lms_kind).cancels_at_return_url
    is_near = origin_of(known.return_url or "") == origin_of(return_url)
    return known.return_url if cancels and is_near else None


def _launch_request() -> LaunchRequest:
    form = request.form
    state = form.get("state", "")
    return LaunchRequest(
        state=state,
        id_token=form.get("id_token", ""),
        error=form.get("error", ""),
        error_description=form.get("error_description", ""),
        browser_secret=request.cookies.get(_cookie(state)),
    )


def _with_cookies(response: Response, started: LoginStarted) -> Response:
    """Leave the secret as a cookie as well: where it survives, no script is needed."""
    if not tool().settings.has_secure_cookies:
        return response
    for name, value in ((_cookie(started.state), started.secret), (PROBE, "1")):
        _set(response, name, value, int(LIFETIME.total_seconds()))
    return response


def _without_cookie(response: Response, state: str) -> Response:
    """Take the login's cookie back: many launches leave no heap of them."""
    if _cookie(state) in request.cookies:
        _set(response, _cookie(state), "", 0)
    return response


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def _cookie(state: str) -> str:
    return f"__Host-lti_{digest(state)[:8]}"


def _how(registration: str, known: Launch) -> str:
    """Return what was opened; or, where somebody acts as another, who does."""
    if known.is_masquerade:
        return f"acted_by:{decisions.masked(registration, known.acting_user)}"
    return known.message


def _note_party(registration: str, payload: dict[str, Any]) -> None:
    """Say in the log who it was and where, under other names."""
    decisions.note(
        deployment=decisions.masked(registration, payload.get(CORE + "deployment_id")),
        person=decisions.masked(registration, payload.get("sub")),
    )
