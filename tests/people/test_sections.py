"""Sections: who sits where, and who sees only some of them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentor.people import sections
from lti_mentor.people.models import Context, Person, SectionSeat
from tests import builders


@pytest.fixture
def course(session: Session) -> Context:
    return builders.context(session, builders.registration(session))


@pytest.fixture
def people(session: Session, course: Context) -> tuple[Person, Person]:
    lea, max_ = (
        builders.person(session, course.registration, n) for n in ("Lea", "Max")
    )
    return lea, max_


def seats(session: Session, course: Context) -> set[tuple[str, str]]:
    query = (
        select(Person.name, SectionSeat.section)
        .join(Person, Person.id == SectionSeat.person_id)
        .where(SectionSeat.context_id == course.id)
    )
    return {(name, section) for name, section in session.execute(query)}


def seen(
    session: Session, course: Context, people: tuple[Person, ...], to: sections.Sections
) -> set[str]:
    condition = sections.within(Person.id, course, to)
    wanted = [person.id for person in people]
    query = select(Person.name).where(Person.id.in_(wanted), condition)
    return set(session.scalars(query))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, []),
        ({"canvas_section_ids": ""}, []),
        ({"canvas_section_ids": "42, 43"}, ["42", "43"]),
        ({"canvas_section_ids": " ,42,"}, ["42"]),
        ({"moodle_group_ids": "7"}, ["7"]),
    ],
)
def test_a_launch_names_the_sections_somebody_is_in(said, found):
    assert sections.of_launch(said) == found


@pytest.mark.parametrize(
    ("said", "seen_by"),
    [
        ({}, None),
        ({"canvas_section_ids": "42"}, None),
        ({"canvas_section_ids": "42", "canvas_section_restricted": "false"}, None),
        ({"canvas_section_ids": "42", "canvas_section_restricted": "true"}, {"42"}),
        ({"canvas_section_ids": "42", "canvas_section_restricted": "True"}, {"42"}),
        ({"canvas_section_restricted": "true"}, set()),
        ({"moodle_group_ids": "7"}, None),
    ],
)
def test_only_who_is_limited_sees_less_than_the_course(said, seen_by):
    assert sections.seen_by(said) == seen_by


def test_a_later_telling_replaces_the_seats_of_those_it_names(session, course, people):
    lea, max_ = people
    sections.keep(session, course, {lea.id: ["42", "43"], max_.id: ["43"]})

    sections.keep(session, course, {lea.id: ["44", "43", "43", ""]})

    assert seats(session, course) == {("Lea", "43"), ("Lea", "44"), ("Max", "43")}


def test_seats_belong_to_one_course(session, course, people):
    lea, _max = people
    other = builders.context(session, course.registration)
    sections.keep(session, course, {lea.id: ["42"]})

    sections.keep(session, other, {lea.id: []})

    assert seats(session, course) == {("Lea", "42")}
    assert seen(session, other, people, frozenset({"42"})) == set()


def test_a_list_is_kept_to_the_sections_somebody_sees(session, course, people):
    lea, max_ = people
    sections.keep(session, course, {lea.id: ["42"], max_.id: ["43"]})

    assert seen(session, course, people, None) == {"Lea", "Max"}
    assert seen(session, course, people, frozenset({"42"})) == {"Lea"}
    assert seen(session, course, people, frozenset({"42", "43"})) == {"Lea", "Max"}
    assert seen(session, course, people, frozenset()) == set()
