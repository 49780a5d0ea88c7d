"""Talks as calendar files that any calendar understands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from lti_mentor.clock import now
from lti_mentor.errors import Conflict
from lti_mentor.people.models import Person
from lti_mentor.scheduling.models import STANDS, MentoringSession

READ_AGAIN = timedelta(hours=1)
"""How often a calendar that follows a feed is asked to look."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A talk as it stands in one person's calendar.

    The UID stays the same and the sequence grows, so that a later file moves or
    cancels the entry instead of adding another (RFC 5545 3.8.7.4).
    """

    uid: UUID
    sequence: int
    starts_at: datetime
    minutes: int
    place: str
    """As the offerer wrote it."""
    others: tuple[Person, ...]
    """With whom."""
    is_off: bool
    changed_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Address:
    """Who is named in an invitation: a bare address, and a name to show."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who invites whom by mail."""

    organizer: Address
    attendee: Address


def entry_of(
    meeting: MentoringSession, reader: Person, rows: Sequence[MentoringSession] = ()
) -> Entry:
    """Return the entry of a talk in this person's calendar.

    A talk with several mentees (`rows`, all of them) is one entry for its mentor: it
    stands as long as one of them comes.

    Raises:
        Conflict: No time has been taken yet.
    """
    leads = meeting.is_led_by(reader)
    all_rows = list(rows) if leads and rows else [meeting]
    come = [row for row in all_rows if row.state in STANDS]
    shown = come or [meeting]
    first = shown[0]
    if first.starts_at is None:
        raise Conflict("session.no_time", now=meeting.state)
    return Entry(
        uid=(leads and meeting.shared_id) or meeting.public_id,
        sequence=sum(row.sequence for row in all_rows),
        starts_at=first.starts_at,
        minutes=first.minutes,
        place=first.place,
        others=tuple(row.mentorship.partner_of(reader) for row in shown),
        is_off=not come,
        changed_at=max(row.changed_at for row in all_rows),
    )


def calendar_file(
    entry: Entry, *, title: str, zone: str, invitation: Invitation | None = None
) -> bytes:
    """Return the .ics of one talk in the reader's zone, with its rules.

    Sent by mail it is an invitation (RFC 5546), which says to whom, and not where:
    what the two wrote stays in the tool.
    """
    event = _event(entry, title, zone, stamp=now())
    if entry.place and invitation is None:
        event.add("location", entry.place)
    if invitation is not None:
        event.add("organizer", _person(invitation.organizer))
        event.add("attendee", _attendee(invitation.attendee))
    going = "REQUEST" if invitation else "PUBLISH"
    calendar = _calendar([event])
    calendar.add("method", "CANCEL" if entry.is_off else going)
    return bytes(calendar.to_ical())


def feed_file(entries: Iterable[tuple[Entry, str]], *, name: str, zone: str) -> bytes:
    """Return all of somebody's talks with their titles; the same as long as they are.

    A calendar reads it again and again, so nothing in it tells when it was asked.
    """
    events = []
    for entry, title in entries:
        event = _event(entry, title, zone, stamp=entry.changed_at)
        if entry.place:
            event.add("location", entry.place)
        events.append(event)
    calendar = _calendar(events)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return bytes(calendar.to_ical())


def _calendar(events: Iterable[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//LTI Mentor//EN")
    calendar.add("version", "2.0")
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar


def _event(entry: Entry, title: str, zone: str, *, stamp: datetime) -> Event:
    start, end = _on_clock([entry.starts_at, entry.ends_at], ZoneInfo(zone))
    event = Event()
    event.add("uid", f"{entry.uid}@lti-mentor")
    event.add("dtstamp", stamp)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", title)
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    return event


def _on_clock(moments: Sequence[datetime], zone: ZoneInfo) -> list[datetime]:
    """Return moments on a clock; in UTC where that clock shows one of them twice.

    A local time with the zone's name means the first of the two (RFC 5545 3.3.5).
    """
    local = [moment.astimezone(zone) for moment in moments]
    is_plain = not any(moment.fold for moment in local)
    return local if is_plain else [moment.astimezone(UTC) for moment in moments]


def _person(who: Address) -> vCalAddress:
    found = vCalAddress(f"mailto:{who.address}")
    if who.name:
        found.params["CN"] = vText(who.name.replace('"', "'"))
    return found


def _attendee(who: Address) -> vCalAddress:
    """They said yes in the tool: nothing is asked of them again."""
    found = _person(who)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText("ACCEPTED")
    found.params["RSVP"] = vText("FALSE")
    return found
