"""How LTI services answer: a body, a media type, a status line."""

import json
from typing import Any

from flask import Response


class Refused(Exception):
    """A service request Moodle does not take."""

    def __init__(self, status: int, reason: str, media_type: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        """Stands in the HTTP status line."""
        self.media_type = media_type
        """Of the empty list some services refuse with; else a JSON error."""


def answer(body: Any, media_type: str, status: int = 200, reason: str = "") -> Response:
    """Return a body; None is an empty one, which is how a score is answered."""
    text = "" if body is None else json.dumps(body)
    response = Response(text, f"{status} {reason}".strip() if reason else status)
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    return response
