"""A record store is told who did what, once, by id, without names."""

import json

import pytest

from lti_mentor.activity.models import DESTINATIONS, DeliveryState, Destination, Verb
from lti_mentor.db import transaction
from lti_mentor.errors import Outside as Failed
from lti_mentor.passback import queries, records, service, xapi
from lti_mentor.people.models import Person
from lti_mentor.platforms import queries as platforms
from lti_mentor.platforms.models import Feature, Health, Registration
from tests.passback.conftest import Course
from tests.passback.lms import Outside

XAPI = Destination.XAPI
SENT, DEAD, WAITING = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.WAITING
HOME = "https://mentor.example.org"


def health(course: Course) -> Health:
    with course.sessions() as session:
        registration = session.get_one(Registration, course.registration_id)
        return platforms.health(session, registration)[Feature.LRS].state


def test_every_verb_that_goes_to_a_store_has_an_iri() -> None:
    told = {verb for verb, places in DESTINATIONS.items() if XAPI in places}

    assert told == set(xapi.VERBS)


def test_a_statement_is_complete_and_names_nobody(
    course: Course, outside: Outside
) -> None:
    given = course.score(82)

    course.send(XAPI)

    (statement,) = outside.statements.values()
    assert statement["id"] == str(course.activity(given).public_id)
    assert statement["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": outside.url, "name": "lena"},
    }
    assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/scored"
    assert statement["object"]["id"].startswith(f"{HOME}/xapi/practice_work/")
    assert statement["result"]["score"] == {
        "raw": 82.0,
        "min": 0.0,
        "max": 100.0,
        "scaled": 0.82,
    }
    (parent,) = statement["context"]["contextActivities"]["grouping"]
    assert parent["definition"]["name"] == {"und": "Negotiation"}
    assert "Lena" not in json.dumps(statement)
    assert course.delivery(given, XAPI).state is SENT


def test_what_a_mentor_does_says_whose_learning_it_is_about(
    course: Course, outside: Outside
) -> None:
    course.record(Verb.VERIFIED, "mentor", basis="saw_it")

    course.send(XAPI)

    (statement,) = outside.statements.values()
    assert statement["actor"]["account"]["name"] == "mateo"
    extensions = statement["context"]["extensions"]
    assert extensions[f"{HOME}/xapi/learner"]["name"] == "lena"
    assert extensions[f"{HOME}/xapi/data"] == {"basis": "saw_it"}


def test_waiting_statements_go_in_one_batch_in_order(
    course: Course, outside: Outside
) -> None:
    verbs = [Verb.PLANNED, Verb.APPLIED, Verb.REFLECTED]
    for verb in verbs:
        course.record(verb, "learner")

    course.send(XAPI)

    assert outside.batches == [3]
    sent = [row["verb"]["id"] for row in outside.statements.values()]
    assert sent == [xapi.VERBS[verb][0] for verb in verbs]


def test_more_than_a_batch_goes_in_several(course: Course, outside: Outside) -> None:
    for _ in range(service.BATCH + 1):
        course.record(Verb.APPLIED, "learner")

    course.send(XAPI)

    assert outside.batches == [service.BATCH, 1]


def test_a_statement_sent_twice_is_kept_once(course: Course, outside: Outside) -> None:
    given = course.record(Verb.APPLIED, "learner")
    course.send(XAPI)
    with course.sessions() as session, transaction(session):
        (delivery,) = queries.listed(session, state=SENT)
        delivery.state = WAITING

    course.send(XAPI)

    assert course.delivery(given, XAPI).state is SENT
    assert len(outside.statements) == 1


def test_a_conflict_means_that_it_is_there_already(
    course: Course, outside: Outside
) -> None:
    first, second = (course.record(Verb.APPLIED, "learner") for _ in range(2))
    known = str(course.activity(first).public_id)
    outside.statements[known] = {"id": known, "other": True}

    course.send(XAPI)

    assert course.delivery(first, XAPI).code == "xapi.already_there"
    assert course.delivery(second, XAPI).code == "xapi.accepted"
    assert outside.batches == [2, 1, 1]


