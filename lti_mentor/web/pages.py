"""What every page inside a session shares: scope, addresses, answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
)
from flask import url_for as flask_url_for
from flask_babel import format_date, format_datetime, get_timezone
from werkzeug.wrappers import Response as BaseResponse

from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import Mentorship
from lti_mentor.people.scope import Scope
from lti_mentor.web import db
from lti_mentor.web.names import named
from lti_mentor.web.navigation import items
from lti_mentor.web.notices import notice_for
from lti_mentor.web.zones import zone_name

View = Callable[..., "Answer"]
Answer = str | Response | BaseResponse


def blueprint(name: str, module: str) -> Blueprint:
    """Return a blueprint whose pages need a session: `/s/<handle>/...`."""
    return Blueprint(name, module, url_prefix="/s/<handle>")


def page_number(name: str = "page") -> int:
    """Return which page of a list is asked for; whatever is no number is the first.

    `name` tells the lists of one page apart.
    """
    asked = request.args.get(name, "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def scope() -> Scope:
    """Return who is asking, from where, as what."""
    found: Scope = g.scope
    return found


def mentorships() -> Sequence[Mentorship]:
    """Return all mentorships of whoever is asking, read once a request."""
    if "mentorships" not in g:
        g.mentorships = queries.mentorships_of(db.session(), scope().person)
    found: Sequence[Mentorship] = g.mentorships
    return found


def url(endpoint: str, **values: Any) -> str:
    """Return the address of a page of this session."""
    return flask_url_for(endpoint, handle=scope().handle, **values)


def render(template: str, /, **data: Any) -> str:
    """Render a page inside the session: navigation, place and notice come along."""
    return render_template(
        template,
        url=url,
        scope=scope(),
        nav=_nav(),
        here=_here(scope()),
        notice=notice_for(request.args.get("done", "")),
        day=day,
        moment=moment,
        **data,
    )


def refuse(template: str, errors: Mapping[str, Any], /, **data: Any) -> Response:
    """Render a form again with what is wrong in it (422): nothing typed is lost."""
    page = render(template, **(data | {"errors": errors}))
    return make_response(page, 422)


def done(endpoint: str, code: str = "", **values: Any) -> BaseResponse:
    """Go on to a page after something was done, and say so there."""
    return redirect(url(endpoint, **values, **({"done": code} if code else {})), 303)


def day(value: date | None) -> str:
    """Return a date as the reader writes it."""
    return format_date(value, "full") if value else ""


def moment(value: datetime | None) -> str:
    """Return a moment in the reader's zone."""
    return format_datetime(value, "EEE d MMM y, HH:mm") if value else ""


def _nav() -> list[dict[str, Any]]:
    current = g.get("endpoint", request.endpoint or "")
    return items(scope(), url, current, is_closed=g.get("is_closed", False))


def _here(who: Scope) -> dict[str, Any]:
    place = who.context.title or who.context.label if who.context else ""
    return {
        "home": url("home.show"),
        "place": place,
        "person": named(who.person),
        "help": url("home.guide"),
        "privacy": url("home.sight"),
        "profile": url("profile.show"),
        "zone": zone_name(str(get_timezone())),
        "lms": str(who.registration.lms_kind),
        "again": who.resource_link.page_url if who.resource_link else None,
    }
