"""Where the tool is used and what fails: numbers, filters, the worst first."""

import pytest

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring.models import ProgramState
from lti_mentor.people.models import Role
from lti_mentor.reports import usage
from lti_mentor.sync.models import SyncRun, SyncState
from tests import builders
from tests.web.pages import House
from tests.web.stage import Stage, stage


@pytest.fixture
def s(house: House) -> Stage:
    return stage(house)


def failing(s: Stage, state: DeliveryState) -> None:
    done = Activity(
        registration_id=s.tenant.id,
        context_id=s.course.id,
        verb=Verb.SCORED,
        object_type="practice_work",
        object_id=s.lea.public_id,
    )
    s.session.add(done)
    s.told(done, Destination.AGS, state)
    s.session.flush()


def row(s: Stage) -> usage.CourseUse:
    found = usage.by_course(s.session, s.tenant)
    return next(one for one in found if one.course.id == s.course.id)


def test_a_course_is_told_in_numbers(s: Stage) -> None:
    before = row(s)
    builders.member(
        s.session, s.course, builders.person(s.session, s.tenant, "Ж", is_test=True)
    )
    gone = builders.member(
        s.session, s.course, builders.person(s.session, s.tenant, "Г")
    )
    gone.is_active = False
    s.program()
    s.program(state=ProgramState.DRAFT)
    for state in DeliveryState:
        failing(s, state)
    read = [(SyncState.DONE, now()), (SyncState.FAILED, now())]
    for how, at in read:
        s.session.add(SyncRun(context_id=s.course.id, state=how, finished_at=at))
        s.session.flush()
    s.as_("lea")

    found = row(s)

    assert (found.learners, found.staff) == (before.learners, before.staff)
    assert found.staff == 2
    assert found.programs == (ProgramState.RUNNING, ProgramState.DRAFT)
    assert found.failing == 2
    assert (found.read_as, found.read_at) == (SyncState.FAILED, read[1][1])
    assert (before.last_seen, found.last_seen is None) == (None, False)
    assert (before.has_trouble, found.has_trouble) == (False, True)


def test_nothing_of_another_organisation_is_counted(s: Stage) -> None:
    far = builders.registration(s.session)
    theirs = builders.context(s.session, far, title="Далеко")
    builders.member(
        s.session, theirs, builders.person(s.session, far, "Д"), Role.LEARNER
    )

    titles = {one.course.title for one in usage.by_course(s.session, s.tenant)}

    assert s.course.title in titles
    assert titles.isdisjoint({"Далеко", s.hub.title})


def test_courses_that_need_a_look_come_first_and_can_be_filtered(s: Stage) -> None:
    quiet = builders.context(s.session, s.tenant, title="Б спокойно")
    failing(s, DeliveryState.DEAD)
    builders.program(s.session, quiet, s.iris)
    ada = s.as_("ada")

    names = {
        wanted: [
            cell.text.strip()
            for cell in ada.get(f"/usage?show={wanted}").soup.select("tbody th")
        ]
        for wanted in ("", "trouble", "running", "none", "waiting", "nonsense")
    }

    here = s.course.title
    assert names[""] == names["nonsense"] == [here, "Б спокойно"]
    assert (names["trouble"], names["running"]) == ([here], ["Б спокойно"])
    assert (names["none"], names["waiting"]) == ([here], [])


def test_an_organisation_admin_sees_no_learner_there(s: Stage) -> None:
    s.couple()

    page = s.as_("ada").get("/usage")

    assert not [p.name for p in (s.lea, s.max, s.iris) if p.name in page.text]


def test_a_list_costs_the_same_for_one_course_and_for_many(s: Stage) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    engine = s.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    usage.by_course(s.session, s.tenant)
    once = len(asked)
    for _ in range(5):
        builders.program(s.session, builders.context(s.session, s.tenant), s.iris)
    asked.clear()

    usage.by_course(s.session, s.tenant)

    assert len(asked) == once
