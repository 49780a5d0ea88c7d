"""Completion and grades of a Moodle: in bulk, and one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lms_clients import (
    Completion,
    Limits,
)
from lms_clients.moodle import client as moodle_client
from lms_clients.moodle import report
from tests.lms_clients.local_server import Reply
from tests.lms_clients.moodle_server import (
    FINISHED,
    SUSPENDED,
    TOKEN,
    UNFINISHED,
    MoodleServer,
    body,
    functions,
)

STATUS = "core_completion_get_course_completion_status"
GRADES = "gradereport_user_get_grade_items"
REPORT = "core_reportbuilder_retrieve_report"


def test_the_report_gives_what_asking_one_by_one_gives(moodle):
    bulk, bulk_server = moodle()
    single, single_server = moodle(time_zone="Europe/Madrid")

    from_report = {row.person_id: row.state for row in bulk.course_completions("2")}
    one_by_one = {row.person_id: row.state for row in single.course_completions("2")}

    # the report still knows the suspended, whom the single call refuses
    assert from_report.pop(SUSPENDED) is Completion.INCOMPLETE
    assert from_report == one_by_one
    assert len(from_report) == 55
    assert sum(state.is_done for state in from_report.values()) == 21
    assert functions(bulk_server).count(STATUS) <= 2
    assert functions(single_server).count(STATUS) > 50
    assert REPORT not in functions(single_server)


def test_the_report_is_read_once_for_all_courses(moodle):
    client, server = moodle()

    list(client.course_completions("2"))
    list(client.course_completions("2"))

    assert functions(server).count(REPORT) == 1


def test_a_report_named_by_the_admin_is_not_searched_for(moodle):
    client, server = moodle(report_id="2")

    list(client.course_completions("2"))

    assert "core_reportbuilder_list_reports" not in functions(server)
    assert REPORT in functions(server)


def other_report(**changes):
    answer = body("ws_core_reportbuilder_retrieve_report")
    return {"data": {**answer["data"], **changes}}


OTHER = {"id": 1, "source": "core_user\\reportbuilder\\datasource\\users"}
TOO_MUCH = ["x", "student20", "x", "NEG101", "x", "No", "444%", *[""] * 6]
GERMAN = ["x", "student20", "x", "NEG101", "x", "Ja", "44,4 %", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    "switches",
    [
        {"withdrawn": {"core_reportbuilder_list_reports"}},
        {"answers": {"core_reportbuilder_list_reports": {"reports": []}}},
        {"answers": {"core_reportbuilder_list_reports": {"reports": [OTHER]}}},
        {"withdrawn": {REPORT}},
        {"answers": {REPORT: other_report(headers=["Benutzername"])}},
        {"answers": {REPORT: other_report(headers=None)}},
        {"answers": {REPORT: other_report(rows=[{"columns": GERMAN}])}},
        {"answers": {REPORT: other_report(rows=[{"columns": ["short"]}])}},
        {"answers": {REPORT: other_report(rows=[{"columns": None}])}},
        {"answers": {REPORT: other_report(rows=[])}},
        {"answers": {REPORT: other_report(rows=[{"columns": TOO_MUCH}])}},
    ],
)
def test_a_report_that_cannot_be_trusted_is_not_used(moodle, switches):
    client, server = moodle(**switches)

    rows = list(client.course_completions("2"))

    assert len(rows) == 55
    assert functions(server).count(STATUS) > 50


def test_an_account_in_another_language_does_not_read_the_report(moodle):
    site = {**body("ws_core_webservice_get_site_info"), "lang": "de"}
    client, server = moodle(answers={"core_webservice_get_site_info": site})

    assert len(list(client.course_completions("2"))) == 55
    assert REPORT not in functions(server)


def test_a_second_enrolment_does_not_undo_a_completion(moodle):
    rows = body("ws_core_reportbuilder_retrieve_report")["data"]["rows"]
    done = next(row for row in rows if row["columns"][1] == "grad1")["columns"]
    again = [*done[:5], "No", "0.0%", "", *done[8:]]
    both = other_report(rows=[{"columns": done}, {"columns": again}])
    client, _ = moodle(answers={REPORT: both})

    rows = {row.person_id: row for row in client.course_completions("2")}

    assert rows[FINISHED].state is Completion.COMPLETE


def test_a_large_report_is_read_in_pages(moodle, monkeypatch):
    monkeypatch.setattr(report, "PER_PAGE", 50)
    client, server = moodle()

    list(client.course_completions("2"))

    assert functions(server).count(REPORT) == 2


def test_a_report_that_claims_no_end_is_not_read(moodle):
    client, server = moodle(answers={REPORT: other_report(totalrowcount=10**9)})

    assert len(list(client.course_completions("2"))) == 55
    assert functions(server).count(REPORT) == 1


def test_a_report_is_read_to_its_last_page(moodle, monkeypatch):
    monkeypatch.setattr(report, "PER_PAGE", 10)
    client, server = moodle(answers={REPORT: other_report(totalrowcount=95)})

    list(client.course_completions("2"))

    pages = [
        request.form["page"]
        for request in server.requests
        if request.form["wsfunction"] == REPORT
    ]
    assert sorted(pages, key=int) == [str(n) for n in range(10)]


def test_when_is_read_from_the_report_in_utc(moodle):
    client, _ = moodle()

    rows = {row.person_id: row for row in client.course_completions("2")}

    when = datetime(2026, 11, 22, 19, 25, tzinfo=UTC)
    assert rows[FINISHED].completed_at == when
    assert rows["30"].progress == pytest.approx(0.444)


def test_one_by_one_counts_the_criteria_that_are_met(moodle):
    client, _ = moodle(time_zone="Europe/Madrid")

    rows = {row.person_id: row for row in client.course_completions("2")}

    assert rows[FINISHED].completed_at == datetime(2026, 11, 22, 19, 25, 1, tzinfo=UTC)
    assert rows[UNFINISHED].progress == 0


def test_who_is_no_longer_enrolled_has_no_completion(moodle):
    client, _ = moodle(time_zone="Europe/Madrid")

    people = {row.person_id for row in client.course_completions("2")}

    assert SUSPENDED not in people


def test_a_course_whose_every_learner_is_gone_has_no_completion(moodle):
    gone = body("ws_err_completion_not_enrolled")
    client, server = moodle(answers={STATUS: gone}, time_zone="Europe/Madrid")

    assert list(client.course_completions("2")) == []
    assert functions(server).count(STATUS) == 10 + 56


def test_a_course_without_learners_costs_no_call_but_the_roster(moodle):
    client, server = moodle(answers={"core_enrol_get_enrolled_users": []})

    assert list(client.course_completions("2")) == []
    assert set(functions(server)) == {"core_enrol_get_enrolled_users"}


def test_a_course_without_criteria_counts_its_activities(moodle):
    client, server = moodle()

    rows = list(client.course_completions("3"))

    assert {row.state for row in rows} == {Completion.NO_RULES}
    assert {row.progress for row in rows} == {0.0}
    assert functions(server).count(STATUS) == 1


def test_activities_of_somebody_gone_are_none(moodle):
    gone = body("ws_err_completion_not_enrolled")
    function = "core_completion_get_activities_completion_status"
    client, _ = moodle(
        answers={function: gone, "report_competency_data_for_report": gone}
    )

    assert list(client.activity_completions("2", "20")) == []
    assert list(client.proficiencies("2", "20")) == []


def test_an_overridden_activity_that_is_open_again_has_no_time(moodle):
    client, _ = moodle()

    rows = {row.activity_id: row for row in client.activity_completions("2", "20")}

    assert rows["2"].state is Completion.INCOMPLETE
    assert rows["2"].completed_at is None
    assert rows["13"].kind == "lti"
    assert rows["1"].name == "NEG101 Reading 1"


def test_the_names_of_a_courses_activities_are_asked_for_once(moodle):
    client, server = moodle()

    rows = [row for _ in range(2) for row in client.activity_completions("2", "20")]

    assert {row.name for row in rows if row.activity_id == "1"} == {"NEG101 Reading 1"}
    assert functions(server).count("core_course_get_contents") == 1


def test_activities_are_told_without_names_where_contents_are_hidden(moodle):
    client, _ = moodle(withdrawn={"core_course_get_contents"})

    rows = list(client.activity_completions("2", "20"))

    assert rows
    assert {row.name for row in rows} == {None}


def crowd(size: int) -> dict[str, Any]:
    """Answers of a course with this many learners, all of them in the report."""
    users = [
        {"id": n, "username": f"u{n}", "fullname": f"U {n}", "roles": STUDENT}
        for n in range(3, size + 3)
    ]
    cells = ["", "", "NEG101", "", "Yes", "100.0%", "", "", "", "", "", ""]
    rows = [{"columns": ["", user["username"], *cells[1:]]} for user in users]
    report_ = other_report(rows=rows, totalrowcount=size)
    return {"users": users, REPORT: report_}


STUDENT = [{"shortname": "student"}]


def test_two_thousand_learners_cost_fourteen_calls(moodle, serve, open_lms):
    answers = crowd(2000)
    users = answers.pop("users")
    replay = MoodleServer(answers=answers)

    def answer(request):
        form = request.form
        if form["wsfunction"] == STATUS:
            return Reply(body(f"ws_{STATUS}"))
        if form["wsfunction"] != "core_enrol_get_enrolled_users":
            return replay(request)
        if form["options[1][name]"] == "onlysuspended":
            return Reply([])
        start = int(form["options[1][value]"])
        return Reply(users[start : start + int(form["options[2][value]"])])

    server = serve(answer)
    client = open_lms("moodle", server.url, TOKEN)

    members = list(client.members("2"))
    rows = list(client.course_completions("2"))

    assert (len(members), len(rows)) == (2000, 2000)
    assert len(server.requests) <= 14


def gradebook(form: dict[str, str], everybody: Reply) -> Reply:
    """Answer with the total of one learner, or so of everybody."""
    if form["userid"] == "0":
        return everybody
    if form["userid"] == "5":
        return Reply(body("ws_err_completion_not_enrolled"))
    item = {"id": 1, "itemtype": "course", "graderaw": 60, "grademax": 80}
    row = {"courseid": 2, "userid": int(form["userid"]), "gradeitems": [item]}
    return Reply({"usergrades": [row]})


@pytest.mark.parametrize("reason", ["many people", "too many bytes"])
def test_a_gradebook_too_large_for_one_call_is_read_learner_by_learner(
    serve, open_lms, monkeypatch, reason
):
    most = {"many people": 6, "too many bytes": 7}[reason]
    monkeypatch.setattr(moodle_client, "MOST_GRADED", most)

    def answer(request):
        if request.form["wsfunction"] == GRADES:
            return gradebook(request.form, Reply(b" " * 9000))
        is_first = request.form.get("options[1][value]") == "0"
        return Reply(crowd(7)["users"] if is_first else [])

    server = serve(answer)
    client = open_lms("moodle", server.url, TOKEN, limits=Limits(max_bytes=8000))

    rows = list(client.grades("2"))

    assert [row.person_id for row in rows] == ["3", "4", "6", "7", "8", "9"]
    assert {(row.score, row.maximum, row.is_total) for row in rows} == {(60, 80, True)}
    assert functions(server).count(GRADES) == {6: 7, 7: 8}[most]


def test_a_gradebook_of_nobody_costs_one_call_for_it(moodle):
    client, server = moodle(answers={GRADES: {"usergrades": []}})

    assert list(client.grades("2")) == []
    assert functions(server).count(GRADES) == 1
