"""What an LMS lets one token do, and what an admin must grant for the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Ability(StrEnum):
    """Each thing a client may be asked; the value is its method's name."""

    SITE = "site"
    COURSES = "courses"
    MEMBERS = "members"
    PROFILES = "profiles"
    SECTIONS = "sections"
    COURSE_COMPLETIONS = "course_completions"
    ACTIVITY_COMPLETIONS = "activity_completions"
    SKILLS = "skills"
    PROFICIENCIES = "proficiencies"
    GRADES = "grades"
    ADD_EVENT = "add_event"
    SEND_MESSAGE = "send_message"
    RATE_SKILL = "rate_skill"
    UPDATE_GRADES = "update_grades"


class Proof(StrEnum):
    """How we know."""

    TRIED = "tried"
    """The call was made and its answer looked at."""
    LISTED = "listed"
    """The LMS lists the function as allowed; whether the role suffices is not known."""
    ASSUMED = "assumed"
    """It cannot be tried without writing, or there was no course to try it on."""
    IMPOSSIBLE = "impossible"
    """This LMS has no such function."""


@dataclass(frozen=True, slots=True)
class Capability:
    """One ability, on or off, and how to switch it on."""

    ability: Ability
    is_on: bool
    proof: Proof
    missing: str = ""
    """The exact name of what is missing: a permission, a scope, a function."""
    menu: str = ""
    """Where in the LMS's own menus an admin grants it."""
    is_bulk: bool = True
    """A whole course costs a few calls, not one for each learner."""
    shown: tuple[int, int] | None = None
    """Of the things that count, how many this token sees, and how many there are."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Every ability of one token, in the order of `Ability`."""

    items: tuple[Capability, ...]

    @classmethod
    def of(cls, items: Iterable[Capability]) -> "Capabilities":
        """Put them into their order."""
        order = list(Ability)
        return cls(tuple(sorted(items, key=lambda item: order.index(item.ability))))

    def __iter__(self) -> Iterator[Capability]:
        return iter(self.items)

    def __getitem__(self, ability: Ability) -> Capability:
        return next(item for item in self.items if item.ability is ability)

    def has(self, ability: Ability) -> bool:
        """Whether this can be asked for."""
        return self[ability].is_on

    def lacking(self) -> list[Capability]:
        """Those an admin could still switch on."""
        return [
            item
            for item in self.items
            if not item.is_on and item.proof is not Proof.IMPOSSIBLE
        ]
