"""Rosters and gradebooks: tokens, pages, media types, and what platforms get wrong."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from sqlalchemy.orm import Session

from lti_mentor.clock import now
from lti_mentor.errors import Outside
from lti_mentor.lti.roles import CourseRole
from lti_mentor.lti.services import Column, Services, connect
from lti_mentor.lti.tokens import TokenCache, access
from lti_mentor.outbound import Outbound
from lti_mentor.platforms import service
from lti_mentor.platforms.models import LMSKind, Registration
from tests.platform import ROLE, Answer, Asked, Platform, private_key
from tests.tool import KID

AT = datetime(2026, 11, 22, 12, 0, 0, 5000, tzinfo=UTC)


def member(sub: str, **changes: object) -> dict[str, object]:
    return {"user_id": sub, "roles": ["Learner"], "status": "Active"} | changes


def serve(platform: Platform, path: str, *answers: Answer) -> None:
    """Answer one path with one answer after the other, the last one for ever."""
    waiting = list(answers)
    platform.routes[path] = lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def roster(*members: dict[str, object], **headers: str) -> Answer:
    return Answer(body={"members": list(members)}, headers=headers)


def test_a_roster_is_read_over_all_its_pages(services: Services, platform: Platform):
    url = f"{platform.url}/members"
    page2 = f'<{url}?page=Bookmark:WyJBIl0>; rel="next"'
    serve(platform, "/members", roster(member("1"), Link=page2), roster(member("2")))

    found = [m.sub for m in services.members(url)]

    assert found == ["1", "2"]
    assert platform.requests("/members")[1].query == {"page": "Bookmark:WyJBIl0"}


@pytest.mark.parametrize(
    "link",
    [
        '<{url}?from=1&amp;limit=1>; rel="next"',
        "<{url}?from=1&limit=1>; rel=next",
        "<{url}?from=1&limit=1>;rel='next'",
        '<{url}?from=0>; rel="first", <{url}?from=1&limit=1>; rel="next"',
        "<{url}?from=1&limit=1>; rel=\u00e2\u0080\u009cnext\u00e2\u0080\u009d",
    ],
)
def test_a_next_link_is_understood_however_it_is_quoted(
    services: Services, platform: Platform, link: str
):
    url = f"{platform.url}/members"
    first = roster(member("1"), Link=link.format(url=url))
    serve(platform, "/members", first, roster(member("2")))

    found = [m.sub for m in services.members(url)]

    assert found == ["1", "2"]
    assert platform.requests("/members")[1].query == {"from": "1", "limit": "1"}


def test_a_role_filter_that_moodle_drops_is_put_back(
    services: Services, platform: Platform
):
    url = f"{platform.url}/members"
    next_page = roster(member("1"), Link=f'<{url}?from=1>; rel="next"')
    serve(platform, "/members", next_page, roster(member("2")))

    list(services.members(url, role="Learner", limit=1))

    first, second = platform.requests("/members")
    assert first.query == {"role": "Learner", "limit": "1"}
    assert second.query == {"from": "1", "role": "Learner"}


def test_where_ids_are_refused_the_plain_roster_is_read(
    services: Services, platform: Platform
):
    """Canvas does so for tools that came from LTI 1.1 (canvas-lms#2289)."""
    serve(platform, "/members", Answer(400, body={}), roster(member("1")))

    found = services.members(f"{platform.url}/members", resource_link_id="course-1")

    assert [m.sub for m in found] == ["1"]
    asked = [request.query for request in platform.requests("/members")]
    assert asked == [{"rlid": "course-1"}, {}]


def test_a_refusal_that_is_about_something_else_stays_one(
    services: Services, platform: Platform
):
    url = f"{platform.url}/members"
    half = roster(member("1"), Link=f'<{url}?page=2>; rel="next"')

    for link in (None, "course-1"):
        serve(platform, "/members", half, Answer(400, body={}), roster(member("2")))
        with pytest.raises(Outside):
            list(services.members(url, resource_link_id=link))

    serve(platform, "/members", Answer(404, body={}))
    with pytest.raises(Outside):
        list(services.members(url, resource_link_id="course-1"))


def test_the_bearer_never_follows_a_link_to_another_host(
    services: Services, platform: Platform
):
    url = f"{platform.url}/members"
    serve(platform, "/members", roster(Link='<http://127.0.0.2:1/x>; rel="next"'))

    with pytest.raises(Outside, match=r"service\.foreign_page"):
        list(services.members(url))


def test_a_circle_of_pages_ends(services: Services, platform: Platform):
    url = f"{platform.url}/members"
    serve(platform, "/members", roster(Link=f'<{url}>; rel="next"'))

    with pytest.raises(Outside, match=r"service\.page_loop"):
        list(services.members(url))


def test_members_are_read_as_each_platform_writes_them(
    services: Services, platform: Platform
):
    custom = {"https://purl.imsglobal.org/spec/lti/claim/custom": {"tz": "Europe/Rome"}}
    rows: tuple[dict[str, object], ...] = (
        member("1", roles=["Instructor"]),
        member("2", roles=[f"{ROLE}membership#Learner"], status="Inactive"),
        member("3", roles=[], message=[custom], name="N", email="e@x.test"),
        {"user_id": None, "roles": []},
        member("5", roles="Learner"),
    )
    serve(platform, "/members", roster(*rows))

    found = list(services.members(f"{platform.url}/members"))

    assert [m.sub for m in found] == ["1", "2", "3"]
    assert [m.standing.role for m in found] == [
        CourseRole.INSTRUCTOR,
        CourseRole.LEARNER,
        CourseRole.VIEWER,
    ]
    assert [m.is_active for m in found] == [True, False, True]
    assert found[2].custom == {"tz": "Europe/Rome"}
    accept = platform.requests("/members")[0].headers["Accept"]
    assert accept == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def test_one_token_serves_many_calls(services: Services, platform: Platform):
    serve(platform, "/members", roster())

    for _ in range(5):
        list(services.members(f"{platform.url}/members"))

    assert platform.tokens == 1
    asked = platform.requests("/token")[0].form
    claims = jwt.decode(
        asked["client_assertion"],
        private_key(KID).public_key(),
        ["RS256"],
        audience=f"{platform.url}/token",
    )
    assert claims["sub"] == claims["iss"] == "client-1"
    assert claims["exp"] - claims["iat"] <= 300
    assert "redirect_uri" not in asked


def test_twenty_threads_and_five_hundred_calls_ask_for_one_token(
    services: Services, platform: Platform
):
    begin = threading.Barrier(20)

    def ask(_number: int) -> set[str]:
        begin.wait()
        return {services.token("a").value for _ in range(25)}

    with ThreadPoolExecutor(20) as threads:
        found = set().union(*threads.map(ask, range(20)))

    assert len(found) == 1
    assert platform.tokens == 1


def test_a_busy_token_address_says_when_to_come_again(
    services: Services, platform: Platform
):
    platform.routes["/token"] = lambda _: Answer(429, headers={"Retry-After": "90"})

    with pytest.raises(Outside, match=r"outside\.status") as busy:
        services.token("a")

    assert (busy.value.details["status"], busy.value.details["retry_after"]) == (
        429,
        90,
    )


def test_a_late_refusal_leaves_the_newer_token_alone(
    session: Session, registration: Registration, platform: Platform, outbound: Outbound
):
    cache, known = TokenCache(), access(session, registration)
    old = cache.get(known, frozenset("a"), outbound)
    cache.drop(known, frozenset("a"), old)
    new = cache.get(known, frozenset("a"), outbound)

    cache.drop(known, frozenset("a"), old)

    assert cache.get(known, frozenset("a"), outbound) is new


def test_a_token_is_renewed_a_minute_before_it_ends(
    services: Services, platform: Platform
):
    serve(platform, "/members", roster())
    list(services.members(f"{platform.url}/members"))

    with time_machine.travel(now() + timedelta(seconds=3541)):
        list(services.members(f"{platform.url}/members"))

    assert platform.tokens == 2


def test_a_token_refused_is_renewed_once(services: Services, platform: Platform):
    serve(platform, "/members", Answer(401), roster(member("1")))

    found = list(services.members(f"{platform.url}/members"))

    assert len(found) == 1
    used = [a.headers["Authorization"] for a in platform.requests("/members")]
    assert used == ["Bearer token-1", "Bearer token-2"]


def test_a_second_refusal_is_a_missing_permission(
    services: Services, platform: Platform
):
    serve(platform, "/members", Answer(401))

    with pytest.raises(Outside, match=r"service\.unauthorized") as refused:
        list(services.members(f"{platform.url}/members"))

    assert len(platform.requests("/members")) == 2
    assert "contextmembership" in str(refused.value.details["scope"])


def test_two_clients_of_one_issuer_never_share_a_token(
    session: Session, registration: Registration, platform: Platform, outbound: Outbound
):
    second = service.add(session, **platform.registration(client_id="client-2"))
    cache = TokenCache()
    serve(platform, "/members", roster())

    for tenant in (registration, second):
        list(
            connect(session, tenant, outbound, cache).members(f"{platform.url}/members")
        )

    used = {a.headers["Authorization"] for a in platform.requests("/members")}
    assert len(used) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, b'"error" : ""kid" invalid"', content_type="text/html"),
        Answer(404, b"<html>no</html>", content_type="text/html"),
        Answer(401, {"error": "invalid_client"}),
    ],
)
def test_a_token_that_is_refused_says_so_without_the_body(
    services: Services, platform: Platform, answer: Answer
):
    platform.routes["/token"] = lambda _: answer

    with pytest.raises(Outside, match=r"service\.token_refused") as refused:
        services.token("a")

    assert refused.value.details == {"status": answer.status}


