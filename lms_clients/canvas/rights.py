"""What each ability needs in Canvas: a scope of the key, a permission of the person."""

import re
from collections.abc import Mapping
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


READS = (
    Need(
        Ability.MEMBERS,
        "/courses/:course_id/users",
        "Users - view list",
        {"enrollment_type[]": "student"},
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
    ),
    Need(
        Ability.ACTIVITY_COMPLETIONS,
        "/courses/:course_id/modules",
        "Grades - view all grades",
        {"student_id": ":user_id"},
        is_bulk=False,
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
    ),
    Need(Ability.GRADES, "/courses/:course_id/enrollments", "Grades - view all grades"),
)
"""In the order in which they are tried: members gives a learner to the others."""

COURSES = Need(Ability.COURSES, "/accounts/:account_id/courses", "Courses - view list")

WRITES = (
    Need(
        Ability.ADD_EVENT,
        "/calendar_events",
        "Course Calendar - add / edit / delete; Users - act as",
        is_bulk=False,
    ),
    Need(
        Ability.SEND_MESSAGE,
        "/conversations",
        "Conversations - send messages to individual course members",
        is_bulk=False,
    ),
)
"""Cannot be tried without writing."""

NEVER = (Ability.RATE_SKILL, Ability.UPDATE_GRADES)
"""Outcome results follow from rubrics; grades travel by the LTI key's own service."""

SCOPES = tuple(
    f"url:{method}|/api/v1{path}"
    for method, path in (
        ("GET", "/users/:id"),
        ("GET", "/courses"),
        ("GET", "/accounts/:account_id/courses"),
        *(("GET", need.path) for need in READS),
        ("GET", "/courses/:course_id/modules/:module_id/items"),
        ("POST", "/calendar_events"),
        ("DELETE", "/calendar_events/:id"),
        ("POST", "/conversations"),
    )
)
"""Every scope this client uses, for the developer key and the request for leave."""
