"""What gunicorn loads in each of its processes."""

from flask import Flask

from lti_mentor.app import create_app
from lti_mentor.cli.database import load_models
from lti_mentor.cli.opened import log_to_stderr
from lti_mentor.config import Settings


def web() -> Flask:
    """Return the web application."""
    log_to_stderr()
    load_models()
    return create_app(Settings.from_env())