def test_one_refused_statement_holds_up_none_of_the_others(
    course: Course, outside: Outside
) -> None:
    outside.refused_verbs = {xapi.VERBS[Verb.PLANNED][0]}
    bad = course.record(Verb.PLANNED, "learner")
    good = course.record(Verb.APPLIED, "learner")

    course.send(XAPI)

    refused = course.delivery(bad, XAPI)
    assert (refused.state, refused.code) == (DEAD, "xapi.refused")
    assert refused.words == "400 this verb is unknown here"
    assert course.delivery(good, XAPI).state is SENT


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_store_that_is_away_gets_them_later(
    course: Course, outside: Outside, status: int
) -> None:
    given = course.record(Verb.APPLIED, "learner")
    outside.status = status

    with pytest.raises(Failed):
        course.send(XAPI)
    away, state = health(course), course.delivery(given, XAPI)
    outside.status = None
    course.send(XAPI)

    assert (away, state.state, state.code) == (Health.FAILED, WAITING, "xapi.no_answer")
    assert course.delivery(given, XAPI).state is SENT
    assert health(course) is Health.OK


def test_a_store_that_is_away_holds_up_no_grade(
    course: Course, outside: Outside
) -> None:
    course.set(lrs_url="http://127.0.0.1:1/xapi")
    given = course.score(82)

    with pytest.raises(Failed):
        course.send(XAPI)
    course.send(Destination.AGS)

    assert course.delivery(given).state is SENT


def test_no_statement_goes_while_writing_is_paused(
    course: Course, outside: Outside
) -> None:
    course.set(writes_paused=True)
    given = course.record(Verb.APPLIED, "learner")

    course.send(XAPI)

    assert course.delivery(given, XAPI).state is WAITING
    assert outside.batches == []


def test_an_erased_person_is_told_of_no_more(course: Course, outside: Outside) -> None:
    given = course.record(Verb.APPLIED, "learner")
    with course.sessions() as session, transaction(session):
        session.get_one(Person, course.learner_id).sub = None

    course.send(XAPI)

    assert course.delivery(given, XAPI).code == "xapi.nobody"
    assert outside.batches == []


def test_subjects_of_hosted_canvas_never_meet_under_its_shared_issuer(
    course: Course,
) -> None:
    shared = "https://canvas.instructure.com"
    with course.sessions() as session:
        row = session.get_one(Registration, course.registration_id)
        row.issuer, row.auth_url, row.lms_url = shared, f"{shared}/auth", None
        alone = records.home_page(row, HOME)
        row.origins = ["https://*.instructure.com", "https://uni.example.edu"]
        own = records.home_page(row, HOME)

    assert alone.startswith(f"{HOME}/xapi/registration/")
    assert own == "https://uni.example.edu"


def test_a_sweep_asks_for_every_place_where_something_waits(course: Course) -> None:
    course.score(82)

    with course.sessions() as session, transaction(session):
        count = service.sweep(session)

    assert count == 2


def test_a_store_with_oauth_gets_a_token_asked_for_once(
    course: Course, outside: Outside
) -> None:
    course.set(lrs_token_url=f"{outside.url}/store-token")
    first = course.record(Verb.APPLIED, "learner")
    course.send(XAPI)
    second = course.record(Verb.REFLECTED, "learner")

    course.send(XAPI)

    assert course.delivery(first, XAPI).state is SENT
    assert course.delivery(second, XAPI).state is SENT
    assert outside.store_tokens == ["token-0"]


def test_a_token_the_store_no_longer_takes_is_renewed_once(
    course: Course, outside: Outside
) -> None:
    course.set(lrs_token_url=f"{outside.url}/store-token")
    course.record(Verb.APPLIED, "learner")
    course.send(XAPI)
    outside.store_tokens.append("revoked")
    given = course.record(Verb.REFLECTED, "learner")

    course.send(XAPI)

    assert course.delivery(given, XAPI).state is SENT
    assert outside.store_tokens == ["token-0", "revoked", "token-2"]


def test_a_store_whose_oauth_key_is_refused_gets_them_later(
    course: Course, outside: Outside
) -> None:
    course.set(lrs_token_url=f"{outside.url}/store-token", lrs_secret="old")
    given = course.record(Verb.APPLIED, "learner")

    with pytest.raises(Failed):
        course.send(XAPI)

    assert course.delivery(given, XAPI).state is WAITING
    assert health(course) is Health.FAILED
