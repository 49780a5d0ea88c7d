"""A copied course: its own practice and program; nobody and no grade comes along."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.mentoring.models import Part, Program
from lti_mentor.people.models import Context, Membership, Person, ResourceLink, Role
from lti_mentor.practice import briefs
from lti_mentor.practice.models import PracticeAssignment, PracticeBrief
from tests import builders


@pytest.fixture
def brief(session: Session) -> PracticeBrief:
    tenant = builders.registration(session)
    course = builders.context(session, tenant, family="NEG101")
    iris = builders.person(session, tenant, "Iris")
    program = builders.program(session, course, iris, weeks=9)
    max_ = builders.person(session, tenant, "Max")
    builders.participant(session, program, max_, Part.MENTOR)
    placed = builders.assignment(session, program, course, iris, title="Listen")
    placed.brief.due_at = now() - timedelta(days=1)
    return placed.brief


@pytest.fixture
def copy(session: Session, brief: PracticeBrief) -> Context:
    return builders.context(session, brief.context.registration, title="Copy")


def teach(session: Session, course: Context) -> Person:
    who = builders.person(session, course.registration, "Ivo")
    session.add(Membership(context=course, person=who, role=Role.INSTRUCTOR))
    session.flush()
    return who


def open_in(
    session: Session, course: Context, brief: PracticeBrief, link: str = "new"
) -> PracticeAssignment | None:
    place = ResourceLink(context=course, lti_id=link)
    session.add(place)
    session.flush()
    return briefs.place(session, place, str(brief.public_id), None)


def test_a_copied_course_asks_the_same_in_a_program_of_its_own(
    session: Session, brief: PracticeBrief, copy: Context
) -> None:
    teacher = teach(session, copy)

    placed = open_in(session, copy, brief)

    assert placed is not None
    assert (placed.brief.title, placed.brief.due_at) == ("Listen", None)
    own = placed.brief.program
    assert own is not brief.program
    assert (own.coordinator, own.weeks) == (teacher, 9)
    assert [row.context for row in own.audience] == [copy]
    assert copy.family == "NEG101"
    assert placed.deep_link == str(brief.public_id)


def test_two_practices_of_a_copied_course_share_its_program(
    session: Session, brief: PracticeBrief, copy: Context
) -> None:
    teach(session, copy)

    one, two = (open_in(session, copy, brief, link) for link in ("a", "b"))

    assert one is not None
    assert two is not None
    assert one.brief.program is two.brief.program
    assert session.query(Program).count() == 2


def test_where_nobody_teaches_yet_nothing_is_placed(
    session: Session, brief: PracticeBrief, copy: Context
) -> None:
    assert open_in(session, copy, brief) is None
    assert session.query(PracticeAssignment).count() == 1


def test_in_its_own_course_a_second_link_asks_the_same(
    session: Session, brief: PracticeBrief
) -> None:
    placed = open_in(session, brief.context, brief)

    assert placed is not None
    assert placed.brief is brief


def test_what_an_abandoned_dialog_left_goes_after_a_month(
    session: Session, brief: PracticeBrief
) -> None:
    def left(days: int, *, is_linked: bool) -> PracticeBrief:
        made = now() - timedelta(days=days)
        row = PracticeBrief(
            program=brief.program,
            context=brief.context,
            created_by_id=brief.created_by_id,
            title=f"{days}",
            created_at=made,
            linked_at=made if is_linked else None,
        )
        session.add(row)
        return row

    left(31, is_linked=False)
    kept = [left(31, is_linked=True), left(29, is_linked=False), brief]
    brief.created_at = now() - timedelta(days=99)
    session.flush()

    briefs.sweep(session)

    assert set(session.query(PracticeBrief)) == set(kept)