@pytest.mark.parametrize("body", [b"", b"<html>", [], {}, {"access_token": 5}])
def test_a_token_answer_that_is_none_is_malformed(
    services: Services, platform: Platform, body: object
):
    platform.routes["/token"] = lambda _: Answer(body=body)

    with pytest.raises(Outside, match=r"outside\.malformed"):
        services.token("a")


def test_granted_scopes_are_what_the_answer_says(
    services: Services, platform: Platform
):
    granted = {"access_token": "t", "scope": "a", "expires_in": "3600"}
    platform.routes["/token"] = lambda _: Answer(body=granted, content_type="text/html")

    assert services.token("a", "b").scopes == frozenset({"a"})


def column(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": f"https://lms.test/li/{number}/lineitem?type_id=2",
        "label": f"C{number}",
        "scoreMaximum": 100,
    } | changes


def test_only_columns_of_ours_come_back_though_the_platform_ignores_the_filter(
    services: Services, platform: Platform
):
    rows = [column(1, resourceId="mine", tag="practice"), column(2, resourceId="x")]
    serve(platform, "/items", Answer(body=rows))

    found = services.line_items(f"{platform.url}/items?type_id=2", resource_id="mine")

    assert [c.label for c in found] == ["C1"]
    query = platform.requests("/items")[0].query
    assert query == {"type_id": "2", "resource_id": "mine"}


