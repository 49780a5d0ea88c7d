"""What a Moodle's token may do, past lists that are only shorter."""

from datetime import UTC, datetime

import pytest

from lms_clients import (
    MOODLE_FUNCTIONS,
    Ability,
    CalendarEvent,
    Limits,
    LMSError,
    Proof,
    Unauthorized,
)
from lms_clients.moodle.rights import CATEGORIES
from tests.lms_clients.moodle_server import (
    TOKEN,
    MoodleServer,
    body,
    functions,
)

FUNCTIONS_MENU = "External services > Functions"
ROLES_MENU = "Define roles"
STATUS = "core_completion_get_course_completion_status"
GRADES = "gradereport_user_get_grade_items"
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


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


@pytest.mark.parametrize("withdrawn", [set(), {CATEGORIES}])
def test_too_many_courses_for_one_answer_are_seen_by_category(
    serve, open_lms, withdrawn
):
    answers = {"core_course_get_courses": [{"summary": "x" * 20_000}]}
    url = serve(MoodleServer(answers=answers, withdrawn=withdrawn)).url
    client = open_lms("moodle", url, TOKEN, limits=Limits(max_bytes=20_000))

    found = client.capabilities("2")[Ability.COURSES]

    assert (found.is_on, found.missing) == (not withdrawn, "".join(withdrawn))
    assert bool(withdrawn) == (FUNCTIONS_MENU in found.menu)


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
