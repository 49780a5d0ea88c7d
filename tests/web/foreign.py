"""Every route with an id, and everybody who might ask for it (D4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.db import Base
from lti_mentor.mentoring import queries
from lti_mentor.mentoring.models import (
    Concern,
    ConcernKind,
    MentorshipState,
    Origin,
    Part,
    Program,
    RunState,
)
from lti_mentor.people import family, sections
from lti_mentor.people.models import Role
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.scheduling.models import SessionState
from tests import builders
from tests.web.pages import House, Visitor
from tests.web.stage import Stage, stage

Ids = Callable[["Own"], dict[str, Base]]

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
        sections.keep(s.session, s.course, {s.lea.id: [HER_SECTION]})
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

    def concern(self) -> Base:
        s = self.stage
        found = Concern(
            mentorship=self.pair, by=s.lea, about=s.max, kind=ConcernKind.OTHER
        )
        s.session.add(found)
        s.session.flush()
        return found

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


SETTINGS = {
    "name": "Иная",
    "weeks": "6",
    "cadence_days": "7",
    "default_capacity": "2",
    "answer_days": "5",
}


def the_request(own: Own) -> dict[str, Base]:
    own.offered.origin = Origin.REQUEST
    own.stage.session.flush()
    return the_offer(own)


def the_choice(own: Own) -> dict[str, Base]:
    own.program.learners_choose = True
    own.stage.session.flush()
    return the_program(own)


def the_program(own: Own) -> dict[str, Base]:
    return {"program": own.program}


def talk(state: SessionState) -> Ids:
    return lambda own: {"meeting": own.talk(state)}


def work(state: WorkState, *, mentored: bool = True) -> Ids:
    return lambda own: {"work": own.work(state, mentored=mentored)}


def handed(state: WorkState) -> Ids:
    return lambda own: {"work": own.handed(state)}


def past(own: Own) -> dict[str, Base]:
    found: Any = own.talk(SessionState.BOOKED)
    found.starts_at = now() - timedelta(hours=1)
    own.stage.session.flush()
    return {"meeting": found}


def together(own: Own) -> dict[str, Base]:
    found: Any = past(own)["meeting"]
    found.shared_id = uuid4()
    own.stage.session.flush()
    return {"meeting": found}


def an_offering(own: Own) -> dict[str, Base]:
    s = own.stage
    other = builders.context(s.session, s.tenant, title="Прежде")
    family.say(s.session, s.course, other, s.iris, is_one=True)
    return {"offering": other}


W, T = WorkState, SessionState
CASES = (
    Case("mentorship.show", the_pair, PAIR),
    Case("mentorship.accept", the_offer, PAIR),
    Case("mentorship.decline", the_offer, PAIR),
    Case("mentorship.sign", the_pair, PAIR, {"goals": "Иное"}),
    Case("mentorship.post", the_pair, PAIR, {"text": "Привет"}),
    Case("life.end", the_pair, PAIR, {"reason": "private"}),
    Case("talks.offer", the_pair, PAIR, {"time1": TOMORROW}),
    Case("talks.book", talk(T.OFFERED), LEARNER),
    Case("talks.met", talk(T.CLAIMED), PAIR),
    Case("talks.object_to", talk(T.CLAIMED), LEARNER),
    Case("talks.missed", past, PAIR),
    Case("talks.move", talk(T.BOOKED), PAIR, {"time1": TOMORROW}),
    Case("talks.keep", talk(T.BOOKED), PAIR),
    Case("talks.notes", talk(T.HELD), PAIR, {"shared": "Да"}),
    Case("talks.attendance", together, MENTOR),
    Case("mentorship.contact", the_pair, PAIR, {"contact": "Да"}),
    Case("life.show", the_pair, PAIR),
    Case("life.pause", the_pair, PAIR),
    Case("life.resume", the_pair, PAIR),
    Case("life.fit", the_pair, PAIR, {"goes_on": "yes"}),
    Case("life.conclude", the_pair, PAIR),
    Case("life.closing", the_pair, PAIR),
    Case("life.report", the_pair, PAIR, {"kind": "other"}),
    Case(
        "inbox.answer",
        lambda own: {"concern": own.concern()},
        LEADERS,
        {"answer": "Да"},
    ),
    Case("inbox.settle", talk(T.DISPUTED), LEADERS, {"held": "yes"}),
    Case("inbox.gone", the_pair, LEADERS, {"do": "keep"}),
    Case("inbox.later", the_pair, LEADERS, {"days": "3"}),
    Case("inbox.later_talk", talk(T.DISPUTED), LEADERS, {"days": "3"}),
    Case("talks.cancel", talk(T.BOOKED), PAIR),
    Case("talks.calendar", talk(T.BOOKED), PAIR),
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
    Case("choosing.show", the_choice, JOINERS),
    Case("choosing.send", the_choice, JOINERS),
    Case("choosing.private", the_program, JOINERS),
    Case("choosing.avoid", the_program, JOINERS, {"said": "Некто"}),
    Case("choosing.question", the_offer, PAIR),
    Case("choosing.say", the_offer, PAIR, {"said": "Да"}),
    Case("choosing.withdraw", the_request, LEARNER),
    Case("choosing.not_now", the_offer, MENTOR, {"weeks": "4"}),
    Case("learner.offer_to_mentor", the_program, frozenset({"graduate"})),
    Case("family.remove", an_offering, INSTRUCTOR),
    Case("family.restore", an_offering, INSTRUCTOR),
    Case("board.settle", work(W.IN_REVIEW), INSTRUCTOR),
    Case("board.excuse", work(W.IN_REVIEW), INSTRUCTOR),
    Case("programs.show", the_program, STAFF | LEADERS, looks=KEPT),
    Case("programs.gather", the_program, LEADERS),
    Case("programs.match", the_program, LEADERS),
    Case("programs.endorse", the_program, LEADERS),
    Case("programs.find_mentor", the_program, LEADERS, {"called": "Макс"}),
    Case("programs.stand_in", the_program, LEADERS),
    Case("program_settings.show", the_program, LEADERS),
    Case("program_settings.change", the_program, LEADERS, SETTINGS),
    Case("program_settings.move", the_program, LEADERS, {"do": "pause"}),
    Case("program_settings.duplicate", the_program, LEADERS),
    Case("program_settings.courses", the_program, LEADERS),
    Case(
        "program_settings.prepared",
        lambda own: {"program": own.program, "part": own.part},
        LEADERS,
    ),
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


def newcomer(s: Stage) -> str:
    """Return the id of somebody in the course who has no part yet."""
    person = builders.person(s.session, s.tenant, "Новая")
    builders.member(s.session, s.course, person)
    return str(person.public_id)


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
