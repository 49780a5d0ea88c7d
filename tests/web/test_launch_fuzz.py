"""Whatever a platform signs, we answer with a page: never a 500."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.platform import AGS, CORE, DEEP_LINKING, MISSING, NRPS, Platform
from tests.tool import Tool

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "lineitem", "scope", "user_id", "guid"])
            | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
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


@pytest.mark.timeout(300)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.dictionaries(st.sampled_from(CLAIMS), JSON | st.just(MISSING), max_size=4),
    st.dictionaries(st.sampled_from(SETTINGS), JSON, max_size=2),
    st.booleans(),
)
def test_any_claims_are_answered_with_a_page(
    tool: Tool,
    platform: Platform,
    changes: dict[str, Any],
    settings: dict[str, Any],
    selects_content: bool,
):
    login = tool.login()
    base = platform.deep_linking(**settings) if selects_content else {}
    payload = platform.claims(login.query, **base) | changes
    payload = {name: value for name, value in payload.items() if value is not MISSING}
    try:
        token = platform.sign(payload)
    except (TypeError, UnicodeEncodeError, ValueError):
        return  # what no platform could sign

    response = tool.post(login, token)

    assert response.status_code in {200, 400}, response.text


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
