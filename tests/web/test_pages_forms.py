"""Forms: done, wrong, sent twice, and sent by two people at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

import lti_mentor
from lti_mentor.activity.models import DeliveryState
from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import MentorshipState, RunState
from lti_mentor.people.models import Role
from lti_mentor.practice.models import WorkState
from lti_mentor.scheduling.models import SessionState
from lti_mentor.sync.models import SyncState
from lti_mentor.web import db
from lti_mentor.web.words import BY_CODE
from tests import builders
from tests.tool import code_of
from tests.web.foreign import ADMINS, APPLIED, Own, T, W
from tests.web.pages import House
from tests.web.stage import Stage, stage
from tests.web.test_pages_scenes import ASKED

Where = Callable[[Own], str]


@dataclass(frozen=True, eq=False)
class Form:
    """One form: who sends it where, what is right and what is wrong."""

    name: str
    who: str
    where: Where
    right: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By what is wrong with it."""
    kept: dict[str, str] = field(default_factory=dict)
    """Words sent along with every wrong form, that must still be there."""
    again: frozenset[int] = frozenset({303, 409})
    """What a second click may get."""

    def __str__(self) -> str:
        return self.name


def pair(path: str) -> Where:
    return lambda own: f"/mentorships/{own.pair.public_id}{path}"


def work(state: WorkState, path: str, *, mentored: bool = True) -> Where:
    return lambda own: path.format(own.work(state, mentored=mentored).public_id)


def talk(state: SessionState, path: str) -> Where:
    return lambda own: path.format(own.stage.talk(own.pair, state).public_id)


def program(path: str) -> Where:
    return lambda own: f"/programs/{own.program.public_id}{path}"


def a_run(own: Own) -> str:
    return f"/programs/{own.program.public_id}/publish/{own.run().public_id}"  # type: ignore[attr-defined]


def a_pair(own: Own) -> str:
    return f"/programs/{own.program.public_id}/pairs/{own.proposal().public_id}"  # type: ignore[attr-defined]


def a_record(own: Own) -> str:
    return f"/records/{own.delivery().public_id}"  # type: ignore[attr-defined]


def other_courses(own: Own) -> str:
    s = own.stage
    taught = builders.context(s.session, s.tenant, title="Прежде")
    builders.member(s.session, taught, s.iris, Role.INSTRUCTOR)
    other = {"id": "8", "name": "Похожее", "code": "", "began": None, "alike": 1}
    s.reading(SyncState.DONE, others=[other])
    return "/course/family"


