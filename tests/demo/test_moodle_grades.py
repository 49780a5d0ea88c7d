"""Scores as Moodle 4.5.6 takes them; each rule was measured on a real one."""

import time

import pytest

from lti_mentor.demo import Campus
from lti_mentor.demo.rows import Activity, GradeItem
from tests.demo.moodle_visitor import ITEM, RESULTS, Caller, Visitor


@pytest.fixture
def caller(campus: Campus) -> Caller:
    return Caller(campus)


@pytest.fixture
def lena(caller: Caller) -> int:
    return caller.person("Lena Ortiz")


def test_a_score_is_answered_with_nothing_and_completes_the_activity(caller, lena):
    item = caller.practice()

    answer = caller.score(item, lena, 15)

    assert (answer.status_code, answer.content) == (200, b"")
    assert caller.state(item, lena) == 1


def test_a_score_stands_in_the_gradebook_of_teacher_and_learner(campus, caller, lena):
    item = caller.practice()

    caller.score(item, lena, 15)

    grader = Visitor(campus, "Ines Keller")
    own = Visitor(campus, "Lena Ortiz")
    page = f"index.php?id={item.course}"
    assert "15.00" in grader.see(f"/grade/report/grader/{page}").text
    assert "15.00" in own.see(f"/grade/report/user/{page}").text


def test_even_nothing_scored_completes_what_asks_for_any_grade(caller, lena):
    item = caller.practice()

    caller.score(item, lena, 0, activityProgress="Initialized")

    assert caller.state(item, lena) == 1


@pytest.mark.parametrize(("value", "state"), [(5, 3), (12, 2), (20, 2)])
def test_a_pass_grade_tells_passed_from_failed(value, state, caller, lena):
    item = caller.practice("pass", pass_at=12)

    caller.score(item, lena, value)

    assert caller.state(item, lena) == state


@pytest.mark.parametrize("progress", ["Pending", "PendingManual", "NotReady", "Failed"])
def test_a_later_ungraded_score_erases_grade_and_completion(progress, caller, lena):
    item, now = caller.practice(), time.time()
    caller.score(item, lena, 15, at=now - 9, comment="Well done")

    caller.score(item, lena, 15, at=now, gradingProgress=progress)

    (result,) = caller.results(item).json()
    assert set(result) == {"id", "userId"}
    assert caller.state(item, lena) == 0
    assert caller.world.scores[item.id, lena].comment == "Well done"


def test_a_second_score_in_the_same_second_is_refused(caller, lena):
    item, now = caller.practice(), int(time.time())
    caller.score(item, lena, 15, at=now + 0.1)

    answer = caller.score(item, lena, 16, at=now + 0.9)

    assert answer.status_code == 409
    assert answer.json() == []
    assert "earlier timestamp" in answer.reason


def test_a_score_from_the_future_blocks_the_present(caller, lena):
    item = caller.practice()
    caller.score(item, lena, 15, at=time.time() + 3600)

    answer = caller.score(item, lena, 16)

    assert answer.status_code == 409


def test_a_score_of_another_maximum_is_rescaled(caller, lena):
    item = caller.practice()

    caller.score(item, lena, 30, scoreMaximum=40)

    (result,) = caller.results(item).json()
    assert (result["resultScore"], result["resultMaximum"]) == (15, 20)


@pytest.mark.parametrize("name", ["Ines Keller", "Robert Achebe", "Mateo Silva"])
def test_only_a_learner_of_the_course_can_be_scored(name, caller):
    answer = caller.score(caller.practice(), caller.person(name), 15)

    assert answer.status_code == 400
    assert answer.reason.startswith("Incorrect score received")
    assert answer.json() == []


@pytest.mark.parametrize("status", ["suspended", "expired"])
def test_who_is_suspended_or_expired_can_still_be_scored(status, caller, lena):
    item = caller.practice()
    caller.world.enrolments[item.course, lena].status = status

    answer = caller.score(item, lena, 15)

    assert answer.status_code == 200
    assert caller.world.scores[item.id, lena].value == 15


def test_results_of_nobody_and_of_one_are_told_apart(caller, lena):
    item = caller.practice()
    caller.score(item, lena, 15)

    other = caller.person("Yuki Tanaka")

    assert caller.results(item, f"&user_id={other}").json() == []
    assert len(caller.results(item, f"&user_id={lena}").json()) == 1


