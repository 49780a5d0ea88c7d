"""The web application that behaves as Moodle."""

from flask import Flask

from lti_mentor.demo import shell
from lti_mentor.demo.campus import Campus


def create_app(campus: Campus) -> Flask:
    """Return the application with all routes."""
    app = shell.create_lms_app(campus.moodle, campus, cookie="MoodleSession")
    app.add_url_rule("/", "home", lambda: "")
    return app
