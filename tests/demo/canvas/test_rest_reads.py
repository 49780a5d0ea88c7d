"""What the REST API tells of people, progress, skills and work."""

import pytest

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.rest.progress import NOT_MODULE_BASED
from lti_mentor.demo.canvas.store import Token
from lti_mentor.demo.people import person_named
from lti_mentor.demo.rows import Enrolment
from tests.demo.canvas.api import Api


@pytest.fixture
def as_lena(api: Api, canvas: Institution) -> Api:
    canvas.store.add(Token("lena", person_named(canvas.world, "Lena Ortiz").id))
    return Api(api.web, api.url, "lena")


def test_a_roster_has_enrolments_and_grades(api: Api):
    found = api.all("courses/11/users?include[]=enrollments&include[]=email")

    lena = next(one for one in found if one["name"] == "Lena Ortiz")
    place = lena["enrollments"][0]
    assert lena["sortable_name"] == "Ortiz, Lena"
    assert lena["email"] == "lena.ortiz@campus.example"
    assert place["type"] == place["role"] == "StudentEnrollment"
    assert place["grades"]["current_score"] > place["grades"]["final_score"]


def test_learners_see_no_private_fields(as_lena: Api):
    found = as_lena.ask(
        "courses/11/users/101?include[]=email&include[]=enrollments"
    ).json()

    assert not {"email", "sis_user_id", "login_id"} & set(found)
    assert "grades" not in found["enrollments"][0]


def test_hidden_totals_leave_no_grades(api: Api, campus: Campus):
    campus.canvas.faults.set(canvas_hides_totals=True)

    found = api.ask("courses/11/enrollments?type[]=StudentEnrollment").json()

    assert "grades" not in found[0]


def test_who_left_and_who_is_a_test_student_is_not_listed(
    api: Api, canvas: Institution
):
    canvas.world.enrolments[11, 101].status = "suspended"
    mateo = person_named(canvas.world, "Mateo Silva")
    canvas.world.add(Enrolment(11, mateo.id, "test"))

    names = {one["name"] for one in api.all("courses/11/users")}
    tested = {one["name"] for one in api.all("courses/11/users?include[]=test_student")}
    left = api.all("courses/11/users?enrollment_state[]=inactive")

    assert not {"Lena Ortiz", "Mateo Silva"} & names
    assert "Mateo Silva" in tested
    assert "Lena Ortiz" in {one["name"] for one in left}


def test_a_concluded_course_has_only_completed_enrolments(
    api: Api, canvas: Institution
):
    canvas.world.courses[11].concluded = True

    active = api.ask("courses/11/users").json()
    over = api.ask("courses/11/enrollments?state[]=completed").json()
    course = api.ask("courses/11?include[]=concluded&include[]=term").json()

    assert active == []
    assert over[0]["enrollment_state"] == "completed"
    assert over[0]["completed_at"]
    assert (course["workflow_state"], course["concluded"]) == ("completed", True)


def test_a_custom_role_is_named(api: Api, canvas: Institution):
    canvas.store.labels["11 101"] = "Peer Mentor"

    place = api.ask("courses/11/users/101?include[]=enrollments").json()

    assert place["enrollments"][0]["role"] == "Peer Mentor"
    assert place["enrollments"][0]["type"] == "StudentEnrollment"


def test_the_profile_has_the_time_zone_for_oneself_and_admins(api: Api, as_lena: Api):
    assert api.ask("users/101/profile").json()["time_zone"] == "Europe/Madrid"
    assert as_lena.ask("users/self/profile").json()["locale"] == "es"
    assert as_lena.ask("users/102/profile").status_code == 401


def test_sections_hold_their_learners(api: Api):
    plain = api.ask("courses/11/sections").json()
    full = api.ask("courses/11/sections?include[]=students").json()

    assert [one["name"] for one in plain] == ["NEG101-A", "NEG101-B"]
    assert "students" not in plain[0]
    assert "Lena Ortiz" in {one["name"] for one in full[0]["students"]}


def test_bulk_progress_counts_requirements(api: Api):
    found = api.all("courses/11/bulk_user_progress")

    lena = next(one for one in found if one["id"] == 101)
    assert lena["progress"] == {
        "requirement_count": 7,
        "requirement_completed_count": 6,
        "next_requirement_url": None,
        "completed_at": None,
    }


def test_graduates_of_last_term_are_complete(api: Api, canvas: Institution):
    found = api.all("courses/13/bulk_user_progress")

    mateo = next(one for one in found if one["display_name"] == "Mateo Silva")
    assert len(found) == 8
    assert mateo["progress"]["completed_at"]


@pytest.mark.parametrize("says_why", [True, False])
def test_a_course_without_rules_is_not_module_based(
    api: Api, canvas: Institution, says_why: bool
):
    canvas.faults.set(canvas_bulk_progress_says_why=says_why)
    for activity in canvas.world.activities.values():
        activity.completes = "none"

    bulk = api.ask("courses/11/bulk_user_progress")
    single = api.ask("courses/11/users/101/progress")
    inside = api.ask("users/101/courses?include[]=course_progress").json()

    assert (bulk.status_code, single.status_code) == (400, 400)
    assert single.json()["error"]["message"] == NOT_MODULE_BASED
    assert ("error" in bulk.json()) is says_why
    assert inside[0]["course_progress"]["error"]["message"] == NOT_MODULE_BASED


