"""The addresses of this Moodle that its claims and answers name."""

from lti_mentor.demo.lti import LINEITEM, LINEITEM_READ, NRPS, RESULT, SCORE
from lti_mentor.demo.rows import GradeItem, Tool
from lti_mentor.demo.shell import here

TOOL_SETTING = "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting"
"""Read and write the tool's settings; offered, not built here."""


def services() -> str:
    """Return the address all LTI services begin with."""
    return here().url + "/mod/lti/services.php"


def memberships(course: int, tool: Tool) -> str:
    """Return the roster's address; the site home is a Group."""
    kind = "Group" if course == 1 else "CourseSection"
    return f"{services()}/{kind}/{course}/bindings/{tool.id}/memberships"


def line_items(course: int, tool: Tool) -> str:
    """Return the address of a course's grade columns."""
    return f"{services()}/{course}/lineitems?type_id={tool.id}"


def line_item(item: GradeItem, tool: Tool) -> str:
    """Return the address of one grade column."""
    return f"{services()}/{item.course}/lineitems/{item.id}/lineitem?type_id={tool.id}"


def permitted(tool: Tool) -> list[str]:
    """Return the scopes the tool's token may have.

    Moodle knows two steps of grade access: with `lineitem` asked for all four
    scopes, with any other AGS scope all but writing columns.
    """
    granted: list[str] = []
    asked = set(tool.scopes)
    if LINEITEM in asked:
        granted = [LINEITEM, LINEITEM_READ, RESULT, SCORE]
    elif asked & {LINEITEM_READ, RESULT, SCORE}:
        granted = [LINEITEM_READ, RESULT, SCORE]
    granted += [scope for scope in (NRPS, TOOL_SETTING) if scope in asked]
    return [scope for scope in granted if scope not in here().faults.no_scopes]
