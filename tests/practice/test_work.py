"""A learner's way through a practice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentor.activity.models import Activity, Verb
from lti_mentor.clock import now
from lti_mentor.errors import Invalid
from lti_mentor.mentoring import programs
from lti_mentor.mentoring.models import Part
from lti_mentor.practice import service
from lti_mentor.practice.models import (
    EvidenceKind,
    Turn,
    WorkState,
)
from lti_mentor.skills.models import LevelSource, SkillLevel
from tests import builders
from tests.builders import PLAN, REVISE, VERIFY, occasion

S = WorkState


def verbs(session) -> list[Verb]:
    return list(session.scalars(select(Activity.verb).order_by(Activity.id)))


def plan(w, work):
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.max, agreed=True)


def apply(w, work, verdict=VERIFY):
    service.submit_application(w.session, work, w.lea, occasion())
    service.review(w.session, work, w.max, verdict)


@pytest.fixture
def work(w):
    """Lea's work with Max as her mentor, one application asked for, no talk."""
    w.pair()
    return w.work(sessions_required=0)


@pytest.fixture
def practising(w, work):
    plan(w, work)
    return work


@pytest.fixture
def reviewed(w, practising):
    service.submit_application(w.session, practising, w.lea, occasion())
    return practising


def test_the_whole_way_is_walked_in_turns(w, work):
    assert (work.state, work.turn) == (S.PLANNING, Turn.LEARNER)
    service.submit_plan(w.session, work, w.lea, PLAN)
    assert (work.state, work.turn) == (S.PLAN_REVIEW, Turn.MENTOR)
    service.answer_plan(w.session, work, w.max, agreed=True)
    assert (work.state, work.turn) == (S.PRACTISING, Turn.LEARNER)
    service.submit_application(w.session, work, w.lea, occasion())
    assert (work.state, work.turn) == (S.IN_REVIEW, Turn.MENTOR)
    service.review(w.session, work, w.max, VERIFY)
    assert (work.state, work.turn) == (S.REFLECTING, Turn.LEARNER)
    service.reflect(w.session, work, w.lea, "To be quiet")

    assert (work.state, work.turn, work.score) == (S.COMPLETED, Turn.NONE, 100)
    assert verbs(w.session) == [
        Verb.PLANNED,
        Verb.PLAN_AGREED,
        Verb.APPLIED,
        Verb.HANDED_IN,
        Verb.VERIFIED,
        Verb.REFLECTED,
        Verb.COMPLETED_PRACTICE,
        Verb.SCORED,
    ]


def test_beginning_twice_is_beginning_once(w, work):
    assert service.begin(w.session, work.assignment, w.lea) is work


def test_without_a_mentor_the_coordinator_has_the_turn(w):
    work = w.work()

    assert (work.state, work.turn) == (S.WAITING_MENTOR, Turn.COORDINATOR)


def test_who_declined_pairing_starts_at_once_and_the_instructor_reviews(w):
    part = programs.ensure_part(w.session, w.program, w.lea, Part.MENTEE)
    programs.decline_pairing(w.session, part)
    work = w.work()
    assert (work.state, work.turn) == (S.PLANNING, Turn.LEARNER)

    service.submit_plan(w.session, work, w.lea, PLAN)

    assert work.turn is Turn.INSTRUCTOR
    service.answer_plan(w.session, work, w.iris, agreed=True)
    assert work.state is S.PRACTISING


def test_a_plan_comes_back_with_a_word_and_is_changed(w, work):
    service.submit_plan(w.session, work, w.lea, PLAN)
    service.answer_plan(w.session, work, w.max, agreed=False, note="Which call?")
    assert (work.state, work.plan.note) == (S.PLANNING, "Which call?")

    changed = service.PlanWords("Tuesday's call", PLAN.action)
    service.submit_plan(w.session, work, w.lea, changed)

    assert work.plan.occasion == "Tuesday's call"


