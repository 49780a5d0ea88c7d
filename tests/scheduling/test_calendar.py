"""The calendar file, read back by a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from lti_mentor.errors import Conflict
from lti_mentor.scheduling import service
from lti_mentor.scheduling.calendar import calendar_file
from lti_mentor.scheduling.models import SessionState

START = datetime(2099, 7, 1, 15, 30, tzinfo=UTC)


@pytest.fixture
def meeting(w):
    offered = service.offer(
        w.session, w.pair(), w.max, [START], service.TalkWords(place="Room 4, left;")
    )
    return service.book(w.session, offered.times[0], w.lea)


def read(meeting, zone="America/New_York"):
    return Calendar.from_ical(calendar_file(meeting, title="Talk ✓", zone=zone))


def event(meeting, zone="America/New_York"):
    return read(meeting, zone).walk("VEVENT")[0]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC"])
def test_the_talk_is_at_the_same_moment_on_the_readers_clock(meeting, zone):
    found = event(meeting, zone)

    assert found.start == START
    assert found.start.utcoffset() == START.astimezone(ZoneInfo(zone)).utcoffset()
    assert found.end - found.start == timedelta(minutes=30)


def test_the_zones_own_rules_come_along(meeting):
    zones = read(meeting).walk("VTIMEZONE")

    assert [str(zone["TZID"]) for zone in zones] == ["America/New_York"]
    assert {part.name for part in zones[0].subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_title_and_place_survive_with_their_marks(meeting):
    found = event(meeting)

    assert (str(found["SUMMARY"]), str(found["LOCATION"])) == (
        "Talk ✓",
        "Room 4, left;",
    )


def test_a_cancellation_replaces_the_entry_instead_of_adding_one(w, meeting):
    before = event(meeting)

    service.cancel(w.session, meeting, w.lea)

    calendar, after = read(meeting), event(meeting)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert str(before["STATUS"]) == "CONFIRMED"
    assert (str(after["STATUS"]), str(calendar["METHOD"])) == ("CANCELLED", "CANCEL")


def test_two_talks_have_two_entries(w, meeting):
    other = service.offer(w.session, meeting.mentorship, w.max, [START])
    service.book(w.session, other.times[0], w.lea)

    assert event(meeting)["UID"] != event(other)["UID"]


def test_an_offer_has_no_calendar_file_yet(w, meeting):
    offer = service.offer(w.session, meeting.mentorship, w.max, [START])

    assert offer.state is SessionState.OFFERED
    with pytest.raises(Conflict):
        calendar_file(offer, title="Talk", zone="UTC")
