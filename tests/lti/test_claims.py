"""What each claim becomes, claim by claim, in the spellings platforms use."""

from typing import Any

import pytest

from lti_mentor.errors import Refused
from lti_mentor.lti.claims import (
    AGS,
    CORE,
    NRPS,
    PLACEMENT,
    ContextClaim,
    GradesClaim,
    Launch,
    LinkClaim,
    read,
)
from tests.platform import MISSING, ROLE, Platform

LMS = Platform("https://lms.test")
LOGIN = {"nonce": "n", "target_link_uri": "https://tool.test/lti/launch"}
OBSERVER = f"{ROLE}membership#Mentor"
COURSE = {"id": "c", "title": "Course", "label": "C1", "type": ["CourseSection"]}


def launch(**claims: Any) -> Launch:
    return read(LMS.claims(LOGIN, **claims), {"cmid": 5})


def unnamed(**names: str) -> dict[str, Any]:
    return {"name": MISSING, "given_name": MISSING, "family_name": MISSING} | names


# What is sent, what is looked at, what it becomes.
ROWS: list[tuple[dict[str, Any], str, Any]] = [
    ({}, "name", "Lena Learner"),
    ({"name": "  "}, "name", "Lena Learner"),
    ({"name": "x" * 300}, "name", "x" * 255),
    ({"name": "a\x00b\ud800"}, "name", "ab?"),
    (unnamed(given_name="Lena", family_name="Learner"), "name", "Lena Learner"),
    (unnamed(family_name="Learner"), "name", "Learner"),
    (unnamed(), "name", ""),
    ({"name": 5, **unnamed()}, "name", ""),
    ({"email": ""}, "email", None),
    ({"email": ["a"]}, "email", None),
    ({"locale": "en_GB"}, "locale", "en-GB"),
    ({"locale": "en", "launch_presentation": {"locale": "de"}}, "locale", "de"),
    ({"launch_presentation": {"locale": "$Locale"}}, "locale", None),
    ({"locale": "x" * 40}, "locale", None),
    ({"context": COURSE}, "context", ContextClaim("c", "Course", "C1")),
    ({"context": {"id": "c"}}, "context", ContextClaim("c")),
    ({"context": {"id": "a", "type": ["Account"]}}, "context.is_hub", True),
    ({"context": {"id": "1", "type": ["Group"]}}, "context.is_hub", True),
    ({PLACEMENT: "user_navigation"}, "context.is_hub", True),
    ({PLACEMENT: "global_navigation"}, "context.is_hub", True),
    ({PLACEMENT: "course_navigation"}, "context.is_hub", False),
    ({"custom": {"context_id_history": "b, a,,"}}, "context.history", ("b", "a")),
    ({"resource_link": {"id": "r"}}, "resource_link", LinkClaim("r")),
    ({}, "grades", GradesClaim()),
    (
        {AGS: {"lineitems": "i", "lineitem": "i/1", "scope": ["s"]}},
        "grades",
        GradesClaim("i", "i/1", ("s",)),
    ),
    ({AGS: {"lineitem": ""}}, "grades.lineitem", None),
    ({NRPS: {"context_memberships_url": "m"}}, "memberships_url", "m"),
    ({"lti11_legacy_user_id": "old"}, "legacy_id", "old"),
    ({"for_user": {"user_id": "7"}}, "for_user", "7"),
    ({"tool_platform": {"guid": "g"}}, "platform_guid", "g"),
    ({"tool_platform": {"product_family_code": "MOODLE"}}, "product_family", "moodle"),
    ({"launch_presentation": {"return_url": "u"}}, "return_url", "u"),
    ({"role_scope_mentor": ["7"]}, "observed", ()),
    ({"roles": [OBSERVER], "role_scope_mentor": ["7", "7"]}, "observed", ("7",)),
    (
        {"roles": [OBSERVER], "custom": {"observees": "8, 9,"}},
        "observed",
        ("8", "9"),
    ),
    ({"custom": {"a": 5, "b": True, "c": None, "d": "$d"}}, "custom", {"a": "5"}),
    ({"custom": {"a\x00": "x", "b": "x\x00", "c": [1]}}, "custom", {}),
    ({"custom": {"practice": "x" * 8192}}, "custom", {"practice": "x" * 8192}),
    ({"custom": {"practice": "x" * 8193}}, "custom", {}),
    ({}, "page_hint", {"cmid": 5}),
]


@pytest.mark.parametrize(("claims", "name", "value"), ROWS)
def test_a_claim_becomes_what_it_says(claims: dict[str, Any], name: str, value: Any):
    found: Any = launch(**claims)
    for part in name.split("."):
        found = getattr(found, part)

    assert found == value


@pytest.mark.parametrize(
    ("settings", "many", "column"),
    [
        ({}, False, True),
        ({"accept_multiple": True, "accept_lineitem": False}, True, False),
        ({"accept_multiple": "true", "accept_lineitem": "false"}, True, False),
        ({"accept_multiple": "false", "accept_lineitem": "true"}, False, True),
        ({"accept_multiple": 1, "accept_lineitem": None}, True, False),
    ],
)
def test_what_a_selection_may_answer(
    settings: dict[str, Any], many: bool, column: bool
):
    wanted = launch(**LMS.deep_linking(**settings)).deep_linking

    assert wanted is not None
    assert (wanted.accepts_many, wanted.accepts_line_item) == (many, column)
    assert wanted.return_url == "https://lms.test/deep-link-return?x=1"


@pytest.mark.parametrize(
    ("data", "kept"),
    [("x", "x"), ("", None), (None, None), ({"a": [1]}, {"a": [1]}), (7, 7)],
)
def test_what_must_come_back_is_kept_as_it_is(data: Any, kept: Any):
    wanted = launch(**LMS.deep_linking(data=data)).deep_linking

    assert wanted is not None and wanted.data == kept


@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"sub": "x" * 256}, "sub"),
        ({"deployment_id": ""}, "deployment_id"),
        ({"deployment_id": 5}, "deployment_id"),
        ({"target_link_uri": "x" * 4097}, "target_link_uri"),
        ({"launch_presentation": []}, "launch_presentation"),
        ({"tool_platform": "moodle"}, "tool_platform"),
        ({"for_user": {"user_id": ["7"]}}, "user_id"),
        ({AGS: {"scope": "all"}}, "scope"),
        ({AGS: {"lineitem": {"a": 1}}}, "lineitem"),
        ({NRPS: {"context_memberships_url": 5}}, "context_memberships_url"),
        ({"context": {"id": "c", "type": "Course"}}, "type"),
        ({"roles": [OBSERVER], "role_scope_mentor": "7"}, "role_scope_mentor"),
        ({"message_type": 5}, "message_type"),
    ],
)
def test_a_claim_of_another_shape_is_refused_by_name(
    claims: dict[str, Any], named: str
):
    with pytest.raises(Refused) as refused:
        launch(**claims)

    assert refused.value.code == "launch.malformed"
    assert refused.value.details["claim"] == named


def test_addresses_of_services_and_of_the_way_back_are_told():
    claims = {
        AGS: {"lineitems": "i", "lineitem": "i/1"},
        NRPS: {"context_memberships_url": "m"},
        CORE + "launch_presentation": {"return_url": "u"},
    }

    assert launch(**claims).service_urls() == ["m", "i", "i/1", "u"]
    assert launch().service_urls() == []
