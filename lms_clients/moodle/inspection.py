"""Trying what a Moodle token may do, past two traps that raise no error.

Without every `mod/*:view` the activity lists leave those activities out, so that
people look more complete than they are; and a token without rights is given an
empty list (both Moodle 4.5.6, measured).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lms_clients.capabilities import Ability, Capability, Proof
from lms_clients.errors import (
    LMSError,
    NoRules,
    NotFound,
    Throttled,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from lms_clients.moodle.rights import COURSE, NEEDS, PEOPLE, PERSON, Need
from lms_clients.moodle.web_service import WebService
from lms_clients.wire import Record, records

SITE_HOME = "1"
"""The course that is Moodle's front page; never a course of ours."""

ENDING = (Unreachable, Throttled, Unauthorized)
"""These say nothing about one ability, so they end the whole inspection."""


@dataclass(slots=True)
class Inspection:
    """Tries each read on one course and one learner of it."""

    service: WebService
    functions: frozenset[str]
    """What the token's service lists as allowed."""
    course_id: str | None = None
    """The course to try on; else the first that the token sees."""
    people: list[str] = field(default_factory=list)
    """A learner of that course, once found."""
    criteria: dict[str, str] = field(default_factory=dict)
    """Kind of each activity that the course completes by, by course module id."""
    shown: dict[Ability, tuple[int, int]] = field(default_factory=dict)
    """Of those, how many an ability sees, and how many there are."""

    def run(self) -> Iterator[Capability]:
        """Yield how it stands with each ability."""
        yield Capability(Ability.SITE, is_on=True, proof=Proof.TRIED)
        for need in NEEDS:
            if need.function not in self.functions:
                yield need.capability(Proof.LISTED, is_on=False, missing=need.function)
            elif need.probe is None:
                yield need.capability(Proof.LISTED)
            else:
                yield self._tried(need)

    def _tried(self, need: Need) -> Capability:
        try:
            missing = self._missing(need)
        except NoRules:
            missing = ""
        except NotFound:
            missing = None
        except ENDING:
            raise
        except TooLarge:
            missing = "" if need.in_parts in self.functions else need.in_parts
        except LMSError as error:
            missing = error.missing or need.permission
        if missing is None:
            return need.capability(Proof.ASSUMED)
        found = need.capability(Proof.TRIED, is_on=not missing, missing=missing)
        return replace(found, shown=self.shown.get(need.ability))

    def _missing(self, need: Need) -> str | None:
        """Name the right that is missing; None when there is nothing to try it on."""
        found = {
            COURSE: self.course_id,
            PERSON: next(iter(self.people), None),
            PEOPLE: self.people,
        }
        arguments = {
            name: found.get(value, value) if isinstance(value, str) else value
            for name, value in (need.probe or {}).items()
        }
        if any(value in (None, []) for value in arguments.values()):
            return None
        answer = self.service.read(need.function, **arguments)
        look = LOOKS.get(need.ability)
        return look(self, need, answer) if look else ""

    def see_courses(self, need: Need, answer: object) -> str:
        """No course at all means that none may be seen."""
        ids = [row.id("id") for row in records(need.function, answer)]
        ids = [course_id for course_id in ids if course_id != SITE_HOME]
        self.course_id = self.course_id or next(iter(ids), None)
        return "" if ids else need.permission

    def see_members(self, need: Need, answer: object) -> str | None:
        """Take a learner for the trials to come; without one nothing is proved."""
        for row in records(need.function, answer):
            if "student" in {role.text("shortname") for role in row.records("roles")}:
                self.people.append(row.id("id"))
                return ""
        return None

    def see_profiles(self, need: Need, answer: object) -> str:
        """The learner exists, so an empty list hides them."""
        return "" if answer else need.permission

    def see_completion(self, need: Need, answer: object) -> str:
        """Remember by which activities the course completes."""
        status = Record(need.function, {"answer": answer}).record("answer")
        for row in status.record("completionstatus").records("completions"):
            criterion = row.record("details").text("criteria", "")
            link = re.search(r"/mod/([a-z0-9_]+)/view\.php\?id=(\d+)", criterion)
            if link:
                self.criteria[link[2]] = link[1]
        return ""

    def see_activities(self, need: Need, answer: object) -> str | None:
        """An activity that the course completes by but that is not listed is hidden."""
        if not self.criteria:
            return None
        statuses = Record(need.function, {"answer": answer}).record("answer")
        shown = {row.id("cmid") for row in statuses.records("statuses")}
        hidden, counts = self.criteria.keys() - shown, len(self.criteria)
        self.shown[need.ability] = (counts - len(hidden), counts)
        return ", ".join(sorted({f"mod/{self.criteria[cmid]}:view" for cmid in hidden}))


LOOKS: dict[Ability, Callable[[Inspection, Need, object], str | None]] = {
    Ability.COURSES: Inspection.see_courses,
    Ability.MEMBERS: Inspection.see_members,
    Ability.PROFILES: Inspection.see_profiles,
    Ability.COURSE_COMPLETIONS: Inspection.see_completion,
    Ability.ACTIVITY_COMPLETIONS: Inspection.see_activities,
}
"""What to look for in an answer; for the others it is enough that one came."""
