"""Mentor-supported practice: the task, a learner's work on it, and its evidence."""

from lti_mentor.practice.models_brief import (
    PracticeAssignment,
    PracticeBrief,
    ScoreMode,
)
from lti_mentor.practice.models_work import (
    Application,
    Basis,
    Decision,
    Evidence,
    EvidenceKind,
    Plan,
    PracticeWork,
    Reflection,
    Review,
)
from lti_mentor.practice.states import (
    CLOSING,
    FINAL,
    LEARNERS_TURN,
    NEXT,
    Turn,
    WorkState,
)

__all__ = [
    "CLOSING",
    "FINAL",
    "LEARNERS_TURN",
    "NEXT",
    "Application",
    "Basis",
    "Decision",
    "Evidence",
    "EvidenceKind",
    "Plan",
    "PracticeAssignment",
    "PracticeBrief",
    "PracticeWork",
    "Reflection",
    "Review",
    "ScoreMode",
    "Turn",
    "WorkState",
]
