"""Who could help whom; the only folder that knows scipy."""

from lti_mentor.matching.assignment import Assignment, assign
from lti_mentor.matching.bench import bench
from lti_mentor.matching.engine import MatchResult, Pair, Unmatched, run
from lti_mentor.matching.pool import Mentee, Mentor, Need, Pool, Strength
from lti_mentor.matching.problem import NOBODY
from lti_mentor.matching.rules import why_not
from lti_mentor.matching.weights import Weight, Weights

__all__ = [
    "NOBODY",
    "Assignment",
    "MatchResult",
    "Mentee",
    "Mentor",
    "Need",
    "Pair",
    "Pool",
    "Strength",
    "Unmatched",
    "Weight",
    "Weights",
    "assign",
    "bench",
    "run",
    "why_not",
]
