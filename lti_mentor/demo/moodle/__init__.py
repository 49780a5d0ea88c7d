"""The Moodle dialect: behaves as Moodle 4.5.6 was measured to."""

from lti_mentor.demo.moodle.app import create_app
from lti_mentor.demo.moodle.setup import platform, register

__all__ = ["create_app", "platform", "register"]
