"""Every route with an id, walked by everybody: only whose it is gets through (D4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import MentorshipState, Part, Program, RunState
from lti_mentor.people import sections
from lti_mentor.people.models import Role, WebSession
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.tool import code_of
from tests.web.pages import House, Visitor, parse
from tests.web.stage import Stage, stage

Ids = Callable[["Own"], dict[str, Base]]

NO_IDS = {"session.draft", "session.file", "report.export", "static"}
"""Routes whose argument is no id of a row: a form's name, a ticket, a picture, a file.

Drafts have a test of their own below, tickets theirs in `test_downloads.py`.
"""
REFUSED = {403, 404}
SECRETS = ("Лея", "Тайный", "Слушай дважды", "Звонок")
"""What stands on the pages of those who may see them."""
HER_SECTION = "42"


class Own:
    """What belongs to one pair, their course and their organisation."""

    def __init__(self, s: Stage) -> None:
        self.stage = s
        self.pair = s.couple(mentor_signed_at=now(), goals="Тайный замысел")
        self.program: Program = self.pair.program
        s.message(self.pair, s.max)
        sections.keep(s.session, s.course, {s.lea: [HER_SECTION]})
        self.pool, self.stella = (
            builders.person(s.session, s.tenant, name) for name in ("Полина", "Стелла")
        )
        builders.participant(s.session, self.program, self.pool, Part.MENTOR)
        builders.member(s.session, s.course, self.stella, Role.ASSISTANT)
        self.program.stand_in = self.stella
        other = s.program(name="Другая")
        s.joined(other, "max", "lea")
        self.offered = s.pair(other, MentorshipState.OFFERED)
        (self.part,) = (
            part
            for part in queries.parts_of(s.session, s.max)
            if part.program_id == self.program.id
        )

    def work(self, state: WorkState, *, mentored: bool = True) -> PracticeWork:
        pair = self.pair if mentored else None
        return self.stage.work(state, self.program, pair)

    def handed(self, state: WorkState) -> PracticeWork:
        found = self.work(state, mentored=False)
        found.pool_reviewer, found.turn = self.pool, Turn.MENTOR
        self.stage.session.flush()
        return found

    def talk(self, state: SessionState) -> Base:
        return self.stage.talk(self.pair, state)

    def run(self) -> Base:
        return self.stage.run(self.program, RunState.DRAFT)

    def proposal(self) -> Base:
        s = self.stage
        return builders.proposal(s.session, self.run(), s.max, s.sam)

    def delivery(self) -> Base:
        s, work = self.stage, self.work(WorkState.COMPLETED)
        activity = Activity(
            registration_id=s.tenant.id,
            verb=Verb.SCORED,
            learner_id=s.lea.id,
            object_type="practice_work",
            object_id=work.public_id,
            data={"points": 42.5},
        )
        s.session.add(activity)
        return s.told(activity, Destination.AGS, DeliveryState.DEAD)


@dataclass(frozen=True, eq=False)
class Case:
    """One route, with ids that exist and a form that would do."""

    endpoint: str
    ids: Ids
    may: frozenset[str]
    form: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    looks: frozenset[str] = frozenset()
    """Who may open it as well, and sees nobody's name or work there."""

    def __str__(self) -> str:
        return f"{self.endpoint} {self.note}".strip()


PAIR = frozenset({"learner", "mentor"})
LEARNER = frozenset({"learner"})
MENTOR = frozenset({"mentor"})
INSTRUCTOR = frozenset({"instructor"})
STAFF = frozenset({"instructor", "assistant", "assistant of her section"})
KEPT = frozenset({"assistant of another section", "instructor of another section"})
"""Staff of the course whom the LMS lets see one section only, and not hers."""
LEADERS = INSTRUCTOR | {"coordinator at the hub", "stand-in"}
POOL = frozenset({"pool reviewer"})
ADMINS = frozenset({"admin", "admin in the course"})
JOINERS = PAIR | POOL | {"another learner", "another mentor"}
TOMORROW = "2099-01-01T10:00"
AGREE = {"answer": "agree", "note": "Да"}
VERIFY = {"basis": "observed", "decision": "verified"}
APPLIED = {
    "happened_on": date(2026, 1, 5).isoformat(),
    "situation": "a",
    "did": "b",
    "result": "c",
    "evidence_text": "d",
}


def the_pair(own: Own) -> dict[str, Base]:
    return {"mentorship": own.pair}


def the_offer(own: Own) -> dict[str, Base]:
    return {"mentorship": own.offered}


def the_program(own: Own) -> dict[str, Base]:
    return {"program": own.program}


