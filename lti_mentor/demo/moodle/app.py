"""The web application that behaves as Moodle."""

from flask import Flask, Response, request

from lti_mentor.demo import shell
from lti_mentor.demo.campus import Campus
from lti_mentor.demo.moodle import (
    activities,
    admin,
    authoring,
    launch,
    pages,
    registration,
    services,
    setup,
    token,
    toolform,
)
from lti_mentor.demo.moodle.webservice import server

SERVICE_PATHS = ("/mod/lti/services.php", "/mod/lti/token.php", "/webservice/")
"""What machines call; only there do the switches make things go wrong."""
PARTS = (
    launch,
    token,
    toolform,
    registration,
    services,
    server,
    pages,
    activities,
    authoring,
    admin,
)
"""Every module that has routes."""


def create_app(campus: Campus) -> Flask:
    """Return the application with all routes."""
    setup.prepare(campus.moodle.world)
    app = shell.create_lms_app(campus.moodle, campus, cookie="MoodleSession")
    for module in PARTS:
        app.register_blueprint(module.routes)
    app.before_request(_meet_faults)
    app.after_request(_frame_only_here)
    app.add_url_rule("/", "home", pages.home)
    return app


def _meet_faults() -> Response | None:
    """Let services go wrong; Moodle does not throttle, its front server does."""
    if not request.path.startswith(SERVICE_PATHS):
        return None
    if shell.here().faults.throttle(request.path):
        words = "<h1>429 Too Many Requests</h1>"
        return Response(words, 429, {"Retry-After": "1"}, mimetype="text/html")
    return shell.meet_faults()


def _frame_only_here(answer: Response) -> Response:
    """Moodle's own pages may be framed by Moodle only."""
    answer.headers["X-Frame-Options"] = "sameorigin"
    return answer