def test_somebody_else_than_a_student_has_no_progress(api: Api, canvas: Institution):
    teacher = person_named(canvas.world, "Ines Keller")

    answer = api.ask(f"courses/11/users/{teacher.id}/progress")

    assert answer.status_code == 400


def test_learners_read_their_own_progress_only(as_lena: Api):
    assert as_lena.ask("courses/11/users/self/progress").status_code == 200
    assert as_lena.ask("courses/11/users/102/progress").status_code == 401


def test_modules_show_one_learners_state(api: Api):
    found = api.ask("courses/11/modules?include[]=items&student_id=101").json()

    first = found[0]
    items = api.ask(f"courses/11/modules/{first['id']}/items?student_id=101").json()
    assert [one["state"] for one in found] == ["completed"] * 3 + ["unlocked"]
    assert first["items"] == items
    assert items[0]["completion_requirement"] == {
        "type": "must_view",
        "completed": True,
    }
    assert api.ask("courses/11/modules/9/items").status_code == 404


def test_rollups_have_string_ids_and_body_paging(api: Api):
    path = "courses/11/outcome_rollups?include[]=outcomes&include[]=users&per_page=20"

    pages = api.pages(path)

    body = pages[0].json()
    outcome = body["linked"]["outcomes"][0]
    assert isinstance(body["rollups"][0]["links"]["user"], str)
    assert isinstance(outcome["id"], int)
    assert (outcome["mastery_points"], outcome["points_possible"]) == (3, 4)
    assert body["meta"]["pagination"]["count"] == 25
    assert body["meta"]["pagination"]["next"] == pages[0].links["next"]["url"]
    assert "next" not in pages[1].json()["meta"]["pagination"]


def test_a_learner_in_two_sections_has_two_rows(api: Api, canvas: Institution):
    canvas.world.enrolments[11, 101].section = "NEG101-A+NEG101-B"

    rows = api.ask("courses/11/outcome_rollups?user_ids[]=101").json()["rollups"]
    places = api.ask("courses/11/users/101?include[]=enrollments").json()

    assert [row["links"]["section"] for row in rows] == ["111", "112"]
    assert rows[0]["scores"] == rows[1]["scores"]
    assert len(places["enrollments"]) == 2


def test_learners_must_name_themselves(as_lena: Api):
    unnamed = as_lena.ask("courses/11/outcome_rollups")
    own = as_lena.ask("courses/11/outcome_rollups?user_ids[]=101")
    others = as_lena.ask("courses/11/outcome_rollups?user_ids[]=102")

    assert unnamed.status_code == 403
    assert (
        unnamed.json()["message"] == "users not specified and no access to all grades"
    )
    assert own.status_code == 200
    assert others.status_code == 401


def test_rollups_refuse_what_does_not_fit(api: Api):
    unknown = api.ask("courses/11/outcome_rollups?user_ids[]=9999")
    mixed = api.ask("courses/11/outcome_rollups?aggregate=course&include[]=users")

    assert (unknown.status_code, mixed.status_code) == (400, 400)


def test_results_and_the_outcome_tree(api: Api):
    results = api.ask("courses/11/outcome_results?user_ids[]=101").json()
    groups = api.ask("courses/11/outcome_groups").json()
    links = api.ask("courses/11/outcome_group_links?outcome_style=full").json()
    inside = api.ask(f"courses/11/outcome_groups/{groups[0]['id']}/outcomes").json()

    first = results["outcome_results"][0]
    assert first["links"]["user"] == "101"
    assert first["mastery"] == (first["score"] >= 3)
    assert links[0]["outcome"]["ratings"][0]["description"] == "Exemplary"
    assert len(links) == len(inside) == 5
    assert api.ask(f"outcomes/{links[0]['outcome']['id']}").json()["title"]
    assert api.ask("outcomes/999").status_code == 404


def test_contributing_scores_are_by_person(api: Api):
    path = "courses/11/outcomes/1/contributing_scores?user_ids[]=101"

    scores = api.ask(path).json()["scores"]

    assert [one["user_id"] for one in scores] == [101]


def test_courses_are_ones_own_and_accounts_have_all(api: Api, as_lena: Api):
    mine = as_lena.ask("courses?include[]=total_scores&include[]=sections").json()

    assert [one["course_code"] for one in mine] == ["NEG101"]
    assert mine[0]["sections"] == [{"id": 111, "name": "NEG101-A"}]
    assert mine[0]["enrollments"][0]["computed_current_score"]
    assert api.ask("courses").json() == []
    assert len(api.all("accounts/self/courses?include[]=total_students")) == 3
    assert as_lena.ask("accounts").json() == []
    assert as_lena.ask("accounts/1/courses").status_code == 401
    assert api.ask("accounts/1").json()["lti_guid"].endswith(":canvas-lms")


def test_courses_can_be_named_otherwise(api: Api, canvas: Institution):
    opaque = canvas.world.courses[11].opaque

    assert api.ask("courses/sis_course_id:SIS-NEG101").json()["id"] == 11
    assert api.ask(f"courses/lti_context_id:{opaque}").json()["id"] == 11


@pytest.mark.parametrize("installed", [True, False])
def test_analytics_may_be_missing(api: Api, campus: Campus, installed: bool):
    campus.canvas.faults.set(canvas_analytics=installed)

    answer = api.ask("courses/11/analytics/student_summaries")

    assert answer.status_code == (200 if installed else 404)
