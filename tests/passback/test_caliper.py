"""A Caliper endpoint is told who did what, as the standard's tables allow, no names."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import update

from lti_mentor.activity.models import (
    DESTINATIONS,
    Delivery,
    DeliveryState,
    Destination,
    Verb,
)
from lti_mentor.db import transaction
from lti_mentor.errors import Outside as Failed
from lti_mentor.passback import caliper
from lti_mentor.people.models import Person
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.models import Feature, Registration
from tests.passback.conftest import Course
from tests.passback.lms import Outside

CALIPER = Destination.CALIPER
SENT, DEAD, WAITING = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.WAITING
TOLD = sorted(verb for verb, places in DESTINATIONS.items() if CALIPER in places)
CONFORMING = {
    ("AssignableEvent", "Started", "AssignableDigitalResource", "Attempt"),
    ("AssignableEvent", "Submitted", "AssignableDigitalResource", "Attempt"),
    ("AssignableEvent", "Reviewed", "AssignableDigitalResource", "Attempt"),
    ("AssignableEvent", "Completed", "AssignableDigitalResource", "Attempt"),
    ("FeedbackEvent", "Commented", "Attempt", "Comment"),
    ("GradeEvent", "Graded", "Attempt", "Score"),
    ("ToolUseEvent", "Used", "SoftwareApplication", None),
}
"""Event, action, object and what it generates: Caliper 1.2 certification guide, the
tables of the Assignable, Feedback, Grading and Tool Use Profile."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def told(course: Course, outside: Outside) -> Course:
    """A course whose events go to an endpoint."""
    course.set(caliper_url=f"{outside.url}/caliper", caliper_key="caliper-key")
    return course


def sent(outside: Outside) -> dict[str, Any]:
    ((event,),) = [envelope["data"] for envelope in outside.envelopes]
    return event  # type: ignore[no-any-return]


def test_every_verb_that_is_told_is_an_event() -> None:
    assert set(TOLD) == set(caliper.EVENTS)


@pytest.mark.parametrize("verb", TOLD)
def test_every_event_conforms_to_the_profiles_tables(
    told: Course, outside: Outside, verb: Verb
) -> None:
    told.record(verb, "mentor", points="82.00", maximum=100)

    told.send(CALIPER)

    event = sent(outside)
    generated = event.get("generated", {}).get("type")
    kinds = (event["type"], event["action"], event["object"]["type"], generated)
    assert kinds in CONFORMING
    assert event["profile"].endswith("Profile")
    assert event["actor"]["type"] == "Person"
    assert event["group"]["type"] == "CourseSection"
    assert event["@context"] == "http://purl.imsglobal.org/ctx/caliper/v1p2"
    assert INSTANT.fullmatch(event["eventTime"])
    assert event["id"].startswith("urn:uuid:")


def test_the_envelope_is_complete(told: Course, outside: Outside) -> None:
    told.record(Verb.APPLIED, "learner")

    told.send(CALIPER)

    (envelope,) = outside.envelopes
    assert envelope.keys() == {"sensor", "sendTime", "dataVersion", "data"}
    assert envelope["sensor"] == "https://mentor.example.org/caliper/sensor"
    assert envelope["dataVersion"] == "http://purl.imsglobal.org/ctx/caliper/v1p2"
    assert INSTANT.fullmatch(envelope["sendTime"])


def test_an_event_names_nobody_but_by_the_id_of_the_lms(
    told: Course, outside: Outside
) -> None:
    told.record(Verb.VERIFIED, "mentor", basis="saw_it")

    told.send(CALIPER)

    event = sent(outside)
    assert "Lena" not in json.dumps(event)
    (known,) = event["actor"]["otherIdentifiers"]
    assert (known["identifierType"], known["identifier"]) == ("LtiUserId", "mateo")
    (learner,) = event["object"]["assignee"]["otherIdentifiers"]
    assert learner["identifier"] == "lena"
    told_more = event["extensions"]
    assert told_more["https://mentor.example.org/caliper/verb"] == "verified"


def test_a_score_nobody_gave_by_hand_is_graded_by_the_tool(
    told: Course, outside: Outside
) -> None:
    given = told.score(82)

    told.send(CALIPER)

    event = sent(outside)
    assert event["actor"]["type"] == "SoftwareApplication"
    score = event["generated"]
    assert (score["scoreGiven"], score["maxScore"]) == (82.0, 100.0)
    assert score["attempt"] == event["object"]["id"]
    delivery = told.delivery(given, CALIPER)
    assert (delivery.state, delivery.code) == (SENT, "caliper.accepted")
    assert delivery.sent == {
        "id": event["id"],
        "timestamp": event["eventTime"],
        "verb": "GradeEvent/Graded",
    }


def test_the_same_activity_is_the_same_event_when_it_goes_again(
    told: Course, outside: Outside
) -> None:
    told.record(Verb.APPLIED, "learner")
    told.send(CALIPER)
    with told.sessions() as session, transaction(session):
        again = update(Delivery).where(Delivery.destination == CALIPER)
        session.execute(again.values(state=WAITING))

    told.send(CALIPER)

    first, second = (envelope["data"] for envelope in outside.envelopes)
    assert first == second


def test_one_refused_event_holds_up_none_of_the_others(
    told: Course, outside: Outside
) -> None:
    outside.refused_verbs = {"Started"}
    bad, good = told.record(Verb.PLANNED, "learner"), told.record(Verb.AGREED, "mentor")

    told.send(CALIPER)

    refused = told.delivery(bad, CALIPER)
    assert (refused.state, refused.code) == (DEAD, "caliper.refused")
    assert refused.words == "422 this action is unknown here"
    assert told.delivery(good, CALIPER).state is SENT


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_endpoint_that_is_away_gets_them_later(
    told: Course, outside: Outside, status: int
) -> None:
    given = told.record(Verb.APPLIED, "learner")
    outside.status = status

    with pytest.raises(Failed):
        told.send(CALIPER)
    away = told.delivery(given, CALIPER)
    outside.status = None
    told.send(CALIPER)

    assert (away.state, away.code) == (WAITING, "caliper.no_answer")
    assert told.delivery(given, CALIPER).state is SENT


def test_an_endpoint_that_is_down_says_nothing_of_the_record_store(
    told: Course, outside: Outside
) -> None:
    told.set(caliper_url="http://127.0.0.1:1/caliper")
    told.record(Verb.APPLIED, "learner")
    told.send(Destination.XAPI)

    with pytest.raises(Failed):
        told.send(CALIPER)

    with told.sessions() as session:
        registration = session.get_one(Registration, told.registration_id)
        health = platforms.health(session, registration)[Feature.LRS]
    assert health.code == "lrs.accepted"


def test_an_erased_person_is_told_of_no_more(told: Course, outside: Outside) -> None:
    given = told.record(Verb.APPLIED, "learner")
    with told.sessions() as session, transaction(session):
        session.get_one(Person, told.learner_id).sub = None

    told.send(CALIPER)

    assert told.delivery(given, CALIPER).code == "caliper.nobody"
    assert outside.envelopes == []
