"""Pages and parts in which only the language differs: put together once each."""

from functools import lru_cache
from typing import Any

from flask import Flask, render_template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from lti_mentor.web.i18n import language_tag

PLACE = "the-data-of-this-page"
"""Stands for it while such a page is put together."""


def init(app: Flask) -> None:
    """Give templates `fixed(template)`."""
    app.jinja_env.globals["fixed"] = part


def part(template: str) -> Markup:
    """Return a template without data in the language of this page."""
    return _put_together(template, language_tag())


def page(template: str, slot: str, data: dict[str, Any]) -> str:
    """Return a page whose only data is one `{{ <slot> | tojson }}`."""
    before, after = _halves(template, slot, language_tag())
    return f"{before}{htmlsafe_json_dumps(data)}{after}"


@lru_cache(maxsize=64)
def _halves(template: str, slot: str, _language: str) -> tuple[str, str]:
    before, _, after = render_template(template, **{slot: PLACE}).partition(
        f'"{PLACE}"'
    )
    return before, after


@lru_cache(maxsize=64)
def _put_together(template: str, _language: str) -> Markup:
    return Markup(render_template(template))  # noqa: S704 - a template's own output
