"""The example that a stranger runs first."""

import pytest

from lms_clients.__main__ import main
from tests.lms_clients import canvas_server, moodle_server
from tests.lms_clients.canvas_server import CanvasServer
from tests.lms_clients.moodle_server import MoodleServer


@pytest.fixture
def run(monkeypatch, capsys):
    def with_token(token: str, *arguments: str) -> list[str]:
        monkeypatch.setenv("LMS_TOKEN", token)
        main(arguments)
        return str(capsys.readouterr().out).splitlines()

    return with_token


def test_moodle_learners_are_printed_with_completion_and_skills(serve, run):
    url = serve(MoodleServer()).url

    lines = run(moodle_server.TOKEN, "moodle", url, "2")

    assert len(lines) == 56
    done = [line.split("\t") for line in lines if "100%" in line]
    assert len(done) == 21
    assert {state for _, state, _, _ in done} == {"complete"}
    assert {skills for _, _, _, skills in done if skills} == {"Conflict resolution"}


def test_canvas_learners_are_printed_with_completion_and_skills(serve, run):
    url = serve(CanvasServer()).url

    lines = run(canvas_server.TOKEN, "canvas", url, "5")

    assert lines == [
        "Ann Lee\tcomplete\t100%\tDebugging",
        "Ben Osei\tincomplete\t50%\t",
        "Carl Ito\tcomplete\t100%\t",
    ]


def test_a_course_without_rules_has_no_share(serve, run):
    url = serve(CanvasServer()).url

    lines = run(canvas_server.TOKEN, "canvas", url, "6")

    assert lines[1] == "Ben Osei\tno_rules\t\t"


def test_without_a_course_all_are_listed_with_what_is_lacking(serve, run):
    server = MoodleServer(withdrawn={"gradereport_user_get_grade_items"})

    lines = run(moodle_server.TOKEN, "moodle", serve(server).url)

    assert lines[0].startswith("Mentor Test Moodle (moodle 4.5.6")
    assert lines[1].startswith("lacks gradereport_user_get_grade_items for grades (")
    assert "2\tNegotiation Skills" in lines


def test_canvas_has_no_version_to_name(serve, run):
    lines = run(canvas_server.TOKEN, "canvas", serve(CanvasServer()).url)

    assert lines == ["127.0.0.1 (canvas)", "5\tNEG101", "6\tDATA201"]


def test_a_missing_right_ends_it_in_one_line(serve, run):
    server = MoodleServer(withdrawn={"core_enrol_get_enrolled_users"})

    with pytest.raises(SystemExit) as caught:
        run(moodle_server.TOKEN, "moodle", serve(server).url, "2")

    assert caught.value.code == (
        "Forbidden: core_enrol_get_enrolled_users: accessexception "
        "(lacks core_enrol_get_enrolled_users)"
    )


def test_completion_is_printed_where_skills_may_not_be_seen(serve, run):
    server = MoodleServer(withdrawn={"core_competency_list_course_competencies"})

    lines = run(moodle_server.TOKEN, "moodle", serve(server).url, "2")

    assert lines[0] == (
        "without skills: Forbidden: core_competency_list_course_competencies: "
        "accessexception (lacks core_competency_list_course_competencies)"
    )
    assert len([line for line in lines if "\tcomplete\t100%\t" in line]) == 21


def test_an_address_without_a_scheme_is_told_how_it_begins(run, capsys):
    with pytest.raises(SystemExit):
        run(moodle_server.TOKEN, "moodle", "moodle.example.edu")

    assert "begins with https:// or http://" in capsys.readouterr().err


def test_a_wrong_token_ends_it_in_one_line(serve, run):
    with pytest.raises(SystemExit) as caught:
        run("wr0ng", "canvas", serve(CanvasServer()).url)

    assert caught.value.code == "Unauthorized: GET /users/:id: answered 401"
