"""What a token may write through the REST API."""

import pytest

from lti_mentor.demo.canvas.grading import find_result
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.links import create_assignment
from lti_mentor.demo.canvas.store import Result, Token
from lti_mentor.demo.people import person_named
from tests.demo.canvas.api import Api
from tests.demo.canvas.tool import practice


@pytest.fixture
def as_lena(api: Api, canvas: Institution) -> Api:
    canvas.store.add(Token("lena", person_named(canvas.world, "Lena Ortiz").id))
    return Api(api.web, api.url, "lena")


@pytest.fixture
def as_ines(api: Api, canvas: Institution) -> Api:
    canvas.store.add(Token("ines", person_named(canvas.world, "Ines Keller").id))
    return Api(api.web, api.url, "ines")


def event(context: str, **fields: str) -> dict[str, dict[str, str]]:
    wanted = {
        "context_code": context,
        "title": "Mentor session",
        "start_at": "2026-11-25T15:00:00Z",
        "end_at": "2026-11-25T15:30:00Z",
    }
    return {"calendar_event": wanted | fields}


def test_a_user_writes_to_the_own_calendar(as_lena: Api):
    made = as_lena.ask("calendar_events", "POST", json=event("user_101"))
    url = f"calendar_events/{made.json()['id']}"

    changed = as_lena.ask(
        url, "PUT", json={"calendar_event": {"location_name": "Room 4"}}
    )
    listed = as_lena.ask("calendar_events").json()
    deleted = as_lena.ask(url, "DELETE")

    assert made.status_code == 201
    assert changed.json()["location_name"] == "Room 4"
    assert changed.json()["title"] == "Mentor session"
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert deleted.json()["workflow_state"] == "deleted"
    assert as_lena.ask(url).status_code == 404


@pytest.mark.parametrize("context", ["user_102", "course_11", "course_x", ""])
def test_learners_write_to_no_other_calendar(as_lena: Api, context: str):
    answer = as_lena.ask("calendar_events", "POST", json=event(context))

    assert answer.status_code == 401


def test_teachers_write_for_the_whole_course(as_ines: Api, as_lena: Api):
    form = {f"calendar_event[{k}]": v for k, v in event("x")["calendar_event"].items()}

    made = as_ines.ask(
        "calendar_events",
        "POST",
        data=form | {"calendar_event[context_code]": "course_11"},
    )

    seen = as_lena.ask("calendar_events?context_codes[]=course_11").json()
    assert made.status_code == 201
    assert "Mentor session" in {one["title"] for one in seen}


def test_an_event_needs_a_start(as_lena: Api):
    answer = as_lena.ask(
        "calendar_events", "POST", json=event("user_101", start_at="soon")
    )

    assert answer.status_code == 400


def test_a_planner_note_is_the_callers_own(as_lena: Api):
    note = {"title": "Prepare", "todo_date": "2026-11-24T08:00:00Z"}

    made = as_lena.ask("planner_notes", "POST", json=note)
    empty = as_lena.ask("planner_notes", "POST", json={"title": "x"})

    assert (made.status_code, made.json()["user_id"]) == (201, 101)
    assert empty.status_code == 400


def send(api: Api, *recipients: str, **fields: object) -> list[dict[str, object]]:
    body = {"recipients": list(recipients), "body": "Hello", "subject": "Hi"} | fields
    found: list[dict[str, object]] = api.ask("conversations", "POST", json=body).json()
    return found


def test_a_private_thread_is_used_again(as_ines: Api, as_lena: Api):
    first = send(as_ines, "101")
    again = send(as_ines, "101", subject="Another", body="More")
    fresh = send(as_ines, "101", force_new=True)

    inbox = as_lena.ask("conversations").json()
    thread = as_lena.ask(f"conversations/{first[0]['id']}").json()
    assert first[0]["id"] == again[0]["id"] != fresh[0]["id"]
    assert again[0]["subject"] == "Hi"
    assert [one["body"] for one in thread["messages"]] == ["More", "Hello"]
    assert len(inbox) == 2


def test_many_recipients_get_one_thread_each_or_one_for_all(as_ines: Api):
    apart = send(as_ines, "101", "102")
    together = send(as_ines, "101", "102", group_conversation=True)
    course = send(as_ines, "course_13", group_conversation=True)

    assert len(apart) == 2
    assert len(together) == 1
    assert len(course[0]["audience"]) > 8  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "attribute"),
    [
        ({"recipients": []}, "recipients"),
        ({"recipients": ["nobody"]}, "recipients"),
        ({"body": " "}, "body"),
        ({"subject": "x" * 256}, "subject"),
    ],
)
def test_bad_messages_are_400(as_ines: Api, fields: dict[str, object], attribute: str):
    body = {"recipients": ["101"], "body": "Hello"} | fields

    answer = as_ines.ask("conversations", "POST", json=body)

    assert answer.status_code == 400
    assert answer.json()[0]["attribute"] == attribute


