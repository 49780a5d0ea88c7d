"""The app and its pages, to look for what somebody should not see."""

from tests.web.conftest import app, house

__all__ = ["app", "house"]
