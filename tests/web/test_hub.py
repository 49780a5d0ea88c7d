"""The door for everybody: one's own mentorships from everywhere, no course rights."""

from lti_mentor.clock import now
from lti_mentor.mentoring import programs, wishes
from lti_mentor.mentoring.models import (
    MentorshipState,
    Part,
    ParticipantState,
    Program,
)
from lti_mentor.people.models import ResourceLink, Role
from lti_mentor.practice.models import Turn, WorkState
from tests import builders
from tests.web.pages import House, Page, Visitor
from tests.web.stage import Stage, stage

S = MentorshipState


def elsewhere(s: Stage, name: str = "Вторая") -> Program:
    """Return a program of another course."""
    course = builders.context(s.session, s.tenant, title=f"Занятие {name}")
    return builders.program(s.session, course, s.iris, name=name)


def cards(page: Page) -> dict[str, str]:
    """Return each person one works with, and what their card says."""
    found = page.soup.select(".person")
    return {
        card.select(".person-name")[0].text.strip(): card.get_text(" ", strip=True)
        for card in found
    }


def first(visitor: Visitor) -> str:
    """Return which page somebody begins with."""
    found = visitor.get("/home").one("nav [aria-current=page]")
    return str(found["href"]).rpartition("/")[2]


def test_somebody_finds_all_they_are_in_from_every_course(house: House) -> None:
    s = stage(house)
    s.couple()
    other = elsewhere(s)
    builders.mentorship(s.session, other, s.lea, s.sam, S.ACTIVE)
    strangers = elsewhere(s, "Чужая")
    builders.mentorship(s.session, strangers, s.max, s.tess, S.ACTIVE)

    said = cards(s.at_hub("lea").get("/mine"))

    assert said.keys() == {"Макс Наставник", "Сэм Чужой"}
    assert "Your mentor" in said["Макс Наставник"]
    assert "You mentor" in said["Сэм Чужой"]
    assert "Вторая" in said["Сэм Чужой"]


def test_whose_turn_it_is_stands_on_top_and_at_each(house: House) -> None:
    s = stage(house)
    couple = s.couple(mentee_signed_at=now(), mentor_signed_at=now())
    s.work(WorkState.IN_REVIEW, couple.program, couple)

    mentor, learner = s.at_hub("max").get("/mine"), s.at_hub("lea").get("/mine")

    assert "Лея Ученик waits for your answer." in mentor.one(".next-step").text
    assert "Your turn" in cards(mentor)["Лея Ученик"]
    assert "Nothing waits for you" in learner.one(".next-step").text
    assert "being reviewed" in cards(learner)["Макс Наставник"]


def test_more_than_one_thing_is_counted_and_an_offer_is_one(house: House) -> None:
    s = stage(house)
    couple = s.couple()
    s.work(WorkState.IN_REVIEW, couple.program, couple)
    s.pair(s.program(name="Вторая"), S.OFFERED)
    invited = s.program(name="Третья")
    builders.participant(
        s.session, invited, s.max, Part.MENTOR, state=ParticipantState.INVITED
    )

    page = s.at_hub("max").get("/mine")

    assert "2 more things are your turn" in page.one(".next-step").text
    assert "Третья: say when you have time." in page.text


def test_work_handed_over_waits_for_its_reviewer_at_the_hub(house: House) -> None:
    s = stage(house)
    work = s.work(WorkState.IN_REVIEW, s.program(), None)
    work.pool_reviewer, work.turn = s.max, Turn.MENTOR

    page = s.at_hub("max").get("/mine")

    button = page.one(".next-step a")
    assert str(button["href"]).endswith(f"/review/{work.public_id}")


def test_who_has_nothing_is_told_what_it_is(house: House) -> None:
    s = stage(house)

    page = s.at_hub("sam").get("/mine")

    assert "No mentorship yet." in page.text
    assert "say so on the mentorship page of your course" in page.text
    assert page.actions() == []


