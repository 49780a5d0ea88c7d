"""Web services as Moodle 4.5.6 answers them; each rule was measured on a real one."""

import xml.etree.ElementTree as ET

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from lti_mentor.demo import Campus
from lti_mentor.demo.moodle.setup import TOKEN
from lti_mentor.demo.moodle.webservice.account import keep_token
from lti_mentor.demo.moodle.webservice.wire import unfold
from tests.demo.moodle_visitor import Caller

SEND = "core_message_send_instant_messages"
ENROLLED = "core_enrol_get_enrolled_users"


@pytest.fixture
def caller(campus: Campus) -> Caller:
    return Caller(campus)


def test_an_error_is_http_200_with_an_exception(campus):
    url = campus.moodle.url + "/webservice/rest/server.php"
    body = {"wstoken": "none", "wsfunction": "x", "moodlewsrestformat": "json"}

    answer = requests.post(url, data=body, timeout=5)  # noqa: TID251

    assert answer.status_code == 200
    assert answer.json()["errorcode"] == "invalidtoken"


def test_without_the_format_the_answer_is_xml(campus):
    url = campus.moodle.url + "/webservice/rest/server.php"
    body = {"wstoken": TOKEN, "wsfunction": "core_course_get_courses"}

    answer = requests.post(url, data=body, timeout=5)  # noqa: TID251

    codes = ET.fromstring(answer.text).findall(".//KEY[@name='shortname']/VALUE")  # noqa: S314
    assert "NEG101" in [code.text for code in codes]


def test_without_the_right_to_view_activities_are_missing_and_nothing_says_so(caller):
    course, lena = caller.course().id, caller.person("Lena Ortiz")
    keep_token(caller.world, "narrow", 2, rights="no-view")
    function = "core_completion_get_activities_completion_status"

    full = caller.ask(function, courseid=course, userid=lena)
    narrow = caller.ask(function, "narrow", courseid=course, userid=lena)

    assert len(full["statuses"]) == 7
    assert {row["modname"] for row in narrow["statuses"]} == {"page"}


def test_a_function_outside_the_service_is_an_access_exception(caller):
    keep_token(caller.world, "less", 2, without=[SEND])

    answer = caller.ask(SEND, "less")
    listed = caller.ask("core_webservice_get_site_info", "less")["functions"]

    assert answer["errorcode"] == "accessexception"
    assert SEND not in [row["name"] for row in listed]


@pytest.mark.parametrize(
    "given",
    [{}, {"courseid": "abc"}, {"courseid": 2, "unknown": 1}, {"courseid[x]": 1}],
)
def test_a_missing_mistyped_or_unknown_parameter_is_invalid(given, caller):
    answer = caller.ask("core_course_get_contents", **given)

    assert answer["errorcode"] == "invalidparameter"


def test_one_unknown_person_fails_the_batch_but_not_the_messages_before(caller):
    lena = caller.person("Lena Ortiz")
    messages = {
        "messages[0][touserid]": lena,
        "messages[0][text]": "first",
        "messages[1][touserid]": 99999,
        "messages[1][text]": "second",
    }

    answer = caller.ask(SEND, **messages)

    assert answer["errorcode"] == "formatnotsupported"
    assert [row.recipient for row in caller.world.messages.values()] == [lena]


def test_an_unknown_person_alone_is_answered_with_no_id(caller):
    messages = {"messages[0][touserid]": 99999, "messages[0][text]": "x"}

    (answer,) = caller.ask(SEND, **messages)

    assert answer["msgid"] == -1
    assert "99999" in answer["errormessage"]


def test_who_expired_is_still_listed_but_has_no_completion(caller):
    course, lena = caller.course().id, caller.person("Lena Ortiz")
    caller.world.enrolments[course, lena].status = "expired"

    listed = caller.ask(ENROLLED, courseid=course)
    completion = caller.ask(
        "core_completion_get_course_completion_status", courseid=course, userid=lena
    )

    assert lena in [row["id"] for row in listed]
    assert completion["errorcode"] == "usernotenroled"


def test_a_course_without_criteria_says_so(caller):
    course, lena = caller.course(), caller.person("Lena Ortiz")
    course.criteria = []

    answer = caller.ask(
        "core_completion_get_course_completion_status", courseid=course.id, userid=lena
    )

    assert answer["errorcode"] == "nocriteriaset"


