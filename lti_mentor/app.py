"""The wiring of the web side."""

from pathlib import Path

from flask import Blueprint, Flask, g
from sqlalchemy import URL, make_url

import lti_mentor
from lti_mentor import db as rules
from lti_mentor.config import Settings
from lti_mentor.lti.keysets import KeySets
from lti_mentor.mentoring import queries as mentoring
from lti_mentor.outbound import Outbound
from lti_mentor.people.scope import Scope
from lti_mentor.web import (
    EXTENSION,
    Tool,
    admin,
    board,
    choosing,
    closed,
    closing,
    db,
    deep_link,
    errors,
    family,
    feed,
    hearing,
    home,
    hub,
    i18n,
    inbox,
    known,
    learner,
    life,
    mentor,
    mentorship,
    observer,
    practice,
    privacy,
    profile,
    program_settings,
    programs,
    report,
    security,
    session,
    talks,
    ways,
)
from lti_mentor.web import launch as launch_pages
from lti_mentor.web import registration as registration_pages

BLUEPRINTS: list[Blueprint] = [
    launch_pages.bp,
    registration_pages.bp,
    ways.bp,
    home.bp,
    hearing.bp,
    hub.bp,
    closed.bp,
    observer.bp,
    privacy.bp,
    profile.bp,
    learner.bp,
    choosing.bp,
    mentorship.bp,
    talks.bp,
    feed.bp,
    feed.public,
    life.bp,
    inbox.bp,
    practice.bp,
    mentor.bp,
    board.bp,
    family.bp,
    known.bp,
    closing.bp,
    programs.bp,
    program_settings.bp,
    deep_link.bp,
    report.bp,
    admin.bp,
]
"""Pages, each audience its own; `/s/<handle>/...` pages need a session."""
HERE = Path(lti_mentor.__file__).parent
TEMPLATES = next(
    (p for p in (HERE / "templates", HERE.parent / "templates") if p.is_dir()),
    HERE / "templates",
)
"""Inside the package when installed, beside it in a checkout."""


def create_app(settings: Settings, http: Outbound | None = None) -> Flask:
    """Return the web application; `http` replaces the way out (tests)."""
    rules.unlock(settings.secret_keys)
    app = Flask("lti_mentor", template_folder=str(TEMPLATES), root_path=str(HERE))
    http = http or Outbound(settings.private_platforms, settings.user_agent)
    app.extensions[EXTENSION] = Tool(settings, http, KeySets(http))
    _database(app, settings)
    security.init(app)
    errors.init(app)
    i18n.init(app, locale=_locale, zone=_zone)
    session.init(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = _absolute(settings.database_url)
    db.init_app(app)
    with app.app_context():
        rules.prepare(db.engine)


def _absolute(database_url: str) -> URL:
    """Anchor a relative SQLite file where we were started, as the worker does."""
    url = make_url(database_url)
    is_file = url.drivername.startswith("sqlite") and url.database
    if not is_file or url.database == ":memory:":
        return url
    return url.set(database=str(Path(url.database or "").absolute()))


def _locale() -> str | None:
    """Return the person's own language, else what their LMS told."""
    return g.scope.person.locale if "scope" in g else None


def _zone() -> str | None:
    """Return the person's own time zone, else their LMS's, else their program's."""
    if "scope" not in g:
        return None
    scope: Scope = g.scope
    person = scope.person
    return person.zone or mentoring.zone_for(db.session(), person, scope.course)
