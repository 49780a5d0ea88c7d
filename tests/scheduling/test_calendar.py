"""The calendar file, read back by a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from lti_mentor.errors import Conflict
from lti_mentor.scheduling import service
from lti_mentor.scheduling.calendar import (
    Address,
    Invitation,
    calendar_file,
    entry_of,
)
from lti_mentor.scheduling.models import SessionState

START = datetime(2099, 7, 1, 15, 30, tzinfo=UTC)


@pytest.fixture
def meeting(w):
    offered = service.offer(
        w.session, w.pair(), w.max, [START], service.TalkWords(place="Room 4, left;")
    )
    return service.book(w.session, offered.times[0], w.lea)


def read(meeting, zone="America/New_York", **options):
    reader = meeting.mentorship.mentee
    entry = entry_of(meeting, reader)
    return Calendar.from_ical(
        calendar_file(entry, **({"title": "Talk ✓", "zone": zone} | options))
    )


def event(meeting, zone="America/New_York", **options):
    return read(meeting, zone, **options).walk("VEVENT")[0]


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


def test_a_moved_talk_is_the_same_entry_at_another_time(w, meeting):
    before = event(meeting)

    service.move(w.session, meeting, w.max, [START + timedelta(days=1)])
    service.book(w.session, meeting.times[0], w.lea)

    after = event(meeting)
    assert (after["UID"], after.start - before.start) == (
        before["UID"],
        timedelta(days=1),
    )
    assert after["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize(
    "title", ["Talk with O'Brien, Nuala; \\x", "محادثة مع ليا", 'A "B"\nC: D']
)
def test_names_come_through_as_they_are_written(meeting, title):
    found = event(meeting, title=title)

    assert str(found["SUMMARY"]) == title


@pytest.mark.parametrize("name", ["O'Brien", "ليا, محمد", 'The "Max"; X', ""])
def test_an_invitation_says_who_invites_whom_and_not_where(meeting, name):
    to = Invitation(Address("mentor@uni.edu", name), Address("lea@uni.edu", name))

    calendar = read(meeting, invitation=to)

    found = calendar.walk("VEVENT")[0]
    assert str(calendar["METHOD"]) == "REQUEST"
    assert str(found["ORGANIZER"]) == "mailto:mentor@uni.edu"
    assert str(found["ATTENDEE"]) == "mailto:lea@uni.edu"
    assert found["ATTENDEE"].params.get("CN", "") == name.replace('"', "'")
    assert found["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "LOCATION" not in found


def test_a_talk_over_the_night_of_a_change_is_as_long_as_booked(meeting):
    """Berlin, 29 March 2099: 02:00 becomes 03:00."""
    meeting.starts_at = datetime(2099, 3, 29, 0, 45, tzinfo=UTC)

    found = event(meeting, "Europe/Berlin")

    taken = found.end.astimezone(UTC) - found.start.astimezone(UTC)
    assert taken == timedelta(minutes=30)


@pytest.mark.parametrize("minutes", [0, 60])
def test_in_an_hour_that_comes_twice_no_moment_is_mistaken(meeting, minutes):
    """Berlin, 25 October 2099: 03:00 becomes 02:00."""
    start = datetime(2099, 10, 25, 0, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    meeting.starts_at = start

    found = event(meeting, "Europe/Berlin")

    assert found.start.astimezone(UTC) == start
    assert found.end.astimezone(UTC) == start + timedelta(minutes=30)


def test_two_talks_have_two_entries(w, meeting):
    other = service.offer(w.session, meeting.mentorship, w.max, [START])
    service.book(w.session, other.times[0], w.lea)

    assert event(meeting)["UID"] != event(other)["UID"]


def test_an_offer_has_no_calendar_file_yet(w, meeting):
    offer = service.offer(w.session, meeting.mentorship, w.max, [START])

    assert offer.state is SessionState.OFFERED
    with pytest.raises(Conflict):
        entry_of(offer, w.lea)
