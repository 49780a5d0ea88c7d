"""What both ways of installing share."""

import logging

from flask import Blueprint, g, render_template

from lti_mentor.platforms.models import LMSKind
from lti_mentor.web.registration.keeping import Outcome

bp = Blueprint("registration", __name__)
log = logging.getLogger(__name__)


def connected(family: LMSKind, outcome: Outcome, *, by_hand: bool = False) -> str:
    """Show what comes next, in the words of that LMS's own menus."""
    return render_template(
        "install/connected.html", family=family, outcome=outcome, by_hand=by_hand
    )


def decided(code: str) -> None:
    """Leave a line in the log; it names nobody."""
    log.info("decision code=%s correlation=%s", code, g.get("correlation", "-"))
