"""Pages and parts in which only the language differs: put together once each."""

from functools import lru_cache

from flask import Flask, render_template
from markupsafe import Markup

from lti_mentor.web.i18n import language_tag


def init(app: Flask) -> None:
    """Give templates `fixed(template)`."""
    app.jinja_env.globals["fixed"] = part


def part(template: str) -> Markup:
    """Return a template without data in the language of this page."""
    return _put_together(template, language_tag())


@lru_cache(maxsize=64)
def _put_together(template: str, _language: str) -> Markup:
    return Markup(render_template(template))  # noqa: S704 - a template's own output