@pytest.mark.parametrize("says_so", [True, False])
def test_columns_are_read_where_only_reading_is_granted(
    services: Services, platform: Platform, says_so: bool
):
    def token(asked: Asked) -> Answer:
        is_reading = asked.form["scope"].endswith(".readonly")
        if not is_reading and not says_so:
            return Answer(400, {"error": "invalid_scope"})
        name = "read" if is_reading else "none"
        return Answer(
            body={"access_token": name, "scope": asked.form["scope"] * is_reading}
        )

    platform.routes["/token"] = token
    serve(platform, "/items", Answer(body=[column(1, resourceId="mine")]))

    found = services.line_items(f"{platform.url}/items", resource_id="mine")

    assert len(found) == 1
    used = platform.requests("/items")[0].headers["Authorization"]
    assert used == "Bearer read"


def test_a_column_is_created_with_the_vendors_type(
    services: Services, platform: Platform
):
    serve(platform, "/items", Answer(201, column(7, resourceId="mine")))
    wanted = Column(url="", label="Practice", maximum=10, resource_id="mine")

    made = services.create_line_item(f"{platform.url}/items", wanted)

    asked = platform.requests("/items")[0]
    assert made.url == "https://lms.test/li/7/lineitem?type_id=2"
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert asked.json == {"label": "Practice", "scoreMaximum": 10, "resourceId": "mine"}


def test_a_deleted_column_is_none(services: Services, platform: Platform):
    assert services.line_item(f"{platform.url}/gone") is None


@pytest.mark.parametrize("body", [b"", b"<html>", {}, {"members": {}}, [], "x"])
def test_a_roster_that_is_none_is_malformed(
    services: Services, platform: Platform, body: object
):
    serve(platform, "/members", Answer(body=body))

    with pytest.raises(Outside, match=r"outside\.malformed"):
        list(services.members(f"{platform.url}/members"))


def test_canvas_takes_the_role_filter_as_its_link_has_it(
    session: Session, platform: Platform, registration: Registration, outbound: Outbound
):
    registration.lms_kind = LMSKind.CANVAS
    services = connect(session, registration, outbound, TokenCache())
    url = f"{platform.url}/members"
    link = f'<{url}?page=2>; rel="next"'
    serve(platform, "/members", roster(Link=link), roster())

    list(services.members(url, role="x"))

    assert platform.requests("/members")[1].query == {"page": "2"}
