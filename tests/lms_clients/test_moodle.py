"""What is peculiar to Moodle, on answers that Moodle 4.5.6 gave."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_clients import (
    Forbidden,
    Limits,
    Malformed,
    NotFound,
    Rejected,
    Role,
    Unauthorized,
    Unreachable,
)
from lms_clients.moodle import client as moodle_client
from lms_clients.moodle.rights import CATEGORIES
from lms_clients.moodle.schemas import scale
from lms_clients.moodle.web_service import _flat
from tests.lms_clients.local_server import Reply
from tests.lms_clients.moodle_server import (
    FINISHED,
    TOKEN,
    MoodleServer,
    body,
    functions,
)


def test_the_token_travels_in_the_body_only(moodle):
    client, server = moodle()

    client.site()

    assert server.requests[0].method == "POST"
    assert server.requests[0].url == "/webservice/rest/server.php"
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


def test_the_courses_of_a_large_site_come_by_category(serve, open_lms):
    replay = MoodleServer(answers={"core_course_get_courses": [course_of(2)] * 999})

    def answer(request):
        if request.form["wsfunction"] != "core_course_get_courses_by_field":
            return replay(request)
        assert request.form["field"] == "category"
        return Reply({"courses": [course_of(int(request.form["value"]))]})

    server = serve(answer)
    client = open_lms("moodle", server.url, TOKEN, limits=Limits(max_bytes=20_000))

    found = {(course.id, course.group_id) for course in client.courses()}

    categories = {str(row["id"]) for row in body("ws_core_course_get_categories")}
    assert found == {(f"10{number}", number) for number in categories}
    assert functions(server)[:2] == ["core_course_get_courses", CATEGORIES]


def course_of(category: int) -> dict[str, Any]:
    named = {"fullname": "A course", "shortname": f"C{category}"}
    return {"id": int(f"10{category}"), "categoryid": category, **named}


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


def test_arguments_are_spelt_the_way_of_php():
    given_ = {"a": [{"b": True}, {"b": None}], "c": {"d": 1}, "e": False}

    assert dict(_flat(given_)) == {"a[0][b]": "1", "c[d]": "1", "e": "0"}
