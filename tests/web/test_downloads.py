"""Files leave by a ticket that works once, for one session, for a short time."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.mentoring.models import Part
from lti_mentor.people.models import OneUseLink
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor, policy_of
from tests.web.stage import stage


def ticket(who: Visitor, path: str) -> str:
    answer = who.ask("POST", "/ticket", json={"path": f"/s/{who.handle}{path}"})
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["ticket"])


def test_a_talk_goes_into_the_calendar_once(house: House) -> None:
    acting = stage(house)
    meeting = acting.talk(acting.couple(), SessionState.BOOKED)
    lea, browser = acting.as_("lea"), house.app.test_client()
    asked = ticket(lea, f"/sessions/{meeting.public_id}/calendar.ics")

    first = browser.get(f"/file/{asked}")
    second = browser.get(f"/file/{asked}")

    assert (first.status_code, first.mimetype) == (200, "text/calendar")
    assert first.headers["Content-Disposition"] == 'attachment; filename="talk.ics"'
    assert first.headers["Cache-Control"] == "no-store"
    assert policy_of(first)["frame-ancestors"] == lea.frame_ancestors
    assert "Макс Наставник" in first.text
    assert (second.status_code, code_of(second)) == (404, "file.ticket")


def test_a_report_leaves_as_csv(house: House) -> None:
    acting = stage(house)
    builders.participant(acting.session, acting.program(), acting.lea, Part.MENTEE)
    iris = acting.as_("iris")

    answer = house.app.test_client().get(f"/file/{ticket(iris, '/report/funnel.csv')}")

    assert answer.text.startswith("\ufeffWhat,People,Of\r\nLearners in the course,1,1")


@pytest.mark.parametrize("path", ["/mentorship", "/home", "/nothing/here", "/board"])
def test_no_page_opens_by_a_ticket(house: House, path: str) -> None:
    lea = stage(house).as_("lea")

    answer = house.app.test_client().get(f"/file/{ticket(lea, path)}")

    assert answer.status_code in {403, 404}
    assert "Лея" not in answer.text


def test_somebody_elses_file_stays_closed_to_the_one_who_asks(house: House) -> None:
    acting = stage(house)
    meeting = acting.talk(acting.couple(), SessionState.BOOKED)
    sam = acting.as_("sam")
    asked = ticket(sam, f"/sessions/{meeting.public_id}/calendar.ics")

    answer = house.app.test_client().get(f"/file/{asked}")

    assert answer.status_code == 404


def test_nobody_gets_a_ticket_into_another_session(house: House) -> None:
    acting = stage(house)
    lea, iris = acting.as_("lea"), acting.as_("iris")

    answer = lea.ask(
        "POST", "/ticket", json={"path": f"/s/{iris.handle}/report/funnel.csv"}
    )

    assert answer.status_code == 400


def test_a_ticket_dies_after_a_minute_and_with_its_session(house: House) -> None:
    acting = stage(house)
    acting.program()
    iris, gone = acting.as_("iris"), acting.as_("iris")
    old = ticket(iris, "/report/funnel.csv")
    house.session.query(OneUseLink).update({"expires_at": now() - timedelta(seconds=1)})
    house.session.commit()
    ended = ticket(gone, "/report/funnel.csv")
    house.app.test_client().post(
        "/lti/session/end", headers={"Authorization": f"Bearer {gone.token}"}
    )

    late = house.app.test_client().get(f"/file/{old}")
    after = house.app.test_client().get(f"/file/{ended}")

    assert (late.status_code, after.status_code) == (404, 401)
