"""What an LMS tells us, in one vocabulary for all of them.

Ids are strings, exactly as the LMS spells them. Times are aware and in UTC.
Shares and progress run from 0 to 1. `None` means the LMS did not say.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a course, as far as mentoring is concerned."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    """A teacher without editing rights, a tutor, a teaching assistant."""
    OTHER = "other"
    """A designer, an observer, a role of the institution's own making."""


class Completion(StrEnum):
    """How far a course or an activity has come for one person."""

    NO_RULES = "no_rules"
    """The course defines no completion; `progress` may still be known."""
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    PASSED = "passed"
    """Complete, with the pass grade; activities only."""
    FAILED = "failed"
    """Done, but below the pass grade; activities only."""

    @property
    def is_done(self) -> bool:
        """Whether the LMS counts this as completed."""
        return self in {Completion.COMPLETE, Completion.PASSED}


@dataclass(frozen=True, slots=True)
class Site:
    """The LMS behind a token, as it names itself."""

    kind: str
    """`moodle`, `canvas` or `fake`."""
    name: str
    release: str
    """The version, empty where the LMS does not tell it (Canvas)."""
    account_id: str
    """The person whose token this is."""
    language: str | None = None
    functions: frozenset[str] = frozenset()
    """What the token's service allows (Moodle); empty elsewhere."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course as the LMS lists it."""

    id: str
    name: str
    short_name: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_over: bool = False
    """The LMS calls it concluded. Moodle never does: its end date closes nothing."""
    group_id: str | None = None
    """The category (Moodle) or account (Canvas) it stands in."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a course's people: a Canvas section, a Moodle group."""

    id: str
    course_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody enrolled in a course, once, whatever number of enrolments."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    email: str | None = None
    username: str | None = None
    """The login name, where the token may see it."""
    sis_id: str | None = None
    """The institution's own number; never a key, many people have none."""
    section_ids: frozenset[str] = frozenset()
    is_active: bool = True
    """False when suspended, concluded or inactive."""
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the LMS knows of a person beside any course."""

    id: str
    name: str
    email: str | None = None
    username: str | None = None
    time_zone: str | None = None
    """A name of the IANA; None for 'server default' and for what nobody knows."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    """How far one learner is in one course."""

    course_id: str
    person_id: str
    state: Completion
    progress: float | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityCompletion:
    """How far one learner is in one activity that the course tracks."""

    course_id: str
    person_id: str
    activity_id: str
    """Moodle: the course module id. Canvas: the module item id."""
    kind: str
    """The LMS's own word: `quiz`, `assign`, `page`, `assignment` ..."""
    state: Completion
    name: str | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a skill's scale."""

    value: float
    name: str
    """Empty where the LMS gives only the number (Moodle's scale configuration)."""
    is_mastery: bool


@dataclass(frozen=True, slots=True)
class Skill:
    """A Moodle competency or a Canvas outcome."""

    id: str
    name: str
    description: str = ""
    """As stored by the LMS, which is HTML: never show it unescaped."""
    guid: str | None = None
    """The id that copies of this skill share: vendor_guid, or idnumber."""
    framework: str | None = None
    levels: tuple[Level, ...] = ()
    """From lowest to highest; empty when the scale may not be read."""
    mastery: float | None = None
    """The least value that counts as mastered."""
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Proficiency:
    """What the LMS says of one person and one skill. Never assessed: no row."""

    course_id: str
    person_id: str
    skill_id: str
    value: float
    is_mastered: bool | None
    level: str | None = None
    assessed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """What stands in the gradebook for one learner and one column."""

    course_id: str
    person_id: str
    item_id: str
    score: float | None
    maximum: float
    name: str | None = None
    is_total: bool = False
    """The grade of the whole course. Canvas: in per cent, where ungraded work is 0.
    Moodle: in points, of what is graded so far unless the gradebook says otherwise."""
    graded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something to put into a calendar: of a section, of one person or a course.

    Moodle writes for sections and courses only (its user events land in the
    calendar of the token's owner). With no section and no person the whole
    course sees it.
    """

    course_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    description: str = ""
    """Plain text; escaped on the way out."""
    place: str = ""
    section_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one person inside the LMS, in plain text."""

    person_id: str
    subject: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """A grade to be written for one person."""

    person_id: str
    score: float
    comment: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rating:
    """A level of a skill to be written for one person."""

    course_id: str
    person_id: str
    skill_id: str
    value: int
    """The position on the skill's scale, as in `Level.value`."""
    note: str = field(default="", repr=False)
    """Stored as evidence beside the rating."""