def test_a_limit_on_results_ends_in_a_page(caller):
    answer = caller.results(caller.practice(), "&limit=3")

    assert answer.status_code == 404
    assert "<title>Error" in answer.text


def test_a_limit_on_columns_answers_a_link_no_parser_reads(caller):
    item = caller.practice()
    caller.practice()

    answer = caller.call("GET", f"/{item.course}/lineitems?type_id=1&limit=1")

    link = answer.headers["Link"].encode("latin-1").decode()
    assert "rel=\u201cnext\u201d" in link
    assert "&amp;limit=1" in link
    assert "next" not in answer.links


@pytest.mark.parametrize("kind", ["application/json", ITEM, "text/plain"])
def test_another_media_type_has_no_handler(kind, caller):
    item = caller.practice()
    path = f"/{item.course}/lineitems/{item.id}/lineitem/scores?type_id=1"

    answer = caller.call("POST", path, kind, json={})

    assert answer.status_code == 400
    assert answer.reason.startswith("No handler found")


def test_a_column_of_an_assignment_with_our_number_is_taken_for_ours(caller, lena):
    """assign.id 1 == lti.id 1: the assignment's grade is overwritten (measured)."""
    link = min(caller.world.links)
    number = max(caller.world.activities) + 1
    course = caller.course().id
    caller.world.add(Activity(number, course, "assign", link, "Case study"))
    foreign = GradeItem(999, course, "Case study", 100, activity=number)
    caller.world.add(foreign)

    answer = caller.score(foreign, lena, 75)

    assert answer.status_code == 200
    assert caller.world.scores[999, lena].value == 75


def test_the_activitys_own_column_can_be_deleted_with_its_grades(caller, lena):
    item = caller.practice()
    caller.score(item, lena, 15)
    path = f"/{item.course}/lineitems/{item.id}/lineitem?type_id=1"

    first, again = caller.call("DELETE", path), caller.call("DELETE", path)

    assert (first.status_code, again.status_code) == (204, 404)
    assert (item.id, lena) not in caller.world.scores


def test_a_column_of_its_own_completes_nothing(caller, lena):
    body = {"label": "Log", "scoreMaximum": 10, "resourceId": "r", "endDateTime": "x"}
    made = caller.call(
        "POST", f"/{caller.course().id}/lineitems", ITEM, json=body
    ).json()
    item = max(caller.world.grade_items.values(), key=lambda row: row.id)
    before = len(caller.world.completions)

    caller.score(item, lena, 10)

    kept = caller.call("GET", made["id"], ITEM).json()
    assert made["endDateTime"] == "x"
    assert "endDateTime" not in kept
    assert len(caller.world.completions) == before


@pytest.mark.parametrize("scope", ["score", "lineitem.readonly"])
def test_a_missing_scope_and_a_bad_token_look_the_same(scope, campus, caller):
    item = caller.practice()
    full = f"https://purl.imsglobal.org/spec/lti-ags/scope/{scope}"
    caller.bearer = campus.moodle.tokens.issue(caller.tool, [full])
    narrow = caller.results(item)
    caller.bearer = "garbage"

    wrong = caller.results(item)

    assert narrow.status_code == wrong.status_code == 401
    assert narrow.json() == wrong.json()


def test_a_bulk_write_by_web_service_completes_as_well(caller, lena):
    item = caller.practice()
    grades = {"grades[0][studentid]": lena, "grades[0][grade]": 17}

    answer = caller.ask(
        "core_grades_update_grades",
        source="mod/lti",
        courseid=item.course,
        component="mod_lti",
        activityid=item.activity,
        itemnumber=0,
        **grades,
    )

    assert answer == 0
    assert caller.state(item, lena) == 1
    (result,) = caller.results(item).json()
    assert result["resultScore"] == 17


def test_results_are_asked_with_their_own_media_type(caller):
    item = caller.practice()
    path = f"/{item.course}/lineitems/{item.id}/lineitem/results?type_id=1"

    answer = caller.call("GET", path)

    assert answer.headers["Content-Type"].startswith(RESULTS)
