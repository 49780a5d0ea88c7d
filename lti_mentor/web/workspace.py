"""What a practice looks like to those who work on it: steps, turn, score table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentor.practice.models import FINAL, PracticeWork, Turn, WorkState
from lti_mentor.practice.scoring import Component

S = WorkState
ASKS: dict[WorkState, tuple[LazyString, LazyString, int]] = {
    S.PLANNING: (
        _l("It is your turn: plan when you will use it."),
        _l("Make your plan"),
        5,
    ),
    S.PRACTISING: (
        _l("It is your turn: use it on a real occasion, then write down how it went."),
        _l("Add an application"),
        10,
    ),
    S.REVISING: (
        _l("It is your turn: one change is asked for."),
        _l("Make the change"),
        5,
    ),
    S.REFLECTING: (
        _l("It is verified. One thing is left: what do you take from it?"),
        _l("Write your reflection"),
        5,
    ),
}
"""Where it is the learner's turn: the sentence, the button, about how many minutes."""
WAITS: dict[WorkState, LazyString] = {
    S.WAITING_MENTOR: _l(
        "You are waiting for a mentor. You hear here when one is found."
    ),
    S.PLAN_REVIEW: _l("Your plan waits for an answer."),
    S.IN_REVIEW: _l("Your application is being reviewed."),
    S.EXPIRED: _l("The date has passed. Your instructor decides how to go on."),
    S.COMPLETED: _l("Completed. Well done."),
    S.EXCUSED: _l("You are excused from this practice."),
    S.WITHDRAWN: _l("You have withdrawn from this practice."),
}
"""Where it is somebody else's turn, or nobody's."""
ORDER = ("plan", "practise", "reflect", "done")
AT: dict[WorkState, str] = {
    S.WAITING_MENTOR: "plan",
    S.PLANNING: "plan",
    S.PLAN_REVIEW: "plan",
    S.PRACTISING: "practise",
    S.IN_REVIEW: "practise",
    S.REVISING: "practise",
    S.REFLECTING: "reflect",
    S.EXPIRED: "practise",
    S.COMPLETED: "done",
    S.EXCUSED: "done",
    S.WITHDRAWN: "done",
}
"""In which of the four steps a state stands."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody should do next, as the card shows it."""

    sentence: LazyString | str
    label: LazyString | str = ""
    minutes: int | None = None
    due: datetime | None = None
    work: PracticeWork | None = None

    @property
    def is_mine(self) -> bool:
        """Say whether there is something to do."""
        return bool(self.label)


def step_of(work: PracticeWork) -> Step:
    """Return what its learner should do next."""
    if work.turn is Turn.LEARNER and work.state in ASKS:
        sentence, label, minutes = ASKS[work.state]
        return Step(sentence, label, minutes, work.due_at, work)
    return Step(WAITS.get(work.state, ""), work=work)


def next_step(works: Sequence[PracticeWork]) -> Step | None:
    """Return the most pressing step among somebody's practices."""
    steps = [step_of(work) for work in works if work.state not in FINAL]
    mine = [step for step in steps if step.is_mine]
    return next(iter(sorted(mine, key=_pressing) or steps), None)


def _pressing(step: Step) -> tuple[bool, float]:
    return (step.due is None, step.due.timestamp() if step.due else 0.0)


def steps(work: PracticeWork) -> list[dict[str, Any]]:
    """Return the four steps of a practice, with how far it is."""
    verified = sum(1 for a in work.applications if a.verified_at)
    count = _(
        "%(done)d of %(all)d", done=verified, all=work.brief.applications_required
    )
    labels = {
        "plan": _("Plan"),
        "practise": _("Practise"),
        "reflect": _("Reflect"),
        "done": _("Done"),
    }
    now_at = ORDER.index(AT[work.state])
    is_over = work.state in FINAL
    return [
        {
            "label": labels[name],
            "state": _place(place, now_at, is_over=is_over),
            "note": count if name == "practise" else "",
        }
        for place, name in enumerate(ORDER)
    ]


def _place(place: int, now_at: int, *, is_over: bool) -> str:
    if place < now_at or is_over:
        return "done"
    return "now" if place == now_at else "later"


PARTS: dict[str, tuple[LazyString, LazyString]] = {
    "plan": (_l("Plan"), _l("agreed by your reviewer")),
    "applied": (_l("Applied"), _l("verified applications, by their quality")),
    "sessions": (_l("Talks"), _l("held with your mentor")),
    "reflection": (_l("Reflection"), _l("written at the end")),
}
"""Rows of the score table: name, and what raises it."""


NO_COST = _l("does not count here, so it costs nothing")
DASH = "\N{EN DASH}"


def score_rows(parts: Sequence[Component]) -> list[dict[str, Any]]:
    """Return the score table: what counts, how much, how far; dropped rows say so."""
    return [_score_row(part) for part in parts]


def _score_row(part: Component) -> dict[str, Any]:
    name, raises = PARTS[part.name]
    if part.share is None:
        return {"part": name, "raises": NO_COST, "weight": DASH, "share": DASH}
    share = f"{float(part.share) * 100:.0f} %"
    return {
        "part": name,
        "raises": raises,
        "weight": f"{part.weight:g}",
        "share": share,
    }
