"""`lti-mentor sync` against the practice campus: what it tells and how it ends."""

import json
import uuid
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti_mentor.cli import main
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context
from lti_mentor.web import db
from tests.sync.installation import installed
from tests.tool import LOOPBACK, SECRETS


@pytest.fixture(scope="module")
def canvas(tmp_path_factory):
    http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
    with installed(tmp_path_factory.mktemp("command"), http) as found:
        found["canvas"].launched()
        yield found["canvas"]


@pytest.fixture
def sync(canvas, monkeypatch):
    """Run the command on a course; give its exit status, answer and error."""
    with canvas.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        query = select(Context.public_id).where(Context.lti_id == "1")
        known = str(db.session().scalars(query).one())
        db.session().rollback()
    monkeypatch.setenv("LTI_MENTOR_SECRET_KEYS", ",".join(SECRETS))
    monkeypatch.setenv("LTI_MENTOR_DATABASE_URL", url)
    monkeypatch.setenv("LTI_MENTOR_PUBLIC_URL", canvas.url)
    monkeypatch.setenv("LTI_MENTOR_ALLOW_PRIVATE_PLATFORMS", "127.0.0.0/8,::1/128")

    def run(public_id: str = known):
        told = CliRunner().invoke(main, ["sync", "--context", public_id, "--json"])
        answer = json.loads(told.stdout) if told.stdout else {}
        return told.exit_code, answer, told.stderr

    return run


def test_it_tells_what_each_part_cost(sync):
    status, answer, _ = sync()

    assert (status, answer["state"]) == (0, "done")
    assert answer["parts"]["members"]["rows"] > 5
    assert answer["total"]["calls"] > 5
    assert answer["problems"] == {}


def test_of_a_course_nobody_knows_it_says_so(sync):
    status, answer, error = sync(str(uuid.uuid4()))

    assert (status, answer) == (1, {})
    assert "context.missing" in error


@contextmanager
def only(canvas, token):
    """Let the LMS be asked with this token alone: its roster has no address."""
    with canvas.app.app_context():
        course = db.session().query(Context).filter_by(lti_id="1").one()
        tenant, address = canvas.tenant(db.session()), course.memberships_url
        known, tenant.lms_token, course.memberships_url = tenant.lms_token, token, None
        db.session().commit()
    yield
    with canvas.app.app_context():
        course = db.session().query(Context).filter_by(lti_id="1").one()
        canvas.tenant(db.session()).lms_token = known
        course.memberships_url = address
        db.session().commit()


def test_without_api_and_roster_there_is_no_way(sync, canvas):
    with only(canvas, None):
        status, answer, error = sync()

    assert (status, answer["state"]) == (1, "failed")
    assert "sync.no_way" in error


def test_of_an_lms_that_lets_nobody_in_it_says_what_failed_and_why(sync, canvas):
    with only(canvas, "a token nobody gave"):
        status, answer, error = sync()

    assert (status, answer["state"]) == (1, "failed")
    assert "sync.failed" in error
    assert answer["problems"]["members"]["status"] == 401
    assert canvas.lms.url not in error
