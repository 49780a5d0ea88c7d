"""Programs, who takes part, and two people who agreed to work together."""

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
)
from lti_mentor.mentoring.models_participant import (
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
    ProgramSkill,
    ProgramState,
)
from lti_mentor.mentoring.models_voice import (
    Concern,
    ConcernKind,
    ConcernMessage,
    Degree,
    Voice,
)

__all__ = [
    "LIVING",
    "NEXT",
    "OPEN",
    "Chip",
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
    "Part",
    "Participant",
    "ParticipantState",
    "Program",
    "ProgramContext",
    "ProgramSkill",
    "ProgramState",
    "Proposal",
    "Purpose",
    "RunState",
    "Voice",
]
