"""An LMS in memory, for tests and for trying a tool without an LMS."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lms_clients.capabilities import Ability, Capabilities, Capability, Proof
from lms_clients.errors import Forbidden, NotFound, Rejected
from lms_clients.types import (
    ActivityCompletion,
    CalendarEvent,
    Course,
    CourseCompletion,
    Grade,
    Member,
    Message,
    Proficiency,
    Profile,
    Rating,
    Score,
    Section,
    Site,
    Skill,
)


@dataclass(slots=True)
class FakeLMS:
    """Answers from what it was given, and remembers what it was told.

    An ability in `denied` raises `Forbidden`, as a token without the right would.
    """

    listed: list[Course] = field(default_factory=list)
    enrolled: dict[str, list[Member]] = field(default_factory=dict)
    """By course id, as are the next ones that need it."""
    people: list[Profile] = field(default_factory=list)
    parts: list[Section] = field(default_factory=list)
    completions: list[CourseCompletion] = field(default_factory=list)
    activities: list[ActivityCompletion] = field(default_factory=list)
    taught: dict[str, list[Skill]] = field(default_factory=dict)
    ratings: list[Proficiency] = field(default_factory=list)
    gradebook: list[Grade] = field(default_factory=list)
    denied: set[Ability] = field(default_factory=set)
    events: dict[str, CalendarEvent] = field(default_factory=dict)
    """What was written into calendars, by id."""
    messages: list[Message] = field(default_factory=list)
    rated: list[Rating] = field(default_factory=list)
    scores: list[tuple[str, str, Score]] = field(default_factory=list)
    """What was graded: course id, activity id, score."""

    def site(self) -> Site:
        """Say which LMS this is."""
        self._allow(Ability.SITE)
        return Site(kind="fake", name="Fake LMS", release="1", account_id="0")

    def capabilities(self, course_id: str | None = None) -> Capabilities:
        """Say what is not denied."""
        return Capabilities.of(
            Capability(
                ability,
                is_on=ability not in self.denied,
                proof=Proof.TRIED,
                missing=f"fake/{ability}" if ability in self.denied else "",
                menu="Fake > Rights" if ability in self.denied else "",
            )
            for ability in Ability
        )

    def courses(self) -> Iterator[Course]:
        """Yield the courses."""
        self._allow(Ability.COURSES)
        yield from self.listed

    def members(self, course_id: str) -> Iterator[Member]:
        """Yield the members of the course."""
        self._allow(Ability.MEMBERS)
        self._know(course_id)
        yield from self.enrolled.get(course_id, ())

    def profiles(self, person_ids: Iterable[str]) -> Iterator[Profile]:
        """Yield those profiles that are there."""
        self._allow(Ability.PROFILES)
        wanted = set(person_ids)
        yield from (person for person in self.people if person.id in wanted)

    def sections(self, course_id: str) -> Iterator[Section]:
        """Yield the sections of the course."""
        self._allow(Ability.SECTIONS)
        yield from (part for part in self.parts if part.course_id == course_id)

    def course_completions(self, course_id: str) -> Iterator[CourseCompletion]:
        """Yield what is known of the course."""
        self._allow(Ability.COURSE_COMPLETIONS)
        yield from (row for row in self.completions if row.course_id == course_id)

    def activity_completions(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[ActivityCompletion]:
        """Yield what is known of the course and the person."""
        self._allow(Ability.ACTIVITY_COMPLETIONS)
        for row in self.activities:
            if row.course_id == course_id and person_id in {None, row.person_id}:
                yield row

    def skills(self, course_id: str) -> Iterator[Skill]:
        """Yield the skills of the course."""
        self._allow(Ability.SKILLS)
        yield from self.taught.get(course_id, ())

    def proficiencies(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[Proficiency]:
        """Yield what is known of the course and the person."""
        self._allow(Ability.PROFICIENCIES)
        for row in self.ratings:
            if row.course_id == course_id and person_id in {None, row.person_id}:
                yield row

    def grades(self, course_id: str) -> Iterator[Grade]:
        """Yield the gradebook of the course."""
        self._allow(Ability.GRADES)
        yield from (row for row in self.gradebook if row.course_id == course_id)

    def add_event(self, event: CalendarEvent) -> str:
        """Remember the event."""
        self._allow(Ability.ADD_EVENT)
        event_id = str(len(self.events) + 1)
        self.events[event_id] = event
        return event_id

    def remove_event(self, event_id: str) -> None:
        """Forget the event."""
        self._allow(Ability.ADD_EVENT)
        self.events.pop(event_id, None)

    def send_message(self, message: Message) -> str:
        """Remember the message."""
        self._allow(Ability.SEND_MESSAGE)
        known = {member.id for members in self.enrolled.values() for member in members}
        if message.person_id not in known:
            raise Rejected("send_message: not delivered", code="not_delivered")
        self.messages.append(message)
        return str(len(self.messages))

    def rate_skill(self, rating: Rating) -> None:
        """Remember the rating."""
        self._allow(Ability.RATE_SKILL)
        self.rated.append(rating)

    def update_grades(
        self, course_id: str, activity_id: str, scores: Iterable[Score]
    ) -> None:
        """Remember the grades."""
        self._allow(Ability.UPDATE_GRADES)
        self.scores.extend((course_id, activity_id, score) for score in scores)

    def _allow(self, ability: Ability) -> None:
        if ability in self.denied:
            raise Forbidden(f"{ability}: denied", missing=f"fake/{ability}")

    def _know(self, course_id: str) -> None:
        if course_id not in {course.id for course in self.listed}:
            raise NotFound("members: no such course")
