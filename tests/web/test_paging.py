"""Long lists: fifty at a time, each list of a page by itself."""

import pytest
from sqlalchemy import select

from lti_mentor.mentoring.models import MentorshipState, Part, Participant, Program
from lti_mentor.paging import SIZE, page_of
from lti_mentor.people.models import Person
from lti_mentor.practice.models import WorkState
from lti_mentor.web.program import MOST_LISTED
from tests import builders
from tests.web.pages import House, Page
from tests.web.stage import Stage, stage

MORE = SIZE + 10


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def learners(s: Stage, many: int) -> list[Person]:
    found = [
        builders.person(s.session, s.tenant, f"Ученик {n:03}") for n in range(many)
    ]
    for one in found:
        builders.member(s.session, s.course, one)
    return found


def taking_part(s: Stage, many: int, part: Part = Part.MENTEE) -> Program:
    program = s.program()
    for one in learners(s, many):
        builders.participant(s.session, program, one, part)
    return program


def listed(page: Page, label: str) -> str:
    found = page.soup.select_one(f'nav[aria-label="{label}"] span')
    return found.text if found else ""


@pytest.mark.parametrize(
    ("asked", "number", "rows"),
    [(1, 1, 3), (2, 2, 3), (3, 3, 1), (9, 3, 1), (-1, 1, 3)],
)
def test_a_page_beyond_the_end_is_the_last_one(
    s: Stage, asked: int, number: int, rows: int
) -> None:
    people = learners(s, 7)
    query = select(Person).where(Person.id.in_([one.id for one in people]))

    found = page_of(s.session, query.order_by(Person.name), asked, size=3)

    assert (found.number, found.pages, found.total, len(found.rows)) == (
        number,
        3,
        7,
        rows,
    )


def test_an_empty_list_has_one_page(s: Stage) -> None:
    found = page_of(s.session, select(Person).where(Person.id < 0), 4)

    assert (found.rows, found.total, found.number, found.pages) == ([], 0, 1, 1)


def test_the_board_goes_on_where_its_first_page_ended(s: Stage) -> None:
    program = s.program()
    for one in learners(s, MORE):
        builders.participant(s.session, program, one, Part.MENTEE)
        pair = builders.mentorship(
            s.session, program, s.max, one, MentorshipState.ACTIVE
        )
        s.work(WorkState.PRACTISING, program, pair, one)
    iris, label = s.as_("iris"), "Learners and their practice"

    first, second = iris.get("/board"), iris.get("/board?page=2")

    assert listed(first, label) == f"1 to {SIZE} of {MORE}"
    assert listed(second, label) == f"{SIZE + 1} to {MORE} of {MORE}"
    rows = [
        {cell.text for cell in page.soup.select("tbody th a")}
        for page in (first, second)
    ]
    assert [len(one) for one in rows] == [SIZE, MORE - SIZE]
    assert not rows[0] & rows[1]


@pytest.mark.parametrize("asked", ["0", "-3", "²", "words", "99999999999"])
def test_a_page_that_is_no_number_is_the_first(s: Stage, asked: str) -> None:
    program = taking_part(s, MORE)

    page = s.as_("iris").get(f"/programs/{program.public_id}?learners={asked}")

    assert listed(page, "Learners") == f"1 to {SIZE} of {MORE}"


def test_each_list_of_a_program_is_paged_by_itself(s: Stage) -> None:
    program = taking_part(s, MORE)
    for n in range(MORE):
        mentor = builders.person(s.session, s.tenant, f"Наставник {n:03}")
        builders.participant(s.session, program, mentor, Part.MENTOR)

    page = s.as_("iris").get(f"/programs/{program.public_id}?mentors=2")

    assert listed(page, "Who could mentor") == f"{SIZE + 1} to {MORE} of {MORE}"
    assert listed(page, "Learners") == f"1 to {SIZE} of {MORE}"
    assert "Наставник 059" in page.text
    assert "Наставник 001" not in page.text
    assert f"{MORE} learners, {MORE} mentors" in page.text


def test_the_next_page_of_a_list_begins_at_that_list(s: Stage) -> None:
    program = taking_part(s, MORE)

    page = s.as_("iris").get(f"/programs/{program.public_id}")

    onward = page.one('nav[aria-label="Learners"] [rel=next]')
    assert str(onward["href"]).endswith("?learners=2#learners")
    assert page.one("#learners").select("nav.pager")


def found_by(s: Stage, program: Program, called: str, status: int) -> Page:
    path = f"/programs/{program.public_id}/mentors/find"
    return s.as_("iris").post(path, status, called=called)


def test_among_many_people_a_mentor_is_named_by_a_part_of_their_name(
    s: Stage, house: House
) -> None:
    program = taking_part(s, MOST_LISTED + 1)

    page = found_by(s, program, "7 УЧЕНИК 07", 200)
    offered = page.soup.select("#person option")
    s.as_("iris").follow(
        f"/programs/{program.public_id}/mentors", person=str(offered[0]["value"])
    )

    assert [one.text for one in offered] == [
        "Ученик 007",
        *(f"Ученик {n:03}" for n in range(70, 80)),
    ]
    house.again()
    parts = s.session.scalars(
        select(Participant).where(Participant.endorsed_at.is_not(None))
    )
    assert [part.person.name for part in parts] == ["Ученик 007"]


@pytest.mark.parametrize("called", ["Никого", "", "   ", "%"])
def test_nobody_is_found_by_a_name_nobody_has(s: Stage, called: str) -> None:
    program = taking_part(s, MOST_LISTED + 1)

    page = found_by(s, program, called, 422)

    assert "Nobody of this course or an earlier one is called so." in page.text
    assert not page.soup.select("#person option")
