"""A score as AGS wants it, and a result as platforms hold it."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lti_mentor.errors import Invalid


class ActivityProgress(enum.StrEnum):
    """How far the person is."""

    INITIALIZED = "Initialized"
    STARTED = "Started"
    IN_PROGRESS = "InProgress"
    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class GradingProgress(enum.StrEnum):
    """How far grading is; only FullyGraded writes a grade."""

    NOT_READY = "NotReady"
    FAILED = "Failed"
    PENDING = "Pending"
    PENDING_MANUAL = "PendingManual"
    FULLY_GRADED = "FullyGraded"


@dataclass(frozen=True, slots=True)
class Score:
    """One score of one person; refuses what platforms would misread."""

    sub: str
    at: datetime
    """Must grow with every post for this line item and person."""
    activity: ActivityProgress = ActivityProgress.COMPLETED
    grading: GradingProgress = GradingProgress.FULLY_GRADED
    given: float | None = None
    maximum: float | None = None
    comment: str | None = field(default=None, repr=False)
    """Canvas adds a comment with every post: send it only when it changed."""
    submitted_at: datetime | None = None
    extension: Mapping[str, Any] = field(default_factory=dict)
    """From the platform's dialect."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or (
            self.submitted_at and not self.submitted_at.tzinfo
        ):
            raise Invalid("score.naive_time")
        numbers = (self.given, self.maximum)
        if any(n is not None and (not math.isfinite(n) or n < 0) for n in numbers):
            raise Invalid("score.not_a_number")
        if (self.given is None) != (self.maximum is None):
            raise Invalid("score.incomplete")

    def as_json(self) -> dict[str, Any]:
        """Return the body of a score post."""
        body: dict[str, Any] = {
            "userId": self.sub,
            "timestamp": stamp(self.at),
            "activityProgress": self.activity.value,
            "gradingProgress": self.grading.value,
        }
        if self.given is not None:
            body |= {"scoreGiven": self.given, "scoreMaximum": self.maximum}
        if self.comment:
            body["comment"] = self.comment
        if self.submitted_at:
            body["submission"] = {"submittedAt": stamp(self.submitted_at)}
        return body | {name: dict(value) for name, value in self.extension.items()}


@dataclass(frozen=True, slots=True)
class Result:
    """What a gradebook holds for one person."""

    sub: str
    score: float | None
    """Null where nothing is graded."""
    maximum: float | None
    at: datetime | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Result | None":
        """Read one row of a result container; None for what is none."""
        sub = row.get("userId")
        if not isinstance(sub, str | int):
            return None
        score, maximum = (
            _number(row.get("resultScore")),
            _number(row.get("resultMaximum")),
        )
        return cls(str(sub), score, maximum, _moment(row.get("timestamp")))


def stamp(moment: datetime) -> str:
    """Return ISO 8601 in UTC with milliseconds, as every platform reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(str(value)) if is_number else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
