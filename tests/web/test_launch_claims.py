"""Payloads that a platform signed well: which are let in, which are refused by code.

The names V.. and B.. are those of the launch matrix (1EdTech certification's valid
and known bad payloads, and what real platforms send).
"""

import time
from typing import Any

import pytest

from lti_mentor.people.models import Role, WebSession
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

NO_NAMES = dict.fromkeys(("name", "given_name", "family_name"), MISSING)
NO_PII = NO_NAMES | {"email": MISSING}
TA = f"{ROLE}membership/Instructor#TeachingAssistant"
MENTOR = f"{ROLE}membership#Mentor"
INSTITUTION_ADMIN = f"{ROLE}institution/person#Administrator"
INSTITUTION_TEACHER = f"{ROLE}institution/person#Instructor"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

VALID: dict[str, tuple[dict[str, Any], Role]] = {
    "V1 learner": ({}, Role.LEARNER),
    "V2 no PII": (NO_PII, Role.LEARNER),
    "V3 e-mail only": (NO_NAMES, Role.LEARNER),
    "V4 names only": ({"email": MISSING}, Role.LEARNER),
    "V5 no context": (NO_PII | {"context": MISSING}, Role.VIEWER),
    "V8 no role": ({"roles": []}, Role.VIEWER),
    "V9 unknown role": ({"roles": ["http://x.test/role#Wizard"]}, Role.VIEWER),
    "V10 short learner": ({"roles": ["Learner"]}, Role.LEARNER),
    "V11 short instructor": ({"roles": ["Instructor"]}, Role.INSTRUCTOR),
    "V12 several roles": ({"roles": [LEARNER, INSTRUCTOR]}, Role.INSTRUCTOR),
    "V13 assistant": ({"roles": [TA]}, Role.ASSISTANT),
    "V13 Canvas assistant": ({"roles": [TA, INSTRUCTOR]}, Role.ASSISTANT),
    "V13 old Canvas spelling": (
        {"roles": [f"{ROLE}membership/instructor#TeachingAssistant"]},
        Role.ASSISTANT,
    ),
    "V14 observer": (
        {"roles": [MENTOR], "role_scope_mentor": ["learner-7"]},
        Role.OBSERVER,
    ),
    "V15 admin who learns": ({"roles": [INSTITUTION_ADMIN, LEARNER]}, Role.LEARNER),
    "V15 teaches elsewhere": ({"roles": [INSTITUTION_TEACHER, LEARNER]}, Role.LEARNER),
    "V15 admin only": ({"roles": [INSTITUTION_ADMIN]}, Role.VIEWER),
    "https role": (
        {"roles": ["https://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]},
        Role.LEARNER,
    ),
    "test student": ({"roles": [LEARNER, TEST_USER]}, Role.LEARNER),
    "V16 unknown claims": ({"https://x.test/claim": {"a": [1]}}, Role.LEARNER),
    "V17 aud list of one": ({"aud": ["client-1"]}, Role.LEARNER),
    "V18 aud list, azp": ({"aud": ["client-1", "b"], "azp": "client-1"}, Role.LEARNER),
    "V19 we are second": ({"aud": ["b", "client-1"], "azp": "client-1"}, Role.LEARNER),
    "V20 azp alone": ({"azp": "client-1"}, Role.LEARNER),
    "V31 other deployment": ({"deployment_id": "d2"}, Role.LEARNER),
    "V35 right to left": ({"name": "ليلى ‏العربية"}, Role.LEARNER),
    "email without context": (NO_NAMES | {"context": MISSING}, Role.VIEWER),
    "new resource link": ({"resource_link": {"id": "link-77"}}, Role.LEARNER),
    "null context": ({"context": None}, Role.VIEWER),
    "null custom": ({"custom": None}, Role.LEARNER),
    "target with query": (
        {"target_link_uri": f"{PUBLIC_URL}/lti/launch?placement=x"},
        Role.LEARNER,
    ),
    "V25 submission review": (
        {
            "message_type": "LtiSubmissionReviewRequest",
            "for_user": {"user_id": "learner-2"},
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "lineitem": "https://lms.test/li/1"
            },
        },
        Role.LEARNER,
    ),
    "V24 data privacy": (
        {
            "message_type": "DataPrivacyLaunchRequest",
            "for_user": {"user_id": "learner-2"},
            "context": MISSING,
            "resource_link": MISSING,
        },
        Role.VIEWER,
    ),
}

OTHER_MESSAGES = (
    "LtiAssetProcessorSettingsRequest",
    "LtiReportReviewRequest",
    "LtiEulaRequest",
    "LtiContextCopy",
    "LtiStartProctoring",
    "LtiFoo",
)

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "V6 no sub": ({"sub": MISSING}, "launch.anonymous"),
    "V7 empty sub": ({"sub": ""}, "launch.malformed"),
    "V34 sub is a number": ({"sub": 17}, "launch.malformed"),
    "sub is not ASCII": ({"sub": "lená"}, "launch.malformed"),
    "B3 wrong version": ({"version": "11.3"}, "launch.message"),
    "B4 no version": ({"version": MISSING}, "launch.message"),
    "B6 no message type": ({"message_type": MISSING}, "launch.message_unknown"),
    "message type is a list": ({"message_type": ["x"]}, "launch.malformed"),
    "B8 no roles": ({"roles": MISSING}, "launch.no_roles"),
    "B9 no resource link": ({"resource_link": MISSING}, "launch.message"),
    "B10 link without id": ({"resource_link": {"title": "x"}}, "launch.malformed"),
    "B11 link null": ({"resource_link": None}, "launch.message"),
    "B12 no deployment": ({"deployment_id": MISSING}, "launch.malformed"),
    "B14 no target": ({"target_link_uri": MISSING}, "launch.malformed"),
    "B15 other target": (
        {"target_link_uri": f"{PUBLIC_URL}/elsewhere"},
        "launch.target",
    ),
    "B15 foreign target": ({"target_link_uri": "https://evil.test/"}, "launch.target"),
    "target in user part": (
        {"target_link_uri": "http://localhost:8000@evil.test/lti/launch"},
        "launch.target",
    ),
    "B16 no nonce": ({"nonce": MISSING}, "launch.token"),
    "B17 unknown nonce": ({"nonce": "x" * 43}, "launch.token"),
    "nonce is a list": ({"nonce": ["x"]}, "launch.token"),
    "nonce no text": ({"nonce": "\ud800"}, "launch.token"),
    "B18 no iss": ({"iss": MISSING}, "launch.token"),
    "B19 unknown iss": ({"iss": "https://evil.test"}, "launch.token"),
    "B20 no aud": ({"aud": MISSING}, "launch.token"),
    "B21 wrong aud": ({"aud": "someone"}, "launch.token"),
    "B22 aud list, no azp": ({"aud": ["client-1", "b"]}, "launch.token"),
    "B23 aud list, wrong azp": (
        {"aud": ["client-1", "b"], "azp": "b"},
        "launch.token",
    ),
    "B24 wrong azp": ({"azp": "b"}, "launch.token"),
    "B25 no exp": ({"exp": MISSING}, "launch.token"),
    "B26 no iat": ({"iat": MISSING}, "launch.token"),
    "B30 exp and iat are text": ({"exp": "soon", "iat": "now"}, "launch.token"),
    "exp beyond numbers": ({"exp": 10**400}, "launch.token"),
    "exp is infinite": ({"exp": float("inf")}, "launch.token"),
    "B32 roles is text": ({"roles": LEARNER}, "launch.malformed"),
    "B33 roles with null": ({"roles": [None, 5]}, "launch.malformed"),
    "B34 context is text": ({"context": "course-1"}, "launch.malformed"),
    "context without id": ({"context": {"title": "x"}}, "launch.malformed"),
    "context id is long": ({"context": {"id": "x" * 256}}, "launch.malformed"),
    "B35 sub is long": ({"sub": "x" * 256}, "launch.malformed"),
    "NUL in sub": ({"sub": "a\x00b"}, "launch.malformed"),
    "custom is a list": ({"custom": ["x"]}, "launch.malformed"),
    **{
        f"V29 {name}": ({"message_type": name}, "launch.message_unknown")
        for name in OTHER_MESSAGES
    },
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
    "V21 iat 5 s ahead": ({"iat": 5, "exp": 65}, True),
    "V22 exp 3 s ago": ({"iat": -63, "exp": -3}, True),
    "V23 nbf 5 s ahead": ({"nbf": 5}, True),
    "B31 exp before iat": ({"iat": 10, "exp": -5}, True),
    "B27 expired": ({"iat": -700, "exp": -600}, False),
    "B28 iat in an hour": ({"iat": 3600, "exp": 7200}, False),
    "B29 issued a month ago": ({"iat": -2592000, "exp": 315360000}, False),
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
        ({"accept_types": ["link"]}, "launch.no_links_wanted"),
        ({"accept_types": MISSING}, "launch.no_links_wanted"),
        ({"accept_types": "ltiResourceLink"}, "launch.malformed"),
        ({"deep_link_return_url": MISSING}, "launch.malformed"),
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


@pytest.mark.parametrize("value", ["$Practice.id", "", None, "  "])
def test_a_parameter_left_unexpanded_counts_as_absent(tool: Tool, value: Any):
    signed = tool.sign_in(custom={"practice": value})

    assert signed.next == f"/s/{signed.handle}/home"


def test_a_payload_that_is_no_object_is_refused(tool: Tool, platform: Platform):
    login = tool.login()

    response = tool.post(login, platform.sign({"a": 1}).replace(".", "!", 1))

    assert (response.status_code, code_of(response)) == (400, "launch.token")


def test_random_json_is_no_launch(tool: Tool, platform: Platform):
    login = tool.login()

    response = tool.post(login, platform.sign({"name": "some JSON"}))

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
