"""What each LMS calls a permission of ours, and where its menus grant it.

Moodle: fields of `typessettings.php` (Moodle 4.5.6, measured). Canvas: labels of the
developer key form (`lib/token_scopes.rb`, `ui/features/developer_keys_v2`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_mentor.platforms.models import LMSKind

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ = f"{_AGS}lineitem", f"{_AGS}lineitem.readonly"
RESULT_READ, SCORE = f"{_AGS}result.readonly", f"{_AGS}score"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"


@dataclass(frozen=True, slots=True)
class Setting:
    """A switch in an LMS: its exact words, and the way there."""

    name: str
    menu: str = ""


_TOOLS = (
    "Site administration > Plugins > Activity modules > External tool > "
    "Manage tools > this tool > Edit > Services"
)
_GRADES = Setting(
    "IMS LTI Assignment and Grade Services: "
    "Use this service for grade sync and column management",
    _TOOLS,
)
_KEYS = "Admin > Developer Keys > the LTI key > Edit > LTI Advantage Services"
SETTINGS: Mapping[LMSKind, Mapping[str, Setting]] = {
    LMSKind.MOODLE: {
        LINE_ITEM: _GRADES,
        LINE_ITEM_READ: _GRADES,
        RESULT_READ: _GRADES,
        SCORE: _GRADES,
        ROSTER: Setting(
            "IMS LTI Names and Role Provisioning: Use this service to retrieve "
            "members' information as per privacy settings",
            _TOOLS,
        ),
    },
    LMSKind.CANVAS: {
        LINE_ITEM: Setting(
            "Can create and view assignment data in the gradebook associated with "
            "the tool",
            _KEYS,
        ),
        LINE_ITEM_READ: Setting(
            "Can view assignment data in the gradebook associated with the tool", _KEYS
        ),
        RESULT_READ: Setting(
            "Can view submission data for assignments associated with the tool", _KEYS
        ),
        SCORE: Setting(
            "Can create and update submission results for assignments associated "
            "with the tool",
            _KEYS,
        ),
        ROSTER: Setting(
            "Can retrieve user data associated with the context the tool is "
            "installed in",
            _KEYS,
        ),
        NOTICES: Setting(
            "Can register event notice handlers using the Platform Notification "
            "Service",
            _KEYS,
        ),
    },
}
"""By family and scope; of other platforms only the scope itself is known."""


def settings_for(kind: LMSKind, scopes: list[str]) -> list[Setting]:
    """Return what to switch on for these scopes, each setting once."""
    known = SETTINGS.get(kind, {})
    found = [known.get(scope, Setting(scope)) for scope in scopes]
    return list(dict.fromkeys(found))
