"""Headers on every answer, and requests that no page of ours would send."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from lti_mentor.errors import NotAllowed
from lti_mentor.platforms.origins import origin_of
from lti_mentor.web import tool

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES = 12 * 1024 * 1024
"""Of a request; evidence files are the largest."""
MOST_LAUNCH_BYTES = 256 * 1024
FROM_PLATFORMS = frozenset({"/lti/login", "/lti/launch", "/lti/notices"})
"""Paths that other sites post to by design."""

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def init(app: Flask) -> None:
    """Put the rules on an app; call before anything that answers."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.before_request(_begin)
    app.after_request(_protect)


def _begin() -> None:
    g.correlation = secrets.token_hex(8)
    if request.path.startswith("/lti/"):
        request.max_content_length = MOST_LAUNCH_BYTES
        request.max_form_memory_size = MOST_LAUNCH_BYTES
    is_foreign = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    if is_foreign and request.method not in SAFE and request.path not in FROM_PLATFORMS:
        raise NotAllowed("request.cross_site")


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy())
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if tool().settings.is_production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if correlation := g.get("correlation"):
        response.headers.setdefault("X-Correlation-Id", correlation)
    return response


def _policy() -> str:
    """Return the policy: who may frame us, and where forms may lead, come from `g`.

    `g.frame_origins` are the registration's; without them nobody frames the page.
    `g.form_origins` are set where a form leaves for the platform.
    """
    frames = [origin for origin in g.get("frame_origins", ()) if _is_plain(origin)]
    forms = [origin for origin in g.get("form_origins", ()) if _is_plain(origin)]
    parts = POLICY | {
        "frame-ancestors": " ".join(["'self'", *frames]) if frames else "'none'",
        "form-action": " ".join(["'self'", *forms]),
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def form_origin(url: str) -> list[str]:
    """Return what `g.form_origins` needs so that a form may post to this address."""
    origin = origin_of(url)
    return [origin] if origin else []


def _is_plain(origin: str) -> bool:
    """Keep whatever could end a directive out of the header."""
    host = urlsplit(origin).netloc
    return bool(host) and not set(origin) & set(" ;,'\"\r\n\t")
