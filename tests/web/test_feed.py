"""A calendar of somebody's own reads all their talks at a secret address."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar, Component
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_mentor.clock import now
from lti_mentor.people.models import Standing
from lti_mentor.scheduling import service
from lti_mentor.scheduling.models import CalendarFeed, SessionState
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor, check_headers
from tests.web.stage import Stage, stage

PAGE = "/settings/calendar"


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def made(who: Visitor) -> str:
    """Make an address on the page and return it as a path."""
    shown = who.post(PAGE, 200).one(".copyable code").text
    _host, _, secret = shown.partition("/calendar/")
    return f"/calendar/{secret}"


def fetch(house: House, path: str, **headers: str) -> TestResponse:
    return house.app.test_client().get(path, headers=headers)


def talks_at(house: House, path: str) -> list[Component]:
    answer = fetch(house, path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_an_address_is_shown_once_and_only_its_digest_is_kept(s: Stage) -> None:
    lea = s.as_("lea")
    assert "Make my address" in lea.get(PAGE).text

    path = made(lea)

    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in lea.get(PAGE).response.text
    assert secret not in str(s.house.dump())


def test_it_can_be_opened_by_the_calendar_of_the_device(s: Stage) -> None:
    page = s.as_("lea").post(PAGE, 200)

    link = str(page.one('a[href^="webcal:"]')["href"])

    assert link.removeprefix("webcal:") in page.one(".copyable code").text


def test_the_talks_of_every_mentorship_are_there_and_of_nobody_else(s: Stage) -> None:
    hers = s.couple()
    booked = s.talk(hers, SessionState.BOOKED)
    held = s.talk(hers, SessionState.HELD)
    s.talk(hers, SessionState.OFFERED)
    s.talk(hers, SessionState.CANCELLED)
    other = builders.mentorship(s.session, s.program(), s.iris, s.lea)
    elsewhere = s.talk(other, SessionState.BOOKED, by=s.iris)

    of_lea = talks_at(s.house, made(s.as_("lea")))
    of_max = talks_at(s.house, made(s.as_("max")))

    mine = {f"{one.public_id}@lti-mentor" for one in (booked, held)}
    both = mine | {f"{elsewhere.public_id}@lti-mentor"}
    assert {str(event["uid"]) for event in of_lea} == both
    assert {str(event["uid"]) for event in of_max} == mine


def test_it_says_when_where_and_with_whom_and_nothing_they_noted(s: Stage) -> None:
    meeting = s.talk(s.couple(), SessionState.HELD)
    meeting.agenda = "Тайный план"
    service.write_note(s.session, meeting, s.lea, shared="Тайное общее", own="Своё")
    s.lea.zone = "Asia/Kathmandu"

    path = made(s.as_("lea"))
    (event,) = talks_at(s.house, path)

    assert "Макс Наставник" in str(event["summary"])
    assert str(event["location"]) == "Комната"
    assert event["dtstart"].params["TZID"] == "Asia/Kathmandu"
    assert meeting.starts_at
    assert event.decoded("dtstart") == meeting.starts_at.replace(microsecond=0)
    text = fetch(s.house, path).text
    assert not [one for one in ("Тайн", "Своё", s.lea.sub or "") if one in text]


def test_who_has_it_already_is_told_that_nothing_changed(s: Stage) -> None:
    meeting = s.talk(s.couple(), SessionState.BOOKED)
    path = made(s.as_("lea"))
    first = fetch(s.house, path)
    tag = first.headers["ETag"]

    with time_machine.travel(now() + timedelta(hours=2)):
        again = fetch(s.house, path, **{"If-None-Match": tag})
        service.cancel(s.session, meeting, s.max)
        s.session.commit()
        changed = fetch(s.house, path, **{"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200 and b"VEVENT" not in changed.data
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_revoked_address_is_gone_and_a_new_one_ends_the_old(s: Stage) -> None:
    lea = s.as_("lea")
    first = made(lea)
    second = made(lea)
    after_second = [fetch(s.house, one).status_code for one in (first, second)]

    page = lea.follow(f"{PAGE}/end")

    assert after_second == [404, 200]
    gone = fetch(s.house, second)
    assert (gone.status_code, code_of(gone)) == (404, "feed.missing")
    check_headers(gone)
    assert "Revoked" in page.soup.text and "Make my address" in page.text


def test_revoking_what_is_not_there_changes_nothing(s: Stage) -> None:
    max_ = made(s.as_("max"))

    s.as_("lea").follow(f"{PAGE}/end")

    assert fetch(s.house, max_).status_code == 200


def _registration_ends(s: Stage) -> None:
    s.tenant.is_active = False


def _suspended(s: Stage) -> None:
    builders.member(s.session, s.course, s.sam, standing=Standing.SUSPENDED)


@pytest.mark.parametrize("happens", [_registration_ends, _suspended])
def test_who_may_not_come_in_reads_nothing_by_it_either(
    s: Stage, happens: Callable[[Stage], None]
) -> None:
    path = made(s.as_("sam"))
    assert fetch(s.house, path).status_code == 200

    happens(s)
    s.session.commit()

    assert fetch(s.house, path).status_code == 404


def test_reading_is_noted_to_the_hour_and_shown(s: Stage) -> None:
    lea = s.as_("lea")
    path = made(lea)
    assert "No calendar has read it yet" in lea.get(PAGE).text
    notes = []

    for minutes in (0, 30, 61):
        with time_machine.travel(now() + timedelta(minutes=minutes)):
            fetch(s.house, path)
        s.house.again()
        notes.append(s.session.scalars(select(CalendarFeed.read_at)).one())

    first, half, later = notes
    assert first and first == half and later and later > half
    assert "A calendar last read it on" in lea.get(PAGE).text


def test_no_log_has_the_address(s: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = made(s.as_("lea"))

    for one in (path, path + "x", path.replace(".ics", "x.ics")):
        fetch(s.house, one)

    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in caplog.text


def test_a_calendar_gone_wild_is_slowed_down_and_others_are_not(s: Stage) -> None:
    wild, calm = made(s.as_("lea")), made(s.as_("max"))

    answers = [fetch(s.house, wild) for _ in range(301)]

    assert [answers[0].status_code, answers[-1].status_code] == [200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert fetch(s.house, calm).status_code == 200


def test_who_only_looks_on_makes_none(s: Stage) -> None:
    looking = s.as_("lea", is_read_only=True)

    assert looking.ask("POST", PAGE).status_code == 403

    assert "Make my address" not in looking.get(PAGE).text
    assert s.session.scalars(select(CalendarFeed)).all() == []
