"""What somebody may here, from the roles of their launch to the page they see."""

import logging
import re

import pytest
from sqlalchemy import select

from lti_mentor.mentoring import candidates, wishes
from lti_mentor.mentoring.models import Part, Program
from lti_mentor.people.models import Context, Membership, Person, Role
from lti_mentor.practice import overview
from lti_mentor.practice.models import (
    PracticeAssignment,
    PracticeWork,
    Turn,
    WorkState,
)
from lti_mentor.sync import roster
from lti_mentor.sync.models import SyncRun
from tests import builders
from tests.platform import INSTRUCTOR, LEARNER, NRPS, ROLE, Platform
from tests.tool import Signed, Tool, code_of
from tests.web.pages import Page, parse

TEACHES_ELSEWHERE = f"{ROLE}institution/person#Instructor"
INSTITUTION_ADMIN = f"{ROLE}institution/person#Administrator"
TEST_STUDENT = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
ASSISTANT = f"{ROLE}membership/Instructor#TeachingAssistant"
OBSERVER = f"{ROLE}membership#Mentor"
DESIGNER = f"{ROLE}membership#ContentDeveloper"
ACTING = {"canvas_masquerading_user_id": "admin-9"}
"""Canvas says who acts as somebody else, in its student view as well."""
HUB = {"id": "1", "title": "Campus", "type": ["Group"]}


def see(tool: Tool, who: Signed, path: str = "/home", status: int = 200) -> Page:
    """Open a page of somebody's session."""
    answer = tool.browser.get(f"/s/{who.handle}{path}", headers=who.headers)
    assert answer.status_code == status, answer.text
    return parse(answer)


def at(page: Page) -> str:
    """Return which page of the bar this is."""
    return str(page.one("nav [aria-current=page]")["href"]).rpartition("/")[2]


def send(tool: Tool, who: Signed, path: str, **form: str) -> int:
    answer = tool.browser.post(f"/s/{who.handle}{path}", headers=who.headers, data=form)
    return answer.status_code


def a_program(tool: Tool) -> None:
    """Let a program run in the course of the last launch."""
    with tool.session() as session:
        course = session.scalars(select(Context)).one()
        iris = builders.person(session, course.registration, "Iris")
        builders.member(session, course, iris, Role.INSTRUCTOR)
        builders.program(session, course, iris)


def test_a_learner_who_teaches_elsewhere_is_a_learner(tool: Tool):
    signed = tool.sign_in(roles=[LEARNER, TEACHES_ELSEWHERE])

    assert at(see(tool, signed)) == "mentorship"
    see(tool, signed, "/board", 403)


def test_who_administers_the_institution_grades_in_no_course(tool: Tool):
    signed = tool.sign_in(roles=[INSTITUTION_ADMIN])

    see(tool, signed, "/board", 403)
    assert send(tool, signed, "/programs/new", name="a") == 403


def test_an_assistant_whom_canvas_also_calls_instructor_is_one(tool: Tool):
    signed = tool.sign_in(roles=[INSTRUCTOR, ASSISTANT])

    assert at(see(tool, signed)) == "board"
    assert send(tool, signed, "/programs/new", name="a") == 403


@pytest.mark.parametrize("roles", [[DESIGNER], [], [f"{ROLE}membership#Member"]])
def test_who_is_neither_sees_a_calm_page(tool: Tool, roles: list[str]):
    signed = tool.sign_in(roles=roles)

    page = see(tool, signed)

    assert "You look around here." in page.text
    assert page.actions() == []
    see(tool, signed, "/board", 403)


@pytest.mark.parametrize("named", ["lea-sub", "lea-of-lti-1-1"])
def test_an_observer_sees_those_the_lms_names_and_nobody_else(tool: Tool, named: str):
    tool.sign_in()
    a_program(tool)
    with tool.session() as session:
        course = session.scalars(select(Context)).one()
        lea, max_ = (
            builders.person(session, course.registration, name, sub=f"{key}-sub")
            for key, name in (("lea", "Lea Learner"), ("max", "Max Stranger"))
        )
        lea.legacy_id = "lea-of-lti-1-1"
        program = session.scalars(select(Program)).one()
        placed = builders.assignment(session, program, course, lea, title="Listen")
        for one in (lea, max_):
            builders.member(session, course, one)
            session.add(a_work(placed, one))

    signed = tool.sign_in(sub="parent", roles=[OBSERVER], role_scope_mentor=[named])
    page = see(tool, signed)

    assert at(page) == "accompanied"
    assert "Lea Learner" in page.text
    assert "Listen" in page.text
    assert "Max Stranger" not in page.text
    assert "Lena Learner" not in page.text
    assert page.actions() == []
    assert "Your LMS says that you accompany these learners" in page.text
    see(tool, signed, "/board", 403)


def a_work(placed: PracticeAssignment, learner: Person) -> PracticeWork:
    state, turn = WorkState.PLANNING, Turn.LEARNER
    return PracticeWork(assignment=placed, learner=learner, state=state, turn=turn)


def test_an_observer_of_nobody_is_told_so(tool: Tool):
    signed = tool.sign_in(sub="parent", roles=[OBSERVER])

    assert "There is nobody here to accompany yet." in see(tool, signed).text


