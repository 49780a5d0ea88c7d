"""What is peculiar to Moodle, on answers that Moodle 4.5.6 gave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_clients import (
    MOODLE_FUNCTIONS,
    Ability,
    CalendarEvent,
    Completion,
    Forbidden,
    Limits,
    LMSError,
    Malformed,
    Message,
    NotFound,
    Proof,
    Rating,
    Rejected,
    Role,
    Score,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from lms_clients.moodle import client as moodle_client
from lms_clients.moodle import report
from lms_clients.moodle.schemas import scale
from lms_clients.moodle.web_service import _flat
from tests.lms_clients.local_server import Reply
from tests.lms_clients.moodle_server import (
    FINISHED,
    SUSPENDED,
    TOKEN,
    UNFINISHED,
    MoodleServer,
    body,
)

FUNCTIONS_MENU = "External services > Functions"
ROLES_MENU = "Define roles"
STATUS = "core_completion_get_course_completion_status"
GRADES = "gradereport_user_get_grade_items"
REPORT = "core_reportbuilder_retrieve_report"
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def moodle(serve, open_lms):
    """Open a Moodle with these switches: a client, and what was asked of it."""

    def make(**switches):
        options = {
            name: switches.pop(name) for name in ("report_id",) if name in switches
        }
        server = serve(MoodleServer(**switches))
        return open_lms("moodle", server.url, TOKEN, **options), server

    return make


def functions(server) -> list[str]:
    return [request.form["wsfunction"] for request in server.requests]


def test_the_token_travels_in_the_body_only(moodle):
    client, server = moodle()

    client.site()

    assert TOKEN not in server.requests[0].url
    assert server.requests[0].form["wstoken"] == TOKEN
    assert TOKEN not in repr(client)


@pytest.mark.parametrize(
    ("recording", "error"),
    [
        ("ws_err_bad_token", Unauthorized),
        ("ws_err_bad_type", Rejected),
        ("ws_err_bare_completion", Forbidden),
        ("ws_err_bare_enrolled", Forbidden),
        ("ws_err_completion_unknown_user", NotFound),
        ("ws_err_function_not_in_service", Forbidden),
        ("ws_err_no_function", Forbidden),
        ("ws_err_unknown_course", NotFound),
        ("ws_err_unexpected_param", Rejected),
        ("ws_err_grade_competency_unknown", Rejected),
    ],
)
def test_an_error_inside_a_200_is_an_error(moodle, recording, error):
    client, _ = moodle(answers={"core_group_get_course_groups": body(recording)})

    with pytest.raises(error) as caught:
        list(client.sections("2"))

    assert type(caught.value) is error
    code = body(recording)["errorcode"]
    assert caught.value.code == code
    assert str(caught.value) == f"core_group_get_course_groups: {code}"


def test_an_error_whose_code_is_a_sentence_keeps_it_to_itself(moodle):
    words = {"exception": "x", "errorcode": "Ann Lee may not"}
    client, _ = moodle(answers={"core_group_get_course_groups": words})

    with pytest.raises(Rejected) as caught:
        list(client.sections("2"))

    assert str(caught.value) == "core_group_get_course_groups: refused"


def test_a_function_that_is_missing_is_named(moodle):
    client, _ = moodle(withdrawn={"core_group_get_course_groups"})

    with pytest.raises(Forbidden) as caught:
        list(client.sections("2"))

    assert caught.value.missing == "core_group_get_course_groups"


def test_maintenance_is_trouble_that_passes(moodle):
    down = {"exception": "moodle_exception", "errorcode": "sitemaintenance"}
    client, _ = moodle(answers={"core_course_get_courses": down})

    with pytest.raises(Unreachable):
        list(client.courses())


@pytest.mark.parametrize("answer", [None, {}, 7, "text", [1], [{"id": None}]])
def test_an_answer_of_another_shape_is_malformed(moodle, answer):
    client, _ = moodle(answers={"core_course_get_courses": answer})

    with pytest.raises(Malformed, match=r"^core_course_get_courses: "):
        list(client.courses())


@pytest.mark.parametrize("answer", [[], 7, "text"])
def test_an_answer_that_is_no_object_names_its_function(moodle, answer):
    client, _ = moodle(answers={"core_webservice_get_site_info": answer})

    with pytest.raises(Malformed, match=r"^core_webservice_get_site_info: "):
        client.site()


def test_null_in_place_of_an_answer_is_told_as_such(moodle):
    client, _ = moodle(answers={"core_course_get_courses": None})

    with pytest.raises(Malformed) as caught:
        list(client.courses())

    assert caught.value.code == "null"


def test_an_activity_without_completion_is_not_told(moodle):
    function = "core_completion_get_activities_completion_status"
    tracked, other = body(f"ws_{function}")["statuses"][:2]
    untracked = {**other, "hascompletion": False}
    client, _ = moodle(answers={function: {"statuses": [tracked, untracked]}})

    rows = list(client.activity_completions("2", "20"))

    assert [row.activity_id for row in rows] == ["1"]


@pytest.mark.parametrize(
    ("answer", "missing"), [(b"", "REST protocol"), (b"<h1>403</h1>", "")]
)
def test_a_site_without_web_services_says_which_protocol_is_off(
    serve, open_lms, answer, missing
):
    server = serve(lambda _: Reply(answer, 403))

    with pytest.raises(Forbidden) as caught:
        open_lms("moodle", server.url, TOKEN).site()

    assert caught.value.missing == missing


def test_xml_is_malformed(serve, open_lms):
    server = serve(lambda _: Reply(body("ws_err_no_format").encode()))

    with pytest.raises(Malformed) as caught:
        open_lms("moodle", server.url).site()

    assert caught.value.code == "xml"


def test_members_come_in_pages(moodle, monkeypatch):
    monkeypatch.setattr(moodle_client, "PER_PAGE", 25)
    client, server = moodle()

    members = list(client.members("2"))

    assert len(members) == 58
    starts = {
        int(request.form["options[1][value]"])
        for request in server.requests
        if request.form["options[1][name]"] == "limitfrom"
    }
    assert starts >= {0, 25, 50, 75}


def test_people_who_may_not_be_seen_do_not_end_the_list(moodle, monkeypatch):
    monkeypatch.setattr(moodle_client, "PER_PAGE", 25)
    client, _ = moodle(hidden={"5", "6", "40"})

    assert len(list(client.members("2"))) == 55


def test_a_roster_is_read_once_for_its_own_course_only(moodle):
    client, server = moodle()
    here = {one.id for one in client.members("2") if Role.LEARNER in one.roles}
    before = functions(server).count("core_enrol_get_enrolled_users")

    completed = {row.person_id for row in client.course_completions("2")}
    elsewhere = {row.person_id for row in client.course_completions("3")}

    assert completed == here
    assert elsewhere < here
    assert functions(server).count("core_enrol_get_enrolled_users") == 2 * before


def test_a_member_is_read_whole(moodle):
    client, _ = moodle()

    ana = next(one for one in client.members("2") if one.id == "3")

    assert (ana.name, ana.email, ana.username) == (
        "Ana Adams",
        "student1@example.com",
        "student1",
    )
    assert (ana.sis_id, ana.section_ids) == ("STUDENT-1", {"2"})
    assert ana.last_seen_at == datetime(2026, 11, 22, 19, 30, 29, tzinfo=UTC)


def test_a_teacher_without_editing_is_an_assistant(moodle):
    client, _ = moodle()

    roles = {one.username: one.roles for one in client.members("2")}

    assert roles["teacher1"] == {Role.INSTRUCTOR}
    assert roles["teacher2"] == {Role.ASSISTANT}


def test_profiles_know_time_zones_and_the_server_default_is_none(moodle):
    client, _ = moodle(time_zone="99")

    zones = {one.id: one.time_zone for one in client.profiles(["3", "62"])}

    assert zones == {"3": "Europe/Madrid", "62": None}


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


def test_two_thousand_learners_cost_eighteen_calls(moodle, serve, open_lms):
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
    assert len(server.requests) <= 18


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


def test_skills_take_their_scale_from_the_framework(moodle):
    client, _ = moodle()

    skills = list(client.skills("2"))

    assert len(skills) == 5
    first = skills[0]
    assert (first.name, first.guid, first.framework) == (
        "Active listening",
        "WS-1",
        "Workplace Skills",
    )
    assert [(one.value, one.is_mastery) for one in first.levels] == [
        (1, False),
        (3, True),
        (4, True),
    ]
    assert (first.mastery, first.maximum) == (3, 4)


def test_skills_without_sight_of_frameworks_have_no_levels(moodle):
    client, _ = moodle(frameworks=False)

    skills = list(client.skills("2"))

    assert {(one.levels, one.mastery) for one in skills} == {((), None)}


@given(st.text())
def test_no_scale_configuration_breaks_us(text):
    assert isinstance(scale(text), tuple)


@pytest.mark.parametrize("text", ["7", '{"a":1}', "null", '[{"id":"x"}]', "[1]"])
def test_a_scale_configuration_of_another_shape_has_no_levels(text):
    assert scale(text) == ()


def test_looking_at_a_competency_is_no_assessment(moodle):
    client, _ = moodle()

    assert list(client.proficiencies("2", "30")) == []
    assert len(list(client.proficiencies("2", FINISHED))) == 4


def test_an_event_goes_to_a_group_or_the_course(moodle):
    client, server = moodle()
    hour = timedelta(hours=1)

    client.add_event(
        CalendarEvent("2", "Pair", NINE, NINE + hour, "a<b", section_id="1", place="R1")
    )

    form = server.requests[0].form
    assert form["events[0][eventtype]"] == "group"
    assert form["events[0][groupid]"] == "1"
    assert form["events[0][timestart]"] == str(int(NINE.timestamp()))
    assert form["events[0][timeduration]"] == "3600"
    assert form["events[0][description]"] == "R1<br>a&lt;b"


def test_an_event_for_one_person_is_not_put_into_our_own_calendar(moodle):
    client, server = moodle()

    with pytest.raises(Unsupported):
        client.add_event(CalendarEvent("2", "Pair", NINE, NINE, person_id="3"))

    assert server.requests == []


def test_an_event_that_moodle_did_not_make_is_an_error(moodle):
    function = "core_calendar_create_calendar_events"
    client, _ = moodle(answers={function: {"events": [], "warnings": [{}]}})

    with pytest.raises(Rejected):
        client.add_event(CalendarEvent("2", "Circle", NINE, NINE))


def test_a_message_is_escaped_and_sent_alone(moodle):
    client, server = moodle()

    client.send_message(Message("3", "Hi <b>", "one\n<two>"))

    form = server.requests[0].form
    assert form["messages[0][text]"] == (
        "<p><strong>Hi &lt;b&gt;</strong></p><p>one<br>&lt;two&gt;</p>"
    )
    assert "messages[1][text]" not in form


def test_a_message_is_not_repeated_when_the_answer_is_lost(serve, open_lms):
    server = serve(lambda _: Reply(b"", 502))

    with pytest.raises(Unreachable):
        open_lms("moodle", server.url).send_message(Message("3", "a", "b"))

    assert len(server.requests) == 1


def test_a_rating_carries_its_note(moodle):
    client, server = moodle()

    client.rate_skill(Rating("2", "53", "1", 4, "Mentor confirmed"))

    form = server.requests[0].form
    assert (form["grade"], form["note"]) == ("4", "Mentor confirmed")


def test_a_rating_that_may_not_be_is_rejected(moodle):
    client, _ = moodle()

    with pytest.raises(Rejected):
        client.rate_skill(Rating("2", "99", "1", 4))


def test_many_grades_go_in_one_call(moodle):
    client, server = moodle()

    client.update_grades("2", "13", [Score("25", 77, "good"), Score("26", 66)])

    recorded = {
        "grades[0][studentid]": "25",
        "grades[0][grade]": "77",
        "grades[0][str_feedback]": "good",
        "grades[1][studentid]": "26",
        "grades[1][grade]": "66",
    }
    form = server.requests[0].form
    assert {name: form.get(name) for name in recorded} == recorded
    assert "grades[1][str_feedback]" not in form


def test_very_many_grades_go_in_portions(moodle):
    client, server = moodle(answers={"core_grades_update_grades": 0})

    client.update_grades("2", "13", [Score(str(n), n) for n in range(2500)])

    sizes = [
        sum("studentid" in name for name in request.form) for request in server.requests
    ]
    assert sizes == [1000, 1000, 500]


def test_grades_that_moodle_did_not_take_are_an_error(moodle):
    client, _ = moodle(answers={"core_grades_update_grades": 1})

    with pytest.raises(Rejected):
        client.update_grades("2", "13", [Score("25", 77)])


def test_the_probe_finds_nothing_missing_where_all_is_granted(moodle):
    client, _ = moodle()

    capabilities = client.capabilities("2")

    assert capabilities.lacking() == []
    assert capabilities[Ability.MEMBERS].proof is Proof.TRIED
    assert capabilities[Ability.SEND_MESSAGE].proof is Proof.LISTED
    assert not capabilities[Ability.PROFICIENCIES].is_bulk
    assert capabilities[Ability.COURSE_COMPLETIONS].is_bulk
    assert capabilities[Ability.ACTIVITY_COMPLETIONS].shown == (6, 6)


def test_completion_is_not_bulk_without_a_report_that_can_be_read(moodle):
    spanish, _ = moodle(time_zone="Europe/Madrid")
    without, _ = moodle(withdrawn={"core_reportbuilder_list_reports"})

    for client in (spanish, without):
        found = client.capabilities("2")[Ability.COURSE_COMPLETIONS]
        assert (found.is_on, found.is_bulk) == (True, False)


def test_the_probe_names_the_activities_that_hide(moodle):
    client, _ = moodle(mod_view=False)

    found = client.capabilities("2")[Ability.ACTIVITY_COMPLETIONS]

    assert not found.is_on
    assert found.missing == "mod/assign:view, mod/quiz:view"
    assert found.shown == (3, 6)
    assert ROLES_MENU in found.menu


def test_the_probe_is_not_fooled_by_empty_lists(moodle):
    client, _ = moodle(rights=False)

    capabilities = client.capabilities("2")

    courses, members = capabilities[Ability.COURSES], capabilities[Ability.MEMBERS]
    assert (courses.is_on, courses.missing) == (False, "moodle/course:view")
    assert (members.is_on, members.missing) == (
        False,
        "moodle/course:viewparticipants, moodle/course:enrolreview",
    )
    assert not capabilities[Ability.PROFILES].is_on or (
        capabilities[Ability.PROFILES].proof is Proof.ASSUMED
    )


def test_the_probe_sees_that_profiles_are_hidden(moodle):
    client, _ = moodle(answers={"core_user_get_users_by_field": []})

    found = client.capabilities("2")[Ability.PROFILES]

    assert (found.is_on, found.missing) == (False, "moodle/user:viewdetails")


def test_the_probe_names_a_function_that_the_service_lacks(moodle):
    function = "core_message_send_instant_messages"
    client, _ = moodle(withdrawn={function, "gradereport_user_get_grade_items"})

    capabilities = client.capabilities()

    assert capabilities[Ability.SEND_MESSAGE].missing == function
    assert FUNCTIONS_MENU in capabilities[Ability.SEND_MESSAGE].menu
    assert not capabilities.has(Ability.GRADES)


def test_the_probe_of_a_course_that_is_not_there_proves_nothing(moodle):
    client, _ = moodle(answers={"core_group_get_course_groups": GONE})

    assert client.capabilities("2")[Ability.SECTIONS].proof is Proof.ASSUMED


GONE = body("ws_err_unknown_course")


def test_every_function_that_is_called_is_on_the_admins_list(moodle):
    client, server = moodle()

    client.capabilities()
    for name in ("members", "sections", "course_completions", "skills", "grades"):
        list(getattr(client, name)("2"))
    list(client.activity_completions("2", "20"))
    list(client.profiles(["3"]))
    client.remove_event(client.add_event(CalendarEvent("2", "Circle", NINE, NINE)))

    assert set(functions(server)) <= set(MOODLE_FUNCTIONS)
    assert len(set(MOODLE_FUNCTIONS)) == len(MOODLE_FUNCTIONS)


def test_the_probe_takes_a_course_without_criteria_as_it_is(moodle):
    client, _ = moodle()

    capabilities = client.capabilities("3")

    assert capabilities[Ability.COURSE_COMPLETIONS].is_on
    assert capabilities[Ability.ACTIVITY_COMPLETIONS].proof is Proof.ASSUMED


def test_the_probe_takes_a_learner_and_not_a_teacher(moodle):
    people = [
        {"id": 7, "fullname": "T", "roles": [{"shortname": "editingteacher"}]},
        {"id": 20, "fullname": "L", "roles": [{"shortname": "student"}]},
    ]
    client, server = moodle(answers={"core_enrol_get_enrolled_users": people})

    client.capabilities("2")

    asked = [request.form.get("userid") for request in server.requests]
    assert {one for one in asked if one} == {"20"}


def test_the_probe_knows_criteria_that_are_no_activity(moodle):
    status = body(f"ws_{STATUS}")
    row = {**status["completionstatus"]["completions"][0], "details": {}}
    status = {"completionstatus": {**status["completionstatus"], "completions": [row]}}
    client, _ = moodle(answers={STATUS: status})

    found = client.capabilities("2")[Ability.ACTIVITY_COMPLETIONS]

    assert found.proof is Proof.ASSUMED


def test_the_probe_tells_what_it_could_not_try(moodle):
    client, _ = moodle(answers={"core_enrol_get_enrolled_users": []})

    capabilities = client.capabilities("2")

    assert capabilities[Ability.MEMBERS].proof is Proof.ASSUMED
    assert capabilities[Ability.PROFICIENCIES].proof is Proof.ASSUMED


def test_a_probe_with_a_bad_token_finds_out_nothing(serve, open_lms):
    server = serve(MoodleServer())

    with pytest.raises(Unauthorized):
        open_lms("moodle", server.url, "wrong").capabilities()


def test_a_probe_of_a_site_that_breaks_down_says_so(moodle):
    down = {"exception": "x", "errorcode": "upgraderunning"}
    client, _ = moodle(answers={"core_group_get_course_groups": down})

    with pytest.raises(LMSError):
        client.capabilities("2")


def test_arguments_are_spelt_the_way_of_php():
    given_ = {"a": [{"b": True}, {"b": None}], "c": {"d": 1}, "e": False}

    assert dict(_flat(given_)) == {"a[0][b]": "1", "c[d]": "1", "e": "0"}
