"""Who may ask the REST API, and how it turns people away (Canvas doc/api/oauth.md)."""

import time

import pytest
import requests

from lti_mentor.demo import Campus
from lti_mentor.demo.canvas.developer_keys import create_api_key
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import Token
from lti_mentor.demo.people import person_named
from lti_mentor.demo.rows import Person
from tests.demo.canvas.api import Api
from tests.demo.canvas.tool import Tool

LIST_USERS = "url:GET|/api/v1/courses/:course_id/users"


def token_of(canvas: Institution, name: str, **fields: object) -> str:
    person = person_named(canvas.world, name)
    value = f"token-of-{person.username}"
    canvas.store.add(Token(value, person.id, **fields))  # type: ignore[arg-type]
    return value


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_missing_or_bad_token_is_challenged(api: Api, token: str):
    api.token = token

    answer = api.ask("users/self")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="canvas-lms"'
    message = answer.json()["errors"][0]["message"]
    assert message == (
        "Invalid access token." if token else "user authorization required"
    )


def test_an_lti_token_is_no_rest_token(api: Api, tool: Tool):
    api.token = tool.ask_token().json()["access_token"]

    answer = api.ask("users/self")

    assert answer.status_code == 401
    assert answer.json()["status"] == "unauthenticated"


def test_an_expired_token_is_challenged(api: Api, canvas: Institution):
    api.token = token_of(canvas, "Ines Keller", expires=time.time() - 1)

    assert api.ask("users/self").status_code == 401


def test_a_missing_right_is_401_without_a_challenge(api: Api, canvas: Institution):
    api.token = token_of(canvas, "Lena Ortiz")

    answer = api.ask("courses/11/bulk_user_progress")

    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers
    assert answer.json()["status"] == "unauthorized"


@pytest.mark.parametrize("path", ["courses/999", "users/999", "no/such/thing"])
def test_what_is_not_there_is_404(api: Api, path: str):
    answer = api.ask(path)

    assert answer.status_code == 404
    assert answer.json() == {
        "errors": [{"message": "The specified resource does not exist."}]
    }


def test_scopes_are_enforced_by_the_endpoints_own_path(api: Api, canvas: Institution):
    key = create_api_key(canvas, "Mentor", "https://tool.example/oauth", "secret")
    key.enforce_scopes = True
    api.token = token_of(
        canvas, "Ines Keller", client_id=key.client_id, scopes=[LIST_USERS]
    )

    allowed = api.ask("courses/11/users?include[]=enrollments")
    refused = api.ask("courses/11/sections")

    assert allowed.status_code == 200
    assert "enrollments" not in allowed.json()[0]
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["message"] == (
        "Insufficient scopes on access token."
    )


def test_includes_work_with_the_keys_permission(api: Api, canvas: Institution):
    key = create_api_key(canvas, "Mentor", "https://tool.example/oauth", "secret")
    key.enforce_scopes = key.allow_includes = True
    api.token = token_of(
        canvas, "Ines Keller", client_id=key.client_id, scopes=[LIST_USERS]
    )

    found = api.ask("courses/11/users?include[]=enrollments").json()

    assert "enrollments" in found[0]


def test_an_admin_can_take_a_scope_back(api: Api, campus: Campus):
    campus.canvas.faults.set(no_scopes=[LIST_USERS])

    assert api.ask("courses/11/users").status_code == 401
    assert api.ask("courses/11/sections").status_code == 200


def test_a_user_agent_is_needed(api: Api, campus: Campus):
    without = api.ask("users/self", headers={"User-Agent": ""})
    campus.canvas.faults.set(canvas_needs_user_agent=False)
    tolerated = api.ask("users/self", headers={"User-Agent": ""})

    assert without.status_code == 403
    assert "valid user agent" in without.json()["message"]
    assert tolerated.status_code == 200


@pytest.mark.parametrize(("newer", "status"), [(False, 403), (True, 429)])
def test_throttling_is_text_without_retry_after(
    api: Api, campus: Campus, newer: bool, status: int
):
    campus.canvas.faults.set(throttled=1, canvas_throttles_with_429=newer)

    answer = api.ask("users/self")
    next_one = api.ask("users/self")

    assert answer.status_code == status
    assert answer.text == f"{status} Forbidden (Rate Limit Exceeded)"
    assert answer.headers["X-Rate-Limit-Remaining"] == "0.0"
    assert "Retry-After" not in answer.headers
    assert next_one.status_code == 200


