"""Not working for you, and talks: what both read afterwards, and stale pages."""

from datetime import timedelta
from typing import Any

import pytest

from lti_mentor.clock import now
from lti_mentor.mentoring.models import Mentorship, MentorshipState, Voice
from lti_mentor.people.models import Standing
from lti_mentor.practice.models import WorkState
from lti_mentor.scheduling.models import MentoringSession, SessionState
from tests import builders
from tests.tool import code_of
from tests.web.pages import House
from tests.web.stage import Stage, stage

S, T = MentorshipState, SessionState


def begun(
    house: House, state: MentorshipState = MentorshipState.ACTIVE
) -> tuple[Stage, Mentorship, str]:
    s = stage(house)
    signed: dict[str, Any] = {
        "goals": "Цель",
        "mentor_signed_at": now(),
        "mentee_signed_at": now(),
    }
    pair = s.couple(state, **signed)
    return s, pair, f"/mentorships/{pair.public_id}"


def test_the_way_out_is_in_the_same_corner_of_every_state(house: House) -> None:
    for state in (S.ACTIVE, S.PAUSED, S.CONCLUDING, S.ENDED):
        s, _pair, own = begun(house, state=state)

        page = s.as_("lea").get(own)

        link = page.one(".page-actions a")
        assert str(link["href"]).endswith("/life")


