"""Each row of Setup and health, as it works, in part, not at all, and off."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import delete

from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.demo.canvas.setup import TOKEN as CANVAS_TOKEN
from lti_mentor.demo.lti import LINEITEM, NRPS, RESULT, SCORE
from lti_mentor.demo.moodle.setup import TOKEN as MOODLE_TOKEN
from lti_mentor.demo.moodle.webservice.account import keep_token
from lti_mentor.jobs import queries as job_queries
from lti_mentor.jobs.models import JobState
from lti_mentor.lti.models import ToolKey
from lti_mentor.outbound import Outbound
from lti_mentor.people.models import Person, Role, WebSession
from lti_mentor.platforms import queries
from lti_mentor.platforms.models import Deployment, Feature, Health, Registration
from lti_mentor.sync import health
from lti_mentor.sync.findings import Finding
from lti_mentor.sync.probes import TRIES
from lti_mentor.web import db
from tests import builders
from tests.conftest import free_port
from tests.lms_clients.local_server import Reply, served
from tests.sync.installation import Installation, installed

OK, PARTIAL, FAILED, OFF = Health.OK, Health.PARTIAL, Health.FAILED, Health.OFF
GRADES_SETTING = (
    "IMS LTI Assignment and Grade Services: "
    "Use this service for grade sync and column management"
)
TOKENS = {"moodle": MOODLE_TOKEN, "canvas": CANVAS_TOKEN}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Installation]]:
    from tests.tool import LOOPBACK

    http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
    with installed(tmp_path_factory.mktemp("tool"), http) as found:
        yield found


@pytest.fixture(params=["moodle", "canvas"])
def at(
    both: dict[str, Installation], request: pytest.FixtureRequest
) -> Iterator[Installation]:
    """An LMS with everything granted, as after installing; nothing opened yet."""
    yield from fresh(both[request.param])


@pytest.fixture
def moodle(both: dict[str, Installation]) -> Iterator[Installation]:
    yield from fresh(both["moodle"])


@pytest.fixture
def canvas(both: dict[str, Installation]) -> Iterator[Installation]:
    yield from fresh(both["canvas"])


def fresh(found: Installation) -> Iterator[Installation]:
    found.lms.faults.clear()
    found.campus.canvas.recall("canvas")["institution"].throttle.levels.clear()
    with found.app.app_context(), transaction(db.session()) as session:
        before = {
            column.key: getattr(found.tenant(session), column.key)
            for column in Registration.__mapper__.columns
        }
    yield found
    found.lms.faults.clear()
    with found.app.app_context(), transaction(db.session()) as session:
        kept = {Registration.__tablename__, ToolKey.__tablename__}
        for table in reversed(Registration.metadata.sorted_tables):
            if table.name not in kept:
                session.execute(table.delete())
        here = [lms.url for lms in found.campus.both]
        session.execute(delete(Registration).where(Registration.issuer.not_in(here)))
    found.change(**before)


def told(found: Finding) -> tuple[Health, str]:
    return found.state, found.code


# Launch


def test_nobody_has_come_in_yet(at: Installation) -> None:
    assert told(at.check(Feature.LAUNCH)) == (OFF, "launch.none_yet")


def test_the_last_visit_is_told_with_browsers_and_containers(at: Installation) -> None:
    ways = [("Firefox", "frame"), ("Chrome", "window"), ("Firefox", "frame")]
    with at.app.app_context(), transaction(db.session()) as session:
        tenant = at.tenant(session)
        who = Person(registration=tenant, sub="1", last_seen=now())
        far = builders.person(session, builders.registration(session), "Far")
        for number, way in enumerate([*ways, None]):
            came = dict(zip(("browser", "container"), way, strict=True)) if way else {}
            add_session(session, who, number, came)
        add_session(session, far, 9, {"browser": "Safari", "container": "frame"})
        seen = who.last_seen

    found = at.check(Feature.LAUNCH)

    assert told(found) == (OK, "launch.ok")
    assert seen is not None and found.details["at"] == seen.isoformat()
    assert found.details["ways"] == [["Firefox", "frame", 2], ["Chrome", "window", 1]]


def add_session(session, who: Person, number: int, came: dict[str, str]) -> None:
    row = WebSession(
        token_digest=f"digest {number}",
        registration=who.registration,
        person=who,
        role=Role.LEARNER,
        launch={"came": came} if came else {},
        expires_at=now(),
    )
    session.add(row)


def test_a_waiting_deployment_and_a_held_platform_are_named(at: Installation) -> None:
    with at.app.app_context(), transaction(db.session()) as session:
        tenant = at.tenant(session)
        session.add(
            Deployment(registration=tenant, deployment_id="9", is_accepted=False)
        )
        session.add(Deployment(registration=tenant, deployment_id="8"))

    waiting = at.check(Feature.LAUNCH)
    at.change(held_guid="other")
    held = at.check(Feature.LAUNCH)

    assert told(waiting) == (PARTIAL, "launch.deployments_wait")
    assert waiting.details == {"count": 1}
    assert told(held) == (FAILED, "launch.other_platform")


# Keys and clock


def test_both_key_sets_are_read_through_their_doors(at: Installation) -> None:
    found = at.check(Feature.KEYS)

    assert told(found) == (OK, "keys.ok")
    assert found.details == {"ours": 1, "theirs": len(at.lms.keys.jwks()["keys"])}


def test_keys_of_the_platform_that_cannot_be_read(at: Installation) -> None:
    at.change(jwks_url=f"http://127.0.0.1:{free_port()}/jwks")

    found = at.check(Feature.KEYS)

    assert told(found) == (FAILED, "keys.theirs_unreachable")
    assert found.answer == "outside.unreachable (127.0.0.1)"


@pytest.mark.parametrize("body", [{}, [], {"keys": []}, {"keys": [{"kty": "RSA"}]}])
def test_keys_of_the_platform_that_nothing_can_be_checked_with(
    at: Installation, body: object
) -> None:
    with served(lambda _request: Reply(body)) as platform:
        at.change(jwks_url=platform.url)

        found = at.check(Feature.KEYS)

    assert told(found) == (FAILED, "keys.theirs_unusable")


def test_our_own_door_that_cannot_be_reached_from_here(at: Installation) -> None:
    found = at.check(Feature.KEYS, public_url=f"http://127.0.0.1:{free_port()}")

    assert told(found) == (PARTIAL, "keys.ours_unreachable")


def test_our_address_that_leads_to_somebody_else(at: Installation) -> None:
    with served(lambda _request: Reply(at.lms.keys.jwks())) as somebody:
        found = at.check(Feature.KEYS, public_url=somebody.url)

    assert told(found) == (FAILED, "keys.ours_foreign")


@pytest.mark.parametrize(
    ("seconds", "state", "code"),
    [
        (0, OK, "clock.ok"),
        (25, OK, "clock.ok"),
        (-25, OK, "clock.ok"),
        (35, FAILED, "clock.behind"),
        (-35, FAILED, "clock.ahead"),
    ],
)
def test_the_clocks_are_held_against_each_other(
    at: Installation, seconds: int, state: Health, code: str
) -> None:
    def answer(_request: object) -> Reply:
        date = format_datetime(now() + timedelta(seconds=seconds), usegmt=True)
        return Reply(at.lms.keys.jwks(), headers={"Date": date})

    with served(answer) as platform:
        at.change(jwks_url=platform.url)
        found = at.check(Feature.CLOCK)

    assert told(found) == (state, code)
    assert abs(found.details["seconds"] - abs(seconds)) <= 2


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}])
def test_a_platform_that_does_not_tell_the_time(
    at: Installation, headers: dict[str, str]
) -> None:
    with served(lambda _request: Reply({"keys": []}, headers=headers)) as platform:
        at.change(jwks_url=platform.url)

        assert told(at.check(Feature.CLOCK)) == (OFF, "clock.not_told")


def test_a_platform_that_is_away_leaves_the_clock_unknown(at: Installation) -> None:
    at.change(jwks_url=f"http://127.0.0.1:{free_port()}/jwks")

    assert told(at.check(Feature.CLOCK)) == (FAILED, "clock.refused")


# Roster and grades


def test_no_course_has_told_where_its_roster_is(at: Installation) -> None:
    assert told(at.check(Feature.ROSTER)) == (OFF, "roster.no_launch_yet")


def test_the_roster_is_read_to_its_end(at: Installation) -> None:
    at.launched()

    found = at.check(Feature.ROSTER)

    assert told(found) == (OK, "roster.ok")
    assert found.details["count"] > 20


def test_a_roster_that_was_taken_back_names_the_setting(at: Installation) -> None:
    at.launched()
    at.lms.faults.set(no_scopes=[NRPS])

    found = at.check(Feature.ROSTER)

    assert found.state is FAILED
    (name,), (menu,) = found.details["missing"], found.details["menu"]
    expected = {
        "moodle": ("IMS LTI Names and Role Provisioning:", "Site administration >"),
        "canvas": ("Can retrieve user data associated", "Admin > Developer Keys >"),
    }[at.lms.kind]
    assert (name.startswith(expected[0]), menu.startswith(expected[1])) == (True, True)


def test_a_roster_that_is_away_names_no_setting(at: Installation) -> None:
    at.launched()
    at.lms.faults.set(down=True)

    found = at.check(Feature.ROSTER)

    assert told(found) == (FAILED, "roster.refused")
    assert "missing" not in found.details
    assert "503" in (found.answer or "")


def test_grades_that_may_be_written_and_read(at: Installation) -> None:
    assert told(at.check(Feature.GRADES)) == (OK, "grades.ok")


@pytest.mark.parametrize(("lost", "state"), [(RESULT, PARTIAL), (LINEITEM, PARTIAL)])
def test_grades_in_part_name_what_is_missing(
    at: Installation, lost: str, state: Health
) -> None:
    at.lms.faults.set(no_scopes=[lost])

    found = at.check(Feature.GRADES)

    assert told(found) == (state, "grades.partial")
    (name,) = found.details["missing"]
    wanted = {
        RESULT: "Can view submission data for assignments associated with the tool",
        LINEITEM: "Can create and view assignment data in the gradebook associated "
        "with the tool",
    }[lost]
    assert name == (wanted if at.lms.kind == "canvas" else GRADES_SETTING)


def test_grades_that_may_not_be_written(at: Installation) -> None:
    at.lms.faults.set(no_scopes=[SCORE])

    assert told(at.check(Feature.GRADES)) == (FAILED, "grades.no_scope")


def test_grades_with_every_scope_taken_back_name_each_setting_once(
    at: Installation,
) -> None:
    at.lms.faults.set(no_scopes=[SCORE, RESULT, LINEITEM])

    found = at.check(Feature.GRADES)

    assert told(found) == (FAILED, "grades.refused")
    assert len(found.details["missing"]) == (3 if at.lms.kind == "canvas" else 1)


def test_a_busy_canvas_is_not_taken_for_one_that_grants_nothing(
    canvas: Installation,
) -> None:
    throttle = canvas.lms.recall("canvas")["institution"].throttle
    canvas.check(Feature.GRADES)
    (bucket,) = throttle.levels
    throttle.fill(bucket, 900)

    found = canvas.check(Feature.GRADES)

    assert told(found) == (FAILED, "grades.refused")
    assert (found.details, found.answer) == ({}, "service.token_refused (HTTP 403)")


def test_grades_of_a_platform_that_is_away(at: Installation) -> None:
    at.change(token_url=f"http://127.0.0.1:{free_port()}/token")

    found = at.check(Feature.GRADES)

    assert told(found) == (FAILED, "grades.refused")
    assert found.details == {}


# Completion and skills

API = [Feature.COMPLETION, Feature.SKILLS]


@pytest.mark.parametrize("feature", API)
def test_an_api_that_grants_everything_names_itself(
    at: Installation, feature: Feature
) -> None:
    at.launched()

    found = at.check(feature)

    assert told(found) == (OK, f"{feature}.ok")
    assert found.answer


@pytest.mark.parametrize("feature", API)
def test_no_token_is_off_and_not_wrong(at: Installation, feature: Feature) -> None:
    at.change(lms_token=None)

    assert told(at.check(feature)) == (OFF, "api.no_token")


@pytest.mark.parametrize("feature", API)
def test_a_token_that_is_no_more(at: Installation, feature: Feature) -> None:
    at.change(lms_token="0" * 32)

    found = at.check(feature)

    assert told(found) == (FAILED, "api.token")
    assert (found.answer or "").startswith("Unauthorized")


@pytest.mark.parametrize("feature", API)
def test_an_api_that_does_not_answer_is_asked_again(
    at: Installation, feature: Feature
) -> None:
    at.lms.faults.set(down=True)

    assert told(at.check(feature)) == (FAILED, "api.silent")


def test_web_services_that_are_off_are_named(moodle: Installation) -> None:
    moodle.lms.faults.set(closed=True)

    found = moodle.check(Feature.SKILLS)

    assert told(found) == (FAILED, "api.off")
    assert found.details["missing"] == ["REST protocol"]


def test_an_account_that_sees_only_a_part_is_told_which(moodle: Installation) -> None:
    moodle.launched()
    keep_token(moodle.lms.world, "f" * 32, 2, rights="no-view")
    moodle.change(lms_token="f" * 32)

    found = moodle.check(Feature.COMPLETION)

    assert told(found) == (PARTIAL, "completion.partial")
    assert "mod/assign:view" in found.details["missing"][0]
    assert found.details["menu"][0].startswith("Site administration >")


@pytest.mark.parametrize("feature", API)
def test_an_account_without_functions_is_told_which(
    moodle: Installation, feature: Feature
) -> None:
    moodle.launched()
    without = {
        Feature.COMPLETION: [
            "core_completion_get_course_completion_status",
            "core_completion_get_activities_completion_status",
        ],
        Feature.SKILLS: [
            "core_competency_list_course_competencies",
            "report_competency_data_for_report",
        ],
    }[feature]
    keep_token(moodle.lms.world, "e" * 32, 2, without=without)
    moodle.change(lms_token="e" * 32)

    found = moodle.check(feature)

    assert told(found) == (FAILED, f"{feature}.failed")
    assert found.details["missing"] == without
    assert len(found.details["menu"]) == 2


# Record store and mail


def test_a_record_store_that_takes_our_key(at: Installation) -> None:
    found = at.check(Feature.LRS)

    assert told(found) == (OK, "lrs.ok")
    assert found.answer == "about: HTTP 200, statements: HTTP 200"


def test_no_record_store_is_off(at: Installation) -> None:
    at.change(lrs_url=None)

    assert told(at.check(Feature.LRS)) == (OFF, "lrs.off")


def test_a_record_store_that_refuses_our_key(at: Installation) -> None:
    at.change(lrs_secret="wrong")

    assert told(at.check(Feature.LRS)) == (FAILED, "lrs.key_refused")


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [(403, PARTIAL, "lrs.write_only"), (404, FAILED, "lrs.no_store")],
)
def test_a_record_store_that_reads_nothing_out(
    at: Installation, status: int, state: Health, code: str
) -> None:
    with served(lambda _request: Reply({}, status)) as store:
        at.change(lrs_url=store.url)

        assert told(at.check(Feature.LRS)) == (state, code)
        assert [r.path for r in store.requests] == ["/about", "/statements"]
        assert "authorization" not in store.requests[0].headers


def test_a_record_store_that_is_away(at: Installation) -> None:
    at.change(lrs_url=f"http://127.0.0.1:{free_port()}")

    assert told(at.check(Feature.LRS)) == (FAILED, "lrs.refused")


# How it is done


def test_every_row_is_written_with_its_answer(at: Installation) -> None:
    at.check(*TRIES)

    with at.app.app_context():
        session = db.session()
        rows = queries.health(session, at.tenant(session))
        assert rows.keys() == set(TRIES) == set(Feature) - {Feature.MAIL}
        assert rows[Feature.LRS].answer == "about: HTTP 200, statements: HTTP 200"
        session.rollback()


def test_one_feature_is_checked_alone(at: Installation) -> None:
    at.check(Feature.LRS)

    with at.app.app_context():
        session = db.session()
        assert queries.health(session, at.tenant(session)).keys() == {Feature.LRS}
        session.rollback()


def test_what_is_being_checked_is_known_until_it_is_done(at: Installation) -> None:
    with at.app.app_context(), transaction(db.session()) as session:
        tenant = at.tenant(session)
        assert health.under_way(session, tenant) == set()

        health.request(session, tenant, Feature.LRS)
        assert health.under_way(session, tenant) == {Feature.LRS}

        health.request(session, tenant)
        assert health.under_way(session, tenant) == set(Feature)

        for job in job_queries.listed(session):
            job.state = JobState.DONE
        session.flush()
        assert health.under_way(session, tenant) == set()


def test_no_token_or_secret_stands_in_a_row(at: Installation) -> None:
    at.launched()
    at.change(lrs_url=f"http://127.0.0.1:{free_port()}?key=hidden")
    at.lms.faults.set(down=True)
    at.check(*TRIES)

    with at.app.app_context():
        session = db.session()
        rows = queries.health(session, at.tenant(session)).values()
        said = " ".join(f"{row.details} {row.answer}" for row in rows)
        session.rollback()
    assert TOKENS[at.lms.kind] not in said
    assert "hidden" not in said and at.campus.lrs.secret not in said
