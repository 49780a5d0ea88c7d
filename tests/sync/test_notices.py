"""From the first launch that offers it to a copied course that is known: over HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import sessionmaker

from lti_mentor import worker
from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.demo.canvas.claims import NOTICE_SCOPE, NOTICE_TYPES
from lti_mentor.jobs.models import Job, JobState
from lti_mentor.jobs.runner import Runner
from lti_mentor.lti.claims import NoticesClaim
from lti_mentor.lti.tokens import TOKENS
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context, FamilySource, Membership
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Feature, Health
from lti_mentor.sync import notices
from lti_mentor.web import db, tool
from tests.demo.canvas.browser import Visitor
from tests.sync.installation import Installation, installed

COPY = "LtiContextCopyNotice"


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    from tests.tool import LOOPBACK

    http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
    with installed(tmp_path_factory.mktemp("tool"), http) as found:
        yield found["canvas"]


@pytest.fixture
def canvas(campus: Installation) -> Iterator[Installation]:
    """A Canvas whose course is open to us, and whose deployment we know."""
    TOKENS._tokens.clear()
    campus.campus.canvas.recall("canvas")["institution"].throttle.levels.clear()
    world = campus.campus.canvas.world
    with campus.app.app_context(), transaction(db.session()) as session:
        tenant = campus.tenant(session)
        tenant.writes_paused = False
        service.accept_deployment(session, tenant, world.tools[1].deployment_id)
        for table in (Job, Membership, Context):
            session.query(table).delete()
        old = world.courses[11]
        session.add(
            Context(registration=tenant, lti_id=old.opaque, label=old.code, family="F")
        )
        for row in queries.health(session, tenant).values():
            session.delete(row)
    key = campus.campus.canvas.recall("canvas")["institution"].store.keys
    before = {number: list(row.scopes) for number, row in key.items()}
    yield campus
    for number, row in key.items():
        row.scopes[:] = before[number]
    campus.campus.canvas.recall("canvas")["institution"].store.handlers.clear()


def offered(canvas: Installation, *kinds: str) -> None:
    """Do what a teacher's launch does where Canvas offers notices."""
    url = f"{canvas.lms.url}/api/lti/notice-handlers/1"
    with canvas.app.app_context(), transaction(db.session()) as session:
        claim = NoticesClaim(url, kinds or tuple(NOTICE_TYPES))
        notices.request(session, canvas.tenant(session), "1:deployment", claim)


def work(canvas: Installation) -> int:
    """Run what is due as the worker does; return how many jobs ran."""
    with canvas.app.app_context():
        sessions = sessionmaker(db.engine, expire_on_commit=False)
        doing = worker.handlers(tool().settings, sessions, canvas.http)
        runner = Runner(sessions, {notices.LISTEN: doing[notices.LISTEN]})
        done = 0
        while runner.run_one():
            done += 1
        return done


def health(canvas: Installation) -> tuple[Health, str, list[str]]:
    with canvas.app.app_context(), transaction(db.session()) as session:
        row = queries.health(session, canvas.tenant(session))[Feature.NOTICES]
        return row.state, row.code, row.details.get("missing", [])


def handlers(canvas: Installation) -> dict[str, str]:
    store = canvas.campus.canvas.recall("canvas")["institution"].store
    return dict(store.handlers)


def test_a_course_copied_in_the_lms_is_of_the_same_family_here(
    canvas: Installation,
) -> None:
    offered(canvas)
    work(canvas)

    Visitor(canvas.campus, "Ines Keller").do("/courses/11/copy")

    fresh = max(canvas.campus.canvas.world.courses.values(), key=lambda row: row.id)
    with canvas.app.app_context(), transaction(db.session()) as session:
        copy = session.query(Context).filter_by(lti_id=fresh.opaque).one()
        assert (copy.family, copy.family_by) == ("F", FamilySource.HISTORY)
        assert (copy.title, copy.label) == (fresh.title, fresh.code)
        assert session.query(Membership).count() == 0


def test_asking_once_is_enough_and_the_greeting_is_heard(canvas: Installation) -> None:
    offered(canvas)

    ran = work(canvas)
    offered(canvas)

    assert (ran, work(canvas)) == (1, 0)
    ours = f"{canvas.url}/lti/notices"
    wanted = {f"1 {kind}": ours for kind in (COPY, "LtiHelloWorldNotice")}
    assert handlers(canvas) == wanted
    assert health(canvas) == (Health.OK, "notices.heard", [])


def test_what_an_admin_took_away_is_named_and_asked_for_a_day_later(
    canvas: Installation,
) -> None:
    keys = canvas.campus.canvas.recall("canvas")["institution"].store.keys
    for row in keys.values():
        row.scopes[:] = [scope for scope in row.scopes if scope != NOTICE_SCOPE]
    offered(canvas)

    work(canvas)
    offered(canvas)

    assert work(canvas) == 0
    state, code, missing = health(canvas)
    assert (state, code) == (Health.FAILED, "notices.no_scope")
    assert missing[0].startswith("Can register event notice handlers")
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        offered(canvas)
        with canvas.app.app_context(), transaction(db.session()) as session:
            assert session.query(Job).one().state is JobState.WAITING


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ({"writes_paused": True}, NOTICE_TYPES),
        ({"is_copy": True}, NOTICE_TYPES),
        ({}, ["LtiHelloWorldNotice"]),
    ],
    ids=["writing is paused", "it is a copy", "it tells nothing of copies"],
)
def test_some_are_asked_for_nothing(
    canvas: Installation, column: dict[str, bool], kinds: list[str]
) -> None:
    canvas.change(**column)

    offered(canvas, *kinds)

    canvas.change(writes_paused=False, is_copy=False)
    with canvas.app.app_context(), transaction(db.session()) as session:
        assert session.query(Job).count() == 0


def test_a_check_asks_again_where_somebody_removed_us(canvas: Installation) -> None:
    offered(canvas)
    work(canvas)
    store = canvas.campus.canvas.recall("canvas")["institution"].store
    store.handlers[f"1 {COPY}"] = ""

    canvas.check(Feature.NOTICES)

    assert handlers(canvas)[f"1 {COPY}"] == f"{canvas.url}/lti/notices"
    assert health(canvas)[:2] == (Health.OK, "notices.heard")


def test_where_no_launch_offered_it_the_row_is_off(canvas: Installation) -> None:
    found = canvas.check(Feature.NOTICES)

    assert (found.state, found.code) == (Health.OFF, "notices.not_offered")


def test_nothing_is_asked_while_writing_is_paused(canvas: Installation) -> None:
    offered(canvas)
    canvas.change(writes_paused=True)

    found = canvas.check(Feature.NOTICES)

    assert (found.state, found.code) == (Health.OFF, "notices.paused")
    assert handlers(canvas) == {}
