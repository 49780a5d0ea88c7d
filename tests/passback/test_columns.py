"""Where a platform names no column, ours is looked for first and made once."""

from contextlib import suppress

import pytest

from lti_mentor.activity.models import DeliveryState
from lti_mentor.db import transaction
from lti_mentor.errors import Outside as Failed
from lti_mentor.passback import service
from lti_mentor.people.models import Context
from lti_mentor.platforms.models import LMSKind
from lti_mentor.practice.models import PracticeAssignment, PracticeWork
from tests.passback.conftest import Course
from tests.passback.lms import Outside

SENT, DEAD, SKIPPED = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SKIPPED


@pytest.fixture
def bare(course: Course, outside: Outside) -> Course:
    """A course whose platform tells where columns are made, and names none."""
    course.set(lms_kind=LMSKind.OTHER)
    with course.sessions() as session, transaction(session):
        work = session.get_one(PracticeWork, course.work_id)
        work.assignment.line_item = None
        work.assignment.context.lineitems_url = f"{outside.url}/items?type_id=2"
    return course


def assignment(course: Course) -> PracticeAssignment:
    with course.sessions() as session:
        found = session.get_one(PracticeWork, course.work_id).assignment
        _ = found.line_item, found.brief
        return found


def test_a_column_is_made_with_the_first_score_and_kept(
    bare: Course, outside: Outside
) -> None:
    given = [bare.score(40, final=False)]
    bare.send()
    given.append(bare.score(80))

    bare.send()

    assert [bare.delivery(one).state for one in given] == [SENT, SENT]
    (made,) = outside.columns
    kept = assignment(bare)
    assert made["resourceId"] == str(kept.public_id)
    assert (made["label"], made["scoreMaximum"], made["tag"]) == ("T", 100, "practice")
    assert kept.line_item is not None
    assert kept.line_item.url == made["id"]


def test_a_column_whose_making_was_never_answered_is_found_again(
    bare: Course, outside: Outside
) -> None:
    outside.loses_answers = 1
    given = bare.score(80)
    with suppress(Failed):
        bare.send()

    bare.send()

    assert bare.delivery(given).state is SENT
    assert len(outside.columns) == 1


def test_the_column_that_was_copied_with_its_course_is_taken(
    bare: Course, outside: Outside
) -> None:
    with bare.sessions() as session, transaction(session):
        work = session.get_one(PracticeWork, bare.work_id)
        work.assignment.deep_link = "the-original"
        link = work.assignment.resource_link.lti_id
    theirs = {"id": f"{outside.url}/items/3", "label": "T", "scoreMaximum": 100}
    named = {"resourceId": "the-original", "resourceLinkId": link}
    outside.columns = [theirs | named]
    bare.score(80)

    bare.send()

    kept = assignment(bare).line_item
    assert kept is not None
    assert kept.url == theirs["id"]
    assert len(outside.columns) == 1


def test_the_column_of_the_deep_link_is_taken(bare: Course, outside: Outside) -> None:
    placed = assignment(bare)
    theirs = {"id": f"{outside.url}/items/3", "label": "T", "scoreMaximum": 100}
    link = {"resourceId": str(placed.brief.public_id), "resourceLinkId": "1"}
    outside.columns = [theirs | link]
    bare.score(80)

    bare.send()

    kept = assignment(bare).line_item
    assert kept is not None
    assert kept.url == theirs["id"]
    assert len(outside.columns) == 1


def test_columns_of_other_activities_are_left_alone(
    bare: Course, outside: Outside
) -> None:
    name = str(assignment(bare).brief.public_id)
    theirs = {"id": f"{outside.url}/items/3", "label": "T", "scoreMaximum": 100}
    outside.columns = [
        theirs,
        theirs | {"resourceId": "another"},
        theirs | {"resourceId": name, "resourceLinkId": "another place"},
    ]
    bare.score(80)

    bare.send()

    kept = assignment(bare).line_item
    assert kept is not None
    assert kept.url == outside.columns[-1]["id"] != theirs["id"]


@pytest.mark.parametrize("kind", [LMSKind.MOODLE, LMSKind.CANVAS])
def test_where_launches_name_the_column_none_is_made_unasked(
    bare: Course, outside: Outside, kind: LMSKind
) -> None:
    bare.set(lms_kind=kind)
    given = bare.score(80)

    bare.send()

    assert bare.delivery(given).code == "ags.no_column"
    assert outside.columns == []


def test_a_course_that_lets_us_write_no_columns_gets_none(
    bare: Course, outside: Outside
) -> None:
    with bare.sessions() as session, transaction(session):
        course = session.query(Context).filter_by(lti_id="7").one()
        course.ags_scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    given = bare.score(80)

    bare.send()

    assert bare.delivery(given).state is SKIPPED
    assert outside.columns == []


def test_a_deleted_column_comes_back_only_when_somebody_asks(
    course: Course, outside: Outside
) -> None:
    with course.sessions() as session, transaction(session):
        place = session.query(Context).filter_by(lti_id="7").one()
        place.lineitems_url = f"{outside.url}/items"
    given = course.score(80)
    outside.status = 404
    course.send()
    outside.status = None
    course.send()
    gone = course.delivery(given)
    before = list(outside.columns)

    with course.sessions() as session, transaction(session):
        service.retry(session, session.merge(gone))
    course.send()

    assert (gone.state, gone.code, before) == (DEAD, "ags.column_gone", [])
    assert course.delivery(given).state is SENT
    assert len(outside.columns) == 1