def talk(state: SessionState) -> Ids:
    return lambda own: {"meeting": own.talk(state)}


def work(state: WorkState, *, mentored: bool = True) -> Ids:
    return lambda own: {"work": own.work(state, mentored=mentored)}


def handed(state: WorkState) -> Ids:
    return lambda own: {"work": own.handed(state)}


W, T = WorkState, SessionState
CASES = (
    Case("mentorship.show", the_pair, PAIR),
    Case("mentorship.accept", the_offer, PAIR),
    Case("mentorship.decline", the_offer, PAIR),
    Case("mentorship.sign", the_pair, PAIR, {"goals": "Иное"}),
    Case("mentorship.post", the_pair, PAIR, {"text": "Привет"}),
    Case("mentorship.end", the_pair, PAIR, {"reason": "private"}),
    Case("mentorship.offer", the_pair, PAIR, {"time1": TOMORROW}),
    Case("mentorship.book", talk(T.OFFERED), LEARNER),
    Case("mentorship.met", talk(T.CLAIMED), PAIR),
    Case("mentorship.object_to", talk(T.CLAIMED), LEARNER),
    Case("mentorship.cancel", talk(T.BOOKED), PAIR),
    Case("mentorship.calendar", talk(T.BOOKED), PAIR),
    Case("practice.show", work(W.IN_REVIEW), LEARNER),
    Case("practice.plan", work(W.PLANNING), LEARNER, {"occasion": "a", "action": "b"}),
    Case("practice.apply", work(W.PRACTISING), LEARNER, APPLIED),
    Case("practice.reflect", work(W.REFLECTING), LEARNER, {"learned": "a"}),
    Case("mentor.desk", work(W.IN_REVIEW), MENTOR | STAFF),
    Case("mentor.desk", work(W.IN_REVIEW, mentored=False), STAFF, note="alone"),
    Case("mentor.answer_plan", work(W.PLAN_REVIEW), MENTOR, AGREE),
    Case(
        "mentor.answer_plan",
        work(W.PLAN_REVIEW, mentored=False),
        INSTRUCTOR,
        AGREE,
        "alone",
    ),
    Case("mentor.send_review", work(W.IN_REVIEW), MENTOR, VERIFY),
    Case(
        "mentor.send_review",
        work(W.IN_REVIEW, mentored=False),
        INSTRUCTOR,
        VERIFY,
        "alone",
    ),
    Case("mentor.desk", handed(W.IN_REVIEW), POOL | STAFF, note="handed over"),
    Case("mentor.answer_plan", handed(W.PLAN_REVIEW), POOL, AGREE, "handed over"),
    Case("mentor.send_review", handed(W.IN_REVIEW), POOL, VERIFY, "handed over"),
    Case("mentor.hand_over", work(W.IN_REVIEW, mentored=False), INSTRUCTOR),
    Case("mentor.settings", lambda own: {"part": own.part}, MENTOR, {"capacity": "3"}),
    Case("learner.join", the_program, JOINERS),
    Case("learner.send_join", the_program, JOINERS, {"consent": "yes"}),
    Case("learner.alone", the_program, JOINERS),
    Case("learner.offer_to_mentor", the_program, frozenset({"graduate"})),
    Case("board.settle", work(W.IN_REVIEW), INSTRUCTOR),
    Case("board.excuse", work(W.IN_REVIEW), INSTRUCTOR),
    Case("programs.show", the_program, STAFF | LEADERS, looks=KEPT),
    Case("programs.gather", the_program, LEADERS),
    Case("programs.match", the_program, LEADERS),
    Case("programs.endorse", the_program, LEADERS),
    Case("programs.stand_in", the_program, LEADERS),
    Case(
        "programs.drop",
        lambda own: {"program": own.program, "pair": own.proposal()},
        LEADERS,
    ),
    Case(
        "programs.never",
        lambda own: {"program": own.program, "pair": own.proposal()},
        LEADERS,
    ),
    Case(
        "programs.publish",
        lambda own: {"program": own.program, "run": own.run()},
        LEADERS,
    ),
    Case(
        "admin.answer",
        lambda own: {"delivery": own.delivery()},
        ADMINS,
        {"do": "retry"},
    ),
)


def test_every_route_with_an_id_is_walked(app: Flask) -> None:
    with_ids = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.arguments - {"handle"}
    }

    assert with_ids - NO_IDS == {case.endpoint for case in CASES}


