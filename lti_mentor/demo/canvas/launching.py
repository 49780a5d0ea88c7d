"""What is being launched: a person, a tool, a place and a message."""

from dataclasses import dataclass, field
from typing import Any

from lti_mentor.demo.canvas.ids import opaque
from lti_mentor.demo.canvas.institution import Institution
from lti_mentor.demo.canvas.store import Assignment, DeveloperKey, Link
from lti_mentor.demo.rows import Course, Person, Tool

RESOURCE_LINK = "LtiResourceLinkRequest"
"""Message of an ordinary launch."""
DEEP_LINK = "LtiDeepLinkingRequest"
"""Message of a content selection."""
DEEP_LINK_PLACEMENTS = {
    "assignment_selection": {"accept_multiple": False, "auto_create": False},
    "link_selection": {"accept_multiple": True, "auto_create": False},
    "course_assignments_menu": {"accept_multiple": True, "auto_create": True},
    "module_index_menu_modal": {"accept_multiple": True, "auto_create": True},
}
"""Settings of content selection (Canvas lib/lti/messages/deep_linking_request.rb)."""


@dataclass
class Launch:
    """One launch, built when the page is shown and fetched once."""

    tool: Tool
    developer_key: DeveloperKey
    person: Person | None
    course: Course | None
    """None for launches from the account or the user's own menu."""
    placement: str | None
    """None for assignments."""
    target: str
    message: str = RESOURCE_LINK
    link: Link | None = None
    assignment: Assignment | None = None
    masquerader: Person | None = None
    return_url: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    """More claims, by their full name."""

    @property
    def context_id(self) -> str:
        """The 40 hex digits of the course or account."""
        return self.course.opaque if self.course else opaque("Account", 1)

    @property
    def privacy(self) -> str:
        """How much of the person the tool may know."""
        return str(self.tool.settings.get("privacy_level", "anonymous"))


def placement_settings(tool: Tool, placement: str) -> dict[str, Any] | None:
    """Return how a tool appears in a placement; None when it does not."""
    for one in tool.settings.get("placements", []):
        if one["placement"] == placement and one.get("enabled", True):
            found: dict[str, Any] = one
            return found
    return None


def tools_for(canvas: Institution, course: int | None) -> list[Tool]:
    """Return the tools installed for the account or this course, switched-on only."""
    return [
        tool
        for tool in canvas.world.tools.values()
        if tool.settings.get("course") in (None, course)
        and (key := canvas.store.keys.get(tool.client_id)) is not None
        and key.on
    ]


def at_placement(
    canvas: Institution, placement: str, course: int | None
) -> list[tuple[Tool, dict[str, Any]]]:
    """Return the tools of a placement with their settings there."""
    return [
        (tool, settings)
        for tool in tools_for(canvas, course)
        if (settings := placement_settings(tool, placement)) is not None
    ]


def placement_launch(
    canvas: Institution, tool: Tool, placement: str, **who_and_where: Any
) -> Launch:
    """Return the launch of a tool from a navigation or selection placement."""
    settings = placement_settings(tool, placement) or {}
    deep = placement in DEEP_LINK_PLACEMENTS
    return Launch(
        tool=tool,
        developer_key=canvas.store.keys[tool.client_id],
        placement=placement,
        target=settings.get("target_link_uri") or tool.launch_url,
        message=DEEP_LINK if deep else RESOURCE_LINK,
        **who_and_where,
    )


def assignment_launch(
    canvas: Institution, assignment: Assignment, person: Person | None, target: str = ""
) -> Launch:
    """Return the launch of an external-tool assignment."""
    link = canvas.store.links[assignment.link]
    tool = canvas.world.tools[link.tool]
    return Launch(
        tool=tool,
        developer_key=canvas.store.keys[tool.client_id],
        person=person,
        course=canvas.world.courses[assignment.course],
        placement=None,
        target=target or link.url or tool.launch_url,
        link=link,
        assignment=assignment,
    )
