"""What needs whoever leads a program, done in place."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_mentor.clock import now
from lti_mentor.mentoring.models import Concern, ConcernKind, MentorshipState, PutOff
from lti_mentor.people.models import Standing
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.web.pages import House
from tests.web.stage import stage


def test_the_board_says_that_something_waits_and_nothing_of_it(house: House) -> None:
    s = stage(house)
    s.talk(s.couple(), SessionState.DISPUTED)
    iris = s.as_("iris")

    board = iris.get("/board")

    assert "What needs you" in board.text
    assert iris.get("/inbox").soup.select("#disputes")


def test_a_dispute_is_decided_and_both_see_it(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    talk = s.talk(pair, SessionState.DISPUTED)
    own = f"/mentorships/{pair.public_id}"
    iris, lea = s.as_("iris"), s.as_("lea")
    path = f"/inbox/talks/{talk.public_id}"

    left = iris.follow(path, held="yes")

    assert "Nothing waits for you" in left.text
    assert "You met" in lea.get(own).text


def test_a_report_is_answered_and_its_reporter_reads_it(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    lea, iris, max_ = (s.as_(name) for name in ("lea", "iris", "max"))
    own = f"/mentorships/{pair.public_id}"
    lea.follow(f"{own}/report", kind="other", words="Тайная жалоба")
    house.again()
    (concern,) = house.session.query(Concern)
    path = f"/inbox/reports/{concern.public_id}"

    read = iris.get("/inbox").text
    empty = iris.post(path, 422, answer=" ")
    iris.follow(path, answer="Я поговорю")

    assert "Тайная жалоба" in read
    assert empty.errors()
    assert "Я поговорю" in lea.get(f"{own}/life").text
    assert "Тайная жалоба" not in max_.get(own).text


def test_a_report_about_whoever_leads_is_not_for_them(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    pair.program.coordinator, pair.program.stand_in = s.max, s.vera
    s.session.add(
        Concern(
            mentorship=pair,
            by=s.lea,
            about=s.max,
            kind=ConcernKind.UNSAFE,
            words="Тайная жалоба",
        )
    )

    assert "Тайная жалоба" not in s.as_("max").get("/inbox").text
    assert "Тайная жалоба" not in s.as_("iris").get("/inbox").text
    assert "Тайная жалоба" in s.at_hub("vera").get("/inbox").text


def test_who_is_gone_is_listed_until_it_is_decided(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    builders.member(s.session, s.course, s.max, standing=Standing.SUSPENDED)
    iris = s.as_("iris")

    listed = iris.get("/inbox").text
    iris.follow(f"/inbox/mentorships/{pair.public_id}", do="keep")

    assert "does not let Макс Наставник in" in listed
    assert "Nothing waits for you" in iris.get("/inbox").text
    house.again()
    assert pair.state is MentorshipState.ACTIVE


def test_a_course_that_is_over_puts_nobody_on_the_list(house: House) -> None:
    s = stage(house)
    s.couple()
    builders.member(s.session, s.course, s.max, standing=Standing.LEFT)
    s.course.concluded_at = now()

    assert "Nothing waits for you" in s.as_("iris").get("/inbox").text


def test_what_is_put_off_comes_back_when_its_day_has_come(house: House) -> None:
    s = stage(house)
    talk = s.talk(s.couple(), SessionState.DISPUTED)
    iris, path = s.as_("iris"), f"/inbox/talks/{talk.public_id}/later"

    away = iris.follow(path, days="3")
    board = iris.get("/board")
    house.again()
    house.session.execute(update(PutOff).values(until=now() - timedelta(seconds=1)))
    house.session.commit()
    back = iris.get("/inbox")

    assert "Nothing waits for you" in away.text
    assert "1 thing is put off" in away.text
    assert "What needs you" not in board.text
    assert back.soup.select("#disputes") and not back.soup.select("#later")


def test_what_is_put_off_can_be_looked_at_after_all(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    builders.member(s.session, s.course, s.max, standing=Standing.LEFT)
    iris, path = s.as_("iris"), f"/inbox/mentorships/{pair.public_id}/later"

    away = iris.follow(path, days="7")
    iris.follow(path, days="1")
    back = iris.follow(path, days="0")

    assert not away.soup.select("#gone") and away.soup.select("#later")
    assert back.soup.select("#gone") and not back.soup.select("#later")


def test_who_leads_beside_another_puts_off_for_themselves_alone(house: House) -> None:
    s = stage(house)
    pair = s.couple()
    pair.program.stand_in = s.vera
    talk = s.talk(pair, SessionState.DISPUTED)

    iris, vera = s.as_("iris"), s.at_hub("vera")

    iris.follow(f"/inbox/talks/{talk.public_id}/later", days="7")

    assert vera.get("/inbox").soup.select("#disputes")


@pytest.mark.parametrize("days", ["", "2", "8", "-1", "365", "²", "soon"])
def test_nothing_is_put_off_to_no_day_or_for_long(house: House, days: str) -> None:
    s = stage(house)
    talk = s.talk(s.couple(), SessionState.DISPUTED)
    iris = s.as_("iris")

    iris.post(f"/inbox/talks/{talk.public_id}/later", 422, days=days)

    assert iris.get("/inbox").soup.select("#disputes")
