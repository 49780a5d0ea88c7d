"""Moodle's custom parameters: substitution and its doubled keys."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lti_mentor.demo.moodle import urls
from lti_mentor.demo.rows import Course, Person, ResourceLink, Tool
from lti_mentor.demo.shell import here
from lti_mentor.demo.world import rows


@dataclass
class Launch:
    """What one launch is about."""

    tool: Tool
    person: Person
    course: Course
    link: ResourceLink | None = None

    @property
    def named(self) -> bool:
        """Whether the tool receives names."""
        return "name" in self.tool.claims

    @property
    def mailed(self) -> bool:
        """Whether the tool receives e-mail addresses."""
        return "email" in self.tool.claims


VALUES: dict[str, Callable[[Launch], str | None]] = {
    "User.id": lambda it: str(it.person.id),
    "User.username": lambda it: it.person.username,
    "Person.sourcedId": lambda it: it.person.idnumber,
    "Person.name.full": lambda it: it.person.name if it.named else None,
    "Person.name.given": lambda it: it.person.given if it.named else None,
    "Person.name.family": lambda it: it.person.family if it.named else None,
    "Person.email.primary": lambda it: it.person.email if it.mailed else None,
    "Person.address.timezone": lambda it: it.person.timezone,
    "Context.id": lambda it: str(it.course.id),
    "Context.title": lambda it: it.course.title,
    "Context.label": lambda it: it.course.code,
    "Context.sourcedId": lambda it: it.course.idnumber,
    "Context.id.history": lambda _: "",
    "CourseSection.title": lambda it: it.course.title,
    "CourseSection.label": lambda it: it.course.code,
    "CourseSection.sourcedId": lambda it: it.course.idnumber,
    "CourseSection.timeFrame.begin": lambda it: _moment(it.course.start),
    "CourseSection.timeFrame.end": lambda it: _moment(it.course.end),
    "ResourceLink.id": lambda it: str(it.link.id) if it.link else None,
    "ResourceLink.title": lambda it: it.link.title if it.link else None,
    "ResourceLink.description": lambda it: it.link.text if it.link else None,
    "Moodle.Person.userGroupIds": lambda it: _groups(it),
    "ToolProxyBinding.memberships.url": lambda it: urls.memberships(
        it.course.id, it.tool
    ),
    "LineItems.url": lambda it: urls.line_items(it.course.id, it.tool),
}
"""What each variable means; any other comes through as it was written.

`User.username` is given even to tools that get no names (measured).
"""


def custom(launch: Launch) -> dict[str, str | None]:
    """Return the custom claim.

    A key with capitals or punctuation appears twice: as Moodle simplifies it
    and as the tool wrote it (Moodle 4.5.6, measured).
    """
    given = {**(launch.link.custom if launch.link else {}), **launch.tool.custom}
    claim: dict[str, str | None] = {}
    for key, value in given.items():
        filled = substitute(value, launch)
        claim[simple_key(key)] = filled
        claim[key] = filled
    claim["context_memberships_url"] = urls.memberships(launch.course.id, launch.tool)
    return claim | _settings(launch)


def substitute(value: str, launch: Launch) -> str | None:
    """Fill in one variable; None where this launch has no value for it."""
    meaning = VALUES.get(value.removeprefix("$")) if value.startswith("$") else None
    return meaning(launch) if meaning else value


def simple_key(key: str) -> str:
    """Return a key as LTI 1.1 wrote it: lower case, the rest underscores."""
    return re.sub(r"[^a-z0-9]", "_", key.lower())


def _settings(launch: Launch) -> dict[str, str | None]:
    base, tool = urls.services(), launch.tool.id
    section = f"{base}/CourseSection/{launch.course.id}/bindings/tool/{tool}/custom"
    found: dict[str, str | None] = {
        "system_setting_url": f"{base}/tool/{tool}/custom",
        "context_setting_url": section,
    }
    if launch.link:
        found["link_setting_url"] = f"{base}/links/{{link_id}}/custom"
    return found if urls.TOOL_SETTING in launch.tool.scopes else {}


def _groups(launch: Launch) -> str:
    found = [
        str(group.id)
        for group in rows(here().world.groups, course=launch.course.id)
        if launch.person.id in group.people
    ]
    return ",".join(found)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else ""
