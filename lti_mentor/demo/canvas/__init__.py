"""The Canvas dialect: behaves as Canvas's source and documents say."""

from lti_mentor.demo.canvas.app import create_app
from lti_mentor.demo.canvas.setup import platform, register

__all__ = ["create_app", "platform", "register"]
