"""The tool's own front door beside a campus, and both LMSs registered with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import lti_mentor.demo
from lti_mentor.db import transaction
from lti_mentor.demo import Campus
from lti_mentor.demo.campus import Lms
from lti_mentor.lti import services
from lti_mentor.lti.tokens import TokenCache
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context
from lti_mentor.platforms import lms as apis
from lti_mentor.platforms import service
from lti_mentor.platforms.models import Feature, LMSKind, Registration
from lti_mentor.sync import health
from lti_mentor.sync.findings import Doors, Finding
from lti_mentor.web import db
from tests.conftest import free_port
from tests.tool import close, make_app, tool_key


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """Answer an app's pages on loopback until the block ends."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Installation:
    """One LMS of the campus that knows the tool, and the tool that knows it."""

    campus: Campus
    lms: Lms
    app: Flask
    url: str
    http: Outbound

    def check(self, *features: Feature, public_url: str = "") -> Finding:
        """Try features as the worker does; return the first finding."""
        with self.app.app_context():
            session = db.session()
            with transaction(session):
                tenant = self.tenant(session)
                asked = services.connect(session, tenant, self.http, TokenCache())
                has_api = tenant.lms_token is not None
                client = apis.connect(tenant, self.http) if has_api else None
            doors = Doors(self.http, asked, client)
            url = public_url or self.url
            return health.check(session, tenant, doors, url, features)[0]

    def tenant(self, session: Session) -> Registration:
        return session.query(Registration).filter_by(issuer=self.lms.url).one()

    def change(self, **columns: object) -> None:
        """Change the registration."""
        with self.app.app_context(), transaction(db.session()) as session:
            tenant = self.tenant(session)
            for name, value in columns.items():
                setattr(tenant, name, value)

    def launched(self) -> None:
        """Let a course have been opened, so that its roster is known."""
        course = next(
            row
            for row in self.lms.world.courses.values()
            if row.title.startswith("Neg")
        )
        moodle = f"/mod/lti/services.php/CourseSection/{course.id}/bindings/1"
        path = {
            "moodle": f"{moodle}/memberships",
            "canvas": f"/api/lti/courses/{course.id}/names_and_roles",
        }[self.lms.kind]
        with self.app.app_context(), transaction(db.session()) as session:
            session.add(
                Context(
                    registration=self.tenant(session),
                    lti_id="1",
                    lms_id=str(course.id),
                    memberships_url=self.lms.url + path,
                )
            )


@contextmanager
def installed(folder: Path, http: Outbound) -> Iterator[dict[str, Installation]]:
    """Run campus and tool, known to each other, without a course launched yet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = make_app(folder, public_url=url)
    with lti_mentor.demo.start(tool_url=url) as campus, serving(app, port):
        with app.app_context(), transaction(db.session()) as session:
            session.add(tool_key())
            for told in campus.platforms:
                known: dict[str, object] = dict(told)
                known["lms_kind"] = LMSKind(told["lms_kind"])
                del known["deployment_id"], known["origin"]
                service.add(session, **known, lrs_url=campus.lrs.url)  # type: ignore[arg-type]
            for row in session.query(Registration):
                row.lrs_key, row.lrs_secret = campus.lrs.key, campus.lrs.secret
        yield {
            one.kind: Installation(campus, one, app, url, http) for one in campus.both
        }
    close(app)
