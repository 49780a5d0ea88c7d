"""The practice campus: a small LMS of our own, spoken to over HTTP only."""

from lti_mentor.demo.campus import Campus
from lti_mentor.demo.server import start

__all__ = ["Campus", "start"]
