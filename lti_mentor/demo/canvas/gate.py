"""What every service call passes: user agent, faults, the leaky bucket.

Sources: Canvas app/middleware/request_throttle.rb (headers, text body, no
Retry-After) and the User-Agent rule in force since January 2026.
"""

import jwt
from flask import Flask, Response, g, jsonify, request

from lti_mentor.demo import shell
from lti_mentor.demo.canvas.institution import Institution, canvas
from lti_mentor.demo.canvas.throttle import COST

SERVICES = ("/api/v1/", "/api/lti/courses/", "/api/lti/notice-handlers/")
"""Paths of services, beside the token endpoint."""
TOKEN_PATH = "/login/oauth2/token"  # noqa: S105
"""The token endpoint; a service too, and a dear one."""
NO_AGENT = (
    "You are not authorized to access this site because you have not provided "
    "a valid user agent."
)
"""What a client without a User-Agent reads."""
THROTTLED = "Forbidden (Rate Limit Exceeded)"
"""What a throttled client reads, after the status."""


def init(app: Flask) -> None:
    """Put the gate before and behind every request."""
    app.before_request(come_in)
    app.after_request(go_out)


def is_service() -> bool:
    """Say whether this request is for a service and not for a page."""
    return request.path.startswith(SERVICES) or request.path == TOKEN_PATH


def come_in() -> Response | None:
    """Turn a service call away, or let it in."""
    if not is_service():
        return None
    institution = canvas()
    if institution.says("canvas_needs_user_agent") and not _agent():
        return _without_agent()
    if institution.faults.throttle(request.path):
        return _throttled()
    return shell.meet_faults() or _enter(institution, _bucket())


def _enter(institution: Institution, bucket: str) -> Response | None:
    if not institution.throttle.enter(bucket):
        return _throttled()
    g.bucket = bucket
    return None


def go_out(response: Response) -> Response:
    """Charge the call and say what remains; lose the answer when told to."""
    bucket = g.pop("bucket", None)
    if bucket is None:
        return response
    institution = canvas()
    cost = g.pop("cost", COST)
    remaining = institution.throttle.leave(bucket, cost)
    response.headers["X-Request-Cost"] = f"{cost:.4f}"
    response.headers["X-Rate-Limit-Remaining"] = f"{remaining:.1f}"
    if institution.says("canvas_loses_answers") and request.method != "GET":
        response = _lost()
    if institution.says("canvas_lower_case_headers"):
        lowered = [(name.lower(), value) for name, value in response.headers]
        response.headers.clear()
        response.headers.extend(lowered)
    return response


def _agent() -> str:
    return request.headers.get("User-Agent", "").strip()


def _without_agent() -> Response:
    response = jsonify(error="Forbidden", message=NO_AGENT)
    response.status_code = 403
    return response


def _throttled() -> Response:
    status = 429 if canvas().says("canvas_throttles_with_429") else 403
    response = Response(f"{status} {THROTTLED}", status, mimetype="text/plain")
    response.headers["X-Rate-Limit-Remaining"] = "0.0"
    return response


def _lost() -> Response:
    """Return a 500 although the write is done: a retry would write twice."""
    page = "<h1>Page Error</h1>"
    return Response(page, 500, mimetype="text/html")


def _bucket() -> str:
    """Return whose bucket this is: one per token, for LTI one per client_id."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    bearer = request.form.get("client_assertion", bearer)
    try:
        claims = jwt.decode(bearer, options={"verify_signature": False})
    except jwt.PyJWTError:
        return bearer or request.form.get("client_id") or request.remote_addr or ""
    return f"lti:{claims.get('sub')}"
