"""People are called something on every page, whatever the LMS tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.people.models import Person
from lti_mentor.practice.models import WorkState
from lti_mentor.web.names import END, ISOLATE, initials, named
from tests.web.pages import House
from tests.web.stage import stage

ODD = [
    'Seán O\'Brien-"Óg"',
    "نور الدين",
    "🎓 Kim",
    "<b>Bobby</b> & Söhne",
    "李",
    "x" * 255,
]


@pytest.mark.parametrize("name", ODD)
def test_a_name_survives_on_every_page(house: House, name: str) -> None:
    s = stage(house)
    couple = s.couple()
    s.lea.name = name
    work = s.work(WorkState.IN_REVIEW, couple.program, couple)
    visits = [
        ("iris", "/board"),
        ("iris", f"/programs/{couple.program.public_id}"),
        ("max", "/turn"),
        ("max", "/mine"),
        ("max", f"/mentorships/{couple.public_id}"),
        ("max", f"/review/{work.public_id}"),
        ("zoya", "/accompanied"),
    ]
    seen = {who: s.as_(who) for who, _ in visits}

    for who, path in visits:
        said = seen[who].get(path).text
        assert name in said.replace(ISOLATE, "").replace(END, ""), path


def test_who_came_without_a_name_is_told_apart_from_another(house: House) -> None:
    s = stage(house)
    program = s.program()
    s.joined(program, "lea", "sam")
    s.lea.name = s.sam.name = ""

    page = s.as_("iris").get(f"/programs/{program.public_id}")

    labels = {f"Person {str(one.public_id)[:4].upper()}" for one in (s.lea, s.sam)}
    assert len(labels) == 2
    assert all(label in page.text for label in labels)


def test_everybody_may_be_nameless(house: House) -> None:
    s = stage(house)
    couple = s.couple()
    s.work(WorkState.IN_REVIEW, couple.program, couple)
    for person in s.people.values():
        person.name = "  "
    visits = [("iris", "/board"), ("max", "/mine"), ("lea", "/mentorship")]
    seen = {who: s.as_(who) for who, _ in visits}

    for who, path in visits:
        page = seen[who].get(path)
        assert "Person " in page.text
        assert page.one(".menu-who").text.startswith("Signed in as Person ")


def test_a_name_from_right_to_left_turns_no_other_words() -> None:
    assert named(Person(name="نور")) == f"{ISOLATE}نور{END}"
    assert named(Person(name="Nour")) == "Nour"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("Ada", "A"),
        ("Ada King Lovelace", "AL"),
        ("🎓 Kim", "K"),
        ("'t Hooft", "tH"),
        ("", ""),
        ("🎓", ""),
        (f"{ISOLATE}نور الدين{END}", "نا"),
    ],
)
def test_a_round_picture_shows_letters_only(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=50))
def test_any_name_has_at_most_two_letters(name: str) -> None:
    assert len(initials(name)) <= 2