def test_async_messages_answer_202_and_nothing(as_ines: Api):
    body = {"recipients[]": ["101"], "body": "Hello", "mode": "async"}

    answer = as_ines.ask("conversations", "POST", data=body)

    assert (answer.status_code, answer.json()) == (202, [])


def test_strangers_do_not_read_a_thread(as_ines: Api, api: Api):
    thread = send(as_ines, "101")[0]

    assert api.ask(f"conversations/{thread['id']}").status_code == 404


def test_a_teachers_grade_changes_the_tools_result(
    as_ines: Api, as_lena: Api, canvas: Institution
):
    with canvas.store.change():
        assignment = create_assignment(
            canvas, 11, canvas.world.tools[1], practice(), {"points": 20.0, "title": ""}
        )
        canvas.store.add(Result(1, 1, 101, "2026-11-20T10:00:00Z", 12))
    path = f"courses/11/assignments/{assignment.id}/submissions/101"
    graded = {"submission": {"posted_grade": "7"}, "comment": {"text_comment": "Ok"}}

    answer = as_ines.ask(path + "?include[]=submission_comments", "PUT", json=graded)

    shown = answer.json()
    item = canvas.store.line_items[1]
    result = find_result(canvas, item, canvas.world.people[101])
    assert (shown["score"], shown["workflow_state"]) == (7, "graded")
    assert shown["submission_comments"][0]["comment"] == "Ok"
    assert shown["grader_id"] == person_named(canvas.world, "Ines Keller").id
    assert result and result.score == 7
    assert as_lena.ask(path, "PUT", json=graded).status_code == 401
    assert as_lena.ask(path).json()["score"] == 7
    assert as_lena.ask(path.replace("101", "102")).status_code == 401


def test_submissions_are_ones_own_or_all_for_graders(api: Api, as_lena: Api):
    path = "courses/11/students/submissions"

    own = as_lena.ask(path).json()
    everybody = api.all(path + "?student_ids[]=all&assignment_ids[]=1")
    grouped = api.all(path + "?student_ids[]=all&grouped=1")

    assert {one["user_id"] for one in own} == {101}
    assert len(everybody) == len(grouped) == 25
    assert as_lena.ask(path + "?student_ids[]=all").status_code == 401
    assert api.all("courses/11/assignments/1/submissions")
    assert api.all("courses/11/gradebook_history/feed")


def test_an_override_changes_ones_own_dates(as_ines: Api, as_lena: Api):
    dates = {"student_ids": [101], "due_at": "2027-01-01T00:00:00Z"}
    path = "courses/11/assignments/1"

    made = as_ines.ask(path + "/overrides", "POST", json={"assignment_override": dates})

    assert made.status_code == 201
    assert as_lena.ask(path).json()["due_at"] == "2027-01-01T00:00:00Z"
    assert as_ines.ask(path).json()["due_at"] != "2027-01-01T00:00:00Z"
    assert len(as_ines.ask(path + "/overrides").json()) == 1
    full = as_ines.ask(path + "?include[]=overrides&include[]=submission").json()
    assert full["overrides"]
    assert full["submission"]["workflow_state"] == "unsubmitted"


def test_unpublished_assignments_are_the_staffs(
    as_ines: Api, as_lena: Api, canvas: Institution
):
    canvas.store.assignments[1].published = False

    seen = [one["id"] for one in as_lena.all("courses/11/assignments")]

    assert 1 not in seen
    assert 1 in [one["id"] for one in as_ines.all("courses/11/assignments")]
    assert as_lena.ask("courses/11/assignments/1").status_code == 404


def test_gradebook_notes_are_written_one_by_one_and_in_bulk(as_ines: Api):
    base = "courses/11/custom_gradebook_columns"
    made = as_ines.ask(base, "POST", json={"column": {"title": "Mentor"}}).json()
    data = f"{base}/{made['id']}/data"

    as_ines.ask(f"{data}/101", "PUT", json={"column_data": {"content": "Ann"}})
    bulk = as_ines.ask(
        "courses/11/custom_gradebook_column_data",
        "PUT",
        json={
            "column_data": [{"column_id": made["id"], "user_id": 102, "content": "Bo"}]
        },
    )

    assert bulk.json()["workflow_state"] == "completed"
    assert [one["content"] for one in as_ines.ask(data).json()] == ["Ann", "Bo"]
    assert [one["title"] for one in as_ines.ask(base).json()] == ["Mentor"]
    too_long = {"column_data": {"content": "x" * 256}}
    assert as_ines.ask(f"{data}/101", "PUT", json=too_long).status_code == 400
    assert as_ines.ask(f"{base}/99/data").status_code == 404
    assert as_ines.ask(base, "POST", json={}).status_code == 400
