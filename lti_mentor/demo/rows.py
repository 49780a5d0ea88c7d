"""The kinds of rows one LMS of the campus keeps: plain dataclasses."""

from dataclasses import dataclass, field
from typing import Any

Key = tuple[int, int]
"""Two ids that name one row: (person, activity), (grade item, person) and so on."""


@dataclass
class Numbered:
    """A row that its number names."""

    id: int

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class Person(Numbered):
    """Somebody with an account in this LMS."""

    username: str
    given: str
    family: str
    sub: str
    """The LTI subject: Moodle's numeric id, Canvas's uuid."""
    email: str = ""
    idnumber: str = ""
    """The institution's own number (Canvas: SIS user id)."""
    timezone: str = "99"
    """IANA name; 99 means the server's, as in Moodle."""
    lang: str = "en"
    opaque: str = ""
    """Canvas's 40-hex login hint; empty in Moodle."""
    suspended: bool = False
    admin: bool = False
    manager: bool = False
    """A site manager: may see every course without being enrolled."""

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}".strip()


@dataclass
class Course(Numbered):
    """A running or past offering of a course; id 1 is Moodle's site home."""

    code: str
    title: str
    idnumber: str = ""
    family: str = ""
    """The course whose offering this is: NEG101 for each of its terms."""
    start: int = 0
    end: int = 0
    visible: bool = True
    concluded: bool = False
    summary: str = ""
    opaque: str = ""
    """Canvas's 40-hex context id; empty in Moodle."""
    sections: dict[int, str] = field(default_factory=dict)
    """Titles of the parts in which activities stand."""
    criteria: list[int] = field(default_factory=list)
    """Activities that complete the course; none: no completion criteria."""
    skills: list[int] = field(default_factory=list)


@dataclass
class Enrolment:
    """One person's place in one course."""

    course: int
    person: int
    role: str = "learner"
    """learner, instructor, assistant (teaches without editing) or ta."""
    status: str = "active"
    """active, suspended or expired."""
    section: str = ""
    since: int = 0
    last_access: int = 0

    @property
    def key(self) -> Key:
        """The row's key."""
        return (self.course, self.person)


@dataclass
class Activity(Numbered):
    """One thing to do in a course (Moodle: a course module)."""

    course: int
    kind: str
    """assign, quiz, forum, page, url, choice or lti."""
    instance: int
    """The id within its kind: what Moodle's resource_link.id shows."""
    title: str
    section: int = 1
    intro: str = ""
    completes: str = "none"
    """By what it is completed: none, manual, view, grade or pass."""
    visible: bool = True
    stealth: bool = False
    """Available without standing on the course page."""
    idnumber: str = ""
    due: int = 0
    published: bool = True
    """Canvas: learners see it."""


@dataclass
class Completion:
    """One person's state in one activity."""

    activity: int
    person: int
    state: int
    """0 incomplete, 1 complete, 2 passed, 3 failed."""
    at: int
    override_by: int | None = None

    @property
    def key(self) -> Key:
        """The row's key."""
        return (self.activity, self.person)


@dataclass
class CourseCompletion:
    """One person has completed one course."""

    course: int
    person: int
    at: int

    @property
    def key(self) -> Key:
        """The row's key."""
        return (self.course, self.person)


@dataclass
class Skill(Numbered):
    """A Moodle competency, a Canvas outcome."""

    title: str
    idnumber: str
    description: str = ""
    levels: list[str] = field(
        default_factory=lambda: ["Not yet competent", "Competent"]
    )
    """Names of the levels, lowest first; level 1 is the first."""
    mastery: int = 2
    """The lowest level that counts as proficient."""
    guid: str = ""


@dataclass
class Proficiency:
    """The level of one person in one skill, as one course rated it."""

    skill: int
    person: int
    course: int
    level: int
    at: int
    note: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        """The row's key."""
        return (self.skill, self.person, self.course)


