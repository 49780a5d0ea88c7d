"""Closing day: all open practice of a course, settled on one page (P26)."""

from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from tests.web.pages import House
from tests.web.stage import Stage, stage

W = WorkState


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def two(s: Stage) -> list[PracticeWork]:
    pair = s.couple()
    return [s.work(state, pair.program, pair) for state in (W.IN_REVIEW, W.PRACTISING)]


def states(house: House, works: list[PracticeWork]) -> list[WorkState]:
    house.again()
    return [work.state for work in works]


def ids(works: list[PracticeWork]) -> list[str]:
    return [str(work.public_id) for work in works]


def test_only_what_is_open_is_listed(s: Stage) -> None:
    works = two(s)
    pair = works[0].mentorship
    assert pair is not None
    done = s.work(W.COMPLETED, pair.program, pair)

    page = s.as_("iris").get("/closing")

    listed = {str(box["value"]) for box in page.soup.select("[name=work]")}
    assert listed == set(ids(works))
    assert str(done.public_id) not in listed
    assert "1 mentorship goes on after the course" in page.text


@pytest.mark.parametrize(
    ("do", "after"),
    [("settle", W.COMPLETED), ("excuse", W.EXCUSED)],
)
def test_all_chosen_are_closed_at_once(
    house: House, s: Stage, do: str, after: WorkState
) -> None:
    works = two(s)

    s.as_("iris").follow("/closing", work=ids(works), do=do)

    assert states(house, works) == [after, after]


def test_more_time_needs_a_day_that_is_still_to_come(house: House, s: Stage) -> None:
    works = two(s)
    iris = s.as_("iris")
    later = (now() + timedelta(days=30)).date()

    none = iris.post("/closing", 422, work=ids(works), do="extend")
    past = iris.post("/closing", 422, work=ids(works), do="extend", until="2020-01-01")
    iris.follow("/closing", work=ids(works), do="extend", until=later.isoformat())

    assert none.errors()
    assert past.errors()
    house.again()
    assert {work.due_at.date() for work in works if work.due_at} == {later}


def test_what_waits_for_a_mentor_comes_to_the_instructor(
    house: House, s: Stage
) -> None:
    works = two(s)

    s.as_("iris").follow("/closing", work=ids(works), do="verify")

    house.again()
    assert [work.turn for work in works] == [Turn.INSTRUCTOR, Turn.LEARNER]


def test_what_was_closed_meanwhile_stays(house: House, s: Stage) -> None:
    works = two(s)
    iris = s.as_("iris")
    iris.follow("/closing", work=ids(works)[:1], do="excuse")

    iris.follow("/closing", work=ids(works), do="settle")

    assert states(house, works) == [W.EXCUSED, W.COMPLETED]


@pytest.mark.parametrize("who", ["tess", "lea", "max", "ada"])
def test_only_an_instructor_closes(house: House, s: Stage, who: str) -> None:
    works = two(s)
    visitor = s.as_(who)

    visitor.get("/closing", 403)
    visitor.post("/closing", 403, work=ids(works), do="settle")

    assert states(house, works) == [W.IN_REVIEW, W.PRACTISING]
