"""Roster and grades in the steps of the 1EdTech certification suite.

The platform here takes no token it did not give, and none without the right scope.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
import pytest
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.lti import keys
from lti_mentor.lti.scores import Score
from lti_mentor.lti.services import (
    LINE_ITEM,
    LINE_ITEM_READ,
    RESULT_READ,
    ROSTER,
    SCORE,
    Column,
    Services,
    connect,
)
from lti_mentor.lti.tokens import TokenCache
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import service
from tests.platform import Answer, Asked, Platform
from tests.tool import LOOPBACK, tool_key

AGS_TYPE = "application/vnd.ims.lis.v2."
ITEM = {"id": "", "label": "Practice", "scoreMaximum": 100.0, "resourceId": "p-1"}


@dataclass
class Suite:
    """A platform that checks every request as the suite does."""

    platform: Platform
    key_set: dict[str, Any]
    granted: dict[str, frozenset[str]] = field(default_factory=dict)
    assertions: list[dict[str, Any]] = field(default_factory=list)

    def token(self, asked: Asked) -> Answer:
        form = asked.form
        assert form["grant_type"] == "client_credentials"
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert form["client_assertion_type"] == kind
        kid = jwt.get_unverified_header(form["client_assertion"])["kid"]
        (key,) = (key for key in self.key_set["keys"] if key["kid"] == kid)
        self.assertions.append(
            jwt.decode(
                form["client_assertion"],
                jwt.PyJWK.from_dict(key).key,
                ["RS256"],
                audience=f"{self.platform.url}/token",
                options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
            )
        )
        value = f"token-{len(self.granted)}"
        self.granted[value] = frozenset(form["scope"].split())
        answer = {"access_token": value, "expires_in": 3600, "token_type": "bearer"}
        return Answer(body=answer | {"scope": form["scope"]})

    def serve(
        self, path: str, scopes: tuple[str, ...], body: Any, kind: str = ""
    ) -> None:
        """Answer a path to who brings a bearer of ours with one of these scopes."""

        def answer(asked: Asked) -> Answer:
            word, _, value = asked.headers.get("Authorization", "").partition(" ")
            if word != "Bearer" or not self.granted.get(value, set()) & set(scopes):
                return Answer(401)
            return Answer(body=body, content_type=kind or "application/json")

        self.platform.routes[path] = answer

    def got(self, path: str) -> Asked:
        """Return the one request there was."""
        (asked,) = self.platform.requests(path)
        return asked


@pytest.fixture
def suite(session: Session, platform: Platform) -> Suite:
    session.add(tool_key())
    session.flush()
    suite = Suite(platform, keys.published(session))
    platform.routes["/token"] = suite.token
    return suite


@pytest.fixture
def services(session: Session, suite: Suite) -> Services:
    registration = service.add(session, **suite.platform.registration())
    http = Outbound(LOOPBACK, sleep=lambda _seconds: None)
    return connect(session, registration, http, TokenCache())


def test_every_call_has_a_line_in_the_log_with_its_answer_and_no_token(
    suite: Suite, services: Services, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "lti_mentor.outbound")
    suite.serve("/members", (ROSTER,), {"members": []})

    list(services.members(f"{suite.platform.url}/members"))

    said = [record.getMessage() for record in caplog.records]
    assert said == ["POST 127.0.0.1/token 200", "GET 127.0.0.1/members 200"]


def test_the_token_is_asked_for_with_a_signed_assertion_of_five_minutes(
    suite: Suite, services: Services
):
    suite.serve("/members", (ROSTER,), {"members": []})

    list(services.members(f"{suite.platform.url}/members"))
    services.token(SCORE)

    first, second = suite.assertions
    assert first["iss"] == first["sub"] == suite.platform.client_id
    assert first["exp"] - first["iat"] <= 300
    assert first["jti"] != second["jti"]


def test_the_roster_is_asked_for_as_it_should_be(suite: Suite, services: Services):
    kind = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    member = {"user_id": "u1", "status": "Active", "roles": ["Learner"]}
    suite.serve("/members", (ROSTER,), {"id": "x", "members": [member]}, kind)

    found = list(services.members(f"{suite.platform.url}/members"))

    asked = suite.got("/members")
    assert (asked.method, asked.headers["Accept"]) == ("GET", kind)
    assert suite.granted["token-0"] == {ROSTER}
    assert [member.sub for member in found] == ["u1"]


def test_line_items_are_asked_for_as_they_should_be(suite: Suite, services: Services):
    kind = AGS_TYPE + "lineitemcontainer+json"
    url = f"{suite.platform.url}/items"
    suite.serve(
        "/items", (LINE_ITEM, LINE_ITEM_READ), [ITEM | {"id": f"{url}/1"}], kind
    )

    (column,) = services.line_items(url, resource_id="p-1")

    asked = suite.got("/items")
    assert (asked.method, asked.headers["Accept"]) == ("GET", kind)
    assert suite.granted["token-0"] <= {LINE_ITEM, LINE_ITEM_READ}
    assert (column.url, column.maximum) == (f"{url}/1", 100.0)


def test_a_line_item_is_created_as_it_should_be(suite: Suite, services: Services):
    kind = AGS_TYPE + "lineitem+json"
    url = f"{suite.platform.url}/items"
    suite.serve("/items", (LINE_ITEM,), ITEM | {"id": f"{url}/2"}, kind)

    made = services.create_line_item(url, Column("", "Practice", 100.0, "p-1"))

    asked = suite.got("/items")
    assert (asked.method, asked.headers["Content-Type"]) == ("POST", kind)
    assert asked.json == {"label": "Practice", "scoreMaximum": 100, "resourceId": "p-1"}
    assert suite.granted["token-0"] == {LINE_ITEM}
    assert made.url == f"{url}/2"


def test_a_score_is_posted_as_it_should_be(suite: Suite, services: Services):
    kind = "application/vnd.ims.lis.v1.score+json"
    suite.serve("/items/1/scores", (SCORE,), None)
    score = Score(sub="u1", at=now(), given=8, maximum=10)

    answer = services.post_score(f"{suite.platform.url}/items/1", score)

    asked = suite.got("/items/1/scores")
    assert (asked.method, asked.headers["Content-Type"]) == ("POST", kind)
    assert suite.granted["token-0"] == {SCORE}
    needed = {"userId", "scoreGiven", "scoreMaximum", "timestamp"}
    assert needed | {"activityProgress", "gradingProgress"} <= set(asked.json)
    assert datetime.fromisoformat(asked.json["timestamp"]).tzinfo is not None
    assert answer.is_accepted


def test_results_are_asked_for_as_they_should_be(suite: Suite, services: Services):
    kind = AGS_TYPE + "resultcontainer+json"
    row = {"id": "r", "userId": "u1", "resultScore": 8, "resultMaximum": 10}
    suite.serve("/items/1/results", (RESULT_READ,), [row], kind)

    (result,) = services.results(f"{suite.platform.url}/items/1", "u1")

    asked = suite.got("/items/1/results")
    assert (asked.method, asked.headers["Accept"]) == ("GET", kind)
    assert asked.query == {"user_id": "u1"}
    assert suite.granted["token-0"] == {RESULT_READ}
    assert (result.score, result.maximum) == (8.0, 10.0)
