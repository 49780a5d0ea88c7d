"""Moodle's error pages, which a tool sometimes gets instead of an answer."""

import html

from flask import Response

from lti_mentor.demo.shell import here


def error_page(message: str, status: int = 404) -> Response:
    """Return Moodle's own error page: HTML, title "Error | <site>"."""
    site = html.escape(here().name)
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Error | {site}</title></head><body><main><h1>Error</h1>"
        f'<p class="errormessage">{html.escape(message)}</p>'
        f'<p><a href="/">{site}</a></p></main></body></html>'
    )
    return Response(body, status, mimetype="text/html")
