"""Every page of every audience, with believable rows, in every state."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from lti_mentor.activity.models import Activity, DeliveryState, Destination, Verb
from lti_mentor.clock import now
from lti_mentor.mentoring import later, queries, wishes
from lti_mentor.mentoring.models import (
    Concern,
    ConcernKind,
    Degree,
    Interest,
    MentorshipState,
    Part,
    ParticipantState,
    ProgramState,
    RunState,
    Voice,
)
from lti_mentor.people import family
from lti_mentor.people.models import Role, Standing
from lti_mentor.platforms.models import (
    Deployment,
    Feature,
    Health,
    HealthRow,
    Place,
    PlaceKind,
    Reach,
    Starting,
)
from lti_mentor.practice.models import PracticeWork, Turn, WorkState
from lti_mentor.scheduling.models import SessionState
from lti_mentor.skills import done, typed
from lti_mentor.skills.models import DoneKind
from lti_mentor.sync.models import SyncRun, SyncState
from lti_mentor.web.admin.words import CODES, SCOPES
from tests import builders
from tests.web.pages import House, english_left
from tests.web.stage import Stage, stage

Visits = list[tuple[str, str]]
"""Who opens what, one after the other."""
Scene = Callable[[Stage], Visits]

COMMON: Visits = [
    (who, path)
    for who in ("lea", "iris", "tess", "max", "ada")
    for path in (
        "/mentorship",
        "/mine",
        "/turn",
        "/sight",
        "/guide",
        "/settings",
        "/settings/calendar",
    )
]
STAFF: Visits = [
    (who, path)
    for who in ("iris", "tess")
    for path in (
        "/board",
        "/board/reading",
        "/report",
        "/course/family",
        "/course/known",
    )
]
ADMIN: Visits = [
    ("ada", f"/{page}")
    for page in ("setup", "records", "organisation", "courses", "usage", "leaving")
]


def nothing_yet(s: Stage) -> Visits:
    """Administration last: a test that presses everything may switch the tool off."""
    return [*COMMON, *STAFF, ("iris", "/programs/new"), *ADMIN]


def looking_on(s: Stage) -> Visits:
    couple = s.couple()
    s.work(WorkState.IN_REVIEW, couple.program, couple)
    return [("zoya", "/accompanied"), ("vera", "/mentorship"), ("zoya", "/turn")]


def nobody_to_look_on(s: Stage) -> Visits:
    s.lea.sub = "another"
    return [("zoya", "/accompanied")]


def everything_at_the_hub(s: Stage) -> Visits:
    couple = s.couple(MentorshipState.ACTIVE)
    s.work(WorkState.IN_REVIEW, couple.program, couple)
    s.work(WorkState.PLANNING, couple.program, couple)
    builders.member(s.session, s.course, s.max, Role.INSTRUCTOR)
    couple.program.stand_in = s.max
    s.pair(s.program(name="Вторая"), MentorshipState.OFFERED)
    s.pair(s.program(name="Прежняя"), MentorshipState.COMPLETED)
    builders.participant(
        s.session,
        s.program(name="Третья"),
        s.max,
        Part.MENTOR,
        state=ParticipantState.PROPOSED,
    )
    alone = s.work(WorkState.IN_REVIEW, couple.program, None, s.sam)
    alone.pool_reviewer, alone.turn = s.max, Turn.MENTOR
    return [("max", "/mine"), ("lea", "/mine"), ("max", "/turn"), ("iris", "/board")]


def what_could_begin(s: Stage) -> Visits:
    s.graduate(s.max)
    program, other = s.program(), s.program(name="Вторая")
    builders.member(s.session, s.course, s.sam)
    wishes.note(s.session, s.course, s.max, Part.MENTOR)
    pages = [f"/programs/{one.public_id}" for one in (program, other)]
    return [("max", "/mine"), ("sam", "/mine"), *(("iris", page) for page in pages)]


def a_wish_of_mine(s: Stage) -> Visits:
    wishes.note(s.session, s.course, s.lea, Part.MENTEE)
    elsewhere = builders.context(s.session, s.tenant, title="Рядом")
    builders.mentorship(
        s.session,
        builders.program(s.session, elsewhere, s.iris, name="Вторая"),
        s.lea,
        s.sam,
        MentorshipState.ACTIVE,
    )
    return [("lea", "/mentorship"), ("iris", "/board"), ("iris", "/programs/new")]


def tried_out(s: Stage) -> Visits:
    s.lea.is_test = True
    program = s.program()
    s.work(WorkState.IN_REVIEW, program, None)
    return [*STAFF, ("lea", "/mentorship")]


def no_skills_and_a_wish(s: Stage) -> Visits:
    course = builders.context(s.session, s.tenant, title="Пусто")
    s.course = course
    s.session.add(Interest(context_id=course.id, person_id=s.lea.id))
    return [("iris", "/board"), ("iris", "/programs/new"), ("lea", "/mentorship")]


def program_without_mentors(s: Stage) -> Visits:
    program = s.program()
    s.joined(program, "lea")
    page = f"/programs/{program.public_id}"
    join = f"/join/{program.public_id}"
    return [("iris", page), ("tess", page), ("lea", join), ("lea", "/mentorship")]


def joining(s: Stage) -> Visits:
    program = s.program()
    s.graduate(s.max)
    builders.participant(
        s.session, program, s.max, Part.MENTOR, state=ParticipantState.PROPOSED
    )
    offer = s.pair(program, MentorshipState.OFFERED)
    join = f"/join/{program.public_id}"
    return [
        ("lea", join),
        ("lea", f"{join}?accept={offer.public_id}"),
        ("max", join),
        ("max", "/turn"),
        ("iris", f"/programs/{program.public_id}"),
    ]


def practising_alone(s: Stage) -> Visits:
    program = s.program()
    builders.participant(
        s.session, program, s.lea, Part.MENTEE, state=ParticipantState.PAIRING_DECLINED
    )
    s.work(WorkState.IN_REVIEW, program, None)
    return [("lea", "/mentorship"), ("lea", f"/join/{program.public_id}"), *STAFF]


def computing(s: Stage) -> Visits:
    program = s.program()
    s.joined(program, "lea", "max")
    s.run(program, RunState.WAITING)
    page = f"/programs/{program.public_id}"
    return [("iris", page), ("tess", page), ("lea", "/mentorship"), ("max", "/turn")]


def draft_ready(s: Stage) -> Visits:
    program = s.program()
    s.joined(program, "lea", "max")
    s.graduate(s.max)
    alone = builders.person(s.session, s.tenant, "Оля")
    rows = [
        {"person": str(alone.public_id), "rule": "places.taken"},
        {"person": str(s.sam.public_id), "rule": "of.a.newer.engine"},
    ]
    run = s.run(program, RunState.DRAFT, unmatched=rows)
    for band in ("strong", "good", "fair"):
        learner = builders.person(s.session, s.tenant, f"Ученик {len(band)}")
        dropped = band == "fair"
        builders.proposal(
            s.session,
            run,
            s.max,
            learner,
            band=band,
            is_dropped=dropped,
            reasons=[{"code": "skill.named", "skill": "Слушание"}],
        )
    page = f"/programs/{program.public_id}"
    return [("iris", page), ("tess", page), ("lea", "/mentorship"), ("max", "/turn")]


def pairs(state: MentorshipState) -> Scene:
    def scene(s: Stage) -> Visits:
        couple = s.couple(state)
        s.run(couple.program, RunState.PUBLISHED)
        s.message(couple, s.max)
        own = f"/mentorships/{couple.public_id}"
        return [
            ("lea", "/mentorship"),
            ("lea", own),
            ("lea", f"{own}/life"),
            ("max", "/turn"),
            ("max", own),
            ("max", f"{own}/life"),
            ("iris", f"/programs/{couple.program.public_id}"),
            *STAFF,
        ]

    return scene


def one_said_yes(s: Stage) -> Visits:
    couple = s.couple(MentorshipState.OFFERED, mentor_accepted_at=now())
    own = f"/mentorships/{couple.public_id}"
    return [("lea", own), ("max", own), ("max", "/turn"), ("lea", "/mentorship")]


def one_signed(s: Stage) -> Visits:
    couple = s.couple(goals="Цель", meeting_note="Редко", mentor_signed_at=now())
    own = f"/mentorships/{couple.public_id}"
    return [("lea", own), ("max", own), ("lea", "/mentorship")]


def agreed(s: Stage) -> Visits:
    couple = s.couple(
        goals="Цель",
        meeting_note="Редко",
        mentor_signed_at=now(),
        mentee_signed_at=now(),
    )
    s.message(couple, s.lea)
    s.message(couple, s.max)
    own = f"/mentorships/{couple.public_id}"
    return [("lea", own), ("max", own), ("lea", "/mentorship")]


def works(state: WorkState, *, mentored: bool) -> Scene:
    def scene(s: Stage) -> Visits:
        couple = s.couple()
        work = s.work(state, couple.program, couple if mentored else None)
        told(s, work)
        desk = ("max", f"/review/{work.public_id}")
        return [
            ("lea", f"/work/{work.public_id}"),
            ("lea", "/mentorship"),
            ("max", "/turn"),
            ("iris", f"/review/{work.public_id}"),
            ("tess", f"/review/{work.public_id}"),
            *STAFF,
            *[("iris", f"/board?group={g}") for g in ("planning", "done", "not_begun")],
            *([desk, ("lea", f"/mentorships/{couple.public_id}")] if mentored else []),
        ]

    return scene


def told(s: Stage, work: PracticeWork) -> None:
    """Tell every other system everything about a work, with every outcome."""
    states = list(DeliveryState)
    for number, verb in enumerate(Verb):
        activity = Activity(
            registration_id=s.tenant.id,
            verb=verb,
            learner_id=work.learner_id,
            object_type="practice_work",
            object_id=work.public_id,
            data={"points": 42.5, "maximum": 100} if verb is Verb.SCORED else {},
        )
        s.session.add(activity)
        if verb in WRITTEN:
            for destination in Destination:
                state = states[number % len(states)]
                s.told(activity, destination, state)


WRITTEN = frozenset(Verb) - {
    Verb.STARTED_PROGRAM,
    Verb.ANSWERED_PROGRAM,
    Verb.JOINED,
    Verb.DECLINED_PAIRING,
    Verb.MATCHED,
    Verb.PUBLISHED,
    Verb.ACCEPTED,
    Verb.DECLINED,
    Verb.OFFERED_SESSION,
    Verb.BOOKED_SESSION,
    Verb.CANCELLED_SESSION,
    Verb.MOVED_SESSION,
    Verb.CLAIMED_SESSION,
    Verb.DISPUTED_SESSION,
    Verb.PAUSED_MENTORSHIP,
    Verb.RESUMED_MENTORSHIP,
    Verb.CONCLUDED_MENTORSHIP,
}
"""What other systems are told."""


def talks(s: Stage) -> Visits:
    couple = s.couple()
    for state in SessionState:
        s.talk(couple, state)
        s.talk(couple, state, by=s.lea)
    own = f"/mentorships/{couple.public_id}"
    return [("lea", own), ("max", own), ("lea", "/mentorship")]


def what_needs_whoever_leads(s: Stage) -> Visits:
    couple = s.couple()
    s.message(couple, s.max)
    s.talk(couple, SessionState.DISPUTED)
    builders.member(s.session, s.course, s.max, standing=Standing.SUSPENDED)
    for by, about, answer in ((s.lea, s.max, ""), (s.max, s.lea, "Да")):
        concern = Concern(
            mentorship=couple,
            by=by,
            about=about,
            kind=ConcernKind.OTHER,
            words="Беда",
            answer=answer,
            answered_at=now() if answer else None,
            attached=queries.thread(s.session, couple),
        )
        s.session.add(concern)
    for state in (WorkState.IN_REVIEW, WorkState.PRACTISING):
        s.work(state, couple.program, couple)
    own = f"/mentorships/{couple.public_id}"
    staff = [("iris", page) for page in ("/inbox", "/closing", "/board")]
    return [*staff, ("lea", own), ("max", f"{own}/life"), ("lea", f"{own}/life")]


def one_talk(state: SessionState) -> Scene:
    def scene(s: Stage) -> Visits:
        s.talk(s.couple(), state)
        return [("lea", "/mentorship"), ("max", "/turn")]

    return scene


def reading(state: SyncState) -> Scene:
    def scene(s: Stage) -> Visits:
        codes = ("forbidden", "unauthorized", "throttled", "other")
        parts = ("members", "completions", "skills", "levels")
        problems = {part: {"code": c} for part, c in zip(parts, codes, strict=True)}
        problems["activities"] = {"code": "forbidden", "missing": "мод:право"}
        failed = state in {SyncState.PARTIAL, SyncState.FAILED}
        s.reading(
            state,
            part="completions" if state is SyncState.RUNNING else None,
            counts={"roster": 3},
            problems=problems if failed else {},
        )
        return STAFF

    return scene


def report(people: int, days_ago: int) -> Scene:
    def scene(s: Stage) -> Visits:
        program = s.program()
        for number in range(people):
            who = builders.person(s.session, s.tenant, f"Ученик {number}")
            builders.member(s.session, s.course, who)
            builders.participant(s.session, program, who, Part.MENTEE)
            s.graduate(who, days_ago)
        return [*STAFF, ("iris", f"/programs/{program.public_id}")]

    return scene


def health(s: Stage) -> Visits:
    outcomes = list(Health)
    codes = {f: [c for c in CODES if c.startswith(f"{f}.")] for f in Feature}
    for number, feature in enumerate(Feature):
        s.session.add(
            HealthRow(
                registration_id=s.tenant.id,
                feature=feature,
                state=outcomes[number % len(outcomes)],
                code=(codes[feature] or ["api.no_token"])[-1],
                details={
                    "missing": ["мод:право"],
                    "menu": ["Меню"],
                    "count": 3,
                    "scopes": list(SCOPES),
                },
                answer="Нет доступа",
            )
        )
    s.session.add(Deployment(registration_id=s.tenant.id, deployment_id="1"))
    s.session.add(
        Deployment(registration_id=s.tenant.id, deployment_id="2", is_accepted=False)
    )
    s.tenant.writes_paused = True
    return ADMIN


def a_busy_organisation(s: Stage) -> Visits:
    s.tenant.reach, s.tenant.starting = Reach.CHOSEN, Starting.APPROVAL
    s.tenant.platform_guid, s.tenant.held_guid, s.tenant.held_at = "1", "2", now()
    for person in (s.ada, s.iris):
        person.is_org_admin = person.is_reader = person.may_start = True
    s.course.group_id, s.course.group_name = "7", "Факультет"
    asked = {"asked_by": s.iris, "asked_at": now(), "title": "Другой"}
    other = builders.context(s.session, s.tenant, **asked)
    builders.context(s.session, s.tenant, title="Третий", group_id="8")
    for state in ProgramState:
        builders.program(s.session, other, s.iris, name="Ждёт", state=state)
    for kind, key in ((PlaceKind.GROUP, "7"), (PlaceKind.COURSE, str(other.public_id))):
        place = Place(registration_id=s.tenant.id, kind=kind, key=key, name="Место")
        s.session.add(place)
    for course, how in ((s.course, SyncState.PARTIAL), (other, SyncState.DONE)):
        run = SyncRun(context_id=course.id, state=how, finished_at=now())
        s.session.add(run)
    return [*ADMIN, ("ada", "/usage?show=none")]


def not_switched_on(s: Stage) -> Visits:
    s.tenant.reach, s.tenant.is_copy = Reach.CHOSEN, True
    s.course.asked_answer = "Весной"
    return [(who, "/not-here") for who in ("lea", "iris", "tess", "ada")]


def every_record(s: Stage) -> Visits:
    couple = s.couple()
    told(s, s.work(WorkState.COMPLETED, couple.program, couple))
    return ADMIN


def nobody_gave_a_name(s: Stage) -> Visits:
    couple = s.couple()
    s.lea.name = ""
    s.work(WorkState.IN_REVIEW, couple.program, couple)
    page = f"/programs/{couple.program.public_id}"
    return [("lea", "/mentorship"), ("max", "/turn"), ("iris", page), *STAFF]


def put_off(s: Stage) -> Visits:
    talk = s.talk(s.couple(), SessionState.DISPUTED)
    later.put_off(s.session, s.iris, talk.public_id, 3)
    return [("iris", "/inbox"), ("iris", "/board")]


def goals_were_reached(s: Stage) -> Visits:
    program = s.program()
    for degree in (*Degree, *Degree):
        who = builders.person(s.session, s.tenant, "Ученик")
        over = MentorshipState.COMPLETED
        pair = builders.mentorship(s.session, program, s.max, who, over)
        s.session.add(Voice(mentorship=pair, person=who, reached=degree))
    return [("iris", "/report")]


def an_earlier_offering(s: Stage) -> Visits:
    earlier, none, mine = (
        builders.context(s.session, s.tenant, title=title, starts_at=now())
        for title in ("Прежде", "Иное", "Моё")
    )
    builders.member(s.session, mine, s.iris, Role.INSTRUCTOR)
    family.say(s.session, s.course, earlier, s.iris, is_one=True)
    family.say(s.session, s.course, none, s.iris, is_one=False)
    other = {"id": "8", "name": "Похожее", "code": "Ж1", "began": None, "alike": 1}
    refused = {**other, "id": "9", "answer": "not_taught"}
    s.reading(SyncState.DONE, others=[other, refused])
    return [("iris", "/course/family"), ("tess", "/course/family")]


def said_by_hand(kind: DoneKind) -> Scene:
    def scene(s: Stage) -> Visits:
        typed.keep(s.session, s.course, s.iris, [("", "Счёт")])
        grade = 0.6 if kind is DoneKind.GRADE else None
        day = now() if kind is DoneKind.DATE else None
        said = done.Said(kind, grade, day, [(s.lea, s.course)])
        done.say(s.session, s.course, s.iris, said)
        s.reading(SyncState.DONE)
        return [
            *((who, "/course/known") for who in ("iris", "tess")),
            ("iris", "/board"),
        ]

    return scene


def an_account_that_sees_a_part(s: Stage) -> Visits:
    for feature in (Feature.COMPLETION, Feature.SKILLS):
        for_all = {"missing": ["mod/quiz:view"], "menu": ["Сайт"]}
        shown = {"shown": [3, 9]} if feature is Feature.COMPLETION else {}
        s.session.add(
            HealthRow(
                registration_id=s.tenant.id,
                feature=feature,
                state=Health.PARTIAL,
                code=f"{feature}.partial",
                details=for_all | shown,
            )
        )
    s.reading(SyncState.DONE)
    s.session.flush()
    return [*STAFF]


SCENES: dict[str, Scene] = {
    "put off": put_off,
    "goals were reached": goals_were_reached,
    "an earlier offering": an_earlier_offering,
    "an account that sees a part": an_account_that_sees_a_part,
    "nothing yet": nothing_yet,
    "looking on": looking_on,
    "nobody to look on": nobody_to_look_on,
    "everything at the hub": everything_at_the_hub,
    "what could begin": what_could_begin,
    "a wish of mine": a_wish_of_mine,
    "tried out": tried_out,
    "no skills and a wish": no_skills_and_a_wish,
    "program without mentors": program_without_mentors,
    "joining": joining,
    "practising alone": practising_alone,
    "computing": computing,
    "draft ready": draft_ready,
    "one said yes": one_said_yes,
    "one signed": one_signed,
    "agreed": agreed,
    "talks": talks,
    "what needs whoever leads": what_needs_whoever_leads,
    "report of none": report(0, 40),
    "report of four": report(4, 40),
    "report of six": report(6, 40),
    "report too early": report(6, 3),
    "health": health,
    "a busy organisation": a_busy_organisation,
    "not switched on": not_switched_on,
    "every record": every_record,
    "nobody gave a name": nobody_gave_a_name,
}
SCENES |= {f"mentorship {state}": pairs(state) for state in MentorshipState}
SCENES |= {f"work {state}": works(state, mentored=True) for state in WorkState}
SCENES |= {
    f"work {state} without mentor": works(state, mentored=False) for state in WorkState
}
SCENES |= {f"talk {state}": one_talk(state) for state in SessionState}
SCENES |= {f"done by {kind}": said_by_hand(kind) for kind in DoneKind}
SCENES |= {f"reading {state}": reading(state) for state in SyncState}


@pytest.mark.parametrize("name", SCENES)
def test_a_page_keeps_the_rules_of_every_page(house: House, name: str) -> None:
    acting = stage(house)

    visits = SCENES[name](acting)
    seen = {who: acting.as_(who) for who, _ in visits}

    for who, path in visits:
        assert seen[who].get(path).text


@pytest.mark.parametrize("name", SCENES)
def test_in_the_pseudo_language_no_english_is_left(house: House, name: str) -> None:
    acting = stage(house, "ar-XB")

    visits = SCENES[name](acting)
    seen = {who: acting.as_(who) for who, _ in visits}
    left = {(w, path): english_left(seen[w].get(path)) for w, path in visits}

    assert {place: words for place, words in left.items() if words} == {}


@pytest.mark.parametrize("locale", ["en", "ar-XB"])
def test_the_deep_linking_builder_is_a_page_like_the_others(
    house: House, locale: str
) -> None:
    acting = stage(house, locale)
    graduates = acting.program()
    acting.joined(graduates, "max")
    iris = acting.as_("iris", launch=ASKED)

    page = iris.get("/deep-link")

    assert locale == "en" or english_left(page) == []
    assert page.one('input[name="title"]')["value"]


ASKED = {
    "deployment_id": "1",
    "deep_linking": {
        "return_url": "https://class.example.edu/return",
        "accepts_line_item": True,
        "data": "opaque",
    },
}
"""What a content selection leaves in the session."""


@pytest.mark.parametrize("locale", ["en", "ar-XB"])
def test_a_refusal_inside_a_session_is_a_page_like_the_others(
    house: House, locale: str
) -> None:
    acting = stage(house, locale)
    lea = acting.as_("lea")

    forbidden = lea.get("/board", status=403)
    missing = lea.get(f"/work/{uuid4()}", status=404)

    for page in (forbidden, missing):
        assert page.one("a.btn")["href"]
        assert locale == "en" or english_left(page) == []


def test_a_due_date_that_has_passed_is_no_reason_to_fail(house: House) -> None:
    acting = stage(house)
    couple = acting.couple()
    work = acting.work(WorkState.PLANNING, couple.program, couple)
    work.due_at = now() - timedelta(days=3)

    page = acting.as_("lea").get(f"/work/{work.public_id}")

    assert page.one("#now form")
