"""The web side: the only room that knows Flask."""

from dataclasses import dataclass, field

from flask import current_app
from flask_sqlalchemy import SQLAlchemy

from lti_mentor.config import Settings
from lti_mentor.db import Base
from lti_mentor.lti.keysets import KeySets
from lti_mentor.outbound import Outbound
from lti_mentor.web.limits import Pace

db = SQLAlchemy(model_class=Base)
"""`db.session` is the request's; the web commits it once, at the end."""
EXTENSION = "lti_mentor"


@dataclass(frozen=True, slots=True)
class Tool:
    """What `create_app` was given, for whoever answers a request."""

    settings: Settings
    http: Outbound
    keysets: KeySets
    pace: Pace = field(default_factory=Pace)


def tool() -> Tool:
    """Return this app's settings and its way out."""
    found: Tool = current_app.extensions[EXTENSION]
    return found