def test_the_bucket_is_the_tokens_own(api: Api, canvas: Institution):
    canvas.throttle.clock = lambda: 0.0
    canvas.throttle.fill(api.token, 650)
    other = token_of(canvas, "Ines Keller")

    mine = api.ask("users/self")
    api.token = other

    assert mine.status_code == 403
    assert api.ask("users/self").status_code == 200


def test_remaining_falls_and_recovers(api: Api, canvas: Institution):
    now = [0.0]
    canvas.throttle.clock = lambda: now[0]
    canvas.throttle.fill(api.token, 300)

    first = float(api.ask("users/self").headers["X-Rate-Limit-Remaining"])
    now[0] = 10.0
    later = float(api.ask("users/self").headers["X-Rate-Limit-Remaining"])

    assert first == pytest.approx(299.9)
    assert later == pytest.approx(399.8)


def test_header_names_may_be_lower_case(api: Api, campus: Campus):
    campus.canvas.faults.set(canvas_lower_case_headers=True)

    answer = api.ask("courses/11/users")

    assert "link" in list(answer.raw.headers)
    assert "x-rate-limit-remaining" in list(answer.raw.headers)


@pytest.mark.parametrize("bookmarks", [False, True])
def test_lists_come_in_pages_of_ten(api: Api, campus: Campus, bookmarks: bool):
    campus.canvas.faults.set(canvas_bookmark_pages=bookmarks)

    pages = api.pages("courses/11/users?enrollment_type[]=student")

    ids = [one["id"] for page in pages for one in page.json()]
    assert [len(page.json()) for page in pages] == [10, 10, 5]
    assert len(set(ids)) == 25
    assert "next" not in pages[-1].links
    assert "enrollment_type" in pages[0].links["next"]["url"]


def test_the_token_is_never_in_a_link(api: Api):
    answer = api.ask(f"courses/11/users?access_token={api.token}")

    assert api.token not in answer.headers["Link"]


@pytest.mark.parametrize(("hundred", "size"), [(True, 100), (False, 50)])
def test_per_page_is_capped(
    api: Api, campus: Campus, canvas: Institution, hundred: bool, size: int
):
    campus.canvas.faults.set(canvas_caps_pages_at_100=hundred)
    for number in range(1000, 1100):
        canvas.world.add(Person(number, f"u{number}", "U", str(number), str(number)))

    page = api.ask("accounts/1/users?per_page=1000").json()

    assert len(page) == size


def test_a_page_beyond_the_end_is_empty_and_a_bad_bookmark_404(api: Api):
    beyond = api.ask("courses/11/users?page=40")
    bad = api.ask("courses/11/users?page=bookmark:WyJOb3BlIiwgMV0=")
    worse = api.ask("courses/11/users?page=bookmark:!!!")

    assert beyond.json() == []
    assert (bad.status_code, worse.status_code) == (404, 404)


def test_a_masquerading_admin_acts_as_somebody(api: Api, canvas: Institution):
    as_lena = api.ask("users/self?as_user_id=101").json()
    api.token = token_of(canvas, "Ines Keller")

    assert as_lena["name"] == "Lena Ortiz"
    assert api.ask("users/self?as_user_id=101").status_code == 401


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("sis_user_id", "idnumber"),
        ("sis_login_id", "username"),
        ("lti_1_3_id", "sub"),
        ("lti_user_id", "opaque"),
    ],
)
def test_people_have_other_names(api: Api, canvas: Institution, kind: str, field: str):
    lena = person_named(canvas.world, "Lena Ortiz")

    found = api.ask(f"users/{kind}:{getattr(lena, field)}").json()

    assert found["id"] == lena.id


@pytest.mark.parametrize(
    ("switch", "status"), [({"down": True}, 503), ({"wrong": True}, 200)]
)
def test_faults_reach_services_but_not_pages(
    api: Api, campus: Campus, switch: dict[str, bool], status: int
):
    campus.canvas.faults.set(**switch)

    answer = api.ask("users/self")

    with requests.Session() as web:
        page = web.get(campus.canvas.url + "/")
    assert answer.status_code == status
    assert "html" in answer.headers["Content-Type"]
    assert page.status_code == 200
    assert "Who do you want to be?" in page.text
