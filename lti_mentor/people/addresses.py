"""Addresses of LMS pages that open our links, for mails and `/go` (D8)."""

from urllib.parse import quote

from lti_mentor.lti.claims import Launch
from lti_mentor.platforms.models import LMSKind, Registration
from lti_mentor.platforms.origins import belongs


def page_url(registration: Registration, launch: Launch) -> str | None:
    """Return the LMS page of a launch, where it can be known."""
    if registration.lms_kind is LMSKind.MOODLE:
        cmid = launch.page_hint.get("cmid")
        return f"{registration.issuer}/mod/lti/view.php?id={cmid}" if cmid else None
    if registration.lms_kind is LMSKind.CANVAS:
        return _canvas(registration, launch)
    return None


def _canvas(registration: Registration, launch: Launch) -> str | None:
    base = launch.custom.get("canvas_api_base_url", "").rstrip("/")
    course = launch.custom.get("canvas_course_id", "")
    if not course or not belongs(registration, base):
        return None
    place = f"{base}/courses/{quote(course, safe='')}"
    if assignment := launch.custom.get("canvas_assignment_id"):
        return f"{place}/assignments/{quote(assignment, safe='')}"
    tool, mark, _ = launch.deployment_id.partition(":")
    return f"{place}/external_tools/{tool}" if mark and tool.isdigit() else None
