"""Done by grade, from the LMS's gradebook to the count that an instructor reads."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from lms_clients import Ability, Grade, LMSClient, Pace, connect
from lms_clients.transport import new_session
from lti_mentor.demo import Campus, start
from lti_mentor.demo.people import course_named
from lti_mentor.demo.world import World as Institution
from lti_mentor.people.models import Person
from lti_mentor.platforms.models import LMSKind
from lti_mentor.skills import done
from lti_mentor.skills.models import CourseCompletion, DoneKind, DoneRule
from lti_mentor.sync import service
from lti_mentor.sync.models import SyncState
from tests.builders import World


@pytest.fixture(scope="module")
def campus() -> Iterator[Campus]:
    """A campus where a course is graded and has no rule of completion."""
    with start(tool_url="http://localhost:5999") as campus:
        for kind in (LMSKind.MOODLE, LMSKind.CANVAS):
            without_rules(campus.world(kind))
        yield campus


def without_rules(institution: Institution) -> None:
    with institution.change():
        course = course_named(institution, "DATA201")
        course.criteria = []
        for activity in institution.activities.values():
            if activity.course == course.id:
                activity.completes = "none"


@pytest.fixture
def client(w: World, campus: Campus) -> Iterator[LMSClient]:
    """The LMS of the course's own kind, where the course is DATA201."""
    kind = w.tenant.lms_kind
    there = next(one for one in campus.platforms if one["lms_kind"] == kind)
    with new_session() as session:
        url, token = there["lms_url"], there["lms_token"]
        client = connect(kind, url, token, session=session, pace=Pace(parallel=4))
        named = {one.short_name: one.id for one in client.courses()}
        w.course.lms_id = named["DATA201"]
        w.session.commit()
        yield client


def by_grade(w: World, least: float) -> DoneRule:
    rule = done.say(w.session, w.course, w.iris, done.Said(DoneKind.GRADE, grade=least))
    w.session.commit()
    return rule


def who_is_done(w: World) -> set[str | None]:
    query = (
        select(Person.lms_user_id)
        .join(CourseCompletion, CourseCompletion.person_id == Person.id)
        .where(CourseCompletion.context_id == w.course.id, CourseCompletion.by_rule)
    )
    found = set(w.session.scalars(query))
    w.session.rollback()
    return found


def test_who_has_the_grade_in_the_gradebook_has_done_the_course(w, client):
    rule = by_grade(w, 0.6)

    assert service.read_course(w.session, w.course, client, None) is SyncState.DONE

    totals = [row for row in client.grades(w.course.lms_id or "") if row.is_total]
    enough = {
        row.person_id for row in totals if (row.score or 0) / row.maximum >= 0.6 - 1e-9
    }
    assert 0 < len(enough) < len(totals)
    assert who_is_done(w) == enough
    assert done.done_by(w.session, rule) == len(enough)


def test_a_grade_that_fell_in_the_lms_takes_it_back(w, lms):
    lms.completions = []
    lms.gradebook = [total("100", 80), total("101", 60), total("102", 59)]
    by_grade(w, 0.6)
    service.read_course(w.session, w.course, lms, None)
    assert who_is_done(w) == {"100", "101"}

    lms.gradebook = [total("100", 59), total("101", 60), total("102", 59)]
    service.read_course(w.session, w.course, lms, None)

    assert who_is_done(w) == {"101"}


def test_a_grade_that_was_taken_back_in_the_lms_counts_no_more(w, lms):
    lms.completions = []
    lms.gradebook = [total("100", 80), total("101", 60)]
    by_grade(w, 0.6)
    service.read_course(w.session, w.course, lms, None)

    lms.gradebook = [Grade("7", "100", "total", None, 100, is_total=True)]
    service.read_course(w.session, w.course, lms, None)

    assert who_is_done(w) == {"101"}


def test_only_the_total_of_a_course_that_is_out_of_something_counts(w, lms):
    lms.completions = []
    lms.gradebook = [
        Grade("7", "100", "1", 100, 100),
        Grade("7", "101", "total", 0, 0, is_total=True),
        Grade("7", "102", "total", None, 100, is_total=True),
    ]
    by_grade(w, 0.6)

    assert service.read_course(w.session, w.course, lms, None) is SyncState.DONE
    assert who_is_done(w) == set()


def test_a_gradebook_that_may_not_be_seen_leaves_who_is_done(w, lms):
    lms.completions = []
    lms.gradebook = [total("100", 80)]
    by_grade(w, 0.6)
    service.read_course(w.session, w.course, lms, None)

    lms.gradebook, lms.denied = [], {Ability.GRADES}
    service.read_course(w.session, w.course, lms, None)

    assert who_is_done(w) == {"100"}


def total(person_id: str, score: float) -> Grade:
    return Grade("7", person_id, "total", score, 100, is_total=True)
