"""Programs, who takes part, and two people who agreed to work together."""

from lti_mentor.mentoring.models_choice import MAX_CHOICES, Choice
from lti_mentor.mentoring.models_match import (
    MatchRun,
    Proposal,
    RunState,
)
from lti_mentor.mentoring.models_mentorship import (
    LIVING,
    NEXT,
    OPEN,
    Mentorship,
    MentorshipState,
    Message,
    Origin,
)
from lti_mentor.mentoring.models_participant import (
    VERSIONS,
    Avoidance,
    Chip,
    Consent,
    Exclusion,
    Participant,
    ParticipantState,
    Purpose,
)
from lti_mentor.mentoring.models_program import (
    Interest,
    Part,
    Program,
    ProgramContext,
    ProgramKind,
    ProgramSkill,
    ProgramState,
)
from lti_mentor.mentoring.models_voice import (
    Concern,
    ConcernKind,
    ConcernMessage,
    Degree,
    PutOff,
    Voice,
)

__all__ = [
    "LIVING",
    "MAX_CHOICES",
    "NEXT",
    "OPEN",
    "VERSIONS",
    "Avoidance",
    "Chip",
    "Choice",
    "Concern",
    "ConcernKind",
    "ConcernMessage",
    "Consent",
    "Degree",
    "Exclusion",
    "Interest",
    "MatchRun",
    "Mentorship",
    "MentorshipState",
    "Message",
    "Origin",
    "Part",
    "Participant",
    "ParticipantState",
    "Program",
    "ProgramContext",
    "ProgramKind",
    "ProgramSkill",
    "ProgramState",
    "Proposal",
    "Purpose",
    "PutOff",
    "RunState",
    "Voice",
]
