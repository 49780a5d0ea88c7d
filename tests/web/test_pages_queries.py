"""A page asks the database as often for fifty people as for five."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from lti_mentor.clock import now
from lti_mentor.mentoring.models import MentorshipState, Part, Program, RunState
from lti_mentor.paging import SIZE
from lti_mentor.people import family
from lti_mentor.people.models import Person, Role
from lti_mentor.practice.models import WorkState
from lti_mentor.scheduling.models import SessionState
from lti_mentor.skills import done
from lti_mentor.skills.models import DoneKind
from lti_mentor.web import db
from tests import builders
from tests.web.pages import House
from tests.web.stage import Stage, stage
from tests.web.test_pages_scenes import told

FEW, MANY = len(WorkState), SIZE + 2
Filling = Callable[[Stage, int], str]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def learner(s: Stage, number: int) -> Person:
    who = builders.person(s.session, s.tenant, f"Ученик {number}")
    builders.member(s.session, s.course, who)
    return who


def mentor(s: Stage, program: Program, number: int) -> Person:
    who = builders.person(s.session, s.tenant, f"Наставник {number}")
    builders.participant(s.session, program, who, Part.MENTOR)
    s.graduate(who)
    return who


def works_of_many(s: Stage, many: int) -> str:
    program = s.program()
    for number, state in enumerate(list(WorkState) * many):
        if number == many:
            break
        taught, other = learner(s, number), mentor(s, program, number)
        active = MentorshipState.ACTIVE
        pair = builders.mentorship(s.session, program, other, taught, active)
        s.work(state, program, pair, taught)
        learner(s, 100 + number)
    return "/board"


def pairs_of_many(s: Stage, many: int) -> str:
    program = s.program()
    for number in range(many):
        builders.participant(s.session, program, learner(s, number), Part.MENTEE)
        taught, other = learner(s, number), mentor(s, program, number)
        builders.mentorship(s.session, program, other, taught)
    return f"/programs/{program.public_id}"


def draft_of_many(s: Stage, many: int) -> str:
    program = s.program()
    left = [learner(s, number) for number in range(many)]
    rows = [{"person": str(one.public_id), "rule": "places.taken"} for one in left]
    run = s.run(program, RunState.DRAFT, unmatched=rows)
    for number in range(many):
        taught, other = learner(s, number), mentor(s, program, number)
        builders.proposal(s.session, run, other, taught)
    return f"/programs/{program.public_id}"


def report_of_many(s: Stage, many: int) -> str:
    pairs_of_many(s, many)
    return "/report"


def much_practice(s: Stage, many: int) -> str:
    couple = s.couple()
    for state in (list(WorkState) * many)[:many]:
        s.work(state, couple.program, couple)
    return "/mentorship"


def many_mentors_before(s: Stage, many: int) -> str:
    for number in range(many):
        program = s.program()
        other = builders.person(s.session, s.tenant, f"Наставник {number}")
        ended = MentorshipState.ENDED
        builders.mentorship(s.session, program, other, s.lea, ended)
    return "/mentorship"


def many_wait_for_me(s: Stage, many: int) -> str:
    for number in range(many):
        program = s.program(name=f"Практика {number}")
        taught = learner(s, number)
        active, offered = MentorshipState.ACTIVE, MentorshipState.OFFERED
        builders.participant(s.session, program, s.max, Part.MENTOR)
        pair = builders.mentorship(s.session, program, s.max, taught, active)
        builders.mentorship(s.session, program, s.max, learner(s, number), offered)
        s.work(WorkState.IN_REVIEW, program, pair, taught)
    return "/turn"


def long_thread(s: Stage, many: int) -> str:
    couple = s.couple()
    for state in (list(SessionState) * many)[:many]:
        s.message(couple, s.lea)
        s.talk(couple, state)
        s.work(WorkState.IN_REVIEW, couple.program, couple)
    return f"/mentorships/{couple.public_id}"


def many_records(s: Stage, many: int) -> str:
    couple = s.couple()
    for _ in range(many):
        told(s, s.work(WorkState.COMPLETED, couple.program, couple))
    return "/records"


def many_offerings(s: Stage, many: int) -> str:
    for number in range(many):
        other = builders.context(s.session, s.tenant, title=f"Прежде {number}")
        builders.member(s.session, other, s.iris, Role.INSTRUCTOR)
        if number % 3:
            one, is_one = (s.session, s.course, other, s.iris), bool(number % 2)
            family.say(*one, is_one=is_one)
        builders.member(s.session, other, learner(s, number))
    return "/course/family"


def many_done_by_word(s: Stage, many: int) -> str:
    for number in range(many):
        learner(s, number)
    said = done.Said(DoneKind.DATE, day=now())
    done.say(s.session, s.course, s.iris, said)
    return "/course/known"


PAGES: list[tuple[str, Filling]] = [
    ("iris", works_of_many),
    ("iris", pairs_of_many),
    ("iris", draft_of_many),
    ("iris", report_of_many),
    ("iris", many_offerings),
    ("iris", many_done_by_word),
    ("lea", much_practice),
    ("lea", many_mentors_before),
    ("max", many_wait_for_me),
    ("max", long_thread),
    ("ada", many_records),
]


@pytest.mark.parametrize(
    ("who", "fill"), PAGES, ids=lambda one: getattr(one, "__name__", one)
)
def test_a_page_asks_no_more_for_many_rows(
    house: House, who: str, fill: Filling
) -> None:
    few, many = (asked(house, who, fill, count) for count in (FEW, MANY))

    grown = [one for one in set(many) if many.count(one) > few.count(one)]
    assert [one[:300] for one in grown] == []
    assert len(many) <= MOST


MOST = 40
"""Questions one page may ask at all."""


def asked(house: House, who: str, fill: Filling, count: int) -> list[str]:
    acting = stage(house)
    path = fill(acting, count)
    visitor = acting.as_(who)
    visitor.get(path)
    with house.app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        visitor.ask("GET", path)
    return [re.sub(r"\(\?(, \?)*\)", "(?)", one) for one in statements]
