"""Registrations: added once, changed in place, with their origins and dialects."""

import pytest
from sqlalchemy.orm import Session

from lti_mentor.errors import Conflict, Invalid, Refused
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import lms, queries, service
from lti_mentor.platforms.dialects import CANVAS_SUBMISSION, DIALECTS, dialect_of
from lti_mentor.platforms.models import (
    DeploymentPolicy,
    Feature,
    Health,
    LMSKind,
    Registration,
)
from lti_mentor.platforms.origins import (
    MOST,
    belongs,
    learn,
    origin_of,
    origins_of,
    upgraded,
)
from tests.platform import Platform

LMS = Platform(url="https://lms.test")


def add(session: Session, **changes: object) -> Registration:
    return service.add(session, **LMS.registration(**changes))


def test_adding_twice_changes_the_one_registration(session: Session):
    first = add(session, name="Old", lms_token="secret", lms_url="https://lms.test")

    second = add(session, name="New", lms_token=None)

    assert first is second
    assert (second.name, second.lms_token) == ("New", "secret")
    assert len(queries.everyone(session)) == 1


def test_named_deployments_are_the_only_ones(session: Session):
    registration = add(session, deployments=["d1", "d2"])

    assert registration.deployment_policy is DeploymentPolicy.LISTED
    assert service.meet_deployment(session, registration, "d1").is_accepted
    assert not service.meet_deployment(session, registration, "d3").is_accepted


def test_unnamed_deployments_are_learnt(session: Session):
    registration = add(session)

    assert service.meet_deployment(session, registration, "d3").is_accepted
    assert len(registration.deployments) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"auth_url": "ftp://lms.test"}, "platform.bad_address"),
        ({"lms_url": "lms.test"}, "platform.bad_address"),
        ({"jwks_url": "https://user:pw@lms.test/"}, "platform.bad_address"),
        ({"origins": ["nonsense"]}, "platform.bad_address"),
        ({"origins": ["https://*.x.test; script-src *"]}, "platform.bad_address"),
        ({"colour": "red"}, "platform.bad_setting"),
        ({"public_id": "x"}, "platform.bad_setting"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, wrong: dict[str, object], code: str
):
    with pytest.raises(Invalid, match=code):
        add(session, **wrong)


def test_hosted_canvas_is_known_by_its_issuer(session: Session):
    registration = add(session, issuer="https://canvas.instructure.com")

    assert registration.lms_kind is LMSKind.CANVAS
    assert belongs(registration, "https://any.instructure.com/courses/1")
    assert not belongs(registration, "https://instructure.com.evil.test/")
    assert not belongs(registration, "https://evilinstructure.com/")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lms.test/a?b", "https://lms.test"),
        ("https://LMS.test:443/", "https://lms.test"),
        ("http://lms.test:80", "http://lms.test"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://a@lms.test/", None),
        ("javascript:alert(1)", None),
        ("https://lms.test:99999/", None),
        ("", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str | None):
    assert origin_of(url) == origin


def test_signed_addresses_are_learnt_up_to_a_limit(session: Session):
    registration = add(session)

    learn(registration, [f"https://h{number}.test/" for number in range(50)])

    assert len(registration.origins) == MOST
    assert "https://lms.test" in origins_of(registration)


def test_only_known_hosts_get_their_s_back(session: Session):
    registration = add(session)

    assert upgraded(registration, "http://lms.test/li") == "https://lms.test/li"
    assert upgraded(registration, "http://else.test/li") == "http://else.test/li"


def test_the_only_registration_of_an_issuer_is_found_without_its_client(
    session: Session,
):
    first = add(session)
    assert queries.only_one(session, "https://lms.test") is first

    add(session, client_id="second")
    assert queries.only_one(session, "https://lms.test") is None


def test_a_registration_that_waits_lets_nobody_in(session: Session):
    with pytest.raises(Refused, match=r"login\.unknown"):
        service.require_active(None)
    with pytest.raises(Refused, match=r"login\.pending"):
        service.require_active(add(session, is_active=False))


def test_health_keeps_the_last_answer_of_each_feature(session: Session):
    registration = add(session)
    for state in (Health.OK, Health.FAILED):
        service.set_health(
            session, registration, Feature.ROSTER, state, "roster.x", answer="y" * 900
        )

    row = queries.health(session, registration)[Feature.ROSTER]
    assert (row.state, len(row.answer or "")) == (Health.FAILED, 500)


def test_the_token_is_encrypted_at_rest(session: Session):
    add(session, lms_token="secret", lms_url="https://lms.test")

    stored = session.connection().exec_driver_sql("SELECT lms_token FROM registration")
    assert "secret" not in stored.scalar_one()


@pytest.mark.parametrize("kind", [LMSKind.MOODLE, LMSKind.CANVAS])
def test_a_configured_lms_has_a_client(session: Session, kind: LMSKind):
    registration = add(
        session, lms_kind=kind, lms_url="https://lms.test", lms_token="t"
    )

    client = lms.connect(registration, Outbound())

    assert type(client).__module__.startswith(f"lms_clients.{kind}")


@pytest.mark.parametrize(
    "missing", [{"lms_url": None}, {"lms_token": None}, {"lms_kind": LMSKind.OTHER}]
)
def test_without_an_api_there_are_lti_services_only(
    session: Session, missing: dict[str, object]
):
    whole = {"lms_kind": "moodle", "lms_url": "https://lms.test", "lms_token": "t"}
    registration = add(session, **whole | missing)

    with pytest.raises(Conflict, match=r"lms\.not_configured"):
        lms.connect(registration, Outbound())


def test_every_family_has_a_dialect_and_the_unknown_one_is_strict():
    assert set(DIALECTS) == set(LMSKind)
    unknown, moodle = dialect_of(LMSKind.OTHER), dialect_of(LMSKind.MOODLE)
    assert not unknown.posts_before_score
    assert not moodle.posts_before_score
    assert unknown.whole_seconds_strict


def test_canvas_is_told_what_is_a_hand_in_and_what_is_not():
    canvas = dialect_of(LMSKind.CANVAS)

    first = canvas.first_hand_in_extension[CANVAS_SUBMISSION]
    later = canvas.score_extension[CANVAS_SUBMISSION]
    assert first == {"new_submission": True, "preserve_score": True}
    assert later == {"new_submission": False}
