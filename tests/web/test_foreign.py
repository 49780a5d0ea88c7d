"""Every route with an id, walked by everybody: only whose it is gets through (D4)."""

import pytest
from flask import Flask
from sqlalchemy import update

from lti_mentor.clock import now
from lti_mentor.people.models import Role, WebSession
from lti_mentor.practice.models import WorkState
from tests import builders
from tests.tool import code_of
from tests.web.foreign import (
    ADMINS,
    CASES,
    KEPT,
    PAIR,
    POOL,
    SECRETS,
    STAFF,
    Case,
    Own,
    T,
    ask,
    everybody,
    method,
    newcomer,
)
from tests.web.pages import House, parse
from tests.web.stage import stage

MAILED = {"ways.look", "ways.give", "ways.go"}
"""What a mail leads to, by a secret: `test_ways.py`."""
NO_IDS = {
    "calendar.read",
    "session.draft",
    "session.file",
    "report.export",
    "static",
} | MAILED
"""Routes whose argument is no id of a row: a form's name, a ticket, a picture, a file.

Drafts have a test of their own below, tickets theirs in `test_downloads.py`, and
calendars in `test_feed.py`.
"""
REFUSED = {403, 404}


def test_every_route_with_an_id_is_walked(app: Flask) -> None:
    with_ids = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.arguments - {"handle"}
    }

    assert with_ids - NO_IDS == {case.endpoint for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_whose_it_is_gets_through(house: House, case: Case) -> None:
    acting = stage(house)
    own = Own(acting)
    rows = case.ids(own)
    form = dict(case.form)
    if case.endpoint == "talks.book":
        form["time"] = str(rows["meeting"].times[0].public_id)  # type: ignore[attr-defined]
    if case.endpoint == "programs.stand_in":
        form["stand_in"] = str(own.stella.public_id)
    named = {name: newcomer(acting) for name in sorted(case.may)}
    form |= {"person": newcomer(acting)} if case.endpoint == "programs.endorse" else {}
    ids = {name: str(row.public_id) for name, row in rows.items()}  # type: ignore[attr-defined]
    visitors = everybody(acting, own)
    verb = method(house.app, case.endpoint)

    before = house.dump()
    for name in visitors.keys() - case.may:
        answer = ask(house, visitors[name], verb, case, ids, form)
        refused = answer.status_code in REFUSED
        assert refused != (name in case.looks), f"{name}: {answer.status_code}"
        said = parse(answer).text
        assert not [word for word in SECRETS if word in said], name
    after = house.dump()

    assert after == before
    for name in case.may:
        if case.endpoint == "programs.endorse":
            form["person"] = named[name]
        answer = ask(house, visitors[name], verb, case, ids, form)
        assert answer.status_code not in {401, 403, 404, 500}, f"{name}: {answer.text}"
    assert case.may | case.looks <= visitors.keys()


def test_a_session_that_ended_opens_nothing_any_more(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    visitors = everybody(acting, own)
    rows = {case: case.ids(own) for case in CASES}
    acting.session.execute(update(WebSession).values(ended_at=now()))
    acting.session.commit()
    before = house.dump()

    for case in CASES:
        ids = {n: str(r.public_id) for n, r in rows[case].items()}  # type: ignore[attr-defined]
        verb = method(house.app, case.endpoint)
        for name in case.may:
            answer = ask(house, visitors[name], verb, case, ids, case.form)
            assert answer.status_code == 401, f"{case} {name}"

    assert house.dump() == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_id_of_nothing_is_as_missing_as_somebody_elses(
    house: House, case: Case
) -> None:
    acting = stage(house)
    own = Own(acting)
    names = case.ids(own).keys()
    visitors = everybody(acting, own)
    verb = method(house.app, case.endpoint)

    for wrong in ("1", "x" * 300, "00000000-0000-4000-8000-000000000000"):
        for name in case.may:
            ids = dict.fromkeys(names, wrong)
            answer = ask(house, visitors[name], verb, case, ids, case.form)
            assert answer.status_code == 404


def test_nobody_mixes_their_own_program_with_anothers_pair_or_run(
    house: House,
) -> None:
    acting = stage(house)
    own = Own(acting)
    far = acting.house
    next_door = builders.context(acting.session, acting.tenant)
    ivan = builders.person(acting.session, acting.tenant, "Иван")
    builders.member(acting.session, next_door, ivan, Role.INSTRUCTOR)
    mine = builders.program(acting.session, next_door, ivan)
    run, pair = own.run(), own.proposal()
    teacher = far.visitor(ivan, Role.INSTRUCTOR, next_door)
    root = f"/programs/{mine.public_id}"
    before = house.dump()

    teacher.post(f"{root}/pairs/{pair.public_id}", 404)  # type: ignore[attr-defined]
    teacher.post(f"{root}/publish/{run.public_id}", 404)  # type: ignore[attr-defined]

    assert house.dump() == before


def test_nobody_takes_a_time_of_another_talk(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    talk_, other = acting.talk(own.pair, T.OFFERED), acting.talk(own.pair, T.OFFERED)
    lea = acting.as_("lea")
    before = house.dump()

    lea.post(f"/sessions/{talk_.public_id}/book", 409, time=other.times[0].public_id)
    lea.post(f"/sessions/{talk_.public_id}/book", 409, time="")

    assert house.dump() == before


def test_nobody_joins_with_the_yes_to_somebody_elses_offer(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    nina = builders.person(acting.session, acting.tenant, "Нина")
    visitor = house.visitor(nina, Role.LEARNER, acting.course)
    path = f"/join/{own.offered.program.public_id}"
    before = house.dump()

    visitor.get(f"{path}?accept={own.offered.public_id}", 404)
    visitor.post(path, 404, consent="yes", accept=own.offered.public_id)

    assert house.dump() == before


@pytest.mark.parametrize("path", ["/programs/new", "/deep-link"])
def test_nobody_names_a_skill_of_another_course(house: House, path: str) -> None:
    acting = stage(house)
    elsewhere = builders.context(acting.session, acting.tenant)
    skill = builders.skill(acting.session, elsewhere, "Чужое").public_id
    asked = {"deployment_id": "1", "deep_linking": {"return_url": "https://a.example"}}
    iris = acting.as_("iris", launch=asked)
    before = house.dump()

    iris.post(path, 404, name="a", title="a", skills=str(skill), skill=str(skill))

    assert house.dump() == before


def test_a_draft_is_given_back_to_its_writer_only(house: House) -> None:
    acting = stage(house)
    lea, max_ = acting.as_("lea"), acting.as_("max")
    sent = lea.ask(
        "POST", "/drafts/plan:1", json={"fields": {"occasion": ["Тайный план"]}}
    )

    hers = lea.ask("GET", "/drafts/plan:1")
    his = max_.ask("GET", "/drafts/plan:1")
    gone = max_.ask("DELETE", "/drafts/plan:1")

    assert (sent.status_code, gone.status_code) == (204, 204)
    assert (his.status_code, his.text) == (204, "")
    assert hers.get_json() == {"fields": {"occasion": ["Тайный план"]}}
    assert lea.ask("GET", "/drafts/plan:1").status_code == 200


COURSE_WIDE = [
    "/board",
    "/board/reading",
    "/programs",
    "/programs/new",
    "/report",
    "/report/funnel.csv",
    "/report/application-rate.csv",
    "/report/goals-reached.csv",
    "/deep-link",
]
"""Pages of a course's staff, by the launch's course alone."""


@pytest.mark.parametrize("path", COURSE_WIDE)
def test_pages_of_a_course_open_to_its_staff_only(house: House, path: str) -> None:
    acting = stage(house)
    visitors = everybody(acting, Own(acting))
    far = {"next door's instructor", "stand-in", "far instructor"}
    staff = STAFF | KEPT | far

    for name in visitors.keys() - staff:
        assert visitors[name].ask("GET", path).status_code == 403, name
    for name in KEPT | far:
        said = visitors[name].ask("GET", path).text
        assert "Звонок" not in said, name
        assert "Лея" not in said or name == "far instructor", name


OF_ONESELF = ["/mentorship", "/turn", "/mine", "/accompanied", "/sight", "/guide"]
"""Pages that show everybody what is theirs."""


@pytest.mark.parametrize("path", OF_ONESELF)
def test_pages_of_ones_own_show_nobody_elses(house: House, path: str) -> None:
    acting = stage(house)
    own = Own(acting)
    own.work(WorkState.IN_REVIEW)
    own.handed(WorkState.IN_REVIEW)
    visitors = everybody(acting, own)
    theirs = PAIR | POOL
    far = {name for name in visitors if name.startswith("far ")}

    for name in visitors.keys() - theirs - far:
        answer = visitors[name].ask("GET", path)
        assert answer.status_code in {200, 403}, name
        assert not [word for word in SECRETS if word in parse(answer).text], name


@pytest.mark.parametrize(
    "path", ["/setup", "/organisation", "/courses", "/records", "/leaving"]
)
def test_pages_of_an_organisation_open_to_its_admins_only(
    house: House, path: str
) -> None:
    acting = stage(house)
    own = Own(acting)
    own.delivery()
    visitors = everybody(acting, own)

    for name in visitors.keys() - ADMINS - {"far admin"}:
        assert visitors[name].ask("GET", path).status_code == 403, name
    theirs = visitors["admin"].get(path)
    far = visitors["far admin"].get(path)

    assert not [word for word in SECRETS if word in theirs.text]
    assert "Нет такой колонки" not in far.text


@pytest.mark.parametrize("path", ["/programs/new", "/board/sync"])
def test_an_assistant_starts_no_program(house: House, path: str) -> None:
    acting = stage(house)
    tess = acting.as_("tess")

    answer = tess.ask("POST", path, data={"name": "a"})

    assert (answer.status_code == 403) == (path == "/programs/new")


def test_who_looks_on_as_somebody_else_changes_nothing(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    readers = {
        "learner": acting.as_("lea", is_read_only=True),
        "mentor": acting.as_("max", is_read_only=True),
        "instructor": acting.as_("iris", is_read_only=True),
        "admin": acting.as_("ada", is_read_only=True),
    }
    rows = {case: case.ids(own) for case in CASES}
    acting.session.commit()
    before = house.dump()

    for case in CASES:
        verb = method(house.app, case.endpoint)
        for name in readers.keys() & case.may:
            ids = {n: str(r.public_id) for n, r in rows[case].items()}  # type: ignore[attr-defined]
            answer = ask(house, readers[name], verb, case, ids, case.form)
            refused = answer.status_code == 403
            assert refused == (verb == "POST"), f"{case} {name}"
            assert not refused or code_of(answer) == "session.read_only"

    assert house.dump() == before