def test_it_rests_and_goes_on(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")

    rests = lea.follow(f"{own}/pause", until="")
    theirs = max_.get(own)
    goes_on = lea.follow(f"{own}/resume")

    assert "You let it rest." in rests.text
    assert "It rests until one of you goes on." in theirs.text
    assert "Working together" in goes_on.text


def test_after_two_talks_both_are_asked_whether_it_fits(house: House) -> None:
    s, pair, own = begun(house)
    s.talk(pair, T.HELD)
    assert "Does it fit?" not in s.as_("lea").get(own).text
    s.talk(pair, T.HELD)
    lea, max_ = s.as_("lea"), s.as_("max")

    asked = lea.get(own)
    lea.follow(f"{own}/fit", helps="yes", goes_on="yes")

    assert "Does it fit?" in asked.text
    assert "Does it fit?" not in lea.get(own).text
    assert "Does it fit?" in max_.get(own).text


def test_a_no_is_told_to_nobody_but_that_it_ended(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")

    lea.follow(f"{own}/fit", helps="no", goes_on="no")

    theirs = max_.get(own).text + max_.get(f"{own}/life").text + max_.get("/turn").text
    assert "This mentorship has ended." in theirs
    for word in ("change", "reported", "fit", "would rather"):
        assert word not in theirs


def test_a_word_of_thanks_is_read_when_it_is_completed(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")

    lea.follow(f"{own}/conclude")
    lea.follow(f"{own}/closing", thanks="Спасибо", takes_along="Моё")
    before = max_.get(own).text
    after = max_.follow(f"{own}/closing").text

    assert "Спасибо" not in before
    assert "Спасибо" in after
    assert "Моё" not in after


def test_a_report_names_who_reads_it_and_stops_at_once(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")

    names = lea.get(f"{own}/life").text
    said = lea.follow(f"{own}/report", kind="boundaries", words="Он звонит ночью")
    theirs = max_.get(own)

    assert "Ирис Учитель" in names
    assert "Он звонит ночью" in said.text
    assert "Он звонит" not in theirs.text
    assert "This mentorship has ended." in theirs.text
    assert not theirs.soup.select("#thread form")


def test_a_stale_page_says_what_happened_meanwhile(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")
    max_.post(f"{own}/end", reason="no_time")

    page = lea.post(f"{own}/pause", 409)

    assert code_of(page.response) == "mentorship.step"
    assert "The other one was faster" in page.text
    assert "This mentorship has ended." in page.text


def test_a_message_that_came_too_late_is_still_there_to_copy(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")
    max_.post(f"{own}/end", reason="no_time")

    page = lea.post(f"{own}/messages", 409, text="Долгое письмо")

    assert "Долгое письмо" in page.text


def test_who_left_is_named_to_the_other_with_what_happens_next(house: House) -> None:
    s, _pair, own = begun(house)
    builders.member(s.session, s.course, s.max, standing=Standing.LEFT)

    text = s.as_("lea").get(own).text

    assert "Макс Наставник is not in the course at the moment." in text
    assert "Ирис Учитель decides with you" in text


def test_when_the_course_is_over_the_two_go_on(house: House) -> None:
    s, _pair, own = begun(house)
    s.course.concluded_at = now()

    page = s.at_hub("lea").get(own)

    assert "The two of you go on" in page.text
    assert page.soup.select("#thread form")


def test_a_contact_is_read_by_the_other_one(house: House) -> None:
    s, _pair, own = begun(house)

    s.as_("lea").follow(f"{own}/contact", contact="+7 900")

    assert "+7 900" in s.as_("max").get(own).text


def test_a_question_says_what_it_is_about_and_links_lead_out(house: House) -> None:
    s, pair, own = begun(house)
    work = s.work(WorkState.IN_REVIEW, pair.program, pair)
    about = str(work.applications[0].public_id)
    lea, max_ = s.as_("lea"), s.as_("max")

    lea.follow(
        f"{own}/messages",
        text="См. https://example.org/x <b>",
        about=about,
    )
    page = max_.get(own)

    assert "About: Слушай дважды, application 1" in page.text
    link = page.one(".message a")
    assert (link["href"], link["rel"]) == (
        "https://example.org/x",
        ["nofollow", "noopener", "noreferrer"],
    )
    assert "<b>" in page.text


def test_suggested_times_are_offered_with_a_tick(house: House) -> None:
    s, _pair, own = begun(house)
    lea = s.as_("lea")
    page = lea.get(own)
    times = [str(box["value"]) for box in page.soup.select("[name=suggested]")]

    lea.follow(f"{own}/sessions", suggested=times[:2], minutes="30")

    house.again()
    (talk,) = house.session.query(MentoringSession)
    assert [time.starts_at.isoformat() for time in talk.times] == times[:2]


def test_a_first_talk_starts_from_an_agenda(house: House) -> None:
    s, _pair, own = begun(house)

    page = s.as_("max").get(own)

    agenda = page.one("#agenda").text
    assert "Цель" in agenda
    assert "next real occasion" in agenda


def test_another_time_is_asked_for_and_taken(house: House) -> None:
    s, pair, own = begun(house)
    talk = s.talk(pair, T.BOOKED)
    lea, max_ = s.as_("lea"), s.as_("max")
    path = f"/sessions/{talk.public_id}"

    lea.follow(f"{path}/move", time1="2099-01-01T10:00")
    asked = max_.get(own)
    time = asked.one(f'form[action$="{path}/book"] button')["value"]
    moved = max_.follow(f"{path}/book", time=time)

    assert "asks for another time" in asked.text
    assert "1 Jan 2099" in moved.text or "Jan 1 2099" in moved.text


@pytest.mark.parametrize("who", ["lea", "max"])
def test_each_finds_one_button_in_a_dispute(house: House, who: str) -> None:
    s, pair, own = begun(house)
    s.talk(pair, T.DISPUTED)

    page = s.as_(who).get(own)

    (button,) = page.soup.select('[id^="talk-"] [data-confirm]')
    assert "You are right" in button.text


def test_one_talk_for_several_and_each_attends_for_themselves(house: House) -> None:
    s, pair, own = begun(house)
    nina = builders.person(s.session, s.tenant, "Нина")
    active = {"state": S.ACTIVE}
    builders.mentorship(s.session, pair.program, s.max, nina, **active)
    max_ = s.as_("max")
    page = max_.get(own)
    others = [str(box["value"]) for box in page.soup.select("[name=others]")]

    max_.follow(f"{own}/sessions", time1="2099-01-01T10:00", others=others)

    house.again()
    rows = list(house.session.query(MentoringSession))
    assert len({row.shared_id for row in rows}) == 1
    for row in rows:
        row.state, row.starts_at = T.BOOKED, now() - timedelta(hours=1)
    house.session.commit()
    there = next(r for r in rows if r.mentorship_id == pair.id)
    max_.follow(f"/sessions/{there.public_id}/attendance", present=str(there.public_id))
    house.again()
    states = {r.mentorship.mentee.name: r.state for r in rows}
    assert states == {"Лея Ученик": T.CLAIMED, "Нина": T.MISSED}


def test_notes_for_oneself_stay_there(house: House) -> None:
    s, pair, own = begun(house)
    talk = s.talk(pair, T.HELD)
    lea, max_ = s.as_("lea"), s.as_("max")

    mine = lea.follow(
        f"/sessions/{talk.public_id}/notes", shared="Для нас", own="Для себя"
    )
    theirs = max_.get(own)

    assert "Для себя" in mine.text
    assert "Для нас" in theirs.text
    assert "Для себя" not in theirs.text


def test_answers_are_kept_in_ones_own_row(house: House) -> None:
    s, pair, own = begun(house)

    s.as_("lea").follow(f"{own}/fit", helps="partly", goes_on="yes")

    house.again()
    (row,) = house.session.query(Voice)
    assert (row.person_id, row.mentorship_id) == (s.lea.id, pair.id)


def test_the_start_page_says_what_is_open_between_the_two(house: House) -> None:
    s, pair, _own = begun(house)
    s.talk(pair, T.CLAIMED)
    lea, max_ = s.as_("lea"), s.as_("max")

    hers, his = lea.get("/mentorship"), max_.get("/turn")

    assert "says that you met" in hers.one(".next-step").text
    assert "says that you met" not in his.text


def test_the_start_page_says_that_it_rests(house: House) -> None:
    s, _pair, own = begun(house)
    lea, max_ = s.as_("lea"), s.as_("max")

    max_.follow(f"{own}/pause")

    assert "It rests" in lea.get("/mentorship").one(".next-step").text
