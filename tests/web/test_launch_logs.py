"""What is logged of a launch: decisions, and nothing about people."""

import logging
import re
import subprocess
import sys
from dataclasses import asdict

import pytest

from lti_mentor.clock import now
from lti_mentor.config import Settings
from lti_mentor.lti.claims import Launch, MessageType
from lti_mentor.lti.keys import Signer
from lti_mentor.lti.launch import LaunchRequest
from lti_mentor.lti.login import LoginRequest, LoginStarted
from lti_mentor.lti.roles import Standing
from lti_mentor.lti.services import Member
from lti_mentor.lti.tokens import Token
from lti_mentor.people.sessions import Opened
from lti_mentor.platforms import queries
from tests.platform import LEARNER, Platform, unguessable
from tests.tool import Tool

SECRET_CLAIMS = ("sub", "name", "given_name", "family_name", "email", "nickname")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_launch_logs_its_decision_and_no_person(
    tool: Tool, everything_logged: pytest.LogCaptureFixture
):
    claims = {name: unguessable() for name in SECRET_CLAIMS}
    login, launched = tool.launch(
        **claims,
        custom={"username": unguessable()},
        launch_presentation={"return_url": f"https://x.test/?sesskey={unguessable()}"},
    )
    answer = tool.opened(login, launched)

    text = everything_logged.text
    assert "canary" not in text
    kept = (login.data["state"], login.data["secret"], answer["token"])
    assert not [secret for secret in (*kept, login.query["nonce"]) if secret in text]
    with tool.session() as session:
        public_id = queries.everyone(session)[0].public_id
    assert f"code=launch.accepted registration={public_id}" in text


def test_a_refused_launch_logs_why_and_no_person(
    tool: Tool,
    platform: Platform,
    everything_logged: pytest.LogCaptureFixture,
):
    claims = {name: unguessable() for name in SECRET_CLAIMS}

    _, response = tool.launch(**claims, aud="someone-else", roles=[LEARNER])

    text = everything_logged.text
    assert "code=launch.token" in text
    assert "reason=InvalidAudienceError" in text
    assert response.headers["X-Correlation-Id"] in text
    assert "canary" not in text
    assert "canary" not in response.text


def test_a_platforms_explanation_is_shown_and_not_logged(
    tool: Tool, everything_logged: pytest.LogCaptureFixture
):
    login = tool.login()
    canary = unguessable()

    tool.browser.post(
        "/lti/launch",
        data={
            "state": login.data["state"],
            "error": "login_required",
            "error_description": canary,
        },
    )

    assert "code=launch.platform_error" in everything_logged.text
    assert canary not in everything_logged.text


LINE = re.compile(
    r"decision code=(\S+) registration=(\S+) deployment=(\S+) person=(\S+) "
    r"reason=(\S+) correlation=([0-9a-f]{16})$"
)


def decisions(caplog: pytest.LogCaptureFixture) -> list[tuple[str, ...]]:
    found = [LINE.fullmatch(record.getMessage()) for record in caplog.records]
    return [line.groups() for line in found if line]


def test_every_decision_has_a_line_with_its_parties_as_pseudonyms(
    tool: Tool, everything_logged: pytest.LogCaptureFixture
):
    tool.browser = tool.app.test_client(use_cookies=False)
    login, launched = tool.launch(sub="17")
    tool.exchange(login, launched)
    tool.launch(sub="17")
    tool.launch(sub="18", roles=5)

    lines = decisions(everything_logged)
    accepted = [line for line in lines if line[0] == "launch.accepted"]
    refused = lines[-1]
    assert [line[0] for line in lines[:3]] == [
        "login.started",
        "launch.accepted",
        "session.opened",
    ]
    assert accepted[0][1:4] == accepted[1][1:4]
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in accepted[0][2:4])
    assert refused[0] == "launch.malformed"
    assert refused[2] == accepted[0][2] and refused[3] != accepted[0][3]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/lti/launch", "http.405"),
        ("POST", "/lti/launch", "launch.state"),
        ("POST", "/lti/login", "login.incomplete"),
        ("POST", "/lti/session", "http.400"),
    ],
)
def test_what_never_became_a_launch_has_a_line_too(
    tool: Tool,
    everything_logged: pytest.LogCaptureFixture,
    method: str,
    path: str,
    code: str,
):
    answer = tool.browser.open(path, method=method)

    (line,) = decisions(everything_logged)
    assert line[0] == code
    assert line[-1] == answer.headers["X-Correlation-Id"]


def test_the_log_tells_the_time_of_day_in_utc():
    said = (
        "import logging, os, time; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()\n"
        "from lti_mentor.cli.opened import log_to_stderr; log_to_stderr()\n"
        "record = logging.makeLogRecord({'created': 0.0, 'msg': 'x'})\n"
        "print(logging.getLogger().handlers[0].format(record))"
    )

    out = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True)

    assert out.stdout.startswith(b"1970-01-01T00:00:00Z ")


CANARY = "canary"


@pytest.mark.parametrize(
    "holder",
    [
        LaunchRequest(CANARY, CANARY, "x", CANARY, CANARY),
        LoginRequest("https://lms.test", CANARY, message_hint=CANARY),
        LoginStarted("r", CANARY, CANARY, CANARY, "*", []),
        Opened(CANARY, "handle", "/s/handle/home", "who"),
        Launch(
            *(MessageType.RESOURCE, "d", "17"),
            name=CANARY,
            email=CANARY,
            return_url=CANARY,
            custom={"a": CANARY},
        ),
        Signer("kid", "public", CANARY),
        Token(CANARY, now(), None),
        Member("17", Standing(), name=CANARY, email=CANARY, sourced_id=CANARY),
        Settings(secret_keys=(CANARY,), database_url=CANARY, broker_url=CANARY),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_what_holds_a_secret_or_a_name_does_not_show_it(holder: object):
    assert CANARY in str(asdict(holder))  # type: ignore[call-overload]
    assert CANARY not in repr(holder)
