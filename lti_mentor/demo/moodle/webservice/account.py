"""Whose token calls, and what that account may."""

from dataclasses import dataclass

from lti_mentor.demo.moodle.webservice.wire import MOODLE, Failed, no_access, no_record
from lti_mentor.demo.rows import Activity, Course, Person
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import World


@dataclass
class Account:
    """The account of one token."""

    person: Person
    rights: str
    """full, no-view (lacks every mod/*:view), no-details (moodle/user:viewdetails)
    or bare (lacks all)."""
    without: list[str]
    """Functions its service does not hold."""

    @property
    def is_bare(self) -> bool:
        """Whether it has no rights at all."""
        return self.rights == "bare"

    def sees(self, person: int) -> bool:
        """Say whether lists show this person: without the right just oneself.

        Others are left out, no error (Moodle lib: user_get_user_details).
        """
        return self.rights != "no-details" or person == self.person.id

    def course(self, number: int) -> Course:
        """Return a course the account may read.

        Raises:
            Failed: It does not exist, or the account has no rights there.
        """
        found = here().world.courses.get(number)
        if found is None:
            raise no_record("course")
        if self.is_bare:
            raise no_access()
        return found

    def activities(self, course: int) -> list[Activity]:
        """Return the activities the account sees.

        Without every `mod/*:view` the lists simply lack them, no error: only
        pages, labels and URLs remain (Moodle 4.5.6, measured).
        """
        found = [
            row
            for row in list(here().world.activities.values())
            if row.course == course
        ]
        if self.rights == "no-view":
            return [row for row in found if row.kind in ("page", "url")]
        return found


def keep_token(
    world: World,
    token: str,
    person: int,
    *,
    rights: str = "full",
    without: list[str] | None = None,
) -> None:
    """Make a token for an account."""
    with world.change():
        world.extra.setdefault("tokens", {})[token] = {
            "person": person,
            "rights": rights,
            "without": without or [],
        }


def account_of(token: str) -> Account:
    """Return the account of a token.

    Raises:
        Failed: Nobody has this token.
    """
    world = here().world
    kept = world.extra.get("tokens", {}).get(token)
    if kept is None:
        raise Failed(MOODLE, "invalidtoken", "Invalid token - token not found")
    return Account(world.people[kept["person"]], kept["rights"], kept["without"])
