"""Answers that end a request: each service of Canvas has its own shape of them."""

from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound


class Refused(Exception):
    """A request is answered with this status and JSON instead of its result."""

    def __init__(
        self, status: int, body: Any = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


def advantage(status: int, kind: str, message: str) -> Refused:
    """Return the error of an LTI service: `errors` is an object.

    Source: Canvas app/controllers/lti/concerns/advantage_services.rb.
    """
    return Refused(status, {"errors": {"type": kind, "message": message}})


def listed(status: int, message: str) -> Refused:
    """Return the error of the REST API: `errors` is a list."""
    return Refused(status, {"errors": [{"message": message}]})


def gone() -> Refused:
    """Return Canvas's 404 for what does not exist or is hidden."""
    return listed(404, "The specified resource does not exist.")


def oauth(status: int, error: str, description: str) -> Refused:
    """Return the error of the token endpoint."""
    headers = {"WWW-Authenticate": "Canvas OAuth 2.0"} if status == 401 else {}
    return Refused(status, {"error": error, "error_description": description}, headers)


def answer(error: Refused) -> Response:
    """Turn a refusal into the response."""
    response = Response(status=error.status)
    if error.body is not None:
        response = jsonify(error.body)
        response.status_code = error.status
    response.headers.update(error.headers)
    return response


def init(app: Flask) -> None:
    """Let refusals end requests."""
    app.register_error_handler(Refused, answer)
    app.register_error_handler(404, _nothing_here)


def _nothing_here(error: NotFound) -> Response | NotFound:
    """Answer an API path that does not exist as one whose resource is missing."""
    return answer(gone()) if request.path.startswith("/api/") else error
