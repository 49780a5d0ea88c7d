"""The campus's Caliper endpoint takes what the profiles allow, once."""

import pytest
import requests

from lti_mentor.demo import Campus, start

VERSION = "http://purl.imsglobal.org/ctx/caliper/v1p2"


@pytest.fixture(scope="module")
def campus():
    with start() as campus:
        yield campus


def event(**changes):
    body = {
        "@context": VERSION,
        "id": "urn:uuid:9b5a3a3e-7a0a-4e43-8f0b-4c1f0e5d2c11",
        "type": "ToolUseEvent",
        "actor": {"id": "https://tool.example/person/7", "type": "Person"},
        "action": "Used",
        "object": {"id": "https://tool.example", "type": "SoftwareApplication"},
        "eventTime": "2026-11-23T10:00:00.000Z",
    }
    return body | changes


def post(campus: Campus, *events, bearer=None, **changes):
    envelope = {
        "sensor": "https://tool.example/sensor",
        "sendTime": "2026-11-23T10:00:01.000Z",
        "dataVersion": VERSION,
        "data": list(events),
    }
    return requests.request(
        "POST",
        f"{campus.portal_url}/caliper",
        json=envelope | changes,
        headers={"Authorization": f"Bearer {bearer or campus.lrs.secret}"},
        timeout=5,
    )


def test_an_event_is_kept_once_however_often_it_comes(campus):
    first, again = post(campus, event()), post(campus, event(action="Used"))

    assert (first.status_code, again.status_code) == (200, 200)
    assert list(campus.records.extra["caliper"]) == [event()["id"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"actor": None}, "actor is missing"),
        ({"type": "MagicEvent"}, "MagicEvent is unknown here"),
        ({"action": "Graded"}, "Graded is no action of ToolUseEvent"),
        (
            {"object": {"type": "Person"}},
            "a ToolUseEvent is about a SoftwareApplication",
        ),
        (
            {"type": "GradeEvent", "action": "Graded", "object": {"type": "Attempt"}},
            "a GradeEvent generates a Score",
        ),
        ({"eventTime": "2026-11-23 10:00"}, "eventTime is no instant"),
    ],
)
def test_an_event_outside_the_tables_is_refused_in_words(campus, changes, words):
    answer = post(campus, event(**changes))

    assert (answer.status_code, answer.json()["message"]) == (422, words)


def test_who_shows_no_bearer_is_not_heard(campus):
    assert post(campus, event(), bearer="another").status_code == 401


def test_another_version_is_no_envelope_here(campus):
    assert post(campus, event(), dataVersion="v1p1").status_code == 400


def test_the_portal_shows_what_came(campus):
    post(campus, event())

    page = requests.request("GET", f"{campus.portal_url}/records", timeout=5).text

    assert "ToolUseEvent, Used" in page
