"""What Canvas keeps beside the campus's common rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from lti_mentor.demo.world import World


@dataclass
class DeveloperKey:
    """What an admin allows one tool or one API client."""

    client_id: str
    """Its global id as a string: the tool's client_id."""
    name: str
    kind: str = "lti"
    """lti or api."""
    on: bool = False
    """A new key is off until the admin turns it on."""
    configuration: dict[str, Any] = field(default_factory=dict)
    """The Canvas JSON configuration of an LTI key."""
    scopes: list[str] = field(default_factory=list)
    redirect_uris: list[str] = field(default_factory=list)
    secret: str = ""
    enforce_scopes: bool = False
    allow_includes: bool = False
    """Without it `include[]` is ignored on an enforced key."""

    @property
    def key(self) -> str:
        """The row's key."""
        return self.client_id


@dataclass
class Link:
    """An LTI resource link: where an assignment or module item opens a tool."""

    uuid: str
    course: int
    tool: int
    title: str
    url: str
    custom: dict[str, str] = field(default_factory=dict)
    assignment: int | None = None

    @property
    def key(self) -> str:
        """The row's key."""
        return self.uuid


@dataclass
class Assignment:
    """Something to hand in: a column of the gradebook."""

    id: int
    course: int
    title: str
    points: float = 0.0
    description: str = ""
    due: str | None = None
    """ISO 8601 in UTC, as all times here."""
    unlock: str | None = None
    lock: str | None = None
    published: bool = True
    kind: str = "online_text_entry"
    """The submission type: online_text_entry, online_quiz, external_tool or none."""
    grading: str = "points"
    attempts: int = -1
    """How often one may hand in; -1 is without limit."""
    link: str = ""
    """The resource link it launches; empty unless kind is external_tool."""
    activity: int | None = None
    """The course activity it was made from."""
    overrides: list[dict[str, Any]] = field(default_factory=list)
    """Other dates for some people: student_ids, due_at, unlock_at, lock_at."""

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class LineItem:
    """A tool's column; the first of an assignment is the one Canvas shows."""

    id: int
    course: int
    assignment: int
    client_id: str
    label: str
    maximum: float
    tag: str = ""
    resource_id: str = ""
    link: str = ""
    coupled: bool = True
    """Made by a teacher or a deep link: the tool may not delete it."""
    submission_type: dict[str, Any] | None = None

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class Result:
    """What a tool last said about one person and line item."""

    id: int
    line_item: int
    person: int
    timestamp: str
    """As the tool sent it; a later post must not be older."""
    score: float | None = None
    """On the line item's scale."""
    activity_progress: str = ""
    grading_progress: str = ""
    comment: str = ""
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class Submission:
    """One person's hand-ins and grade for one assignment."""

    assignment: int
    person: int
    score: float | None = None
    attempt: int = 0
    submitted: str | None = None
    kind: str | None = None
    body: str = ""
    url: str = ""
    """What SpeedGrader opens."""
    grader: int | None = None
    """Who graded; a negative number is a tool."""
    graded: str | None = None
    needs_grading: bool = False
    comments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int]:
        """The row's key."""
        return (self.assignment, self.person)


@dataclass
class Token:
    """An access token of the REST API."""

    value: str
    person: int
    client_id: str = ""
    """The API key it came through; empty for one made by hand."""
    scopes: list[str] = field(default_factory=list)
    refresh: str = ""
    expires: float = 0.0
    """Seconds since 1970; 0 never."""

    @property
    def key(self) -> str:
        """The row's key."""
        return self.value


@dataclass
class Event:
    """An entry of somebody's or a course's calendar."""

    id: int
    context: str
    """user_42 or course_5."""
    title: str
    start: str | None
    end: str | None = None
    description: str = ""
    place: str = ""

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class Conversation:
    """A thread in the Inbox."""

    id: int
    subject: str
    people: list[int]
    messages: list[dict[str, Any]] = field(default_factory=list)
    context: str = ""

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


@dataclass
class Column:
    """A custom gradebook column."""

    id: int
    course: int
    title: str
    values: dict[str, str] = field(default_factory=dict)
    """Person's id -> text."""

    @property
    def key(self) -> int:
        """The row's key."""
        return self.id


class Store:
    """Canvas's own tables; saved inside the world's file."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys: dict[str, DeveloperKey] = {}
        self.links: dict[str, Link] = {}
        self.assignments: dict[int, Assignment] = {}
        self.line_items: dict[int, LineItem] = {}
        self.results: dict[int, Result] = {}
        self.submissions: dict[tuple[int, int], Submission] = {}
        self.tokens: dict[str, Token] = {}
        self.events: dict[int, Event] = {}
        self.conversations: dict[int, Conversation] = {}
        self.columns: dict[int, Column] = {}
        self.handlers: dict[str, str] = {}
        """Notice handlers: "<tool id> <notice type>" -> address."""
        self.labels: dict[str, str] = {}
        """Custom role names: "<course> <person>" -> name."""
        self.observed: dict[str, list[int]] = {}
        """Whom an observer watches: "<course> <person>" -> people."""

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the world's lock and save on the way out."""
        with self.world.change():
            yield
            if self.world.file is not None:
                self.world.extra["canvas"] = self._dump()

    def add(self, row: Any) -> None:
        """Put a row into its table, replacing one of the same key."""
        getattr(self, TABLES[type(row)])[row.key] = row

    def load(self) -> bool:
        """Take up what an earlier run saved; False when there is nothing."""
        saved = self.world.extra.get("canvas")
        if saved is None:
            return False
        for kind, table in TABLES.items():
            for row in saved[table]:
                self.add(kind(**row))
        for name in PLAIN:
            getattr(self, name).update(saved[name])
        return True

    def _dump(self) -> dict[str, Any]:
        tables: dict[str, Any] = {
            table: [asdict(row) for row in getattr(self, table).values()]
            for table in TABLES.values()
        }
        return tables | {name: getattr(self, name) for name in PLAIN}


TABLES: dict[type[Any], str] = {
    DeveloperKey: "keys",
    Link: "links",
    Assignment: "assignments",
    LineItem: "line_items",
    Result: "results",
    Submission: "submissions",
    Token: "tokens",
    Event: "events",
    Conversation: "conversations",
    Column: "columns",
}
"""Which table holds which kind of row."""

PLAIN = ("handlers", "labels", "observed")
"""Tables that are already JSON."""
