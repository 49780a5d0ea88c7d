"""The web application that behaves as Canvas."""

from flask import Blueprint, Flask, redirect, request
from werkzeug.wrappers import Response

from lti_mentor.demo import shell
from lti_mentor.demo.campus import Campus
from lti_mentor.demo.canvas import (
    authorization,
    deep_linking,
    errors,
    gate,
    line_items,
    login,
    notices,
    registration,
    roster,
    scores,
    tokens,
)
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.pages import (
    admin,
    assignments,
    courses,
    grades,
    home,
    tools,
)
from lti_mentor.demo.canvas.rest import columns, dates, inbox, outcomes, progress, work
from lti_mentor.demo.canvas.rest import courses as rest_courses
from lti_mentor.demo.canvas.rest import people as rest_people
from lti_mentor.demo.canvas.setup import add_service_token
from lti_mentor.demo.canvas.visits import SignInFirst

PARTS = (
    *(login, authorization, tokens, registration, deep_linking),
    *(roster, line_items, scores, notices),
    *(home, courses, tools, assignments, grades, admin),
    *(rest_people, rest_courses, progress, outcomes, work, columns, dates, inbox),
)
"""Modules whose routes make up Canvas."""
STATIC = Blueprint(
    "canvas_static", __name__, static_folder="static", static_url_path="/canvas-static"
)
"""Canvas's own style and script."""


def create_app(campus: Campus) -> Flask:
    """Return the application with all routes."""
    app = shell.create_lms_app(campus.canvas, campus, cookie="canvas_session")
    # Canvas's own cookie must reach its pages inside a tool's frame.
    app.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)
    institution = Institution(campus.canvas)
    campus.canvas.recall("canvas")["institution"] = institution
    app.extensions["canvas"] = institution
    if not institution.store.tokens:
        with institution.store.change():
            add_service_token(institution)
    errors.init(app)
    gate.init(app)
    app.register_error_handler(SignInFirst, _sign_in)
    app.context_processor(home.everywhere)
    for part in PARTS:
        app.register_blueprint(part.routes)
    app.add_url_rule("/", "home", home.home)
    app.register_blueprint(STATIC)
    return app


def _sign_in(_: SignInFirst) -> Response:
    return redirect(f"/login/canvas?next={request.full_path}")
