"""What every web application of the campus has: pages, a session, faults."""

import secrets
import time
from pathlib import Path
from typing import cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from lti_mentor.demo.campus import Campus, Lms
from lti_mentor.demo.rows import Person

HERE = Path(__file__).parent
"""The folder of the campus."""


def templates() -> Path:
    """Return the folder of the pages, installed or in a checkout."""
    installed = HERE.parent / "templates"
    return installed if installed.exists() else HERE.parent.parent / "templates"


def create_app(name: str, campus: Campus) -> Flask:
    """Return an application with the campus's pages and style, without routes."""
    app = Flask(
        name,
        template_folder=str(templates() / "demo"),
        static_folder=str(HERE / "static"),
        static_url_path="/campus-static",
    )
    app.secret_key = secrets.token_bytes(32)
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["campus"] = campus
    app.context_processor(lambda: {"campus": campus})
    app.after_request(_close_unsent)
    return app


def _close_unsent(response: Response) -> Response:
    """Close a file whose text is not sent: Werkzeug leaves it open for a 304."""
    if response.status_code == 304 or request.method == "HEAD":
        response.close()
    return response


def create_lms_app(lms: Lms, campus: Campus, *, cookie: str) -> Flask:
    """Return an application with a visitor's session and the switches."""
    app = create_app(f"lti_mentor.demo.{lms.kind}", campus)
    app.config["SESSION_COOKIE_NAME"] = cookie
    app.extensions["lms"] = lms
    app.context_processor(lambda: {"lms": lms, "me": me()})
    app.after_request(_spoil)
    app.add_url_rule("/become/<int:number>", "become", become, methods=["GET", "POST"])
    app.add_url_rule("/leave", "leave", leave, methods=["GET", "POST"])
    return app


def here() -> Lms:
    """Return the LMS whose page this is."""
    return cast(Lms, current_app.extensions["lms"])


def campus() -> Campus:
    """Return the campus this page belongs to."""
    return cast(Campus, current_app.extensions["campus"])


def me() -> Person | None:
    """Return the person the visitor has become, if any."""
    return here().world.people.get(session.get("person", 0))


def visitor() -> str:
    """Return a random id of this browser session."""
    if "visitor" not in session:
        session["visitor"] = secrets.token_hex(8)
    return str(session["visitor"])


def become(number: int) -> AnyResponse:
    """Let the visitor be this person from now on."""
    if number not in here().world.people:
        abort(404)
    session.clear()
    session["person"] = number
    target = request.args.get("next", "/")
    inside = target.startswith("/") and not target.startswith("//")
    return redirect(target if inside else "/")


def leave() -> AnyResponse:
    """Let the visitor be nobody."""
    session.clear()
    return redirect(url_for("home"))


def meet_faults() -> Response | None:
    """Answer as the switches say; None when nothing is wrong.

    A throttled call is the dialect's to answer: it asks `throttle` before.
    """
    faults = here().faults
    if faults.slow and request.path.startswith(faults.path):
        time.sleep(faults.slow)
    fault = faults.takes(request.path)
    if fault == "down":
        return Response("<h1>503 Service Unavailable</h1>", 503, mimetype="text/html")
    if fault == "wrong":
        return Response("<!doctype html><title>Hello</title>", 200)
    return None


def _spoil(response: Response) -> Response:
    """Lose the answer of a call that was done, or break it off, where told to."""
    g.done = response.status_code
    fault = here().faults.spoils(request.path)
    if fault == "lost":
        return Response("<h1>500 Internal Server Error</h1>", 500, mimetype="text/html")
    if fault == "cut":
        response.headers["Content-Length"] = len(response.get_data()) + 64
    return response
