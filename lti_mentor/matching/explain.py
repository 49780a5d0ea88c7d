"""Why two people were proposed to each other: codes and parameters, never sentences.

Both of them read these lines. So they tell what a mentor did and what the two have
in common; never a grade, a level, a gap, or that anybody was excluded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lti_mentor.matching.features import ability, urgency
from lti_mentor.matching.pool import Mentee, Mentor, Pool, Strength

MAX_REASONS = 3
BANDS = ((7500, "strong"), (5000, "good"), (0, "fair"))
"""Least score -> the word that pages show instead of it."""
SKILL_CODES = {
    "lms": "skill.completed",
    "mentor": "skill.verified",
    "endorsed": "skill.endorsed",
    "self": "skill.named",
}
"""Who says that the mentor has the skill -> the line that says so."""

Parameter = str | int | tuple[str, ...] | None


@dataclass(frozen=True)
class Two:
    """The two people a line is about, in their pool."""

    pool: Pool
    mentee: Mentee
    mentor: Mentor


@dataclass(frozen=True)
class Reason:
    """One why-line."""

    code: str
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return it as a match run stores it."""
        return {"code": self.code, **self.parameters}


def band(score: int) -> str:
    """Return the word for a score: strong, good or fair."""
    return next(word for least, word in BANDS if score >= least)


def reasons(two: Two, parts: dict[str, int]) -> tuple[Reason, ...]:
    """Return up to three lines on why these two, the weightiest part first."""
    weighty = sorted(
        (name for name in LINES if parts[name] > 0), key=lambda name: -parts[name]
    )
    lines = [line for name in weighty for line in LINES[name](two)]
    return tuple(lines[:MAX_REASONS])


def _skill(two: Two) -> list[Reason]:
    """Name the two skills with which the mentor helps most."""
    urgent = {need.skill: urgency(need) for need in two.mentee.needs}
    helps = {
        held: urgent.get(held.skill, 0) * ability(held, two.pool)
        for held in two.mentor.strengths
    }
    best = sorted(helps, key=lambda held: (-helps[held], held.skill, held.source))
    named: dict[str, Reason] = {}
    for held in best:
        if helps[held]:
            named.setdefault(held.skill, _skill_line(two.pool, held))
    return list(named.values())[:2]


def _skill_line(pool: Pool, held: Strength) -> Reason:
    said: dict[str, Parameter] = {"skill": pool.labels.get(held.skill, held.skill)}
    if held.observed:
        said["when"] = held.observed.isoformat()
    return Reason(SKILL_CODES.get(held.source, "skill.named"), said)


def _time(two: Two) -> list[Reason]:
    hours = len(two.mentee.hours & two.mentor.hours)
    return [Reason("time.shared", {"hours": hours})] if hours else []


def _preference(two: Two) -> list[Reason]:
    """Tell only a wish that both had: a wish of one is theirs to tell."""
    is_mutual = (
        two.mentor.id in two.mentee.prefers and two.mentee.id in two.mentor.prefers
    )
    return [Reason("preference.mutual")] if is_mutual else []


def _ways(two: Two) -> list[Reason]:
    alike = tuple(sorted(item for item, _ in two.mentee.ways & two.mentor.ways))
    return [Reason("ways.alike", {"items": alike})] if alike else []


def _context(two: Two) -> list[Reason]:
    has_common = bool(two.mentee.contexts & two.mentor.contexts)
    return [Reason("context.shared")] if has_common else []


LINES: dict[str, Callable[[Two], list[Reason]]] = {
    "skill": _skill,
    "time": _time,
    "preference": _preference,
    "ways": _ways,
    "context": _context,
}
"""Part of the fit -> the lines it can give."""
