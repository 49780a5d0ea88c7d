"""What the launch matrix (tests/certification/cases.py) does not name of payloads."""

import time
from typing import Any

import pytest

from lti_mentor.people.models import Person, Role, WebSession
from tests.platform import (
    CORE,
    DEEP_LINKING,
    INSTRUCTOR,
    LEARNER,
    MISSING,
    ROLE,
    Platform,
)
from tests.tool import PUBLIC_URL, Tool, code_of

TA = f"{ROLE}membership/Instructor#TeachingAssistant"
INSTITUTION_ADMIN = f"{ROLE}institution/person#Administrator"
INSTITUTION_TEACHER = f"{ROLE}institution/person#Instructor"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

VALID: dict[str, tuple[dict[str, Any], Role]] = {
    "Canvas's assistant": ({"roles": [TA, INSTRUCTOR]}, Role.ASSISTANT),
    "Canvas's older spelling of it": (
        {"roles": [f"{ROLE}membership/instructor#TeachingAssistant"]},
        Role.ASSISTANT,
    ),
    "teaches elsewhere": ({"roles": [INSTITUTION_TEACHER, LEARNER]}, Role.LEARNER),
    "admin only": ({"roles": [INSTITUTION_ADMIN]}, Role.VIEWER),
    "https role": (
        {"roles": ["https://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]},
        Role.LEARNER,
    ),
    "test student": ({"roles": [LEARNER, TEST_USER]}, Role.LEARNER),
    "azp alone": ({"azp": "client-1"}, Role.LEARNER),
    "jti is a number": ({"jti": 5}, Role.LEARNER),
    "null context": ({"context": None}, Role.VIEWER),
    "null custom": ({"custom": None}, Role.LEARNER),
    "sub of 255 characters": ({"sub": "x" * 255}, Role.LEARNER),
    "target with query": (
        {"target_link_uri": f"{PUBLIC_URL}/lti/launch?placement=x"},
        Role.LEARNER,
    ),
}

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "sub is not ASCII": ({"sub": "lená"}, "launch.malformed"),
    "message type is a list": ({"message_type": ["x"]}, "launch.malformed"),
    "foreign target": ({"target_link_uri": "https://evil.test/"}, "launch.target"),
    "target in user part": (
        {"target_link_uri": "http://localhost:8000@evil.test/lti/launch"},
        "launch.target",
    ),
    "nonce is a list": ({"nonce": ["x"]}, "launch.token"),
    "nonce no text": ({"nonce": "\ud800"}, "launch.token"),
    "exp beyond numbers": ({"exp": 10**400}, "launch.token"),
    "exp is infinite": ({"exp": float("inf")}, "launch.token"),
    "context without id": ({"context": {"title": "x"}}, "launch.malformed"),
    "context id is long": ({"context": {"id": "x" * 256}}, "launch.malformed"),
    "NUL in sub": ({"sub": "a\x00b"}, "launch.malformed"),
    "custom is a list": ({"custom": ["x"]}, "launch.malformed"),
}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_launch_becomes_a_session_with_the_role_it_says(tool: Tool, name: str):
    claims, role = VALID[name]

    signed = tool.sign_in(**claims)

    with tool.session() as session:
        row = session.query(WebSession).one()
        assert row.role is role
    assert signed.next.startswith(f"/s/{signed.handle}/")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_payload_is_refused_by_its_code(tool: Tool, name: str):
    claims, code = BAD[name]

    _, response = tool.launch(**claims)

    assert (response.status_code, code_of(response)) == (400, code)


# Moments in seconds from now: what each may be, and whether the token is taken.
TIMES: dict[str, tuple[dict[str, int], bool]] = {
    "issued 60 minutes ago": ({"iat": -3600, "exp": 60}, True),
    "issued 61 minutes ago": ({"iat": -3660, "exp": 60}, False),
    "lives 24 hours": ({"iat": -60, "exp": 86340}, True),
    "lives a minute more": ({"iat": -60, "exp": 86400}, False),
    "expired 25 s ago": ({"iat": -85, "exp": -25}, True),
    "expired 35 s ago": ({"iat": -95, "exp": -35}, False),
    "lives ten years": ({"iat": 0, "exp": 315360000}, False),
    "nbf in ten minutes": ({"nbf": 600}, False),
}


@pytest.mark.parametrize("name", TIMES)
def test_clocks_may_differ_a_little_and_tokens_may_not_be_old(tool: Tool, name: str):
    offsets, is_taken = TIMES[name]
    moment = int(time.time())

    _, response = tool.launch(**{k: moment + v for k, v in offsets.items()})

    assert (response.status_code == 200) is is_taken, code_of(response)


def test_content_selection_leads_to_its_own_page(tool: Tool, platform: Platform):
    signed = tool.sign_in(**platform.deep_linking())

    assert signed.next == f"/s/{signed.handle}/deep-link"


def test_content_selection_may_come_without_a_target(tool: Tool, platform: Platform):
    claims = platform.deep_linking() | {"target_link_uri": MISSING}

    _, response = tool.launch(**claims)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"accept_types": MISSING}, "launch.no_links_wanted"),
        ({"accept_types": "ltiResourceLink"}, "launch.malformed"),
        ({"accept_presentation_document_targets": MISSING}, "launch.message"),
        ({"data": {"a": "\x00"}}, "launch.malformed"),
        ({"data": {"a": float("nan")}}, "launch.malformed"),
    ],
)
def test_content_selection_we_cannot_answer_is_refused(
    tool: Tool, platform: Platform, settings: dict[str, Any], code: str
):
    _, response = tool.launch(**platform.deep_linking(**settings))

    assert (response.status_code, code_of(response)) == (400, code)


