"""Notices of a platform: proved as launches are, and taken once."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from lti_mentor.jobs.models import Job
from lti_mentor.people.models import (
    Context,
    ContextKind,
    FamilySource,
    Membership,
    OneUseLink,
    Person,
)
from lti_mentor.platforms import queries, service
from lti_mentor.platforms.models import Feature, Registration
from lti_mentor.sync.notices import LISTEN
from tests import builders
from tests.platform import (
    CORE,
    INSTRUCTOR,
    LEARNER,
    Platform,
    jwk,
    private_key,
    running,
)
from tests.tool import Tool, code_of

COPIED = "LtiContextCopyNotice"


@pytest.fixture
def met(tool: Tool, platform: Platform) -> Tool:
    """A tool that knows a deployment and a course of this platform."""
    with tool.session() as session:
        tenant = session.query(Registration).one()
        service.accept_deployment(session, tenant, platform.deployment_id)
        builders.context(session, tenant, lti_id="old", label="NEG101", family="NEG101")
    return tool


def notice(platform: Platform, kind: str = COPIED, **changes: Any) -> dict[str, Any]:
    at = int(time.time())
    made: dict[str, Any] = {
        "iss": platform.url,
        "aud": platform.client_id,
        "azp": platform.client_id,
        "iat": at,
        "exp": at + 3600,
        "nonce": "n1",
        CORE + "version": "1.3.0",
        CORE + "deployment_id": platform.deployment_id,
        CORE + "notice": {"id": "1", "timestamp": "2026-11-23T08:00Z", "type": kind},
        CORE + "context": {"id": "new", "label": "NEG101-27", "title": "Negotiation"},
        CORE + "origin_contexts": ["old"],
    }
    made |= {k if k in made else CORE + k: v for k, v in changes.items()}
    return {name: value for name, value in made.items() if value is not None}


def send(tool: Tool, *tokens: Any) -> TestResponse:
    body = {"notices": [{"jwt": token} for token in tokens]}
    return tool.browser.post("/lti/notices", json=body)


def copies(tool: Tool) -> list[tuple[str | None, str | None, FamilySource | None]]:
    with tool.session() as session:
        rows = session.query(Context).filter(Context.lti_id != "old")
        return [(row.lti_id, row.family, row.family_by) for row in rows]


def test_a_copied_course_is_of_its_origins_family(met: Tool, platform: Platform):
    answer = send(met, platform.sign(notice(platform)))

    assert answer.status_code == 200
    assert copies(met) == [("new", "NEG101", FamilySource.HISTORY)]


def test_neither_people_nor_grades_come_along(met: Tool, platform: Platform):
    with met.session() as session:
        course = session.query(Context).one()
        builders.member(
            session, course, builders.person(session, course.registration, "Lea")
        )

    send(met, platform.sign(notice(platform)))

    with met.session() as session:
        assert session.query(Person).count() == 1
        assert [row.context.lti_id for row in session.query(Membership)] == ["old"]


def test_of_a_course_that_is_unknown_here_nothing_is_kept(
    met: Tool, platform: Platform
):
    told = notice(platform, origin_contexts=["elsewhere"])

    answer = send(met, platform.sign(told))

    assert answer.status_code == 200
    assert copies(met) == []


def forged(claims: dict[str, Any], _platform: Platform) -> str:
    return jwt.encode(claims, private_key("thief"), "RS256", {"kid": "k1"})


def unsigned(claims: dict[str, Any], _platform: Platform) -> str:
    return jwt.encode(claims, "", "none", {"kid": "k1"})


def signed(**changes: Any) -> Callable[[dict[str, Any], Platform], str]:
    return lambda claims, platform: platform.sign(claims | changes)


def stale(claims: dict[str, Any], platform: Platform) -> str:
    at = int(time.time()) - 2 * 3600
    return platform.sign(claims | {"iat": at, "exp": at + 4 * 3600})


REFUSED: dict[str, tuple[Callable[[dict[str, Any], Platform], Any], str]] = {
    "forged": (forged, "launch.token"),
    "unsigned": (unsigned, "launch.token"),
    "a key nobody published": (
        lambda c, p: p.sign(c, key="thief"),
        "launch.key_unknown",
    ),
    "for another client": (signed(aud="other", azp="other"), "notice.unknown"),
    "of another platform": (signed(iss="https://x.example"), "notice.unknown"),
    "party of another": (signed(azp="other"), "launch.token"),
    "stale": (stale, "launch.token"),
    "expired": (signed(exp=int(time.time()) - 90), "launch.token"),
    "without a nonce": (signed(nonce=""), "launch.malformed"),
    "from an unknown deployment": (
        signed(**{CORE + "deployment_id": "9"}),
        "notice.deployment",
    ),
    "of no kind": (signed(**{CORE + "notice": {"id": "1"}}), "launch.malformed"),
    "too large": (signed(x="y" * 70_000), "launch.token"),
    "no token": (lambda _c, _p: "nonsense", "launch.token"),
    "a number": (lambda _c, _p: 5, "notice.malformed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_proves_nothing_changes_nothing(met: Tool, platform: Platform, name: str):
    make, code = REFUSED[name]

    answer = send(met, make(notice(platform), platform))

    assert (answer.status_code, code_of(answer)) == (400, code)
    assert copies(met) == []


def test_another_platforms_signature_is_none(met: Tool, platform: Platform):
    with running(client_id="far", keys=[jwk("k2")]) as far:
        with met.session() as session:
            service.add(session, **far.registration(name="Far"))

        answer = send(met, far.sign(notice(platform), key="k2"))

    assert code_of(answer) == "launch.key_unknown"
    assert copies(met) == []


def test_another_platforms_course_is_no_origin(met: Tool, platform: Platform):
    with running(client_id="far") as far:
        with met.session() as session:
            tenant = service.add(session, **far.registration(name="Far"))
            service.accept_deployment(session, tenant, far.deployment_id)

        answer = send(met, far.sign(notice(far)))

    assert answer.status_code == 200
    assert copies(met) == []


def test_a_notice_counts_once(met: Tool, platform: Platform):
    token = platform.sign(notice(platform))
    send(met, token)

    again = send(met, token)

    assert (again.status_code, code_of(again)) == (400, "notice.replayed")
    assert len(copies(met)) == 1


def test_nonces_are_kept_until_the_notice_is_worth_nothing(
    met: Tool, platform: Platform
):
    told = notice(platform)

    send(met, platform.sign(told))

    with met.session() as session:
        kept = session.query(OneUseLink).one()
        assert kept.expires_at.timestamp() == told["exp"] + 30


def test_a_bad_one_keeps_no_good_one_out(met: Tool, platform: Platform):
    answer = send(met, "nonsense", platform.sign(notice(platform)))

    assert code_of(answer) == "launch.token"
    assert [row[0] for row in copies(met)] == ["new"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"notices": []},
        {"notices": [{}]},
        {"notices": [{"jwt": "x"}] * 101},
    ],
    ids=["nothing", "a list", "empty", "none", "no token", "too many"],
)
def test_what_is_no_list_of_notices_is_refused(met: Tool, body: Any):
    answer = met.browser.post("/lti/notices", json=body)

    assert (answer.status_code, code_of(answer)) == (400, "notice.malformed")


def test_a_body_over_the_limit_is_not_read(met: Tool):
    answer = met.browser.post("/lti/notices", data=b"x" * (256 * 1024 + 1))

    assert answer.status_code == 413


def test_an_accepted_place_that_was_taken_back_is_not_heard(
    met: Tool, platform: Platform
):
    with met.session() as session:
        tenant = session.query(Registration).one()
        place = queries.deployment(session, tenant, platform.deployment_id)
        assert place is not None
        place.is_accepted = False

    assert code_of(send(met, platform.sign(notice(platform)))) == "notice.deployment"


def test_a_platform_that_is_switched_off_is_not_heard(met: Tool, platform: Platform):
    with met.session() as session:
        session.query(Registration).one().is_active = False

    assert code_of(send(met, platform.sign(notice(platform)))) == "notice.unknown"


def test_a_greeting_shows_the_admin_that_notices_arrive(met: Tool, platform: Platform):
    bare = {"context": None, "origin_contexts": None}

    answer = send(met, platform.sign(notice(platform, "LtiHelloWorldNotice", **bare)))

    assert answer.status_code == 200
    with met.session() as session:
        tenant = session.query(Registration).one()
        row = queries.health(session, tenant)[Feature.NOTICES]
        assert (row.state, row.code) == ("ok", "notices.heard")


def test_kinds_nobody_asked_for_change_nothing(met: Tool, platform: Platform):
    answer = send(met, platform.sign(notice(platform, "LtiAssetProcessorNotice")))

    assert answer.status_code == 200
    assert copies(met) == []


def test_a_hub_is_never_a_copy(met: Tool, platform: Platform):
    with met.session() as session:
        tenant = session.query(Registration).one()
        builders.context(session, tenant, lti_id="new", kind=ContextKind.HUB)

    send(met, platform.sign(notice(platform)))

    assert copies(met) == [("new", None, None)]


def launch_copy(tool: Tool, platform: Platform, nonce: str = "n1") -> None:
    there = {"id": "new", "label": "NEG101-27", "title": "Negotiation"}
    custom = {"context_id_history": "old,older"}
    tool.sign_in(context=there | {"type": ["CourseSection"]}, custom=custom)


@pytest.mark.parametrize(
    "way", ["notice", "launch", "notice, launch", "launch, notice"]
)
def test_notice_and_launch_say_the_same(met: Tool, platform: Platform, way: str):
    told = platform.sign(notice(platform))
    steps: dict[str, Callable[[], object]] = {
        "notice": lambda: send(met, told),
        "launch": lambda: launch_copy(met, platform),
    }

    for step in way.split(", "):
        steps[step]()

    assert copies(met) == [("new", "NEG101", FamilySource.HISTORY)]


PNS = CORE + "platformnotificationservice"


def offered(platform: Platform) -> dict[str, Any]:
    return {
        "platform_notification_service_url": f"{platform.url}/notice-handlers/1",
        "notice_types_supported": ["LtiHelloWorldNotice", COPIED],
    }


@pytest.mark.parametrize(("role", "asks"), [(INSTRUCTOR, 1), (LEARNER, 0)])
def test_a_teachers_launch_has_the_platform_asked_and_a_learners_does_not(
    tool: Tool, platform: Platform, role: str, asks: int
):
    tool.sign_in(roles=[role], **{PNS: offered(platform)})

    tool.sign_in(roles=[role], **{PNS: offered(platform)})

    with tool.session() as session:
        jobs = session.query(Job).filter_by(kind=LISTEN).all()
        assert len(jobs) == asks
        assert all(job.payload["url"].startswith(platform.url) for job in jobs)


@pytest.mark.parametrize("claim", [5, {"platform_notification_service_url": 5}])
def test_an_offer_that_makes_no_sense_is_refused_by_name(
    tool: Tool, platform: Platform, claim: Any
):
    _, response = tool.launch(roles=[INSTRUCTOR], **{PNS: claim})

    assert (response.status_code, code_of(response)) == (400, "launch.malformed")