def test_a_learner_takes_part_from_the_hub(house: House) -> None:
    s = stage(house)
    program = s.program()

    lea = s.at_hub("lea")

    (link,) = lea.get("/mine").soup.select('a[href*="/join/"]')
    lea.follow(str(link["href"]), consent="yes")

    assert str(link["href"]).endswith(str(program.public_id))
    assert lea.get("/mine").soup.select('a[href*="/join/"]') == []


def test_a_graduate_offers_to_mentor_and_takes_it_back(house: House) -> None:
    s = stage(house)
    s.graduate(s.max)
    program = s.program()
    path = f"/programs/{program.public_id}/offer"
    max_, iris = s.at_hub("max"), s.as_("iris")

    offered = max_.follow(path)
    led = iris.get(f"/programs/{program.public_id}")
    back = max_.follow(path, back="yes")

    assert "You offered to mentor here." in offered.text
    assert "Макс Наставник" in led.one("#volunteers").text
    assert "I could mentor" in back.text
    house.again()
    assert wishes.volunteers(house.session, program) == []


def test_whoever_leads_it_says_yes_to_an_offer(house: House) -> None:
    s = stage(house)
    s.graduate(s.max)
    program = s.program()
    wishes.note(s.session, s.course, s.max, Part.MENTOR)
    iris, max_ = s.as_("iris"), s.at_hub("max")
    path = f"/programs/{program.public_id}/mentors"

    named = iris.follow(path, person=s.max.public_id)

    assert named.soup.select("#volunteers") == []
    assert "Макс Наставник" in named.text
    assert "You offered" not in max_.get("/mine").text


def test_who_teaches_finds_links_to_their_courses_and_no_rights(house: House) -> None:
    s = stage(house)
    s.program()
    closed = builders.context(s.session, s.tenant, title="Давно")
    closed.concluded_at = now()
    builders.member(s.session, closed, s.iris, Role.INSTRUCTOR)
    page_url = "https://class.example.edu/mod/lti/view.php?id=13"
    s.session.add(
        ResourceLink(context_id=s.course.id, lti_id="1", title="", page_url=page_url)
    )
    iris = s.at_hub("iris")

    page = iris.get("/mine")

    (link,) = page.soup.select("a[target=_blank]")
    assert link.text == "Переговоры"
    assert link["href"] == page_url
    assert "Давно" not in page.text
    for path in ("/board", "/programs", "/programs/new", "/report"):
        assert iris.ask("GET", path).status_code == 403


def test_who_leads_a_program_by_name_reaches_it_from_the_hub(house: House) -> None:
    s = stage(house)
    program = s.program()
    programs.name_stand_in(s.session, program, s.tess, by=s.iris)
    tess = s.at_hub("tess")

    page = tess.get("/mine")

    (link,) = page.soup.select('a[href*="/programs/"]')
    assert tess.get(str(link["href"])).heading == program.name


def test_everybody_has_a_first_page_at_the_hub(house: House) -> None:
    s = stage(house)
    s.couple()

    assert first(s.as_("ada")) == "setup"
    assert first(s.at_hub("max")) == "turn"
    assert first(s.at_hub("lea")) == "mine"
    assert first(s.at_hub("iris")) == "mine"
    assert first(s.at_hub("sam")) == "mine"


def test_a_mentor_who_learns_as_well_begins_with_both(house: House) -> None:
    s = stage(house)
    s.couple()
    builders.mentorship(s.session, elsewhere(s), s.tess, s.max, S.ACTIVE)

    assert first(s.at_hub("max")) == "mine"


def test_who_learns_in_a_course_begins_there_with_learning(house: House) -> None:
    s = stage(house)
    s.couple()
    other = builders.context(s.session, s.tenant)
    here = house.visitor(s.max, Role.LEARNER, s.course)
    there = house.visitor(s.max, Role.LEARNER, other)
    looking = house.visitor(s.max, Role.VIEWER, other)

    assert first(here) == "turn"
    assert first(there) == "mentorship"
    assert first(looking) == "turn"
