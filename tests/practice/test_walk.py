"""A long walk of random steps through the real model: what must never happen.

`WALK_STEPS=50000 pytest tests/practice/test_walk.py` walks as far as the model in
the design was checked.
"""

import os
import random
from contextlib import suppress
from datetime import timedelta

import pytest

from lti_mentor.clock import now
from lti_mentor.errors import MentorError
from lti_mentor.mentoring import service as mentoring
from lti_mentor.mentoring.models import LIVING, Mentorship, MentorshipState
from lti_mentor.practice import service, turns
from lti_mentor.practice.models import FINAL, ScoreMode, Turn, WorkState
from lti_mentor.scheduling import service as scheduling
from tests.builders import PLAN, REVISE, VERIFY, World, mentorship, occasion, person

STEPS = int(os.environ.get("WALK_STEPS", "1500"))
WEEK = timedelta(days=8)
RUBRIC = [{"key": "a", "levels": ["no", "some", "most", "all"]}]


class Walk:
    """One learner's work, and everybody who may push it on."""

    def __init__(self, world: World, seed: int) -> None:
        self.w = world
        self.s = world.session
        self.random = random.Random(seed)  # noqa: S311 - a walk, no secret
        self.begin()

    def begin(self) -> None:
        self.pair: Mentorship | None = None
        self.work = self.w.work(
            rubric=RUBRIC,
            sessions_required=self.random.randint(0, 2),
            applications_required=self.random.randint(1, 2),
            mode=self.random.choice(list(ScoreMode)),
        )

    def someone(self):
        w = self.w
        return self.random.choice([w.lea, w.lea, w.max, w.max, w.iris, w.stranger])

    def plan(self):
        service.submit_plan(self.s, self.work, self.someone(), PLAN)

    def answer(self):
        agreed = self.random.random() < 0.7
        service.answer_plan(self.s, self.work, self.someone(), agreed=agreed, note="?")

    def apply(self):
        service.submit_application(self.s, self.work, self.someone(), occasion())

    def verify(self):
        levels = {"a": self.random.randint(0, 3)}
        verdict = service.Verdict(VERIFY.decision, VERIFY.basis, levels)
        service.review(self.s, self.work, self.someone(), verdict)

    def revise(self):
        service.review(self.s, self.work, self.someone(), REVISE)

    def reflect(self):
        service.reflect(self.s, self.work, self.someone(), "much")

    def come(self):
        if self.pair is None:
            w = self.w
            self.pair = mentorship(
                self.s, w.program, w.max, w.lea, MentorshipState.ACTIVE
            )
            turns.mentor_came(self.s, self.pair)

    def leave(self):
        if self.pair is not None and self.random.random() < 0.3:
            mentoring.end(self.s, self.pair, self.w.max, "no_time")
            turns.mentor_left(self.s, self.pair)
            self.pair = None

    def talk(self):
        if self.pair is None:
            return
        offer = scheduling.offer(
            self.s, self.pair, self.w.max, [now() + timedelta(hours=1)]
        )
        meeting = scheduling.book(self.s, offer.times[0], self.w.lea)
        if self.random.random() < 0.3:
            scheduling.cancel(
                self.s, meeting, self.random.choice([self.w.max, self.w.lea])
            )
        else:
            meeting.starts_at = now() - timedelta(hours=1)
            scheduling.say_we_met(self.s, meeting, self.w.lea)
            scheduling.say_we_met(self.s, meeting, self.w.max)
        turns.rescore_mentorship(self.s, self.pair)

    def weeks_pass(self):
        self.work.turn_since = now() - WEEK
        self.s.flush()
        turns.move_on(self.s)

    def date_passes(self):
        if self.random.random() < 0.2:
            self.work.due_at = now() - WEEK
            self.s.flush()
            turns.expire_due(self.s)

    def extend(self):
        later = now() + timedelta(days=30)
        service.extend(self.s, self.work, self.someone(), later)

    def close(self):
        if self.random.random() < 0.15:
            close = self.random.choice(
                [service.settle, service.excuse, service.withdraw]
            )
            close(self.s, self.work, self.someone())

    def reopen(self):
        service.reopen(self.s, self.work, self.someone())

    def step(self) -> None:
        name = self.random.choice(NAMES)
        with suppress(MentorError), self.s.begin_nested():
            getattr(self, name)()


NO_STEPS = {"begin", "someone", "step"}
NAMES = [n for n in vars(Walk) if not n.startswith("_") and n not in NO_STEPS]


@pytest.mark.timeout(900)
def test_a_long_walk_breaks_no_rule(w):
    walk, seen = Walk(w, seed=1), set()

    for number in range(STEPS):
        before, work = walk.work.score, walk.work
        walk.step()
        w.session.flush()

        seen.add(work.state)
        assert before <= work.score <= work.brief.maximum
        assert (work.turn is Turn.NONE) == (work.state in FINAL)
        if work.turn is Turn.MENTOR:
            assert work.mentorship is not None
            assert work.mentorship.state in LIVING
        if work.state in FINAL and number % 3 == 0:
            w.session.expunge_all()
            walk = again(walk)

    assert seen == set(WorkState)


def again(walk: Walk) -> Walk:
    """Begin another learner's work, with nothing but ids from the one before."""
    w, s = walk.w, walk.s
    for name in ("tenant", "course", "iris", "max", "stranger", "program"):
        row = getattr(w, name)
        setattr(w, name, s.get_one(type(row), row.id))
    w.lea = person(s, w.tenant, "Lea")
    walk.begin()
    return walk