def test_a_course_is_complete_as_soon_as_its_last_activity_is(caller):
    course, lena = caller.course(), caller.person("Lena Ortiz")
    status = "core_completion_get_course_completion_status"
    before = caller.ask(status, courseid=course.id, userid=lena)

    caller.ask(
        "core_completion_override_activity_completion_status",
        userid=lena,
        cmid=course.criteria[-1],
        newstate=1,
    )

    after = caller.ask(status, courseid=course.id, userid=lena)
    assert before["completionstatus"]["completed"] is False
    assert after["completionstatus"]["completed"] is True


def test_pages_of_members_hold_everybody_once(caller):
    course = caller.course().id
    options = {
        "options[0][name]": "limitnumber",
        "options[0][value]": 10,
        "options[1][name]": "userfields",
        "options[1][value]": "id",
        "options[2][name]": "limitfrom",
    }

    pages = [
        caller.ask(ENROLLED, courseid=course, **options, **{"options[2][value]": start})
        for start in (0, 10, 20, 30)
    ]

    found = [row["id"] for page in pages for row in page]
    assert sorted(found) == [row["id"] for row in caller.ask(ENROLLED, courseid=course)]
    assert set(pages[0][0]) == {"id", "fullname"}


def test_the_report_agrees_with_completion_asked_one_by_one(caller):
    course = caller.course()
    report = caller.ask(
        "core_reportbuilder_retrieve_report", reportid=2, page=0, perpage=5000
    )

    rows = [row["columns"] for row in report["data"]["rows"]]

    people = {row.username: row.id for row in caller.world.people.values()}
    said = {people[row[1]]: row[5] for row in rows if row[3] == course.code}
    asked = {
        person: caller.ask(
            "core_completion_get_course_completion_status",
            courseid=course.id,
            userid=person,
        )["completionstatus"]["completed"]
        for person in list(said)[:8]
    }
    assert asked == {person: said[person] == "Yes" for person in asked}
    assert "Yes" in said.values()


def test_a_graduate_is_competent_and_a_learner_still_grows(caller):
    past, now = caller.course("NEG101-S").id, caller.course().id
    function = "report_competency_data_for_report"
    mateo = {"userid": caller.person("Mateo Silva"), "moduleid": 0}
    lena = {"userid": caller.person("Lena Ortiz"), "moduleid": 0}

    graduate = caller.ask(function, courseid=past, **mateo)
    learner = caller.ask(function, courseid=now, **lena)

    levels = [
        [
            row["usercompetencycourse"]["proficiency"]
            for row in found["usercompetencies"]
        ]
        for found in (graduate, learner)
    ]
    assert all(levels[0])
    assert levels[1] == [True, False, False, True, False]


def test_an_event_of_a_person_lands_with_the_caller(caller):
    event = {"events[0][name]": "Meet", "events[0][eventtype]": "user"}

    answer = caller.ask("core_calendar_create_calendar_events", **event)

    account = caller.ask("core_webservice_get_site_info")
    assert answer["events"][0]["userid"] == account["userid"]


def test_moodle_is_no_record_store(caller):
    answer = caller.ask(
        "core_xapi_statement_post", component="mod_lti", requestjson="[]"
    )

    assert answer["errorcode"] == "Unknown handler"


@pytest.mark.parametrize(
    ("switch", "status"), [({"down": True}, 503), ({"throttled": 1}, 429)]
)
def test_switches_let_services_fail(switch, status, campus):
    campus.faults["moodle"].set(**switch)
    url = campus.moodle.url + "/webservice/rest/server.php"

    answers = [requests.post(url, data={}, timeout=5) for _ in range(2)]  # noqa: TID251

    assert answers[0].status_code == status
    assert answers[1].status_code == (200 if status == 429 else 503)


def test_a_wrong_answer_is_no_json(campus):
    campus.faults["moodle"].set(wrong=True)

    answer = requests.post(  # noqa: TID251
        campus.moodle.url + "/webservice/rest/server.php", data={}, timeout=5
    )

    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")


texts = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5)
names = texts.filter(lambda text: not text.isdigit())


@given(st.lists(st.dictionaries(names, texts, min_size=1), min_size=1, max_size=12))
def test_numbered_parameters_become_lists_in_their_order(rows):
    flat = {f"a[{i}][{key}]": v for i, row in enumerate(rows) for key, v in row.items()}

    assert unfold(flat) == {"a": rows}
