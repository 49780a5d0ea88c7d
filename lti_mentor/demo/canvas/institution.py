"""One institution's Canvas: its rows, keys and switches, found by the views."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import current_app

from lti_mentor.demo.campus import Lms
from lti_mentor.demo.canvas.ids import opaque
from lti_mentor.demo.canvas.seed import seed
from lti_mentor.demo.canvas.store import Store
from lti_mentor.demo.canvas.switches import DEFAULTS
from lti_mentor.demo.canvas.throttle import Throttle
from lti_mentor.demo.rows import Course, Enrolment, Person
from lti_mentor.demo.world import rows

ACCOUNT_ID = 1
"""The root account."""
ACCOUNT_NAME = "Practice Campus"
"""What the account is called."""
ENROLMENT_TYPES = {
    "learner": "StudentEnrollment",
    "instructor": "TeacherEnrollment",
    "assistant": "TeacherEnrollment",
    "ta": "TaEnrollment",
    "designer": "DesignerEnrollment",
    "observer": "ObserverEnrollment",
    "test": "StudentViewEnrollment",
}
"""The campus's words for roles in Canvas's words."""
STAFF = {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}
"""Enrolments that may see all of a course."""
GRADERS = {"TeacherEnrollment", "TaEnrollment"}
"""Enrolments that may see and give all grades."""


class Institution:
    """Everything a view needs to answer for one Canvas."""

    def __init__(self, lms: Lms) -> None:
        self.lms = lms
        self.world = lms.world
        self.faults = lms.faults
        self.store = Store(lms.world)
        self.throttle = Throttle()
        self.launches: dict[str, Any] = {}
        """Launches not yet fetched: verifier -> launch; each is taken once."""
        self.codes: dict[str, Any] = {}
        """OAuth2 codes not yet exchanged."""
        if not self.store.load():
            self.world.extra["canvas_secret"] = secrets.token_hex(32)
            with self.store.change():
                seed(self.store)

    @property
    def url(self) -> str:
        """Where this Canvas answers, without a slash at the end."""
        return self.lms.url

    @property
    def issuer(self) -> str:
        """`iss` of its tokens: what the admin set (Canvas security.yml lti_iss)."""
        return str(self.world.extra.get("canvas_issuer", self.url))

    @property
    def secret(self) -> str:
        """What Canvas signs its own short notes with (HS256)."""
        return str(self.world.extra["canvas_secret"])

    @property
    def guid(self) -> str:
        """The root account's name in LTI: `tool_platform.guid`."""
        return f"{opaque('Account', ACCOUNT_ID)}:canvas-lms"

    @property
    def domain(self) -> str:
        """Host and port."""
        return self.url.split("://", 1)[1]

    def says(self, switch: str) -> bool:
        """Say whether a switch of `switches.DEFAULTS` is on."""
        return self.faults.holds(switch, default=DEFAULTS[switch])

    def enrolments(self, course: int | None = None, **wanted: Any) -> list[Enrolment]:
        """Return enrolments of one course or, without it, of all."""
        if course is not None:
            wanted["course"] = course
        return rows(self.world.enrolments, **wanted)

    def enrolment(self, course: int, person: int) -> Enrolment | None:
        """Return somebody's active place in a course."""
        found = self.world.enrolments.get((course, person))
        if found is None or found.status != "active":
            return None
        return found

    def types(self, course: int, person: int) -> list[str]:
        """Return the types of somebody's active enrolments in a course."""
        found = self.enrolment(course, person)
        return [ENROLMENT_TYPES[found.role]] if found else []

    def types_anywhere(self, person: int) -> list[str]:
        """Return the types of somebody's active enrolments in all courses."""
        active = self.enrolments(person=person, status="active")
        return sorted({ENROLMENT_TYPES[one.role] for one in active})

    def learners(self, course: int) -> list[Person]:
        """Return a course's active learners by name, without the Test Student."""
        active = self.enrolments(course, role="learner", status="active")
        people = [self.world.people[one.person] for one in active]
        present = [person for person in people if not person.suspended]
        return sorted(present, key=lambda person: (person.family, person.given))

    def is_staff(self, course: int, person: Person) -> bool:
        """Say whether somebody teaches, helps or administers here."""
        return person.admin or has_any(self.types(course, person.id), STAFF)

    def is_grader(self, course: int, person: Person) -> bool:
        """Say whether somebody may see all grades of a course."""
        return person.admin or has_any(self.types(course, person.id), GRADERS)

    def my_courses(self, person: Person) -> list[Course]:
        """Return the courses on somebody's dashboard; all of them for an admin."""
        if person.admin:
            return list(self.world.courses.values())
        mine = {one.course for one in self.enrolments(person=person.id)}
        return [course for course in self.world.courses.values() if course.id in mine]


def canvas() -> Institution:
    """Return the institution the request is for."""
    institution: Institution = current_app.extensions["canvas"]
    return institution


def has_any(types: Iterable[str], wanted: set[str]) -> bool:
    """Say whether one of the types is wanted."""
    return not wanted.isdisjoint(types)
