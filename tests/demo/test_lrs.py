"""The record store of the campus follows xAPI 2.0 as far as a tool uses it."""

import uuid

import pytest
import requests

from lti_mentor.demo import Campus, start

VERSION = {"X-Experience-API-Version": "2.0.0"}


@pytest.fixture(scope="module")
def campus():
    with start() as campus:
        yield campus


def statement(**changes):
    body = {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://lms.example", "name": "7"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://tool.example/practice/{uuid.uuid4()}"},
    }
    return body | changes


def ask(campus: Campus, method: str, query: str = "", **options):
    options.setdefault("auth", (campus.lrs.key, campus.lrs.secret))
    options.setdefault("headers", VERSION)
    url = f"{campus.lrs.url}/statements{query}"
    return requests.request(method, url, timeout=5, **options)


def test_a_statement_is_kept_and_read_back(campus):
    body = statement()

    answer = ask(campus, "POST", json=body)

    kept = ask(campus, "GET", f"?statementId={body['id']}").json()
    assert answer.json() == [body["id"]]
    assert body.items() <= kept.items()
    assert {"stored", "timestamp"} <= set(kept)


def test_the_same_statement_again_changes_nothing(campus):
    body = statement()
    ask(campus, "POST", json=body)
    before = len(campus.records.statements)

    answer = ask(campus, "POST", json=body)

    assert answer.status_code == 200
    assert len(campus.records.statements) == before


def test_another_statement_of_the_same_id_is_a_conflict(campus):
    body = statement()
    ask(campus, "POST", json=body)

    answer = ask(campus, "POST", json=statement(id=body["id"]))

    assert answer.status_code == 409


def test_a_batch_is_kept_whole_or_not_at_all(campus):
    good, bad = statement(), statement(verb={})
    before = len(campus.records.statements)

    answer = ask(campus, "POST", json=[good, bad])

    assert answer.status_code == 400
    assert len(campus.records.statements) == before


def test_a_statement_is_put_under_its_id(campus):
    body = statement()
    number = body.pop("id")

    answer = ask(campus, "PUT", f"?statementId={number}", json=body)

    assert answer.status_code == 204
    assert number in campus.records.statements


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"auth": ("campus", "wrong")}, 401),
        ({"headers": {}}, 400),
        ({"json": {"id": "no uuid"}}, 400),
        ({"data": "no json"}, 400),
    ],
)
def test_a_bad_request_is_refused(options, status, campus):
    answer = ask(campus, "POST", **options)

    assert answer.status_code == status
    assert answer.headers["X-Experience-API-Version"] == "2.0.0"


def test_a_list_goes_on_behind_its_more_link(campus):
    registration = str(uuid.uuid4())
    batch = [statement(context={"registration": registration}) for _ in range(30)]
    ask(campus, "POST", json=batch)

    first = ask(campus, "GET", f"?registration={registration}").json()
    rest = requests.get(  # noqa: TID251
        campus.portal_url + first["more"],
        auth=(campus.lrs.key, campus.lrs.secret),
        headers=VERSION,
        timeout=5,
    ).json()

    found = [row["id"] for row in first["statements"] + rest["statements"]]
    assert sorted(found) == sorted(row["id"] for row in batch)
    assert rest["more"] == ""


def test_a_voided_statement_is_no_longer_found(campus):
    body = statement()
    ask(campus, "POST", json=body)
    voiding = statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": body["id"]},
    )

    ask(campus, "POST", json=voiding)

    assert ask(campus, "GET", f"?statementId={body['id']}").status_code == 404


def test_the_records_page_shows_what_came(campus):
    body = statement()
    ask(campus, "POST", json=body)

    page = requests.get(campus.portal_url + "/records", timeout=5)  # noqa: TID251

    assert body["object"]["id"] in page.text
