"""What people see of Canvas: complete, named and accessible pages."""

import pytest
import requests
from bs4 import BeautifulSoup

import lti_mentor.demo
from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from tests.demo.canvas.browser import Visitor
from tests.demo.canvas.tool import Tool, practice

PAGES = [
    ("", "/"),
    ("Lena Ortiz", "/"),
    ("Lena Ortiz", "/courses/11"),
    ("Lena Ortiz", "/courses/11/assignments"),
    ("Lena Ortiz", "/courses/11/assignments/2"),
    ("Lena Ortiz", "/courses/11/grades"),
    ("Lena Ortiz", "/courses/11/external_tools/1"),
    ("Lena Ortiz", "/users/101/external_tools/1"),
    ("Lena Ortiz", "/calendar"),
    ("Lena Ortiz", "/conversations"),
    ("Ines Keller", "/courses/11/users"),
    ("Ines Keller", "/courses/11/settings"),
    ("Ines Keller", "/courses/11/assignments/new"),
    ("Ines Keller", "/courses/11/gradebook"),
    (
        "Ines Keller",
        "/courses/11/gradebook/speed_grader?assignment_id=1&student_id=101",
    ),
    ("Ada Admin", "/accounts/1"),
    ("Ada Admin", "/accounts/1/developer_keys"),
    ("Ada Admin", "/accounts/1/settings/configurations"),
    ("Ada Admin", "/accounts/1/apps"),
    ("Ada Admin", "/accounts/1/apps?url=http://localhost:9/register"),
    ("Ada Admin", "/accounts/1/apps/10000000000001"),
    ("Ada Admin", "/accounts/1/external_tools/1"),
]


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_every_page_is_complete(campus: Campus, name: str, path: str):
    answer = Visitor(campus, name).see(path)

    page = BeautifulSoup(answer.text, "html.parser")
    ids = [tag["id"] for tag in page.select("[id]")]
    fields = page.select("input:not([type=hidden]), textarea, select")
    assert answer.status_code == 200
    assert page.html and page.html["lang"]
    assert page.title and page.title.text
    assert len(page.select("h1")) == 1
    assert len(ids) == len(set(ids))
    for field in fields:
        assert field.find_parent("label") or page.select(f"label[for={field['id']}]")
    assert all(frame["title"] for frame in page.select("iframe"))


def test_a_learner_hands_in_and_a_teacher_grades(campus: Campus):
    lena, ines = Visitor(campus, "Lena Ortiz"), Visitor(campus, "Ines Keller")
    lena.do("/courses/11/assignments/5/submissions", body="My deal")
    query = "assignment_id=5&student_id=101"

    before = ines.see(f"/courses/11/gradebook/speed_grader?{query}").text
    ines.do(
        "/courses/11/gradebook/speed_grader",
        assignment_id="5",
        student_id="101",
        score="91.5",
        comment="Clear",
    )

    grades = lena.see("/courses/11/grades").text
    assert "My deal" in before
    assert "91.5" in ines.see("/courses/11/gradebook").text
    assert "91.5" in grades
    assert "Clear" in grades


def test_speed_grader_opens_what_the_tool_sent(
    campus: Campus, canvas: Institution, tool: Tool
):
    with canvas.store.change():
        assignment = create_assignment(
            canvas, 11, canvas.world.tools[1], practice(), {"points": 20.0, "title": ""}
        )
    evidence = tool.url + "/lti/launch?evidence=12"
    tool.services().post(
        f"{campus.canvas.url}/api/lti/courses/11/line_items/1/scores",
        json={
            "userId": "101",
            "timestamp": "2026-11-20T10:00:00Z",
            "activityProgress": "Completed",
            "gradingProgress": "PendingManual",
            "https://canvas.instructure.com/lti/submission": {
                "submission_type": "basic_lti_launch",
                "submission_data": evidence,
            },
        },
    )

    fields = Visitor(campus, "Ines Keller").launch_fields(
        "/courses/11/gradebook/speed_grader"
        f"?assignment_id={assignment.id}&student_id=101"
    )

    assert fields["target_link_uri"] == evidence


