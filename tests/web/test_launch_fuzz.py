"""Whatever a platform signs, we answer with a page: never a 500."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_mentor.lti.configuration import CANVAS_PARAMETERS, MOODLE_PARAMETERS
from tests.platform import AGS, CORE, DEEP_LINKING, MISSING, NRPS, Platform
from tests.tool import PUBLIC_URL, Tool, build, close

TEXT = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(
    ["", "\x00", "\ud800", "\udfff\ud800", "x" * 255, "x" * 256, "\u202e", "🦉" * 300]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, -(2**63) - 1, 10**400])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "lineitem", "scope", "user_id", "guid"])
            | st.sampled_from(["return_url", "locale", "context_memberships_url"])
            | TEXT,
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
DEEP = st.integers(2, 60).map(lambda depth: json.loads("[" * depth + "]" * depth))
UNSTORABLE: list[Any] = [
    *("\x00", "\ud800", "x" * 300, "🦉" * 260, 2**63, {"id": "\x00"}, {"id": "\ud800"}),
    *({"guid": "\x00"}, ["\x00"], {"\x00": "\x00"}, {"data": {"a": "\x00"}}),
]
"""What databases refuse to keep."""
WRONG: list[Any] = [
    *UNSTORABLE,
    *(None, True, 0, -1, 1e308, float("nan"), "", " ", "é", [], {}, [None], [[]], [{}]),
    *({"id": None}, {"id": "x" * 300}, {"id": ["a"]}, {"user_id": 5}, {"scope": "all"}),
    *({"type": 5}, {"guid": {"a": 1}}, {"locale": 5}, {"lineitem": 5}),
]
"""What has broken readers of JSON before."""
CLAIMS = (
    *("sub", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "iss", "name"),
    *("email", "locale", "given_name", "https://www.instructure.com/placement"),
    *(
        CORE + name
        for name in (
            *("version", "message_type", "deployment_id", "target_link_uri", "roles"),
            *("resource_link", "context", "custom", "launch_presentation", "lis"),
            *("tool_platform", "role_scope_mentor", "for_user", "lti1p1"),
        )
    ),
    AGS,
    NRPS,
    DEEP_LINKING,
)
SETTINGS = (
    *("deep_link_return_url", "accept_types", "accept_multiple", "accept_lineitem"),
    *("accept_presentation_document_targets", "data", "title", "auto_create"),
)


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and "\x00" not in value


def is_sound(payload: dict[str, Any]) -> bool:
    """Say what every accepted launch must be, without asking the code under test."""
    link, roles = payload.get(CORE + "resource_link"), payload.get(CORE + "roles")
    context = payload.get(CORE + "context")
    kind = payload.get(CORE + "message_type")
    has_link = isinstance(link, dict) and is_id(link.get("id"))
    return (
        is_id(payload.get("sub"))
        and payload["sub"].isascii()
        and is_id(payload.get(CORE + "deployment_id"))
        and payload.get(CORE + "version") == "1.3.0"
        and isinstance(roles, list)
        and all(isinstance(role, str) for role in roles)
        and (not context or (isinstance(context, dict) and is_id(context.get("id"))))
        and (has_link or kind != "LtiResourceLinkRequest")
        and all(name in payload for name in ("exp", "iat", "iss", "aud", "nonce"))
    )


def hold(tool: Tool, payload: dict[str, Any]) -> None:
    """Launch with this payload: a page, and a ticket for none but a sound one."""
    login = tool.login()
    payload = payload | {"nonce": payload.get("nonce") or login.query["nonce"]}
    try:
        token = tool.platform.sign(payload)
    except (TypeError, ValueError, RecursionError):
        return  # what no platform could sign

    response = tool.post(login, token)

    assert response.status_code in {200, 400}, response.text
    if response.status_code == 200:
        assert is_sound(payload), payload


@pytest.mark.timeout(300)
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(
    st.dictionaries(
        st.sampled_from(CLAIMS), JSON | DEEP | st.just(MISSING), max_size=4
    ),
    st.dictionaries(st.sampled_from(SETTINGS), JSON | DEEP, max_size=2),
    st.booleans(),
)
def test_any_claims_are_answered_with_a_page_and_none_but_sound_ones_let_in(
    tool: Tool,
    platform: Platform,
    changes: dict[str, Any],
    settings: dict[str, Any],
    selects_content: bool,
):
    base = platform.deep_linking(**settings) if selects_content else {}
    target = {"nonce": "", "target_link_uri": f"{PUBLIC_URL}/lti/launch"}
    payload = platform.claims(target, **base) | changes

    hold(tool, {name: v for name, v in payload.items() if v is not MISSING})


@pytest.mark.timeout(300)
@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
@pytest.mark.parametrize("claim", CLAIMS)
@given(value=JSON | DEEP | st.sampled_from(WRONG))
def test_each_claim_alone_may_be_anything(
    tool: Tool, platform: Platform, claim: str, value: Any
):
    target = {"nonce": "", "target_link_uri": f"{PUBLIC_URL}/lti/launch"}

    hold(tool, platform.claims(target) | {claim: value})


PARAMETERS = sorted(
    {*CANVAS_PARAMETERS, *MOODLE_PARAMETERS, "practice", "program", "course_group_ids"}
)
"""Custom parameters we read."""
SAID = st.sampled_from(
    ["Mars/Phobos", "../../etc", "99", "1,2", ",", "true", "0", "$x"]
)


@pytest.mark.timeout(300)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(custom=st.dictionaries(st.sampled_from(PARAMETERS), SAID | JSON, min_size=1))
def test_any_custom_parameters_are_answered_with_a_page(
    tool: Tool, platform: Platform, custom: dict[str, Any]
):
    target = {"nonce": "", "target_link_uri": f"{PUBLIC_URL}/lti/launch"}

    hold(tool, platform.claims(target, custom=custom))


@pytest.mark.timeout(300)
def test_what_no_database_keeps_is_answered_on_postgresql_too(
    tmp_path: Path, platform: Platform, postgres_url: str
):
    tool = build(tmp_path, platform, database_url=postgres_url)
    target = {"nonce": "", "target_link_uri": f"{PUBLIC_URL}/lti/launch"}

    for claim in CLAIMS:
        for value in UNSTORABLE:
            hold(tool, platform.claims(target) | {claim: value})

    close(tool.app)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "login_hint", "client_id", "target_link_uri"])
        | st.sampled_from(["lti_message_hint", "lti_deployment_id"]),
        st.text(max_size=40),
    )
)
def test_any_login_is_answered_with_a_page(
    tool: Tool, platform: Platform, changes: dict[str, str]
):
    given_ = {"iss": platform.url, "login_hint": "1", "client_id": "client-1"} | changes

    response = tool.browser.post("/lti/login", data=given_)

    assert response.status_code in {200, 302, 400}