def everybody(s: Stage, own: Own) -> dict[str, Visitor]:
    """Open a session for everybody there is, each with a life of their own."""
    far = stage(s.house)
    far_pair = far.couple()
    far.work(WorkState.IN_REVIEW, far_pair.program, far_pair)
    next_door = builders.context(s.session, s.tenant, title="Рядом")
    ivan, olga, nina, julia, zoya, galya = (
        builders.person(s.session, s.tenant, name)
        for name in ("Иван", "Ольга", "Нина", "Юлия", "Зоя", "Галя")
    )
    s.graduate(galya)
    builders.member(s.session, next_door, ivan, Role.INSTRUCTOR)
    builders.program(s.session, next_door, ivan)
    builders.member(s.session, s.course, nina)
    builders.participant(s.session, own.program, olga, Part.MENTOR)
    builders.participant(s.session, own.program, nina, Part.MENTEE)
    builders.consent(s.session, own.program, olga, nina)
    active = MentorshipState.ACTIVE
    other = builders.mentorship(s.session, own.program, olga, nina, active)
    placed = [s.placed(own.program, title="Иное", task="Иное") for _ in range(2)]
    s.work(WorkState.IN_REVIEW, own.program, other, nina, placed[0])
    theirs = s.work(WorkState.IN_REVIEW, own.program, None, nina, placed[1])
    theirs.pool_reviewer, theirs.turn = olga, Turn.MENTOR
    reader = builders.person(s.session, s.tenant, "Чтец", is_reader=True)
    visit = s.house.visitor

    def kept(role: Role, to: str) -> Visitor:
        known = {"canvas_section_restricted": "true", "canvas_section_ids": to}
        somebody = builders.person(s.session, s.tenant, "Кира")
        builders.member(s.session, s.course, somebody, role)
        return visit(somebody, role, s.course, launch={"custom": known})

    return {
        "learner": s.as_("lea"),
        "mentor": s.as_("max"),
        "instructor": s.as_("iris"),
        "assistant": s.as_("tess"),
        "admin": s.as_("ada"),
        "admin in the course": visit(s.ada, Role.VIEWER, s.course, is_org_admin=True),
        "stranger": visit(s.sam, Role.LEARNER, s.hub),
        "observer": visit(zoya, Role.OBSERVER, s.course),
        "viewer": visit(julia, Role.VIEWER, s.course),
        "another learner": visit(nina, Role.LEARNER, s.course),
        "another mentor": visit(olga, Role.LEARNER, s.hub),
        "next door's instructor": visit(ivan, Role.INSTRUCTOR, next_door),
        "next door's learner": visit(julia, Role.LEARNER, next_door),
        "coordinator at the hub": visit(s.iris, Role.VIEWER, s.hub),
        "stand-in": visit(own.stella, Role.INSTRUCTOR, next_door),
        "another program's coordinator": visit(ivan, Role.VIEWER, s.hub),
        "assistant of her section": kept(Role.ASSISTANT, HER_SECTION),
        "assistant of another section": kept(Role.ASSISTANT, "43"),
        "instructor of another section": kept(Role.INSTRUCTOR, "43"),
        "pool reviewer": visit(own.pool, Role.LEARNER, s.hub),
        "reader": visit(reader, Role.VIEWER, s.hub),
        "reader in the course": visit(reader, Role.VIEWER, s.course),
        "graduate": visit(galya, Role.LEARNER, s.hub),
        "far instructor": far.as_("iris"),
        "far learner": far.as_("lea"),
        "far mentor": far.as_("max"),
        "far admin": far.as_("ada"),
    }


def method(app: Flask, endpoint: str) -> str:
    rule = next(r for r in app.url_map.iter_rules() if r.endpoint == endpoint)
    return "POST" if "POST" in (rule.methods or ()) else "GET"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_whose_it_is_gets_through(house: House, case: Case) -> None:
    acting = stage(house)
    own = Own(acting)
    rows = case.ids(own)
    form = dict(case.form)
    if case.endpoint == "mentorship.book":
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


def newcomer(s: Stage) -> str:
    """Return the id of somebody in the course who has no part yet."""
    person = builders.person(s.session, s.tenant, "Новая")
    builders.member(s.session, s.course, person)
    return str(person.public_id)


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


def ask(
    house: House,
    who: Visitor,
    verb: str,
    case: Case,
    ids: dict[str, str],
    form: dict[str, Any],
) -> Any:
    adapter = house.app.url_map.bind("localhost")
    path = adapter.build(case.endpoint, ids | {"handle": who.handle}, method=verb)
    return who.ask(verb, path, data=form if verb == "POST" else None)


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

    lea.post(f"/sessions/{talk_.public_id}/book", 404, time=other.times[0].public_id)
    lea.post(f"/sessions/{talk_.public_id}/book", 404, time="")

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