def test_a_plan_is_not_sent_back_without_a_word(w, work):
    service.submit_plan(w.session, work, w.lea, PLAN)

    with pytest.raises(Invalid):
        service.answer_plan(w.session, work, w.max, agreed=False)


def test_revising_changes_the_same_application(w, reviewed):
    service.review(w.session, reviewed, w.max, REVISE)
    assert (reviewed.state, reviewed.turn) == (S.REVISING, Turn.LEARNER)

    service.submit_application(w.session, reviewed, w.lea, occasion(did="Asked thrice"))
    service.review(w.session, reviewed, w.max, VERIFY)

    assert [a.did for a in reviewed.applications] == ["Asked thrice"]
    assert len(reviewed.applications[0].reviews) == 2
    assert verbs(w.session).count(Verb.HANDED_IN) == 1


def test_a_second_application_is_a_new_one(w):
    w.pair()
    work = w.work(applications_required=2)
    plan(w, work)

    apply(w, work)
    assert (work.state, work.turn) == (S.PRACTISING, Turn.LEARNER)
    apply(w, work)

    assert [a.number for a in work.applications] == [1, 2]
    assert work.state is S.REFLECTING
    assert verbs(w.session).count(Verb.HANDED_IN) == 1


def test_a_verified_application_raises_the_mentors_view_of_the_skill(w):
    w.pair()
    rubric = [{"key": "a", "levels": ["no", "half", "yes"]}]
    skill = builders.skill(w.session, w.course)
    work = w.work(skill_id=skill.id, rubric=rubric)
    plan(w, work)

    half = service.Verdict(VERIFY.decision, VERIFY.basis, levels={"a": 1})
    apply(w, work, half)

    (level,) = w.session.scalars(select(SkillLevel))
    assert (level.source, level.level) == (LevelSource.MENTOR, 0.5)
    assert (level.person_id, level.said_by_id) == (w.lea.id, w.max.id)
    assert not level.is_mastered


def test_today_is_today_wherever_the_learner_is(w, practising):
    ahead = (now() + timedelta(hours=14)).date()

    service.submit_application(
        w.session, practising, w.lea, occasion(happened_on=ahead)
    )

    assert practising.state is S.IN_REVIEW


@pytest.mark.parametrize(
    "wrong",
    [
        {"situation": " "},
        {"did": ""},
        {"result": ""},
        {"did": "x" * 20_001},
        {"happened_on": (now() + timedelta(days=2)).date()},
        {"evidence": [(EvidenceKind.LINK, "javascript:alert(1)")]},
        {"evidence": [(EvidenceKind.LINK, "https://[")]},
        {"evidence": [(EvidenceKind.LMS_ITEM, "data:text/html,x")]},
        {"evidence": [(EvidenceKind.TEXT, "x")] * 21},
    ],
)
def test_an_application_nobody_can_review_is_refused(w, practising, wrong):
    with pytest.raises(Invalid):
        service.submit_application(w.session, practising, w.lea, occasion(**wrong))

    assert practising.state is S.PRACTISING


def test_evidence_is_kept_and_replaced_by_the_revised_one(w, practising):
    link = (EvidenceKind.LINK, " https://example.org/notes ")
    first = occasion(evidence=[link, (EvidenceKind.TEXT, " ")])
    service.submit_application(w.session, practising, w.lea, first)
    (kept,) = practising.applications[0].evidence
    assert kept.content == "https://example.org/notes"
    service.review(w.session, practising, w.max, REVISE)

    service.submit_application(w.session, practising, w.lea, occasion())
    w.session.flush()

    assert practising.applications[0].evidence == []


def test_a_plan_needs_an_occasion_and_an_action(w, work):
    with pytest.raises(Invalid):
        service.submit_plan(w.session, work, w.lea, service.PlanWords(" ", "x"))


def test_a_change_is_not_asked_for_without_saying_which(w, reviewed):
    silent = service.Verdict(REVISE.decision, REVISE.basis)

    with pytest.raises(Invalid):
        service.review(w.session, reviewed, w.max, silent)
