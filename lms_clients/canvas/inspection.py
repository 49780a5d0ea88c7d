"""Trying what a Canvas token may do; reads only, one item a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lms_clients.canvas.api import Api
from lms_clients.canvas.rights import COURSES, NEVER, READS, WRITES, Need
from lms_clients.capabilities import Ability, Capability, Proof
from lms_clients.errors import (
    LMSError,
    NoRules,
    NotFound,
    Throttled,
    Unauthorized,
    Unreachable,
)
from lms_clients.wire import records

ENDING = (Unreachable, Throttled, Unauthorized)
"""These say nothing about one ability, so they end the whole inspection."""


@dataclass(slots=True)
class Inspection:
    """Tries each read on one course and one learner of it."""

    api: Api
    course_ids: Iterator[str]
    """What the token sees, to take the first one from."""
    found: dict[str, str] = field(default_factory=dict)
    """`course_id` and `user_id`, once known."""

    def run(self) -> Iterator[Capability]:
        """Yield how it stands with each ability."""
        yield Capability(Ability.SITE, is_on=True, proof=Proof.TRIED)
        yield self._courses()
        for need in READS:
            yield self._tried(need)
        for need in WRITES:
            yield need.capability(Proof.ASSUMED)
        for ability in NEVER:
            yield Capability(ability, is_on=False, proof=Proof.IMPOSSIBLE)

    def _courses(self) -> Capability:
        """No course at all means that none may be seen."""
        first = next(self.course_ids, None)
        if first is None:
            return COURSES.capability(Proof.TRIED, COURSES.permission)
        self.found.setdefault("course_id", first)
        return COURSES.capability(Proof.TRIED)

    def _tried(self, need: Need) -> Capability:
        if not need.asks_for <= self.found.keys():
            return need.capability(Proof.ASSUMED)
        missing = ""
        try:
            self._try(need)
        except NoRules:
            pass
        except NotFound:
            return need.capability(Proof.ASSUMED)
        except ENDING:
            raise
        except LMSError as error:
            missing = error.missing or need.permission
        return need.capability(Proof.TRIED, missing)

    def _try(self, need: Need) -> None:
        """Make the call with the smallest page; members give a learner to the rest."""
        params = {"per_page": "1", **need.params}
        if "student_id" in params:
            params["student_id"] = self.found["user_id"]
        page = self.api.page(need.path, params, self.found)
        if need.ability is Ability.MEMBERS:
            for row in records(page.name, page.json()):
                self.found["user_id"] = row.id("id")