def test_a_deleted_assignment_is_gone_everywhere(
    campus: Campus, canvas: Institution, tool: Tool
):
    with canvas.store.change():
        assignment = create_assignment(
            canvas, 11, canvas.world.tools[1], practice(), {"points": 20.0, "title": ""}
        )
    teacher = Visitor(campus, "Ines Keller")

    teacher.do(f"/courses/11/assignments/{assignment.id}/delete")

    item = f"{campus.canvas.url}/api/lti/courses/11/line_items/1"
    assert teacher.see(f"/courses/11/assignments/{assignment.id}").status_code == 404
    assert tool.services().get(item).status_code == 404


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("Lena Ortiz", "/courses/13", 401),
        ("Lena Ortiz", "/courses/99", 404),
        ("Lena Ortiz", "/courses/11/gradebook", 401),
        ("Lena Ortiz", "/courses/11/assignments/new", 401),
        ("Lena Ortiz", "/users/102/external_tools/1", 404),
        ("Lena Ortiz", "/courses/11/external_tools/9", 404),
        ("Lena Ortiz", "/courses/11/assignments/999", 404),
        ("Ines Keller", "/accounts/1/apps/10000000000001", 401),
        ("Ada Admin", "/accounts/1/apps/9", 404),
    ],
)
def test_pages_are_for_whom_they_are(campus: Campus, name: str, path: str, status: int):
    assert Visitor(campus, name).see(path).status_code == status


def test_strangers_choose_who_they_are_first(campus: Campus):
    answer = Visitor(campus).see("/courses/11")

    assert "Who do you want to be?" in answer.text
    assert "%2Fcourses%2F11" in answer.text or "next=/courses/11" in answer.text


def test_the_session_cookie_may_travel_into_frames(campus: Campus):
    with requests.Session() as web:
        answer = web.post(campus.canvas.url + "/become/101", allow_redirects=False)

    cookie = answer.headers["Set-Cookie"]
    assert "SameSite=None" in cookie
    assert "Secure" in cookie


def test_a_tab_can_be_hidden_until_a_teacher_wants_it(
    campus: Campus, canvas: Institution
):
    for one in canvas.world.tools[1].settings["placements"]:
        one["default"] = "disabled"
    lena, ines = Visitor(campus, "Lena Ortiz"), Visitor(campus, "Ines Keller")
    tab = 'href="/courses/11/external_tools/1"'

    before = lena.see("/courses/11").text
    ines.do("/courses/11/settings/1")

    assert tab not in before
    assert tab in lena.see("/courses/11").text
    assert tab not in lena.see("/courses/12").text
    assert ines.do("/courses/11/settings/9").status_code == 404


def test_a_full_window_launch_names_the_way_back(campus: Campus, tool: Tool):
    visitor = Visitor(campus, "Lena Ortiz")
    wanted = f"/courses/11/external_tools/retrieve?url={tool.url}/lti/launch"

    fields = visitor.launch_fields(wanted)

    assert "full_win_launch_requested=1" in fields["target_link_uri"]
    back = f"platform_redirect_url={campus.canvas.url}/courses/11/"
    assert back in fields["target_link_uri"]
    foreign = "/courses/11/external_tools/retrieve?url=https://evil.example/x"
    assert visitor.see(foreign).status_code == 404


def test_everything_survives_a_restart(tmp_path, tool: Tool):
    with lti_mentor.demo.start(tool.url, tmp_path) as campus:
        client = campus.platforms[-1]["client_id"]
        Visitor(campus, "Ines Keller").do(
            "/courses/11/assignments", title="Kept", action="publish"
        )

    with lti_mentor.demo.start(tool.url, tmp_path) as campus:
        page = Visitor(campus, "Lena Ortiz").see("/courses/11/assignments").text

    assert "Kept" in page
    assert campus.platforms[-1]["client_id"] == client
