"""A course in which no program runs: never a dead page (P12a)."""

from lti_mentor.mentoring import wishes
from lti_mentor.mentoring.models import MentorshipState, Part
from lti_mentor.people.models import Role
from tests import builders
from tests.web.pages import House
from tests.web.stage import stage


def test_a_wish_is_counted_for_staff_and_can_be_taken_back(house: House) -> None:
    s = stage(house)
    lea, iris = s.as_("lea"), s.as_("iris")

    wished = lea.follow("/interest")
    lea.follow("/interest")
    counted = iris.get("/board")
    back = lea.follow("/interest", back="yes")
    after = iris.get("/board")

    assert "You would like a mentor." in wished.text
    assert "1 learner would like a mentor." in counted.one(".next-step").text
    assert "Лея" not in counted.text
    assert "I would like a mentor" in back.text
    assert "would like a mentor" not in after.text


def test_when_a_program_starts_it_says_who_asked(house: House) -> None:
    s = stage(house)
    nina = builders.person(s.session, s.tenant, "Нина Ученик")
    builders.member(s.session, s.course, nina)
    wishes.note(s.session, s.course, s.lea, Part.MENTEE)
    iris = s.as_("iris")

    form = iris.get("/programs/new")
    page = iris.follow("/programs/new", name="Новая", skills=str(s.skill.public_id))

    assert "1 learner of this course would like" in form.text
    asked = {
        str(item.get_text(" ", strip=True)).partition(" Ученик")[0]
        for item in page.soup.select("li")
        if "Asked for a mentor" in item.text
    }
    assert asked == {"Лея"}


def test_a_learner_finds_skills_what_it_would_be_and_what_else_runs(
    house: House,
) -> None:
    s = stage(house)
    other = builders.context(s.session, s.tenant, title="Рядом")
    program = builders.program(s.session, other, s.iris, name="Вторая")
    builders.mentorship(s.session, program, s.lea, s.sam, MentorshipState.ACTIVE)

    page = s.as_("lea").get("/mentorship")

    headings = [heading.text.strip() for heading in page.soup.select("h2")]
    assert {"What it would be", "My skills", "Your other mentorships"} <= {*headings}
    assert "Mentoring Сэм Чужой" in page.text
    assert "Слушание" in page.text


def test_who_only_looks_around_has_no_skills_and_no_wish(house: House) -> None:
    s = stage(house)
    vera = s.as_("vera")

    page = vera.get("/mentorship")

    assert "You look around here." in page.text
    assert "My skills" not in page.text
    vera.post("/interest", 404)


def test_nobody_wishes_from_the_hub(house: House) -> None:
    s = stage(house)

    house.visitor(s.lea, Role.VIEWER, s.hub).post("/interest", 404)
