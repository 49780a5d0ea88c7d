"""What a program begins with, so that three answers are enough (P3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_mentor.mentoring.models import ProgramKind

MEASURES = ("practised", "still_using", "level", "served")
"""Codes of how they will know: applied and verified, used weeks later, level reached
in the LMS, learners with a mentor."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of program, as most want it."""

    kind: ProgramKind = ProgramKind.ONE_TO_ONE
    weeks: int = 6
    cadence_days: int = 14
    capacity: int = 2
    """Mentees a mentor has unless they say otherwise."""
    learners_choose: bool = False
    measures: tuple[str, ...] = ("practised", "still_using")


PRESETS: Mapping[str, Preset] = {
    "course_transfer": Preset(),
    "career_start": Preset(weeks=12, learners_choose=True),
    "peer_practice": Preset(
        ProgramKind.PEER, weeks=4, cadence_days=7, capacity=1, measures=("practised",)
    ),
    "flash": Preset(
        ProgramKind.FLASH,
        weeks=2,
        capacity=4,
        learners_choose=True,
        measures=("served",),
    ),
}
"""Key -> preset; the first is the one nobody has to choose."""