@dataclass
class GradeItem(Numbered):
    """A column of the gradebook."""

    course: int
    label: str
    maximum: float = 100.0
    pass_at: float = 0.0
    activity: int | None = None
    """The activity it belongs to; None for a column of its own."""
    tool: int | None = None
    """The tool that made it or owns its activity."""
    resource_link: int | None = None
    resource_id: str = ""
    tag: str = ""


@dataclass
class Score:
    """One cell of the gradebook."""

    item: int
    person: int
    value: float | None
    at: int
    comment: str = ""
    source: str = ""
    """Who wrote it: lti, teacher, ws."""
    detail: dict[str, Any] = field(default_factory=dict)
    """What only one dialect keeps, such as Canvas's progress words."""

    @property
    def key(self) -> Key:
        """The row's key."""
        return (self.item, self.person)


@dataclass
class ResourceLink(Numbered):
    """A tool's place in a course: what a launch starts from."""

    course: int
    tool: int
    title: str
    activity: int | None = None
    url: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    uuid: str = ""
    text: str = ""
    consumer_key: str = ""
    """Moodle: an activity restored from LTI 1.1 names its own audience."""


@dataclass
class Submission:
    """What a learner handed in for one activity."""

    activity: int
    person: int
    at: int
    attempt: int = 1
    kind: str = "online_text_entry"
    body: str = ""
    url: str = ""

    @property
    def key(self) -> Key:
        """The row's key."""
        return (self.activity, self.person)


@dataclass
class CalendarEvent(Numbered):
    """A date in a calendar."""

    title: str
    start: int
    end: int
    kind: str = "user"
    """user, course, group or site."""
    course: int | None = None
    person: int | None = None
    group: int | None = None
    description: str = ""


@dataclass
class Message(Numbered):
    """A message from one person to another."""

    sender: int
    recipient: int
    subject: str
    body: str
    at: int
    read: bool = False


@dataclass
class Group(Numbered):
    """Some people of one course."""

    course: int
    title: str
    people: list[int] = field(default_factory=list)


@dataclass
class Tool(Numbered):
    """A registered LTI tool."""

    name: str
    client_id: str
    deployment_id: str
    login_url: str
    launch_url: str
    jwks_url: str
    redirect_uris: list[str] = field(default_factory=list)
    deep_link_url: str = ""
    description: str = ""
    icon_url: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    """Which personal claims it receives: name, email."""
    active: bool = True
    in_chooser: bool = True
    """Teachers find it among the activities they can add."""
    choosers: list[int] = field(default_factory=list)
    """Courses whose teachers switched it on themselves."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What only one dialect keeps, such as Canvas's placements."""


@dataclass
class Statement:
    """One xAPI statement in the record store."""

    id: str
    body: dict[str, Any]
    stored: int
    voided: bool = False

    @property
    def key(self) -> str:
        """The row's key."""
        return self.id


@dataclass
class Mail(Numbered):
    """A mail the tool sent to somebody of the campus."""

    message_id: str
    recipient: str
    subject: str
    text: str
    calendar: str
    """The calendar entry that came with it, or nothing."""
    at: int


@dataclass
class SigningKey:
    """A private key of the LMS in PEM; the newest signs."""

    id: str
    pem: str

    @property
    def key(self) -> str:
        """The row's key."""
        return self.id


TABLES: dict[type[Any], str] = {
    Person: "people",
    Course: "courses",
    Enrolment: "enrolments",
    Activity: "activities",
    Completion: "completions",
    CourseCompletion: "course_completions",
    Skill: "skills",
    Proficiency: "proficiencies",
    GradeItem: "grade_items",
    Score: "scores",
    ResourceLink: "links",
    Submission: "submissions",
    CalendarEvent: "events",
    Message: "messages",
    Group: "groups",
    Tool: "tools",
    Statement: "statements",
    Mail: "mails",
    SigningKey: "keys",
}
"""Which table of a World holds which kind of row."""
