"""A talk as a calendar file that any calendar understands."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from lti_mentor.clock import now
from lti_mentor.errors import Conflict
from lti_mentor.scheduling.models import MentoringSession, SessionState


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who invites whom by mail: bare addresses."""

    organizer: str
    attendee: str


def calendar_file(
    meeting: MentoringSession,
    *,
    title: str,
    zone: str,
    invitation: Invitation | None = None,
) -> bytes:
    """Return the .ics of a booked talk in the reader's zone, with its rules.

    Sent by mail it is an invitation (RFC 5546), which says to whom, and not where:
    what the two wrote stays in the tool.

    The UID stays the same and SEQUENCE grows, so that a later file moves or cancels
    the entry instead of adding another (RFC 5545 3.8.7.4).

    Raises:
        Conflict: No time has been taken yet.
    """
    if meeting.starts_at is None:
        raise Conflict("session.no_time", now=meeting.state)
    start = meeting.starts_at.astimezone(ZoneInfo(zone))
    cancelled = meeting.state is SessionState.CANCELLED
    event = Event()
    event.add("uid", f"{meeting.public_id}@lti-mentor")
    event.add("dtstamp", now())
    event.add("sequence", meeting.sequence)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=meeting.minutes))
    event.add("summary", title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.place and invitation is None:
        event.add("location", meeting.place)
    if invitation is not None:
        event.add("organizer", f"mailto:{invitation.organizer}")
        event.add("attendee", f"mailto:{invitation.attendee}")
    calendar = Calendar()
    calendar.add("prodid", "-//LTI Mentor//EN")
    calendar.add("version", "2.0")
    going = "REQUEST" if invitation else "PUBLISH"
    calendar.add("method", "CANCEL" if cancelled else going)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
