"""What every LMS can be asked."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from lms_clients.capabilities import Capabilities
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


class LMSClient(Protocol):
    """An LMS, seen through one access token.

    Every method may raise any of `lms_clients.errors`. Lists come as iterators:
    nothing is asked before the first item is wanted, and pages are fetched as
    they are consumed, so a failure may come after some items. An item that the
    LMS repeats is yielded once.
    """

    def site(self) -> Site:
        """Say which LMS this is; the cheapest call, used to test a token."""

    def capabilities(self, course_id: str | None = None) -> Capabilities:
        """Try what this token may do; reads only, about ten calls.

        Raises:
            LMSError: Not even `site()` answers, so nothing could be found out.
        """

    def courses(self) -> Iterator[Course]:
        """Yield every course the token sees, hubs and site homes left out."""

    def members(self, course_id: str) -> Iterator[Member]:
        """Yield everyone enrolled, the inactive too, test students not."""

    def profiles(self, person_ids: Iterable[str]) -> Iterator[Profile]:
        """Yield what is known of these people; who may not be seen is left out."""

    def sections(self, course_id: str) -> Iterator[Section]:
        """Yield the sections or groups of the course."""

    def course_completions(self, course_id: str) -> Iterator[CourseCompletion]:
        """Yield one row for each learner; all `NO_RULES` where the course has none."""

    def activity_completions(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[ActivityCompletion]:
        """Yield each tracked activity of one learner, or of all (one call each)."""

    def skills(self, course_id: str) -> Iterator[Skill]:
        """Yield the skills that the course teaches."""

    def proficiencies(
        self, course_id: str, person_id: str | None = None
    ) -> Iterator[Proficiency]:
        """Yield how far one learner, or each, is in each skill that was assessed."""

    def grades(self, course_id: str) -> Iterator[Grade]:
        """Yield the gradebook; what the token may not see is absent."""

    def add_event(self, event: CalendarEvent) -> str:
        """Write into a calendar; answers the event's id in the LMS."""

    def remove_event(self, event_id: str) -> None:
        """Take an event out again; one that is gone already is no error."""

    def send_message(self, message: Message) -> str:
        """Send one message; answers its id.

        Not to be repeated after `Unreachable`: it may have been delivered.
        """

    def rate_skill(self, rating: Rating) -> None:
        """Record a rating of a skill, with the words that go with it."""

    def update_grades(
        self, course_id: str, activity_id: str, scores: Iterable[Score]
    ) -> None:
        """Write many grades of one activity at once."""
