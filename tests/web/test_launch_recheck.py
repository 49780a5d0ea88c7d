"""An old session decides nothing for others before the roster was asked again."""

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from lti_mentor.clock import now
from lti_mentor.people.models import WebSession
from lti_mentor.platforms import queries
from lti_mentor.web.recheck import PRIVILEGED
from tests.platform import INSTRUCTOR, LEARNER, NRPS, Answer, Asked, Platform
from tests.tool import Signed, Tool, code_of

ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor"
MISSING = (404, "practice_work.missing")
"""What a decision about no work is answered, once it is let through."""
UNCONFIRMED = (401, "session.unconfirmed")


def enrolled(platform: Platform, *roles: str, **changes: Any) -> None:
    """Let the roster list somebody else, and the teacher with these roles."""
    other = {"user_id": "other", "roles": [INSTRUCTOR], "status": "Active"}
    teacher = {"user_id": "teacher", "roles": list(roles), "status": "Active"}
    members = [other, teacher | changes] if roles else [other]
    platform.routes["/roster"] = lambda _: Answer(body={"members": members})


def teacher(tool: Tool, **claims: Any) -> Signed:
    roster = {"context_memberships_url": f"{tool.platform.url}/roster"}
    given = {"sub": "teacher", "roles": [INSTRUCTOR], NRPS: roster} | claims
    return tool.sign_in(**given)


def settle(tool: Tool, signed: Signed, minutes: int) -> TestResponse:
    """Close a work that is not there, so many minutes after the launch."""
    path = f"/s/{signed.handle}/board/{uuid4()}/settle"
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        return tool.browser.post(path, headers=signed.headers)


def said(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, code_of(answer)


def test_a_fresh_launch_is_enough(tool: Tool, platform: Platform):
    answer = settle(tool, teacher(tool), minutes=14)

    assert said(answer) == MISSING
    assert platform.requests("/roster") == []


def test_after_a_quarter_of_an_hour_the_roster_is_asked_once(
    tool: Tool, platform: Platform
):
    enrolled(platform, INSTRUCTOR)
    signed = teacher(tool)

    answers = [settle(tool, signed, minutes) for minutes in (16, 20, 29)]

    assert [said(answer) for answer in answers] == [MISSING] * 3
    (asked,) = platform.requests("/roster")
    assert asked.query == {"role": INSTRUCTOR}


@pytest.mark.parametrize(
    ("roles", "changes"),
    [
        pytest.param([], {}, id="gone"),
        pytest.param([LEARNER], {}, id="learns now"),
        pytest.param([f"{ASSISTANT}#TeachingAssistant"], {}, id="assists now"),
        pytest.param([INSTRUCTOR], {"status": "Inactive"}, id="suspended"),
    ],
)
def test_who_teaches_no_more_decides_nothing_and_the_session_ends(
    tool: Tool, platform: Platform, roles: list[str], changes: dict[str, str]
):
    enrolled(platform, *roles, **changes)
    signed = teacher(tool)

    first, second = settle(tool, signed, 16), settle(tool, signed, 16)

    assert said(first) == UNCONFIRMED
    assert said(second) == (401, "session.ended")
    with tool.session() as session:
        assert session.query(WebSession).one().ended_at is not None


def test_a_roster_that_cannot_be_read_stops_nobody_and_is_logged(
    tool: Tool, platform: Platform, caplog: pytest.LogCaptureFixture
):
    platform.routes["/roster"] = lambda _: Answer(500, {"error": "canary"})
    signed = teacher(tool)
    caplog.set_level(logging.INFO)

    answer = settle(tool, signed, minutes=16)

    assert said(answer) == MISSING
    with tool.session() as session:
        tenant = queries.everyone(session)[0].public_id
    line = f"roster not asked code=outside.status registration={tenant}"
    assert line in caplog.text
    assert "canary" not in caplog.text and "teacher" not in caplog.text


def test_a_course_without_a_roster_is_asked_nothing(tool: Tool):
    signed = teacher(tool, **{NRPS: {}})

    assert said(settle(tool, signed, minutes=16)) == MISSING


def test_no_transaction_is_open_while_the_platform_is_asked(
    tool: Tool, platform: Platform
):
    enrolled(platform, INSTRUCTOR)
    signed = teacher(tool)
    list_members, seen = platform.routes["/roster"], []

    def write_meanwhile(asked: Asked) -> Answer:
        with tool.session() as session:  # waits for ever while another one writes
            seen.append(session.query(WebSession).update({"launch": {}}))
        return list_members(asked)

    platform.routes["/roster"] = write_meanwhile

    assert said(settle(tool, signed, minutes=16)) == MISSING
    assert seen == [1]


def test_pages_asked_about_exist(app: Flask):
    posted = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }

    assert posted >= PRIVILEGED