ASKS = "add an offering"
"""A form that only asks a worker to look."""
SOON = (now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
FORMS = (
    Form("accept", "lea", lambda own: f"/mentorships/{own.offered.public_id}/accept"),
    Form("decline", "max", lambda own: f"/mentorships/{own.offered.public_id}/decline"),
    Form(
        "sign",
        "lea",
        pair("/agreement"),
        {"goals": "Цель"},
        {
            "empty": {"goals": ""},
            "spaces": {"goals": "   "},
            "long": {"goals": "ж" * (mentoring.MAX_MESSAGE + 1)},
        },
        {"meeting": "Раз в месяц"},
    ),
    Form(
        "message",
        "lea",
        pair("/messages"),
        {"text": "Привет\x00"},
        {
            "empty": {"text": ""},
            "spaces": {"text": "  "},
            "long": {"text": "ж" * 10_001},
        },
    ),
    Form(
        "type skills",
        "iris",
        lambda _own: "/course/known/skills",
        {"ids": ["", ""], "labels": ["Счёт", "Спор"]},
        {
            "twice": {"ids": ["", ""], "labels": ["Счёт", "счёт"]},
            "too many": {"ids": [""] * 6, "labels": list("абвгде")},
            "long": {"ids": [""], "labels": ["ж" * 256]},
        },
    ),
    Form(
        "done by grade",
        "iris",
        lambda _own: "/course/known/done",
        {"kind": "grade", "grade": "60"},
        {
            "no kind": {},
            "another kind": {"kind": "luck"},
            "no grade": {"kind": "grade"},
            "too high": {"kind": "grade", "grade": "101"},
            "no number": {"kind": "grade", "grade": "many"},
            "no day": {"kind": "date"},
            "no such day": {"kind": "date", "day": "2026-02-31"},
            "nobody": {"kind": "names", "names": "Никто", "do": "keep"},
        },
    ),
    Form(
        "done by list",
        "iris",
        lambda _own: "/course/known/done",
        {"kind": "names", "names": "Лея Ученик", "do": "keep"},
    ),
    Form(
        ASKS,
        "iris",
        other_courses,
        {"course": "lms:8"},
        {"nothing": {"course": ""}},
    ),
    Form(
        "end",
        "max",
        pair("/end"),
        {"reason": "private"},
        {"none": {}, "x": {"reason": "x"}},
    ),
    Form(
        "offer times",
        "lea",
        pair("/sessions"),
        {"time1": SOON, "time2": "", "minutes": "30"},
        {
            "none": {},
            "past": {"time1": "2020-01-01T10:00"},
            "no date": {"time1": "завтра"},
            "end of time": {"time1": "9999-12-31T23:59"},
            "first day": {"time1": "0001-01-01T00:00"},
            "too short": {"time1": SOON, "minutes": "1"},
            "no minutes": {"time1": SOON, "minutes": "много"},
        },
        {"place": "Комната"},
    ),
    Form("we met", "lea", talk(T.CLAIMED, "/sessions/{}/met")),
    Form("we did not meet", "lea", talk(T.CLAIMED, "/sessions/{}/object")),
    Form("call off", "lea", talk(T.BOOKED, "/sessions/{}/cancel")),
    Form(
        "plan",
        "lea",
        work(W.PLANNING, "/work/{}/plan"),
        {"occasion": "звонок", "action": "спрошу", "planned_for": ""},
        {
            "no action": {"action": ""},
            "spaces": {"action": "  "},
            "no date": {"action": "a", "planned_for": "скоро"},
            "long": {"action": "ж" * 20_001},
        },
        {"occasion": "важный звонок", "obstacle": "спешка"},
    ),
    Form(
        "application",
        "lea",
        work(W.PRACTISING, "/work/{}/applications"),
        APPLIED,
        {
            "nothing": {},
            "ahead": APPLIED | {"happened_on": "2199-01-01", "did": "Спросила"},
            "no day": APPLIED | {"happened_on": "32.13.", "did": "Спросила"},
            "bad link": APPLIED | {"evidence_link": "javascript:a", "did": "Спросила"},
            "nothing shown": APPLIED | {"evidence_text": "", "did": "Спросила"},
        },
        {"result": "Узнала больше"},
    ),
    Form(
        "changed application",
        "lea",
        work(W.REVISING, "/work/{}/applications"),
        APPLIED,
        {"empty": APPLIED | {"situation": " "}},
        {"did": "Спросила ещё"},
    ),
    Form(
        "reflection",
        "lea",
        work(W.REFLECTING, "/work/{}/reflection"),
        {"learned": "Спросить"},
        {"empty": {"learned": ""}, "spaces": {"learned": "  "}},
        {"next_time": "Ещё раз"},
    ),
    Form(
        "answer to a plan",
        "max",
        work(W.PLAN_REVIEW, "/review/{}/plan"),
        {"answer": "agree"},
        {"no word": {"answer": "change"}, "nothing": {"note": "a"}},
    ),
    Form(
        "review",
        "max",
        work(W.IN_REVIEW, "/review/{}"),
        {"basis": "artifact", "decision": "verified", "level_used": "²"},
        {
            "no basis": {"decision": "verified"},
            "no word": {"basis": "artifact", "decision": "revise"},
            "nothing": {},
        },
    ),
    Form(
        "instructor's review",
        "iris",
        work(W.IN_REVIEW, "/review/{}", mentored=False),
        {"basis": "artifact", "decision": "revise", "comment": "Точнее"},
        {"strange": {"basis": "guess", "decision": "verified"}},
        {"comment": "Хорошо"},
    ),
    Form(
        "capacity",
        "max",
        lambda own: f"/parts/{own.part.public_id}",
        {"capacity": "3", "pause": "2"},
        {"empty": {"capacity": ""}, "many": {"capacity": "99"}},
    ),
    Form(
        "join",
        "lea",
        lambda own: f"/join/{own.program.public_id}",
        {"consent": "yes", "chips": ["weekday_evening", "weekend_morning"]},
        {"no consent": {}, "strange time": {"consent": "yes", "chips": ["never"]}},
        {"introduction": "Немного про меня"},
    ),
    Form("alone", "lea", lambda own: f"/join/{own.program.public_id}/alone"),
    Form("interest", "lea", lambda _own: "/interest"),
    Form(
        "program",
        "iris",
        lambda _own: "/programs/new",
        {"name": "Новая", "weeks": "6", "typed": "Слушать"},
        {
            "no name": {"name": ""},
            "spaces": {"name": "  "},
            "no weeks": {"name": "a", "weeks": "0"},
        },
    ),
    Form(
        "practice",
        "iris",
        lambda _own: "/deep-link",
        {"title": "Слушай", "due_on": "2099-01-01"},
        {
            "no title": {"title": "", "due_on": "2099-01-01"},
            "past": {"title": "a", "due_on": "2020-01-01"},
            "no date": {"title": "a", "due_on": "когда-нибудь"},
            "many": {"title": "a", "applications": "99"},
        },
        {"task": "Сделай это дважды"},
        frozenset({200}),
    ),
    Form("gather", "iris", program("/gather")),
    Form("match", "iris", program("/match")),
    Form("take out", "iris", a_pair),
    Form("publish", "iris", a_run),
    Form("read again", "iris", lambda _own: "/board/sync"),
    Form("settle", "iris", work(W.IN_REVIEW, "/board/{}/settle")),
    Form("excuse", "iris", work(W.IN_REVIEW, "/board/{}/excuse")),
    Form("check", "ada", lambda _own: "/setup/check"),
    Form("pause", "ada", lambda _own: "/setup/writing", {"pause": "yes"}),
    Form("test mail", "ada", lambda _own: "/setup/mail"),
    Form("go on", "ada", lambda _own: "/setup/writing"),
    Form("retry", "ada", a_record, {"do": "retry"}),
    Form("discard", "ada", a_record, {"do": "discard"}),
)
WRONG = [(form, what) for form in FORMS for what in form.wrong]


def opened(house: House, form: Form) -> tuple[Any, str, Stage]:
    acting = stage(house)
    own = Own(acting)
    path = form.where(own)
    return acting.as_(form.who, launch=ASKED), path, acting


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_form_is_done_and_the_next_page_says_so(house: House, form: Form) -> None:
    who, path, _ = opened(house, form)
    before = house.dump(without=("job",))

    answer = who.ask("POST", path, data=form.right)

    assert answer.status_code in {200, 303}, answer.text
    if answer.status_code == 303:
        next_page = who.ask("GET", answer.location)
        while next_page.status_code == 303:
            next_page = who.ask("GET", next_page.location)
        assert next_page.status_code == 200
        assert "done=" not in answer.location or "data-announce" in next_page.text
    after = house.dump(without=("job",))
    assert after != before or form.name in {"gather", "check", "go on", ASKS}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_second_click_never_fails(house: House, form: Form) -> None:
    who, path, _ = opened(house, form)
    who.ask("POST", path, data=form.right)
    once = house.dump()

    answer = who.ask("POST", path, data=form.right)

    assert answer.status_code in form.again | {200, 303, 409}, answer.text
    if answer.status_code == 409:
        assert house.dump() == once


@pytest.mark.parametrize(("form", "what"), WRONG, ids=str)
def test_a_wrong_form_comes_back_with_what_was_typed(
    house: House, form: Form, what: str
) -> None:
    who, path, _ = opened(house, form)
    before = house.dump()
    sent = form.kept | form.wrong[what]

    page = who.post(path, 422, **sent)

    assert page.errors()
    assert all(page.errors())
    ids = {str(tag["id"]) for tag in page.soup.select("[id]")}
    for link in page.soup.select("[data-error-summary] a"):
        assert f"{str(link['href'])[1:]}-error" in ids, str(link)
    assert house.dump() == before
    for name, typed in form.kept.items():
        if sent[name] == typed:
            box = page.one(f'#main [name="{name}"]')
            assert typed in (box.get("value") or box.text)


@pytest.mark.parametrize(
    ("who", "state", "path", "form"),
    [
        ("lea", W.PLANNING, "plan", {"occasion": "a", "action": "b"}),
        ("lea", W.PRACTISING, "applications", APPLIED),
        ("lea", W.REFLECTING, "reflection", {"learned": "a"}),
    ],
)
def test_of_two_at_once_one_is_asked_to_look_again(
    house: House, who: str, state: WorkState, path: str, form: dict[str, Any]
) -> None:
    acting = stage(house)
    own = Own(acting)
    own_work = own.work(state)
    visitor = acting.as_(who)
    before = house.dump()

    with somebody_is_faster(house, "practice_work"):
        page = visitor.post(f"/work/{own_work.public_id}/{path}", 409, **form)

    assert code_of(page.response) == "page.changed_meanwhile"
    assert house.dump() == before


def test_of_two_mentors_who_answer_at_once_one_is_asked_to_look_again(
    house: House,
) -> None:
    acting = stage(house)
    own = Own(acting)
    visitor = acting.as_("max")
    before = house.dump()

    with somebody_is_faster(house, "mentorship"):
        page = visitor.post(
            f"/mentorships/{own.pair.public_id}/agreement", 409, goals="Иначе"
        )

    assert code_of(page.response) == "page.changed_meanwhile"
    assert house.dump() == before


class somebody_is_faster:  # noqa: N801 - reads as the sentence it stands in
    """Let every row of a table change between reading and writing it."""

    def __init__(self, house: House, table: str) -> None:
        self.house, self.table = house, table

    def _meanwhile(self, session: Any, *_rest: Any) -> None:
        session.connection().execute(
            text(f"UPDATE {self.table} SET version = version + 1")  # noqa: S608
        )

    def __enter__(self) -> None:
        with self.house.app.app_context():
            event.listen(db.session, "before_flush", self._meanwhile)

    def __exit__(self, *_rest: Any) -> None:
        with self.house.app.app_context():
            event.remove(db.session, "before_flush", self._meanwhile)


def test_what_the_database_refuses_is_no_failure_of_ours(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    visitor = acting.as_("lea")
    path = f"/mentorships/{own.pair.public_id}/messages"
    before = house.dump()

    def twice(session: Any, *_rest: Any) -> None:
        session.connection().execute(
            text("INSERT INTO membership SELECT * FROM membership LIMIT 1")
        )

    with house.app.app_context():
        event.listen(db.session, "before_flush", twice)
    try:
        page = visitor.post(path, 409, text="Привет")
    finally:
        with house.app.app_context():
            event.remove(db.session, "before_flush", twice)

    assert code_of(page.response) == "page.changed_meanwhile"
    assert house.dump() == before


def test_a_publish_offers_each_pair_once(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    run = acting.run(own.program, RunState.DRAFT)
    path = f"/programs/{own.program.public_id}/publish/{run.public_id}"
    iris = acting.as_("iris")

    first = iris.follow(path)
    second = iris.post(path, 409)

    assert "Published" in first.text
    assert code_of(second.response) == "run.not_a_draft"


def test_every_rule_a_form_may_break_has_words_of_its_own() -> None:
    codes = invalid_codes()

    assert codes
    assert codes - BY_CODE.keys() == set()


OWNERS = ("mentoring", "practice", "scheduling", "people", "skills", "web")


def invalid_codes() -> set[str]:
    """Return every code that a rule of the features refuses an input with."""
    root = Path(lti_mentor.__file__).parent
    found = set()
    for owner in OWNERS:
        for path in (root / owner).rglob("*.py"):
            found |= set(
                re.findall(rf'{Invalid.__name__}\("([\w.]+)"', path.read_text())
            )
    return found


def test_a_record_that_was_kept_is_not_sent_again(house: House) -> None:
    acting = stage(house)
    own = Own(acting)
    record = own.delivery()
    record.state = DeliveryState.HELD  # type: ignore[attr-defined]
    ada = acting.as_("ada")
    assert "admin" in ADMINS

    kept = ada.follow(f"/records/{record.public_id}", do="keep")  # type: ignore[attr-defined]
    strange = ada.post(f"/records/{record.public_id}", 403, do="explode")  # type: ignore[attr-defined]

    assert "Trying again" not in kept.text
    assert strange.heading


def test_what_people_wrote_is_shown_as_text_never_as_code(house: House) -> None:
    acting = stage(house)
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    acting.lea.name = evil
    acting.course.title = evil
    couple = acting.couple(MentorshipState.ACTIVE, goals=evil)
    acting.message(couple, acting.lea, evil)
    acting.work(W.IN_REVIEW, couple.program, couple)
    lea, max_, iris = (acting.as_(name) for name in ("lea", "max", "iris"))
    own = f"/mentorships/{couple.public_id}"

    for who, path in ((lea, own), (max_, own), (max_, "/turn"), (iris, "/board")):
        page = who.get(path)
        assert not page.soup.select("#main img")
        assert evil in page.text
