"""What is written into a Moodle, and what it refuses."""

from datetime import UTC, datetime, timedelta

import pytest

from lms_clients import (
    CalendarEvent,
    Message,
    Rating,
    Rejected,
    Score,
    Unreachable,
    Unsupported,
)
from tests.lms_clients.local_server import Reply

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_an_event_goes_to_a_group_or_the_course(moodle):
    client, server = moodle()
    hour = timedelta(hours=1)

    client.add_event(
        CalendarEvent("2", "Pair", NINE, NINE + hour, "a<b", section_id="1", place="R1")
    )

    form = server.requests[0].form
    assert form["events[0][eventtype]"] == "group"
    assert form["events[0][groupid]"] == "1"
    assert form["events[0][timestart]"] == str(int(NINE.timestamp()))
    assert form["events[0][timeduration]"] == "3600"
    assert form["events[0][description]"] == "R1<br>a&lt;b"


def test_an_event_for_one_person_is_not_put_into_our_own_calendar(moodle):
    client, server = moodle()

    with pytest.raises(Unsupported):
        client.add_event(CalendarEvent("2", "Pair", NINE, NINE, person_id="3"))

    assert server.requests == []


def test_an_event_that_moodle_did_not_make_is_an_error(moodle):
    function = "core_calendar_create_calendar_events"
    client, _ = moodle(answers={function: {"events": [], "warnings": [{}]}})

    with pytest.raises(Rejected):
        client.add_event(CalendarEvent("2", "Circle", NINE, NINE))


def test_a_message_is_escaped_and_sent_alone(moodle):
    client, server = moodle()

    client.send_message(Message("3", "Hi <b>", "one\n<two>"))

    form = server.requests[0].form
    assert form["messages[0][text]"] == (
        "<p><strong>Hi &lt;b&gt;</strong></p><p>one<br>&lt;two&gt;</p>"
    )
    assert "messages[1][text]" not in form


def test_a_message_is_not_repeated_when_the_answer_is_lost(serve, open_lms):
    server = serve(lambda _: Reply(b"", 502))

    with pytest.raises(Unreachable):
        open_lms("moodle", server.url).send_message(Message("3", "a", "b"))

    assert len(server.requests) == 1


def test_a_rating_carries_its_note(moodle):
    client, server = moodle()

    client.rate_skill(Rating("2", "53", "1", 4, "Mentor confirmed"))

    form = server.requests[0].form
    assert (form["grade"], form["note"]) == ("4", "Mentor confirmed")


def test_a_rating_that_may_not_be_is_rejected(moodle):
    client, _ = moodle()

    with pytest.raises(Rejected):
        client.rate_skill(Rating("2", "99", "1", 4))


def test_many_grades_go_in_one_call(moodle):
    client, server = moodle()

    client.update_grades("2", "13", [Score("25", 77, "good"), Score("26", 66)])

    recorded = {
        "grades[0][studentid]": "25",
        "grades[0][grade]": "77",
        "grades[0][str_feedback]": "good",
        "grades[1][studentid]": "26",
        "grades[1][grade]": "66",
    }
    form = server.requests[0].form
    assert {name: form.get(name) for name in recorded} == recorded
    assert "grades[1][str_feedback]" not in form


def test_very_many_grades_go_in_portions(moodle):
    client, server = moodle(answers={"core_grades_update_grades": 0})

    client.update_grades("2", "13", [Score(str(n), n) for n in range(2500)])

    sizes = [
        sum("studentid" in name for name in request.form) for request in server.requests
    ]
    assert sizes == [1000, 1000, 500]


def test_grades_that_moodle_did_not_take_are_an_error(moodle):
    client, _ = moodle(answers={"core_grades_update_grades": 1})

    with pytest.raises(Rejected):
        client.update_grades("2", "13", [Score("25", 77)])
