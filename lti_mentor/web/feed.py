"""Everybody's talks in a calendar of their own: a secret address, made and revoked.

The address is a bearer that a calendar carries, so it stands in no page but the one
that made it, and in no log. It is read outside any session, in its person's language
and zone.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask_babel import force_locale
from flask_babel import gettext as _

from lti_mentor.crypto import digest
from lti_mentor.db import transaction
from lti_mentor.errors import Missing
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.people.models import Person
from lti_mentor.scheduling import feed
from lti_mentor.scheduling.calendar import feed_file
from lti_mentor.web import db, i18n, tool
from lti_mentor.web.pages import Answer, blueprint, done, render, scope
from lti_mentor.web.talks import title_of

bp = blueprint("feed", __name__)
public = Blueprint("calendar", __name__)
"""What a calendar reads: no session, only the secret."""
PAGE = "common/calendar.html"


@bp.get("/settings/calendar")
def show() -> Answer:
    """Say whether there is an address, and when it was last read."""
    return render(PAGE, **_data())


@bp.post("/settings/calendar")
def make() -> Answer:
    """Make an address and show it, this once; one before it ends."""
    secret = feed.make(db.session(), scope().person)
    return render(PAGE, **_data(f"/calendar/{secret}.ics"))


@bp.post("/settings/calendar/end")
def end() -> Answer:
    """Revoke it."""
    feed.revoke(db.session(), scope().person)
    return done("feed.show", "feed_ended")


def _data(path: str = "") -> dict[str, Any]:
    address = f"{tool().settings.public_url}{path}" if path else ""
    _scheme, _mark, place = address.partition("://")
    return {
        "feed": feed.feed_of(db.session(), scope().person),
        "address": address,
        "subscribe": f"webcal://{place}" if place else "",
    }


@public.get("/calendar/<secret>.ics")
def read(secret: str) -> Answer:
    """Give all talks of whose address this is; nothing where they are unchanged."""
    tool().pace.note(UUID(digest(secret)[:32]))
    person = feed.reader_of(db.session(), secret)
    if person is None:
        raise Missing("feed.missing")
    answer = Response(_file(person), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    _note(person)
    answer.make_conditional(request)
    return answer


def _file(person: Person) -> bytes:
    session = db.session()
    zone = person.zone or mentoring.zone_for(session, person, None)
    with force_locale(i18n.choose(person.locale)):
        entries = [(e, title_of(e)) for e in feed.entries_for(session, person)]
        name = str(_("Mentoring talks"))
    return feed_file(entries, name=name, zone=i18n.known_zone(zone))


def _note(person: Person) -> None:
    session = db.session()
    if feed.is_to_note(feed.feed_of(session, person)):
        session.rollback()
        with transaction(session):
            feed.note_read(session, person)
