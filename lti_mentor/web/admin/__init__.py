"""Pages of those who look after an installation; no rights in any course (D5)."""

from lti_mentor.web.admin import (
    leaving,
    organisation,
    reach,
    records,
    setup,
    starting,
    usage,
)
from lti_mentor.web.admin.desk import bp

__all__ = [
    "bp",
    "leaving",
    "organisation",
    "reach",
    "records",
    "setup",
    "starting",
    "usage",
]
