"""What is peculiar to Canvas, from its docs and source."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_clients import (
    Ability,
    CalendarEvent,
    Completion,
    Forbidden,
    Malformed,
    Message,
    Proof,
    Rejected,
    Role,
    Throttled,
    Unauthorized,
    Unreachable,
    canvas_scopes,
)
from lms_clients.canvas import schemas
from lms_clients.wire import Record
from tests.lms_clients.canvas_server import (
    ANN,
    BEN,
    CARL,
    OUTCOME,
    TESTER,
    TINA,
    TOKEN,
    UNAUTHORIZED,
    CanvasServer,
)
from tests.lms_clients.local_server import Reply

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
SCOPE = Reply({"errors": [{"message": "Insufficient scopes on access token."}]}, 401)


@pytest.fixture
def canvas(serve, open_lms):
    """Open a Canvas with these switches: a client, and what was asked of it."""

    def make(**switches):
        server = serve(CanvasServer(**switches))
        return open_lms("canvas", server.url, TOKEN), server

    return make


def paths(server) -> list[str]:
    return [request.path.removeprefix("/api/v1") for request in server.requests]


def test_the_token_travels_in_a_header_only(canvas):
    client, server = canvas()

    client.site()

    assert TOKEN not in server.requests[0].url
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(client)


def test_a_bad_token_is_unauthorized_and_a_missing_right_forbidden(serve, open_lms):
    server = serve(CanvasServer(refused={"sections": Reply(UNAUTHORIZED, 401)}))

    with pytest.raises(Unauthorized):
        open_lms("canvas", server.url, "wrong").site()
    with pytest.raises(Forbidden) as caught:
        list(open_lms("canvas", server.url, TOKEN).sections("5"))

    assert caught.value.code == "not_authorized"
    assert caught.value.status == 401
    assert str(caught.value).startswith("GET /courses/:course_id/sections: ")


def test_a_missing_scope_is_named(canvas):
    client, _ = canvas(refused={"sections": SCOPE})

    with pytest.raises(Forbidden) as caught:
        list(client.sections("5"))

    assert caught.value.missing == "url:GET|/api/v1/courses/:course_id/sections"
    assert caught.value.missing in canvas_scopes()


@pytest.mark.parametrize("status", [403, 429])
def test_throttling_has_two_faces(canvas, status):
    words = b"403 Forbidden (Rate Limit Exceeded)\n"
    full = Reply(words, status, {"X-Rate-Limit-Remaining": "0.0"})
    client, server = canvas(refused={"sections": full})

    with pytest.raises(Throttled):
        list(client.sections("5"))

    assert len(server.requests) == 4


def test_a_refused_user_agent_is_told(canvas):
    words = {"message": "you have not provided a valid user agent."}
    client, _ = canvas(refused={"sections": Reply(words, 403)})

    with pytest.raises(Rejected) as caught:
        list(client.sections("5"))

    assert (caught.value.code, caught.value.status) == ("user_agent", 403)
    assert caught.value.missing == ""
    assert str(caught.value) == "GET /courses/:course_id/sections: user_agent"


def test_an_id_stays_in_its_place_of_the_path(serve, open_lms):
    server = serve(lambda _: Reply({"id": 1, "name": "A"}))
    client = open_lms("canvas", server.url)

    client.remove_event("../8?x=1")
    list(client.profiles(["lti_1_3_id:ab"]))

    assert [one.url for one in server.requests] == [
        "/api/v1/calendar_events/..%2F8%3Fx%3D1",
        "/api/v1/users/lti_1_3_id:ab/profile",
    ]


def test_courses_without_a_name_are_hidden_by_their_dates(canvas):
    client, _ = canvas()

    courses = list(client.courses())

    assert [(one.id, one.is_over) for one in courses] == [("5", False), ("6", True)]
    assert courses[0].starts_at == datetime(2026, 9, 1, tzinfo=UTC)


def test_without_account_rights_ones_own_courses_are_listed(canvas):
    client, server = canvas(account=False)

    assert [one.id for one in client.courses()] == ["5", "6"]
    assert paths(server)[:2] == ["/accounts/self/courses", "/courses"]


def test_members_in_two_sections_are_one_and_the_test_student_none(canvas):
    client, server = canvas()

    members = {one.id: one for one in client.members("5")}

    assert members.keys() == {ANN, BEN, CARL, TINA}
    assert members[ANN].section_ids == {"9", "10"}
    assert members[TINA].roles == {Role.INSTRUCTOR, Role.OTHER}
    assert members[ANN].email == "u42@example.edu"
    assert TESTER not in members
    assert len([path for path in paths(server) if "enrollments" in path]) == 0


def test_pages_are_as_long_as_canvas_gives_them(canvas):
    client, server = canvas()

    list(client.sections("5"))
    list(client.course_completions("5"))

    asked = [request.query["per_page"] for request in server.requests]
    assert asked == [["100"], ["100"], ["100"], ["100"]]


def test_what_answers_nothing_to_a_removal_has_removed_it(serve, open_lms):
    server = serve(lambda _: Reply(b"", 204))

    open_lms("canvas", server.url).remove_event("8")

    assert [one.method for one in server.requests] == ["DELETE"]


def test_an_answer_that_is_no_list_names_its_call(serve, open_lms):
    server = serve(lambda _: Reply({}))

    with pytest.raises(Malformed, match=r"^GET /courses/:course_id/sections: "):
        list(open_lms("canvas", server.url).sections("5"))


def test_an_answer_that_is_no_object_names_its_call(serve, open_lms):
    server = serve(lambda _: Reply([]))

    with pytest.raises(Malformed, match=r"^GET /users/:id: "):
        open_lms("canvas", server.url).site()


def test_graduates_are_asked_for(canvas):
    client, server = canvas()

    members = {one.id: one.is_active for one in client.members("5")}

    assert members[CARL] is False
    assert "completed" in server.requests[0].query["enrollment_state[]"]


def test_members_without_includes_are_completed_from_enrolments(canvas):
    full, _ = canvas()
    scoped, _ = canvas(includes=False)

    whole = {one.id: one for one in full.members("5")}
    pieced = {one.id: one for one in scoped.members("5")}

    assert pieced == {id_: replace(one, email=None) for id_, one in whole.items()}


def test_a_completed_course_may_lack_its_time(canvas):
    client, _ = canvas()

    rows = {row.person_id: row for row in client.course_completions("5")}

    assert (rows[CARL].state, rows[CARL].completed_at) == (Completion.COMPLETE, None)
    assert rows[BEN].progress == 0.5


def test_no_module_requirements_are_no_rules_for_each_learner(canvas):
    client, _ = canvas()

    rows = list(client.course_completions("6"))

    assert {row.person_id for row in rows} == {ANN, BEN, CARL}
    assert {row.progress for row in rows} == {None}


def test_a_learner_without_requirements_has_no_rules():
    nothing = Record("x", {"id": 1, "progress": {"requirement_count": 0}})

    row = schemas.progress(nothing, "5")

    assert (row.state, row.progress) == (Completion.NO_RULES, None)


def test_another_refusal_of_progress_is_not_taken_for_no_rules(canvas):
    client, _ = canvas(refused={"bulk_user_progress": Reply({}, 422)})

    with pytest.raises(Rejected):
        list(client.course_completions("5"))


@pytest.mark.parametrize("includes", [True, False])
def test_activities_are_items_that_ask_for_something(canvas, includes):
    client, _ = canvas(includes=includes)

    rows = list(client.activity_completions("5", ANN))

    assert [(row.activity_id, row.kind, row.state) for row in rows] == [
        ("711", "page", Completion.COMPLETE),
        ("712", "quiz", Completion.INCOMPLETE),
    ]


def test_skills_have_named_levels_from_low_to_high(canvas):
    client, _ = canvas()

    (skill,) = client.skills("5")

    assert [(one.name, one.is_mastery) for one in skill.levels] == [
        ("Not yet", False),
        ("Meets", True),
        ("Exceeds", True),
    ]
    assert (skill.guid, skill.mastery, skill.maximum) == ("guid-97", 3, 5)


@pytest.mark.parametrize("includes", [True, False])
@pytest.mark.parametrize("body_paging", [True, False])
def test_rollups_are_merged_over_sections_and_pages(canvas, includes, body_paging):
    client, _ = canvas(includes=includes, body_paging=body_paging)

    rows = list(client.proficiencies("5"))

    assert [(row.person_id, row.value, row.is_mastered, row.level) for row in rows] == [
        (ANN, 3.0, True, "Meets"),
        (BEN, 2.5, False, "Not yet"),
    ]


def test_an_outcome_nobody_describes_is_neither_mastered_nor_not():
    rollup = Record(
        "x",
        {
            "links": {"user": "1"},
            "scores": [{"score": 2, "links": {"outcome": "5"}}],
        },
    )

    (row,) = schemas.proficiencies(rollup, "5", {})

    assert (row.is_mastered, row.level) == (None, None)


@given(st.floats(-10, 10), st.floats(0, 5))
def test_mastery_is_reaching_the_mark(value, mark):
    skill = schemas.skill(Record("x", {**OUTCOME, "mastery_points": mark}))
    scores = [{"score": value, "links": {"outcome": "97"}}]
    rollup = Record("x", {"links": {"user": "1"}, "scores": scores})

    (row,) = schemas.proficiencies(rollup, "5", {"97": skill})

    assert row.is_mastered == (value >= mark)


def test_hidden_totals_are_absent_and_unknown_ones_empty(canvas):
    client, _ = canvas()

    grades = {row.person_id: row.score for row in client.grades("5")}

    assert grades == {ANN: 87.5, BEN: None}


def test_an_event_for_a_person_is_written_as_that_person(canvas):
    client, server = canvas()
    event = CalendarEvent(
        "5", "Meet", NOW, NOW + timedelta(hours=1), "a<b", "R1", person_id=ANN
    )

    assert client.add_event(event) == "8"

    form = server.requests[0].form
    assert form["as_user_id"] == ANN
    assert form["calendar_event[context_code]"] == "user_42"
    assert form["calendar_event[start_at]"] == "2026-11-22T20:00:00+00:00"
    assert form["calendar_event[description]"] == "a&lt;b"


def test_who_may_not_act_for_others_is_told(canvas):
    client, _ = canvas()

    with pytest.raises(Forbidden):
        client.add_event(CalendarEvent("5", "Meet", NOW, NOW, person_id=BEN))


def test_a_message_starts_a_conversation_of_its_own(canvas):
    client, server = canvas()

    assert client.send_message(Message(ANN, "s" * 300, "Hello")) == "31"

    form = server.requests[0].form
    assert form["recipients[]"] == ANN
    assert len(form["subject"]) == 255
    assert form["force_new"] == "true"


def test_a_message_that_made_no_conversation_is_an_error(canvas):
    client, _ = canvas(refused={"conversations": Reply([], 202)})

    with pytest.raises(Rejected):
        client.send_message(Message(ANN, "Hi", "Hello"))


def test_a_zone_in_the_words_of_rails_has_its_proper_name(canvas):
    client, _ = canvas(time_zone="Mountain Time (US & Canada)")

    assert [one.time_zone for one in client.profiles([ANN])] == ["America/Denver"]


def test_a_later_page_of_progress_that_is_refused_is_an_error(serve, open_lms):
    row = {"id": 42, "progress": {"requirement_count": 1}}
    link = {"Link": '</more>; rel="next"'}
    server = serve(
        lambda request: (
            Reply({}, 400) if request.path == "/more" else Reply([row], headers=link)
        )
    )

    with pytest.raises(Rejected):
        list(open_lms("canvas", server.url, TOKEN).course_completions("5"))


@pytest.mark.parametrize(
    ("ability", "paths"),
    [
        (Ability.SITE, ["GET|/api/v1/users/:id"]),
        (Ability.RATE_SKILL, ["GET|/api/v1/users/:id"]),
        (
            Ability.SKILLS,
            [
                "GET|/api/v1/users/:id",
                "GET|/api/v1/courses/:course_id/outcome_group_links",
            ],
        ),
    ],
)
def test_only_the_scopes_of_what_is_wanted_are_asked_for(ability, paths):
    assert canvas_scopes([ability]) == tuple(f"url:{path}" for path in paths)


def test_no_scope_is_asked_for_twice():
    assert len(set(canvas_scopes())) == len(canvas_scopes()) == 15


CALLS = {
    Ability.SITE: lambda client: client.site(),
    Ability.COURSES: lambda client: list(client.courses()),
    Ability.MEMBERS: lambda client: list(client.members("5")),
    Ability.PROFILES: lambda client: list(client.profiles([ANN])),
    Ability.SECTIONS: lambda client: list(client.sections("5")),
    Ability.COURSE_COMPLETIONS: lambda client: list(client.course_completions("6")),
    Ability.ACTIVITY_COMPLETIONS: lambda client: list(client.activity_completions("5")),
    Ability.SKILLS: lambda client: list(client.skills("5")),
    Ability.PROFICIENCIES: lambda client: list(client.proficiencies("5")),
    Ability.GRADES: lambda client: list(client.grades("5")),
    Ability.ADD_EVENT: lambda client: client.remove_event(
        client.add_event(CalendarEvent("5", "Meet", NOW, NOW))
    ),
    Ability.SEND_MESSAGE: lambda client: client.send_message(Message(ANN, "Hi", "Ho")),
}


@pytest.mark.parametrize("ability", CALLS)
def test_an_ability_calls_nothing_outside_its_scopes(canvas, ability):
    client, server = canvas(account=False, includes=False)

    CALLS[ability](client)

    patterns = [
        re.sub(r":\w+(?=/|$)", "[^/]+", scope).replace("|", r"\|")
        for scope in canvas_scopes([ability])
    ]
    for request in server.requests:
        asked = f"url:{request.method}|{request.path}"
        assert any(re.fullmatch(pattern, asked) for pattern in patterns), asked


def test_profiles_that_may_not_be_seen_are_left_out(canvas):
    client, _ = canvas(refused={"profile": Reply(UNAUTHORIZED, 401)})

    assert list(client.profiles([ANN, BEN])) == []


def test_the_probe_finds_nothing_missing_where_all_is_granted(canvas):
    client, server = canvas()

    capabilities = client.capabilities("5")

    assert capabilities.lacking() == []
    assert capabilities[Ability.SEND_MESSAGE].proof is Proof.ASSUMED
    assert capabilities[Ability.RATE_SKILL].proof is Proof.IMPOSSIBLE
    assert len(server.requests) <= 11
    trials = [one.query for one in server.requests if "/courses/5/" in one.path]
    assert [one["per_page"] for one in trials] == [["1"]] * 7


def test_the_probe_names_scope_or_permission_and_where_to_grant_it(canvas):
    client, _ = canvas(
        refused={
            "outcome_rollups": SCOPE,
            "bulk_user_progress": Reply(UNAUTHORIZED, 401),
        }
    )

    capabilities = client.capabilities("5")

    scope = capabilities[Ability.PROFICIENCIES]
    assert scope.missing == "url:GET|/api/v1/courses/:course_id/outcome_rollups"
    assert "Developer Keys" in scope.menu
    right = capabilities[Ability.COURSE_COMPLETIONS]
    assert right.missing == "Grades - view all grades"
    assert "Permissions" in right.menu


def test_the_probe_takes_the_first_course_and_modules_are_no_duty(canvas):
    client, _ = canvas()

    assert client.capabilities().lacking() == []
    assert client.capabilities("6")[Ability.COURSE_COMPLETIONS].is_on


def test_the_probe_of_a_course_that_is_not_there_proves_nothing(canvas):
    client, _ = canvas()

    assert client.capabilities("404")[Ability.SECTIONS].proof is Proof.ASSUMED


def test_the_probe_of_an_empty_account_tries_nothing_more(canvas):
    client, _ = canvas(refused={"courses": Reply([])})

    capabilities = client.capabilities()

    assert capabilities[Ability.COURSES].missing == "Courses - view list"
    assert capabilities[Ability.MEMBERS].proof is Proof.ASSUMED


def test_the_probe_of_a_broken_canvas_says_so(canvas):
    client, _ = canvas(refused={"sections": Reply(b"", 500)})

    with pytest.raises(Unreachable):
        client.capabilities("5")