def test_content_selection_returns_only_to_the_platform(tool: Tool, platform: Platform):
    settings = {"deep_link_return_url": "https://evil.test/take"}

    _, response = tool.launch(**platform.deep_linking(**settings))

    assert (response.status_code, code_of(response)) == (400, "launch.return_address")


@pytest.mark.parametrize("settings", [[], "x", 5])
def test_settings_that_are_no_object_are_refused(
    tool: Tool, platform: Platform, settings: Any
):
    claims = platform.deep_linking() | {DEEP_LINKING: settings}

    _, response = tool.launch(**claims)

    assert response.status_code == 400


def test_a_launch_for_a_practice_opens_the_practice(tool: Tool):
    signed = tool.sign_in(custom={"practice": "7b9d"})

    assert signed.next == f"/s/{signed.handle}/practice"


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Madrid", "Europe/Madrid"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("99", None),
        ("$Person.address.timezone", None),
        ("Mars/Phobos", None),
        ("../../etc/passwd", None),
    ],
)
def test_a_zone_is_kept_where_it_is_one(tool: Tool, said: str, zone: str | None):
    tool.sign_in(custom={"person_timezone": said})

    with tool.session() as session:
        assert session.query(Person).one().zone == zone


@pytest.mark.parametrize("value", ["$Practice.id", "", None, "  ", "x" * 8193])
def test_a_parameter_left_unexpanded_counts_as_absent(tool: Tool, value: Any):
    signed = tool.sign_in(custom={"practice": value})

    assert signed.next == f"/s/{signed.handle}/home"


def test_a_payload_that_is_no_object_is_refused(tool: Tool, platform: Platform):
    login = tool.login()

    response = tool.post(login, platform.sign({"a": 1}).replace(".", "!", 1))

    assert (response.status_code, code_of(response)) == (400, "launch.token")


def test_what_the_platform_wrote_is_never_markup(tool: Tool, platform: Platform):
    login = tool.login()

    response = tool.browser.post(
        "/lti/launch",
        data={
            "state": login.data["state"],
            "error": "login_required",
            "error_description": "<script>alert(1)</script>",
        },
    )

    assert (response.status_code, code_of(response)) == (400, "launch.platform_error")
    assert "<script>alert" not in response.text
    assert "login_required" in response.text
    assert CORE not in response.text
