"""One log line for every login, launch and session: proof in a certification.

Each names the time (the log's own), a stable code, the registration, and who and which
deployment it was as keyed pseudonyms; the correlation id stands on the page as well.
"""

import logging

from flask import Response, g, request

from lti_mentor.crypto import pseudonym
from lti_mentor.web import tool

log = logging.getLogger(__name__)

PLACES = frozenset({"/lti/login", "/lti/launch", "/lti/session", "/lti/notices"})
"""Addresses whose every answer is a decision, also one that Flask itself gave."""
FACTS = ("code", "registration", "deployment", "person", "reason")
"""What a line says, in this order; what is not known is a dash."""


def note(**facts: str) -> None:
    """Keep what is known of the decision under way; only names of FACTS."""
    g.setdefault("decision", {}).update(facts)


def masked(registration: str, value: object) -> str:
    """Return what stands for an id of somebody's in the log: always the same."""
    if not isinstance(value, str):
        return ""
    return pseudonym(tool().settings.secret_keys[0], registration, value)


def write(response: Response) -> Response:
    """Write the line of this request, where it was about a decision."""
    if request.path in PLACES:
        known = g.get("decision", {})
        said = " ".join(f"{name}={known.get(name) or '-'}" for name in FACTS)
        log.info("decision %s correlation=%s", said, g.get("correlation", "-"))
    return response
