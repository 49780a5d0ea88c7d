"""Which pages somebody finds at the top: few, and those that are theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lti_mentor.people.scope import Scope


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: where it leads, and for whom it is there."""

    endpoint: str
    label: LazyString
    is_for: Callable[[Scope], bool]
    needs_course: bool = False
    """Whether it leads nowhere in a course where the tool is off."""
    parts: tuple["Item", ...] = ()
    """Entries of a second row, shown while one is in there; `endpoint` is the
    blueprint they share."""


def _is_at_home(scope: Scope) -> bool:
    return scope.course is not None and not scope.is_staff and not scope.is_observer


ADMINISTRATION = (
    Item("admin.setup", _("Setup and health"), lambda scope: scope.is_org_admin),
    Item("admin.organisation", _("Organisation"), lambda scope: scope.is_org_admin),
    Item("admin.reach", _("Courses"), lambda scope: scope.is_org_admin),
    Item("admin.usage", _("Usage"), lambda scope: scope.may_read_numbers),
    Item("admin.records", _("Records"), lambda scope: scope.is_org_admin),
)
"""What looking after an installation consists of."""
ITEMS = (
    Item(
        "board.show", _("Course board"), lambda scope: scope.is_staff, needs_course=True
    ),
    Item(
        "programs.index",
        _("Mentors and pairs"),
        lambda scope: scope.is_staff,
        needs_course=True,
    ),
    Item("report.show", _("Report"), lambda scope: scope.is_staff, needs_course=True),
    Item("observer.show", _("Accompanied"), lambda scope: scope.is_observer),
    Item("learner.show", _("My mentorship"), _is_at_home, needs_course=True),
    Item("hub.show", _("My mentorships"), lambda scope: scope.course is None),
    Item("mentor.turn", _("Mentoring"), lambda _scope: True),
    Item(
        "admin",
        _("Administration"),
        lambda scope: scope.may_read_numbers,
        parts=ADMINISTRATION,
    ),
)
"""Every entry there is, in the order people see them."""


def items(
    scope: Scope, url: Callable[..., str], current: str, *, is_closed: bool = False
) -> list[dict[str, Any]]:
    """Return this person's entries for the template."""
    theirs = [
        item
        for item in ITEMS
        if item.is_for(scope) and not (is_closed and item.needs_course)
    ]
    return [_entry(item, scope, url, current) for item in theirs]


def _entry(
    item: Item, scope: Scope, url: Callable[..., str], current: str
) -> dict[str, Any]:
    parts = [_entry(p, scope, url, current) for p in item.parts if p.is_for(scope)]
    if not parts:
        is_here = current == item.endpoint
        return {"url": url(item.endpoint), "label": item.label, "current": is_here}
    is_inside = current.startswith(f"{item.endpoint}.")
    return {
        "url": parts[0]["url"],
        "label": item.label,
        "current": is_inside,
        "parts": parts if is_inside else [],
    }
