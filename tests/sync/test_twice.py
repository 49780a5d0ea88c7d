"""One source a fact: what two lists say differently is not rewritten each time."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lms_clients import LMSError, Member
from lms_clients import Role as There
from lti_mentor.db import get_public
from lti_mentor.demo.moodle.webservice.account import keep_token
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Context, Membership, Person, Role, Standing
from lti_mentor.platforms.models import LMSKind
from lti_mentor.sync import course, queries, roster, service
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.web import db
from tests.sync.conftest import filled
from tests.sync.installation import installed
from tests.tool import LOOPBACK


@pytest.fixture
def rows_written(engine):
    """Rows of tables other than the run's, counted as they are written."""
    seen: list[str] = []
    listener = counting(seen)
    sa.event.listen(engine, "before_cursor_execute", listener)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", listener)


def counting(seen: list[str]):
    def note(connection, cursor, statement, parameters, context, executemany):
        is_write = statement.startswith(("INSERT", "UPDATE", "DELETE"))
        if is_write and "sync_run" not in statement:
            seen.append(statement)

    return note


def disagreeing(w) -> Iterator[roster.Entry]:
    """Say of 100 another role and name, that 101 is let in; leave out 102."""
    is_moodle = w.tenant.lms_kind is LMSKind.MOODLE
    w.session.rollback()
    for number in (100, 101):
        yield roster.Entry(
            sub=str(number) if is_moodle else f"s{number}",
            role=Role.LEARNER,
            name=f"By LTI {number}",
            email=f"lti{number}@x.org",
            lms_user_id=str(number),
        )


def told(w):
    w.session.rollback()
    rows = w.session.execute(
        sa.select(Person.lms_user_id, Person.name, Membership.role, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.lms_user_id.is_not(None))
    )
    found = {row[0]: tuple(row[1:]) for row in rows}
    w.session.rollback()
    return found


def differing():
    lms = filled()
    lms.enrolled["7"][0] = Member("100", "Ann", frozenset({There.ASSISTANT}))
    lms.enrolled["7"][1] = Member("101", "Ben", frozenset({There.LEARNER}), None)
    object.__setattr__(lms.enrolled["7"][1], "is_active", False)
    return lms


def test_where_lti_and_the_api_differ_a_second_reading_writes_nothing(w, rows_written):
    lms = differing()
    service.read_course(w.session, w.course, lms, lambda: disagreeing(w))
    first = told(w)
    rows_written.clear()

    service.read_course(w.session, w.course, lms, lambda: disagreeing(w))

    assert rows_written == []
    assert told(w) == first
    assert first["100"] == ("Ann", Role.ASSISTANT, Standing.ACTIVE)
    assert first["101"] == ("Ben", Role.LEARNER, Standing.SUSPENDED)
    assert first["102"][2] is Standing.ACTIVE  # the API lists them


def test_what_the_api_keeps_to_itself_the_roster_tells(w):
    service.read_course(w.session, w.course, differing(), lambda: disagreeing(w))

    people = w.session.scalars(sa.select(Person).where(Person.lms_user_id.is_not(None)))
    assert {p.lms_user_id: p.email for p in people}["101"] == "lti101@x.org"


def test_without_the_apis_list_the_roster_says_everything(w):
    service.read_course(w.session, w.course, differing(), lambda: disagreeing(w))
    broken = differing()
    broken.denied = {"members"}

    service.read_course(w.session, w.course, broken, lambda: disagreeing(w))

    found = told(w)
    assert found["101"] == ("By LTI 101", Role.LEARNER, Standing.ACTIVE)


def test_where_ltis_list_breaks_off_the_apis_says_who_left(w):
    def breaks() -> Iterator[roster.Entry]:
        yield from disagreeing(w)
        raise LMSError("no more")

    lms = filled()
    service.read_course(w.session, w.course, lms, lambda: disagreeing(w))
    del lms.enrolled["7"][1]

    state = service.read_course(w.session, w.course, lms, breaks)

    assert state is SyncState.PARTIAL
    assert told(w)["101"][2] is Standing.LEFT


def test_whom_a_lost_worker_read_of_is_judged_by_no_other_list(w):
    service.read_course(w.session, w.course, differing(), lambda: disagreeing(w))
    before = told(w)
    run = service.request(w.session, w.course)
    assert run is not None
    run.state, run.done = SyncState.RUNNING, ["courses", "members"]
    w.session.commit()

    service.read_course(w.session, w.course, differing(), lambda: disagreeing(w))

    assert told(w) == before


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
    with installed(tmp_path_factory.mktemp("twice"), http) as found:
        for one in found.values():
            one.launched()
        yield found


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_on_the_campus_a_second_reading_writes_nothing_but_its_run(both, kind):
    installation = both[kind]
    with installation.app.app_context():
        session = db.session()
        context = campus_course(installation, session)
        if kind == "moodle":  # its roster names a tool that only a launch tells
            context.memberships_url = None
        session.commit()
        public_id, engine = str(context.public_id), session.get_bind()
        sessions = sa.orm.sessionmaker(engine, expire_on_commit=False)
        session.rollback()
    assert course.read(sessions, installation.http, public_id) is SyncState.DONE
    seen: list[str] = []
    listener = counting(seen)

    sa.event.listen(engine, "before_cursor_execute", listener)
    course.read(sessions, installation.http, public_id)
    sa.event.remove(engine, "before_cursor_execute", listener)

    assert [one for one in seen if "lms_call" not in one] == []


def campus_course(installation, session):
    tenant = installation.tenant(session)
    query = sa.select(Context).where(
        Context.registration_id == tenant.id, Context.lti_id == "1"
    )
    return session.scalars(query).one()


def test_on_moodle_a_lost_permission_makes_nobody_leave(both):
    installation = both["moodle"]
    with installation.app.app_context():
        session = db.session()
        context = campus_course(installation, session)
        context.memberships_url = None
        session.commit()
        token = installation.tenant(session).lms_token
        public_id = str(context.public_id)
        sessions = sa.orm.sessionmaker(session.get_bind(), expire_on_commit=False)
        session.rollback()
    course.read(sessions, installation.http, public_id)
    before = active(sessions, public_id)
    world = installation.lms.world
    kept = dict(world.extra["tokens"][token])
    keep_token(world, token, kept["person"], rights="no-details")

    state = course.read(sessions, installation.http, public_id)

    with world.change():
        world.extra["tokens"][token] = kept
    assert state is SyncState.PARTIAL
    assert active(sessions, public_id) == before > 5
    with sessions() as read:
        found = read.scalars(sa.select(SyncRun).order_by(SyncRun.id.desc())).first()
        assert found is not None
        assert found.problems["members"]["missing"] == "moodle/user:viewdetails"


def active(sessions, public_id: str) -> int:
    with sessions() as session:
        context = get_public(session, Context, public_id)
        return queries.readiness(session, context).members