def test_nobody_else_names_whom_they_see(tool: Tool):
    signed = tool.sign_in(roles=[LEARNER], role_scope_mentor=["anybody"])

    see(tool, signed, "/accompanied", 403)


def test_a_roster_does_not_demote_who_teaches_without_editing(tool: Tool):
    signed = tool.sign_in(roles=[INSTRUCTOR])

    with tool.session() as session:
        course = session.scalars(select(Context)).one()
        said = roster.Entry(sub="learner-1", role=Role.LEARNER, name="Lena Learner")
        roster.keep(session, course, [said])

        assert session.scalars(select(Membership.role)).all() == [Role.INSTRUCTOR]
        assert overview.not_begun(session, course).rows == []
    assert at(see(tool, signed)) == "board"


def test_rights_taken_back_end_the_older_session_at_the_next_launch(tool: Tool):
    before = tool.sign_in(roles=[INSTRUCTOR])
    next_door = tool.sign_in(roles=[INSTRUCTOR], context={"id": "course-2"})

    after = tool.sign_in(roles=[LEARNER])

    see(tool, before, status=401)
    assert at(see(tool, next_door)) == "board"
    assert at(see(tool, after)) == "mentorship"


def test_who_acts_as_somebody_else_looks_and_changes_nothing(
    tool: Tool, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)

    signed = tool.sign_in(custom=ACTING)

    page = see(tool, signed)
    assert "You are looking at this as somebody else" in page.text
    assert len(page.soup.select("fieldset[disabled] form")) == 1
    assert len(page.actions()) == 1
    answer = tool.browser.post(f"/s/{signed.handle}/interest", headers=signed.headers)
    logged = caplog.text
    assert (answer.status_code, code_of(answer)) == (403, "session.read_only")
    assert re.search(r"code=launch.accepted .* reason=acted_by:[0-9a-f]{16} ", logged)
    assert "admin-9" not in logged
    with tool.session() as session:
        assert session.scalars(select(Person.last_seen)).all() == [None]


def test_the_test_student_clicks_through_and_is_on_no_list(tool: Tool):
    student = tool.sign_in(roles=[LEARNER, TEST_STUDENT], custom=ACTING)
    assert send(tool, student, "/interest") == 303
    a_program(tool)
    with tool.session() as session:
        me = session.scalars(select(Person).where(Person.is_test)).one()
        course = session.scalars(select(Context)).one()
        program = session.scalars(select(Program)).one()
        placed = builders.assignment(session, program, course, program.coordinator)
        work = a_work(placed, me)
        session.add(work)
        session.flush()
        path = f"/work/{work.public_id}"
        join = f"/join/{program.public_id}"

    planned = send(tool, student, f"{path}/plan", occasion="a", action="b")
    joined = send(tool, student, join, consent="yes")

    assert (planned, joined) == (303, 303)
    with tool.session() as session:
        course = session.scalars(select(Context)).one()
        program = session.scalars(select(Program)).one()
        assert wishes.count(session, course) == 0
        assert wishes.who_said_so(session, program, Part.MENTEE) == []
        assert candidates.demand(session, program) == []
        assert overview.works(session, course).rows == []
        assert len(overview.tried_out(session, course)) == 1
        assert overview.not_begun(session, course).rows == []
    assert "Your plan waits for an answer." in see(tool, student, "/mentorship").text


def test_the_hub_is_read_by_nobody_and_gives_nobody_a_course(
    tool: Tool, platform: Platform
):
    services = {NRPS: {"context_memberships_url": f"{platform.url}/members"}}

    signed = tool.sign_in(roles=[INSTRUCTOR], context=HUB, **services)

    assert at(see(tool, signed)) == "mine"
    see(tool, signed, "/board", 403)
    with tool.session() as session:
        assert session.scalars(select(SyncRun)).all() == []
        assert session.scalars(select(Membership)).all() == []


@pytest.mark.parametrize(("section", "listed"), [("42", True), ("43", False)])
def test_an_assistant_limited_to_a_section_sees_its_people_only(
    tool: Tool, *, section: str, listed: bool
):
    tool.sign_in(roles=[LEARNER], custom={"canvas_section_ids": "41, 42"})
    a_program(tool)
    with tool.session() as session:
        program = session.scalars(select(Program)).one()
        place = program.audience[0].context
        builders.assignment(session, program, place, program.coordinator)
    limited = {"canvas_section_ids": section, "canvas_section_restricted": "true"}

    tess = tool.sign_in(
        sub="tess", name="Tess", roles=[INSTRUCTOR, ASSISTANT], custom=limited
    )
    board = see(tool, tess)

    assert "You see the people of your own sections" in board.text
    assert ("Lena Learner" in board.text) == listed


def test_an_accounts_page_is_setup_for_admins_and_the_hub_for_others(tool: Tool):
    account = {"id": "acc", "title": "School", "type": ["Account"]}

    learner = tool.sign_in(sub="a", roles=[LEARNER], context=account)
    admin = tool.sign_in(sub="b", roles=[INSTITUTION_ADMIN], context=account)

    assert at(see(tool, learner)) == "mine"
    assert at(see(tool, admin)) == "setup"
