"""The desk of those who look after an installation: who may sit there, on what."""

from lti_mentor.platforms.models import Registration
from lti_mentor.web.pages import blueprint, scope

bp = blueprint("admin", "lti_mentor.web.admin")


def seen() -> Registration:
    """Return the registration an organisation admin looks at.

    Raises:
        NotAllowed: Somebody else asks (`scope.not_admin`).
    """
    scope().require(scope().is_org_admin, "scope.not_admin")
    return scope().registration


def changed() -> Registration:
    """Return the registration an organisation admin changes.

    Raises:
        NotAllowed: Somebody else asks (`scope.not_admin`).
    """
    scope().require(scope().may_set_up, "scope.not_admin")
    return scope().registration
