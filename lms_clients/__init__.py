"""One typed way to ask Moodle or Canvas about people, completion and skills.

    client = connect("moodle", "https://moodle.example.edu", token)
    for row in client.course_completions("42"):
        ...

Moodle, Canvas and FakeLMS pass one contract test; what an LMS or a token lacks is
a `Capability` that is off and says what an admin must grant.
"""

from lms_clients.canvas.oauth import Application, revoke
from lms_clients.canvas.rights import scopes as canvas_scopes
from lms_clients.capabilities import Ability, Capabilities, Capability, Proof
from lms_clients.credentials import Credentials, OAuthTokens
from lms_clients.errors import (
    Forbidden,
    LMSError,
    Malformed,
    NoRules,
    NotFound,
    OffSite,
    Rejected,
    Throttled,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from lms_clients.factory import canvas_transport, connect
from lms_clients.fake import FakeLMS
from lms_clients.moodle.rights import FUNCTIONS as MOODLE_FUNCTIONS
from lms_clients.moodle.rights import PERMISSIONS as MOODLE_PERMISSIONS
from lms_clients.pace import Pace
from lms_clients.protocol import LMSClient
from lms_clients.traffic import Traffic
from lms_clients.transport import Limits, SessionLike, Transport
from lms_clients.types import (
    ActivityCompletion,
    CalendarEvent,
    Completion,
    Course,
    CourseCompletion,
    Grade,
    Level,
    Member,
    Message,
    Proficiency,
    Profile,
    Rating,
    Role,
    Score,
    Section,
    Site,
    Skill,
)

__all__ = [
    "MOODLE_FUNCTIONS",
    "MOODLE_PERMISSIONS",
    "Ability",
    "ActivityCompletion",
    "Application",
    "CalendarEvent",
    "Capabilities",
    "Capability",
    "Completion",
    "Course",
    "CourseCompletion",
    "Credentials",
    "FakeLMS",
    "Forbidden",
    "Grade",
    "LMSClient",
    "LMSError",
    "Level",
    "Limits",
    "Malformed",
    "Member",
    "Message",
    "NoRules",
    "NotFound",
    "OAuthTokens",
    "OffSite",
    "Pace",
    "Proficiency",
    "Profile",
    "Proof",
    "Rating",
    "Rejected",
    "Role",
    "Score",
    "Section",
    "SessionLike",
    "Site",
    "Skill",
    "Throttled",
    "TimedOut",
    "TooLarge",
    "Traffic",
    "Transport",
    "Unauthorized",
    "Unreachable",
    "Unsupported",
    "canvas_scopes",
    "canvas_transport",
    "connect",
    "revoke",
]
