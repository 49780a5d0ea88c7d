"""What each ability needs in Canvas: a scope of the key, a permission of the person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lms_clients.capabilities import Ability, Capability, Proof

SCOPES_MENU = "Admin > Developer Keys > the API key > Enforce Scopes"
ROLES_MENU = "Admin > Permissions > Account Roles"


@dataclass(frozen=True, slots=True)
class Need:
    """What one ability needs: the path, which is also its scope, and a permission."""

    ability: Ability
    path: str
    permission: str
    params: Mapping[str, str] = field(default_factory=dict)
    is_bulk: bool = True
    method: str = "GET"
    also: tuple[str, ...] = ()
    """Other calls of it, by name: fallbacks, and the learners to ask for."""

    @property
    def scopes(self) -> list[str]:
        """Every scope that it needs."""
        return [scope_of(name) for name in (f"{self.method} {self.path}", *self.also)]

    @property
    def asks_for(self) -> set[str]:
        """Which ids the call needs."""
        text = self.path + "".join(self.params.values())
        return set(re.findall(r":(\w+)", text))

    def capability(self, proof: Proof, missing: str = "") -> Capability:
        """Say how it stands with this ability."""
        menu = SCOPES_MENU if missing.startswith("url:") else ROLES_MENU
        return Capability(
            self.ability,
            is_on=not missing,
            proof=proof,
            missing=missing,
            menu=menu if missing else "",
            is_bulk=self.is_bulk,
        )


def scope_of(name: str) -> str:
    """Spell a call's name as the scope that a developer key must have for it."""
    method, path = name.split(" ", 1)
    return f"url:{method}|/api/v1{path}"


ROSTER = ("GET /courses/:course_id/users", "GET /courses/:course_id/enrollments")

SITE = Need(Ability.SITE, "/users/:id", "")

READS = (
    Need(
        Ability.MEMBERS,
        "/courses/:course_id/users",
        "Users - view list",
        {"enrollment_type[]": "student"},
        also=ROSTER[1:],
    ),
    Need(
        Ability.PROFILES,
        "/users/:user_id/profile",
        "Users - view list",
        is_bulk=False,
    ),
    Need(Ability.SECTIONS, "/courses/:course_id/sections", "Users - view list"),
    Need(
        Ability.COURSE_COMPLETIONS,
        "/courses/:course_id/bulk_user_progress",
        "Grades - view all grades",
        also=ROSTER,
    ),
    Need(
        Ability.ACTIVITY_COMPLETIONS,
        "/courses/:course_id/modules",
        "Grades - view all grades",
        {"student_id": ":user_id"},
        is_bulk=False,
        also=("GET /courses/:course_id/modules/:module_id/items", *ROSTER),
    ),
    Need(
        Ability.SKILLS,
        "/courses/:course_id/outcome_group_links",
        "Learning Outcomes - view",
    ),
    Need(
        Ability.PROFICIENCIES,
        "/courses/:course_id/outcome_rollups",
        "Grades - view all grades",
        also=("GET /courses/:course_id/outcome_group_links",),
    ),
    Need(Ability.GRADES, "/courses/:course_id/enrollments", "Grades - view all grades"),
)
"""In the order in which they are tried: members gives a learner to the others."""

COURSES = Need(
    Ability.COURSES,
    "/accounts/:account_id/courses",
    "Courses - view list",
    also=("GET /courses",),
)

WRITES = (
    Need(
        Ability.ADD_EVENT,
        "/calendar_events",
        "Course Calendar - add / edit / delete; Users - act as",
        is_bulk=False,
        method="POST",
        also=("DELETE /calendar_events/:id",),
    ),
    Need(
        Ability.SEND_MESSAGE,
        "/conversations",
        "Conversations - send messages to individual course members",
        is_bulk=False,
        method="POST",
    ),
)
"""Cannot be tried without writing."""

NEVER = (Ability.RATE_SKILL, Ability.UPDATE_GRADES)
"""Outcome results follow from rubrics; grades travel by the LTI key's own service."""


def scopes(abilities: Iterable[Ability] = Ability) -> tuple[str, ...]:
    """Give the scopes that these abilities need, and no other.

    For the developer key, and for `Application.address`. What Canvas cannot do needs
    none; the site itself is always asked.
    """
    wanted = {Ability.SITE, *abilities}
    known = (SITE, COURSES, *READS, *WRITES)
    needs = (need for need in known if need.ability in wanted)
    return tuple(dict.fromkeys(scope for need in needs for scope in need.scopes))
