"""Invitations by mail, as a mail server got them and a calendar reads them."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from lti_mentor.clock import now
from lti_mentor.db import transaction
from lti_mentor.mentoring.models import Mentorship, MentorshipState
from lti_mentor.people.models import Person
from lti_mentor.scheduling import service
from lti_mentor.scheduling.models import MentoringSession
from tests import builders
from tests.notices.conftest import Office, living_pair_in

MAX, LEA, NINA = "max@example.edu", "lea@example.edu", "nina@example.edu"
DAY = timedelta(days=1)


@pytest.fixture
def shared(office: Office) -> list[int]:
    """A talk of Max with Lea and Nina, taken by both; nothing of it was sent yet."""
    with office.sessions() as session, transaction(session):
        pair = living_pair_in(session, office)
        nina = Person(
            registration_id=pair.registration_id, name="Nina Secretname", email=NINA
        )
        session.add(nina)
        session.flush()
        active = MentorshipState.ACTIVE
        other = builders.mentorship(session, pair.program, pair.mentor, nina, active)
        words = service.TalkWords(place="my secret room", agenda="my secret agenda")
        rows = service.offer_together(
            session, [pair, other], pair.mentor, now() + 2 * DAY, words
        )
        for row in rows:
            service.book(session, row.times[0], row.mentorship.mentee)
        return [row.id for row in rows]


def step(office: Office, row: int, who: str, do: Any, *given: Any) -> None:
    with office.sessions() as session, transaction(session):
        meeting = session.get_one(MentoringSession, row)
        by = session.scalars(select(Person).where(Person.email == who)).one()
        do(session, meeting, by, *given)


def entries(office: Office, to: str) -> list[tuple[str, Any]]:
    """Return method and event of every invitation somebody got, in order."""
    parts: list[EmailMessage] = [
        part
        for mail in office.server.messages
        if mail["To"] == to
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    found = []
    for part in parts:
        calendar = Calendar.from_ical(part.get_content())
        assert part.get_param("method") == calendar["METHOD"]
        found.append((str(calendar["METHOD"]), calendar.walk("VEVENT")[0]))
    return found


def test_a_shared_talk_is_one_entry_for_its_mentor(
    office: Office, shared: list[int]
) -> None:
    office.work()

    got = entries(office, MAX)
    assert {method for method, _ in got} == {"REQUEST"}
    assert len({str(event["UID"]) for _, event in got}) == 1
    assert str(got[-1][1]["SUMMARY"]) == "Talk with Lea, Nina"
    assert [str(e["SUMMARY"]) for _, e in entries(office, LEA)] == ["Talk with Max"]


def test_moving_it_is_told_to_each_once_and_replaces_the_entry(
    office: Office, shared: list[int]
) -> None:
    office.work()
    before = entries(office, MAX)[-1][1]
    office.server.messages.clear()

    step(office, shared[1], MAX, service.move, [now() + 5 * DAY])
    office.work()

    assert sorted(mail["To"] for mail in office.server.messages) == [LEA, MAX, NINA]
    ((method, after),) = entries(office, MAX)
    assert (method, after["UID"]) == ("REQUEST", before["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.start > before.start


def test_where_one_leaves_the_mentors_entry_stands_for_the_other(
    office: Office, shared: list[int]
) -> None:
    office.work()
    before = entries(office, MAX)[-1][1]
    office.server.messages.clear()

    step(office, shared[0], LEA, service.cancel)
    office.work()

    ((method, after),) = entries(office, MAX)
    assert (method, str(after["STATUS"])) == ("REQUEST", "CONFIRMED")
    assert after["UID"] == before["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    assert str(after["SUMMARY"]) == "Talk with Nina"
    assert [method for method, _ in entries(office, LEA)] == ["CANCEL"]
    assert entries(office, NINA) == []


def test_calling_it_off_takes_it_out_of_every_calendar_once(
    office: Office, shared: list[int]
) -> None:
    office.work()
    office.server.messages.clear()

    step(office, shared[0], MAX, service.cancel)
    office.work()

    for to in (MAX, LEA, NINA):
        assert [method for method, _ in entries(office, to)] == ["CANCEL"]


def test_who_had_not_answered_yet_hides_no_cancellation_from_the_mentor(
    office: Office, shared: list[int]
) -> None:
    with office.sessions() as session, transaction(session):
        row = session.get_one(MentoringSession, shared[0])
        again = service.offer_together(
            session,
            list(session.scalars(select(Mentorship).order_by(Mentorship.id))),
            row.mentorship.mentor,
            now() + 9 * DAY,
            service.TalkWords(),
        )
        service.book(session, again[1].times[0], again[1].mentorship.mentee)
        first = again[0].id
    office.work()
    office.server.messages.clear()

    step(office, first, MAX, service.cancel)
    office.work()

    assert [method for method, _ in entries(office, MAX)] == ["CANCEL"]


def test_no_invitation_holds_what_the_two_wrote(
    office: Office, shared: list[int]
) -> None:
    office.work()

    assert office.server.messages
    for mail in office.server.messages:
        for part in mail.walk():
            if not part.is_multipart():
                assert "secret" not in part.get_content().lower()


@pytest.mark.parametrize("name", ['O\'Brien, "Max"; X', "ليا محمد", "Zoë\\n\n"])
def test_whatever_people_are_called_the_invitation_is_valid(
    office: Office, name: str
) -> None:
    with office.sessions() as session, transaction(session):
        pair = living_pair_in(session, office)
        pair.mentor.name = pair.mentee.name = name
        offer = service.offer(session, pair, pair.mentor, [now() + DAY])
        service.book(session, offer.times[0], pair.mentee)

    office.work()

    ((_, event),) = entries(office, LEA)
    first = name.split()[0]
    assert str(event["SUMMARY"]) == f"Talk with {first}"
    assert event["ATTENDEE"].params["CN"] == first.replace('"', "'")
